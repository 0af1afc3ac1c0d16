# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.contradictions import Claim
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.contradictions import contradictions

WEB = "/aws/shop/vpc/web"


def claim(names: dict[str, str], region: str = "eu-west-1", **options: Any) -> Claim:
    return Claim(region, names, options)


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        pytest.param({"retention_in_days": "7"}, {"retention_in_days": "30"}, "flow_logs_retention_in_days", id="days"),
        pytest.param({"tags": {"a": "b"}}, {"tags": {}}, "flow_logs_tags", id="tags"),
        pytest.param({"kms_key_id": "x"}, {"kms_key_id": ""}, "flow_logs_kms_key_id", id="a key and none"),
    ],
)
def test_all_targets_of_a_group_with_two_settings_are_refused(first: Any, second: Any, named: str) -> None:
    claims = [claim({"vpc-1": WEB, "vpc-2": "/aws/shop/vpc/db"}, **first), claim({"vpc-3": WEB}, **second)]

    for found in (contradictions(claims), contradictions(claims[::-1])[::-1]):
        assert [list(each) for each in found] == [["vpc-1"], ["vpc-3"]]
        assert all(named in failure.message and WEB in failure.message for each in found for failure in each.values())
    assert "with vpc-3" in found[0]["vpc-1"].message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"retention_in_days": "7"}, {}, id="one says nothing"),
        pytest.param({"retention_in_days": "7"}, {"retention_in_days": "7"}, id="both say the same"),
        pytest.param({"tags": {"a": "1", "b": "2"}}, {"tags": {"b": "2", "a": "1"}}, id="in another order"),
    ],
)
def test_who_says_nothing_or_the_same_contradicts_nobody(first: Any, second: Any) -> None:
    assert contradictions([claim({"vpc-1": WEB}, **first), claim({"vpc-3": WEB}, **second)]) == [{}, {}]


def test_a_group_of_the_same_name_in_another_region_is_another() -> None:
    claims = [claim({"vpc-1": WEB}, retention_in_days="7"), claim({"vpc-3": WEB}, "us-east-1", retention_in_days="30")]

    assert contradictions(claims) == [{}, {}]
