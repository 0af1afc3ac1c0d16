# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.guard import guarded

HERE, ELSEWHERE = "123456789012", "999999999999"


@pytest.mark.parametrize(
    ("expected", "found", "guard"),
    [
        pytest.param({}, None, None, id="nothing is known"),
        pytest.param({}, HERE, HERE, id="what the inventory found, where the user says nothing"),
        pytest.param({"flow_logs_expected_account_id": HERE}, None, HERE, id="what the user expects"),
        pytest.param({"flow_logs_expected_account_id": HERE}, HERE, HERE, id="both the same"),
        pytest.param({"flow_logs_expected_account_id": int(HERE)}, HERE, HERE, id="a number without quotes"),
    ],
)
def test_the_account_that_credentials_have_to_belong_to(expected: dict[str, Any], found: Any, guard: Any) -> None:
    values = guarded({"flow_logs_project": "shop", **expected}, found)

    assert values.get("flow_logs_expected_account_id") == guard
    assert values["flow_logs_project"] == "shop"


def test_the_users_word_beats_what_the_inventory_found() -> None:
    with pytest.raises(InvalidInput, match=f"found it in account {HERE}, but flow_logs_expected_account_id is {ELSEWHERE}"):
        guarded({"flow_logs_expected_account_id": ELSEWHERE}, HERE)


@pytest.mark.parametrize("wrong", ["", "  ", None, 1402433619, "12345678901", "x", True, [HERE], "１２３４５６７８９０１２"])
def test_a_guard_that_can_be_no_account_is_refused_with_the_word_quote(wrong: Any) -> None:
    with pytest.raises(InvalidInput, match=r"flow_logs_expected_account_id.*quote"):
        guarded({"flow_logs_expected_account_id": wrong}, None)
