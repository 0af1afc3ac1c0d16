# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.arrivals import Arrivals
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import coverage
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.health import GroupFacts
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info import Facts
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info import inside
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info import interfaces_to_look_for
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info import own_resources
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info import owners_of
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info import place
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream import Stream
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream import by_interface
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
US, THEM = "111111111111", "222222222222"
FAILED = {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": "Access error"}


def entry(vpc: str, subnet: str = "", name: str = "", owner: str = US) -> dict[str, str]:
    return {"name": name, "vpc_id": vpc, "subnet_id": subnet, "owner_id": owner}


RESOURCES = {
    "vpc-1": entry("vpc-1", name="shop"),
    "subnet-1": entry("vpc-1", "subnet-1"),
    "eni-1": entry("vpc-1", "subnet-1", "web"),
    "eni-2": entry("vpc-1", "subnet-1"),
}


def log(owner: str, number: int = 1, **facts: Any) -> FlowLog:
    known = {"FlowLogId": f"fl-{number}", "ResourceId": owner, "LogGroupName": "/x", "CreationTime": NOW}
    return from_aws({**known, **facts}, {})


def milliseconds(age: timedelta) -> int:
    return int((NOW - age).timestamp() * 1000)


def target(resource_id: str, *flow_logs: FlowLog, streams: tuple[Stream, ...] = (), group: bool = True) -> Any:
    groups = {"/x": GroupFacts({"logGroupName": "/x"})} if group else {}
    facts = Facts(RESOURCES, inside(RESOURCES), Arrivals(groups, {"/x": by_interface(streams)}), NOW)
    covered = coverage([place(resource_id, RESOURCES.get(resource_id, {}))], flow_logs)[resource_id]
    return facts.target(resource_id, covered)


@pytest.mark.parametrize(
    ("flow_logs", "status"),
    [
        pytest.param([], "uncovered", id="nobody"),
        pytest.param([log("vpc-1")], "covered", id="by its VPC's"),
        pytest.param([log("eni-1", TrafficType="REJECT")], "partly_covered", id="by half"),
        pytest.param(
            [log("eni-1", TrafficType="REJECT"), log("vpc-1", 2, TrafficType="ACCEPT")], "covered", id="twice half"
        ),
        pytest.param([log("eni-1", **FAILED)], "broken", id="by one that does not deliver"),
        pytest.param([log("eni-1", **FAILED), log("vpc-1", 2)], "covered", id="by another one that delivers"),
        pytest.param(
            [log("eni-1", **FAILED), log("vpc-1", 2, TrafficType="ACCEPT")],
            "partly_covered",
            id="by another one, by half",
        ),
        pytest.param([log("eni-1", LogGroupName="/x:*")], "broken", id="to nowhere"),
        pytest.param([log("eni-1", TrafficType="NEW")], "broken", id="of a type of traffic that nobody knows"),
    ],
)
def test_one_word_for_a_target(flow_logs: list[FlowLog], status: str) -> None:
    assert target("eni-1", *flow_logs)["status"] == status


def test_a_target_and_where_it_lies() -> None:
    found = target("eni-1")

    assert (found["resource_type"], found["resource_name"], found["exists"]) == ("eni", "web", True)
    assert (found["vpc_id"], found["vpc_name"], found["subnet_id"]) == ("vpc-1", "shop", "subnet-1")
    assert target("eni-2")["resource_name"] == "eni-2"
    assert (target("vpc-1")["subnet_id"], target("vpc-1")["vpc_name"]) == (None, "shop")
    assert {key: target("eni-9")[key] for key in ("exists", "vpc_id", "vpc_name", "subnet_id")} == {
        "exists": False,
        "vpc_id": None,
        "vpc_name": None,
        "subnet_id": None,
    }


def test_records_are_those_of_the_targets_own_interfaces() -> None:
    fresh = Stream("eni-2-all", "eni-2", "all", milliseconds(timedelta(0)))
    older = Stream("eni-1-all", "eni-1", "all", milliseconds(timedelta(minutes=5)))
    stranger = Stream("eni-9-all", "eni-9", "all", milliseconds(timedelta(0)))
    streams = (fresh, older, stranger)

    own = target("eni-1", log("vpc-1"), streams=streams)
    whole = target("vpc-1", log("vpc-1"), streams=streams)
    silent = target("eni-1", log("vpc-1"), streams=(fresh, stranger))

    assert own["newest_event_time"] == "2026-06-01T11:55:00+00:00"
    assert own["flow_logs"][0]["log_stream_name"] == "eni-1-all"
    assert whole["newest_event_time"] == "2026-06-01T12:00:00+00:00"
    assert (silent["newest_event_time"], silent["flow_logs"][0]["delivery"]["state"]) == (None, "unproven")


def test_the_interfaces_inside_of_everything() -> None:
    within = inside(RESOURCES)

    assert within.of("vpc-1") == within.of("subnet-1") == {"eni-1", "eni-2"}
    assert (within.of("eni-1"), within.of("subnet-2")) == ({"eni-1"}, set())


def test_a_flow_log_and_whether_it_delivers() -> None:
    fresh = Stream("eni-2-all", "eni-2", "all", milliseconds(timedelta(minutes=1)))
    arrivals = Arrivals({"/x": GroupFacts({"logGroupName": "/x"})}, {"/x": by_interface([fresh])})

    found = Facts(RESOURCES, inside(RESOURCES), arrivals, NOW).flow_log(log("subnet-1", 7))

    assert (found["flow_log_id"], found["resource_id"], found["resource_type"]) == ("fl-7", "subnet-1", "subnet")
    assert found["delivery"]["state"] == "delivering"


def test_whose_streams_are_looked_for() -> None:
    of_vpc, of_eni = log("vpc-1"), log("eni-2", 2)
    covers = coverage([place("eni-1", RESOURCES["eni-1"])], [of_vpc, of_eni])
    within = inside({name: RESOURCES[name] for name in ("eni-1",)})

    assert interfaces_to_look_for([of_vpc, of_eni], covers, within) == {"fl-1": {"eni-1"}, "fl-2": {"eni-2"}}


@pytest.mark.parametrize(
    ("owners", "own"),
    [
        pytest.param((US, US), ["vpc-1", "eni-1"], id="all is ours"),
        pytest.param((THEM, US), ["eni-1"], id="our interface in a VPC that they share"),
        pytest.param((US, THEM), ["vpc-1", "eni-1"], id="their interface in our VPC"),
        pytest.param((THEM, THEM), [], id="all is theirs"),
        pytest.param(("", ""), ["vpc-1", "eni-1"], id="AWS does not say"),
    ],
)
def test_what_the_account_can_log(owners: tuple[str, str], own: list[str]) -> None:
    vpc, eni = owners
    resources = {"eni-1": entry("vpc-1", "subnet-1", owner=eni), "vpc-1": entry("vpc-1", owner=vpc)}

    assert own_resources(resources, US) == own


def test_what_the_account_can_log_is_sorted_by_kind_and_id() -> None:
    names = ["eni-2", "subnet-2", "vpc-2", "eni-1", "subnet-1", "vpc-1"]
    resources = {name: entry("vpc-1") for name in names}

    assert own_resources(resources, US) == ["vpc-1", "vpc-2", "subnet-1", "subnet-2", "eni-1", "eni-2"]


def test_owners_are_named_once_and_transit_gateways_are_none() -> None:
    logs = [log("vpc-1"), log("vpc-1", 2), log("tgw-1", 3), log("eni-1", 4), log("subnet-1", 5)]

    assert owners_of(logs) == ["vpc-1", "eni-1", "subnet-1"]
