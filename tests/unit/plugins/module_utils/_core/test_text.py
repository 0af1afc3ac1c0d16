# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import sys
import unicodedata

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import json_text
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_throughout

JOINERS = "\u200c\u200d"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("shop", "shop"),
        ("Größe 東京 \U0001f468\u200d\U0001f469", "Größe 東京 \U0001f468\u200d\U0001f469"),
        ("a\nPLAY RECAP ***", "a\\nPLAY RECAP ***"),
        ("a\r\tb", "a\\r\\tb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("\u2028", "\\u2028"),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("\ud800", "\\ud800"),
        ("\uffff", "\\uffff"),
        ("\U000e0041", "\\U000e0041"),
        (7, "7"),
    ],
)
def test_text_is_shown_on_one_line_without_control_characters(given: object, shown: str) -> None:
    assert printable(given) == shown
    assert is_printable(given) == (shown == str(given))
    assert printable(printable(given)) == printable(given)


def test_every_character_of_unicodes_control_and_format_categories_is_escaped() -> None:
    left = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp") and is_printable(chr(code))
    ]

    assert left == [f"U+{ord(joiner):04X}" for joiner in JOINERS]


def test_a_long_text_is_cut_and_says_by_how_much() -> None:
    assert limited("x" * 10, 10) == "x" * 10
    assert limited("x" * 25, 10) == "xxxxxxxxxx... (15 more characters)"


def test_line_breaks_in_a_line_make_no_further_line() -> None:
    assert printable_lines(["a\nb", "c"]) == ["a\\nb", "c"]


def test_all_text_in_nested_data_is_shown_and_nothing_else_is_changed() -> None:
    data = {"k\n": ["a\x1b", {"b": ("\u202e", 1, None, True, 0.5)}]}
    assert printable_throughout(data) == {"k\\n": ["a\\x1b", {"b": ["\\u202e", 1, None, True, 0.5]}]}


def test_json_keeps_the_data_and_has_no_raw_unprintable_character() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    data = {"東京\n": every.encode("utf-8", "ignore").decode("utf-8"), "n": [1, None, True]}
    text = json_text(data)
    assert json.loads(text) == data
    assert all(is_printable(line) for line in text.split("\n"))
    assert "東京" in text


def test_half_a_character_is_shown_in_json_as_strict_readers_refuse_it_in_any_form() -> None:
    assert json.loads(json_text({"a\ud800": "\udfff"})) == {"a\\ud800": "\\udfff"}
