# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages of the troubleshooting guide are those of the code, and the code has none of these that the guide leaves out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit import health as _delivery_health
from ansible_collections.netops.flow_logs.plugins.module_utils._core.advice import KNOWN
from ansible_collections.netops.flow_logs.plugins.module_utils._core.advice import OF_THE_SDK
from ansible_collections.netops.flow_logs.tests.pages.blocks import CHECKOUT
from ansible_collections.netops.flow_logs.tests.pages.blocks import GUIDES

PAGE = (GUIDES / "troubleshooting.rst").read_text("utf-8")
MESSAGES = [re.sub(r"\s+", " ", found) for found in re.findall(r"^   \* - ``(.+?)``$", PAGE, re.MULTILINE)]
HINTS = [row.hint for row in KNOWN] + [row.hint for row in OF_THE_SDK]
# Of failures that no API call caused.
OWN_CODE = re.compile(r"[A-Z][A-Za-z]+")


def test_there_is_a_message_in_every_row() -> None:
    rows = re.findall(r"^   \* - (.+)$", PAGE, re.MULTILINE)
    assert len(MESSAGES) > 50
    assert [row for row in rows if row != "Message" and not row.startswith("``")] == []


@pytest.mark.parametrize("message", MESSAGES)
def test_the_code_has_the_message(message: str) -> None:
    """All its fixed words, within one text and in their order."""
    fixed = [part.strip() for part in message.lower().split("...") if part.strip()]
    assert len("".join(fixed)) > 10
    wanted = re.compile(".*".join(map(re.escape, fixed)), re.DOTALL)
    assert any(wanted.search(text) for text in texts())


@pytest.mark.parametrize("hint", sorted({*HINTS, *_delivery_health._CAUSES.values()}))
def test_the_guide_has_every_hint(hint: str) -> None:
    """By its first words, or by those of AWS that it answers."""
    answered = [row.words for row in KNOWN if row.hint == hint and row.words]
    known = [message.lower() for message in MESSAGES]
    assert any(message.rstrip(".") in hint.lower() or any(words in message for words in answered) for message in known)


def test_the_guide_has_every_code_of_the_collections_own() -> None:
    assert sorted(code for code in own_codes() if f"``{code}``" not in PAGE) == []


@cache
def texts() -> list[str]:
    """Every text in the code, in lower case; what is filled in when it runs is an ellipsis."""
    return [text.lower() for tree in trees() for node in ast.walk(tree) if (text := _text(node))]


def trees() -> Iterator[ast.AST]:
    for path in sorted((CHECKOUT / "plugins").rglob("*.py")):
        if path.parent.name != "modules":
            yield ast.parse(path.read_text("utf-8"))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "..." for part in node.values)
    return ""


def own_codes() -> set[str]:
    """The second argument of each Failure, where it is written out."""
    calls = [
        node
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Failure") and len(node.args) > 2
    ]
    codes = [node.args[1] for node in calls]
    found = {str(code.value) for code in codes if isinstance(code, ast.Constant)}
    assert len(found) > 10
    return {code for code in found if OWN_CODE.fullmatch(code)}
