# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says of traffic that is recorded twice: one finding for each cause."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import AccountName
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Action
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned
from ansible_collections.netops.flow_logs.tests.unit.plugins.plugin_utils._report.test_model import audit
from ansible_collections.netops.flow_logs.tests.unit.plugins.plugin_utils._report.test_model import group
from ansible_collections.netops.flow_logs.tests.unit.plugins.plugin_utils._report.test_model import log
from ansible_collections.netops.flow_logs.tests.unit.plugins.plugin_utils._report.test_model import target
from ansible_collections.netops.flow_logs.tests.unit.plugins.plugin_utils._report.test_model import told
from ansible_collections.netops.flow_logs.tests.unit.plugins.plugin_utils._report.test_model import wished

NETWORK = [target("vpc-1"), target("subnet-1"), *(target(f"eni-{number}") for number in range(1, 4))]
OTHER = "/somebody/elses"


def twice(*logs: dict[str, Any]) -> list[dict[str, Any]]:
    model = told(audit(NETWORK, list(logs), [group(), group(OTHER)], wished=[wished({"vpc-1": "web"})]))
    return [entry for entry in model["findings"] if entry["kind"] == "recorded_twice"]


def test_two_of_one_resource_are_a_warning() -> None:
    (entry,) = twice(log(), log("fl-2", log_group_name=OTHER, managed_by_rule=True))

    assert (entry["severity"], entry["subject"], entry["subject_name"]) == ("warning", "vpc-1", "name of vpc-1")
    assert entry["project"] == "shop"
    assert f"fl-2, which a CloudWatch telemetry rule made, to {OTHER}" in entry["message"]
    assert "ingested and paid more than once" in entry["message"]
    assert "flow_log_info" in entry["command"] and "absent" not in entry["command"]


@pytest.mark.parametrize(
    "second",
    [
        {"log_destination_type": "s3", "delivery": {"log_group_exists": None}},
        {"delivery": {"state": "failing"}},
        {"delivery": {"log_group_exists": False}},
        {"traffic_type": "REJECT"},
    ],
    ids=["in S3", "failing", "no log group", "other traffic"],
)
def test_what_costs_nothing_is_none(second: dict[str, Any]) -> None:
    assert twice(log(traffic_type="ACCEPT"), log("fl-2", **second)) == []


def test_half_of_it_is_said_to_be_half() -> None:
    (entry,) = twice(log(), log("fl-2", traffic_type="REJECT"))

    assert entry["message"].startswith("The rejected traffic of vpc-1")


def test_a_flow_log_inside_of_another_is_a_note_at_its_owner() -> None:
    """Not one for each of the interfaces in the subnet."""
    (entry,) = twice(log(), log("fl-2", "subnet-1"))

    assert (entry["severity"], entry["subject"]) == ("note", "subnet-1")
    assert "fl-1 of vpc-1" in entry["message"]


def test_the_outermost_inside_says_how_many_more_there_are() -> None:
    (entry,) = twice(log(), log("fl-2", "subnet-1"), log("fl-3", "eni-1"), log("fl-4", "eni-2"))

    assert entry["subject"] == "subnet-1"
    assert "2 more resources in it have a flow log, too" in entry["message"]


def test_interfaces_whose_subnet_has_none_speak_for_themselves() -> None:
    found = twice(log(), log("fl-2", "eni-1"), log("fl-3", "eni-2"))

    assert [(entry["severity"], entry["subject"]) for entry in found] == [("note", "eni-1"), ("note", "eni-2")]


def test_a_resource_has_one_finding_the_heavier_one() -> None:
    found = twice(log(traffic_type="REJECT"), log("fl-2", "subnet-1"), log("fl-3", "subnet-1", traffic_type="ACCEPT"))

    assert [(entry["severity"], entry["subject"]) for entry in found] == [("warning", "subnet-1")]


def test_drift_of_the_resource_is_told_all_the_same() -> None:
    """The command of this finding mends nothing of it."""
    steps = (Action("replace", "vpc-1", f"replace fl-1 of vpc-1 to {OTHER}: traffic_type from ALL to REJECT"),)
    changed = [{**log(), "action": "replaced", "replaced_flow_log_ids": ["fl-1"]}]
    flow_logs = Returned({"flow_logs": changed}, steps)
    outcome = DeliveryOutcome(AccountName("retail"), label="shop", hosts={"vpc-1": "web"}, flow_logs=flow_logs)
    logs = [log(), log("fl-2", log_group_name=OTHER)]
    model = told(audit(NETWORK, logs, [group(), group(OTHER)], wished=[wished({"vpc-1": "web"})], outcomes=[outcome]))

    assert {"drift", "recorded_twice"} <= {entry["kind"] for entry in model["findings"]}
