# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import AccountName
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import remaining_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import say_once
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import twice_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import without_removed


def entry(resource_id: str, **more: Any) -> dict[str, Any]:
    return {"resource_id": resource_id, "message": "twice", "hint": "Do.", **more}


def left(resource_id: str, flow_log_id: str) -> dict[str, Any]:
    return {"resource_id": resource_id, "flow_log_id": flow_log_id, "log_group_name": "/x", "hint": "Do."}


def test_two_deliveries_of_one_target_say_it_once() -> None:
    logs: list[dict[str, Any]] = [
        {"recorded_twice": [entry("vpc-1")]},
        {"recorded_twice": [entry("vpc-1"), entry("vpc-2")]},
        {},
    ]
    outcomes = [DeliveryOutcome(AccountName("prod"), flow_logs=Returned(each)) for each in logs]

    say_once([*outcomes, DeliveryOutcome(AccountName("prod"), Returned({}))])

    assert [[each["resource_id"] for each in each.get("recorded_twice", [])] for each in logs] == [["vpc-1"], ["vpc-2"], []]


def test_what_another_delivery_removes_does_not_go_on() -> None:
    logs = Returned({"flow_logs": [], "remaining": [left("vpc-1", "fl-1"), left("vpc-1", "fl-2")]})

    assert without_removed(logs, ["fl-1"]).result["remaining"] == [left("vpc-1", "fl-2")]
    assert without_removed(Returned({"msg": "no"}), ["fl-1"]).result == {"msg": "no"}


def test_lines_name_hosts_and_end_at_ten() -> None:
    names = {"vpc-0": "web"}
    lines = twice_lines({"recorded_twice": [entry(f"vpc-{number}") for number in range(12)]}, names)

    assert (lines[0], lines[1]) == ("  web (vpc-0): twice. Do.", "  vpc-1: twice. Do.")
    assert (len(lines), lines[-1]) == (11, "  and 2 more recorded twice")
    assert twice_lines({}, names) == []


def test_check_mode_says_what_would_be() -> None:
    logs = {"remaining": [left("vpc-1", "fl-1")]}

    assert remaining_lines(logs, {}, "was") == ["  vpc-1: fl-1 goes on, to /x. Do."]
    assert remaining_lines(logs, {}, "would be") == ["  vpc-1: fl-1 would go on, to /x. Do."]
