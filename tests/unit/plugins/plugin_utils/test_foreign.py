# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.netops.flow_logs.plugins.plugin_utils._foreign import as_data
from ansible_collections.netops.flow_logs.plugins.plugin_utils._foreign import composed
from ansible_collections.netops.flow_logs.tests.support import hostile


def _templated(value: Any) -> Any:
    """What a task sees of a variable."""
    return Templar(loader=DataLoader(), variables={}).template(value)


@pytest.mark.parametrize(
    "value", [pytest.param(value, id=value.name) for value in (*hostile.VALUES, *hostile.KEYS[-5:])]
)
def test_text_of_others_is_no_template_wherever_it_stands(value: hostile.Hostile, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    text = value.at(canary)

    assert _templated(as_data(text)) == text
    nested = {"tags": {text: text}, "list": [{"key": text}, [text]], "other": 1}
    assert _templated(as_data(nested)) == nested
    # A key that becomes a value, as of dict2items.
    [key] = as_data({text: "x"})
    assert _templated(key) == text
    assert not canary.exists()


@pytest.mark.parametrize(
    ("value", "listed"),
    [
        pytest.param({0}, "{0}", id="what core before 2.19 makes of {0}"),
        pytest.param([{0}, (1, b"x")], ["{0}", [1, "b'x'"]], id="deep"),
        pytest.param({(1, 2): 3, "a": None}, {"(1, 2)": 3, "a": None}, id="keys that JSON has no word for"),
        pytest.param({1: 2, "a": 3}, {"1": 2, "a": 3}, id="keys that can't be sorted"),
        pytest.param({"a": [1, 2.5, True, None]}, {"a": [1, 2.5, True, None]}, id="what JSON has"),
    ],
)
def test_what_an_expression_makes_can_be_listed(value: Any, listed: Any) -> None:
    assert composed(value) == listed
    json.dumps(composed(value), sort_keys=True)
