# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import Coverage
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import Place
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import can_be_logged
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import coverage
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws

VPC = Place("vpc-1", vpc_id="vpc-1")
SUBNET = Place("subnet-1", subnet_id="subnet-1", vpc_id="vpc-1")
ENI = Place("eni-1", subnet_id="subnet-1", vpc_id="vpc-1")
ELSEWHERE = Place("eni-2", subnet_id="subnet-2", vpc_id="vpc-2")


def log(owner: str, number: int = 1, **entry: Any) -> FlowLog:
    """As DescribeFlowLogs answers."""
    return from_aws({"FlowLogId": f"fl-{number}", "ResourceId": owner, "LogGroupName": "/x", **entry}, {})


def of(place: Place, *flow_logs: FlowLog) -> Coverage:
    return coverage([place], flow_logs)[place.resource_id]


@pytest.mark.parametrize(
    ("place", "owner", "through"),
    [
        pytest.param(VPC, "vpc-1", "own", id="a VPC by its own"),
        pytest.param(SUBNET, "subnet-1", "own", id="a subnet by its own"),
        pytest.param(SUBNET, "vpc-1", "vpc", id="a subnet by its VPC's"),
        pytest.param(ENI, "eni-1", "own", id="an interface by its own"),
        pytest.param(ENI, "subnet-1", "subnet", id="an interface by its subnet's"),
        pytest.param(ENI, "vpc-1", "vpc", id="an interface by its VPC's"),
    ],
)
def test_a_target_is_covered(place: Place, owner: str, through: str) -> None:
    found = of(place, log(owner))

    assert found.covered
    assert [(each["resource_id"], each["through"]) for each in found.as_result()["flow_logs"]] == [(owner, through)]


@pytest.mark.parametrize(
    ("place", "owner"),
    [
        pytest.param(VPC, "subnet-1", id="a VPC by a flow log of its subnet"),
        pytest.param(VPC, "eni-1", id="a VPC by a flow log of an interface"),
        pytest.param(SUBNET, "eni-1", id="a subnet by a flow log of its interface"),
        pytest.param(ENI, "eni-2", id="an interface by a flow log of another one"),
        pytest.param(ENI, "subnet-2", id="an interface by a flow log of another subnet"),
        pytest.param(ELSEWHERE, "vpc-1", id="an interface by a flow log of another VPC"),
        pytest.param(Place("eni-3"), "", id="an interface of which nothing else is known by a flow log of nothing"),
    ],
)
def test_a_target_is_not_covered(place: Place, owner: str) -> None:
    found = of(place, log(owner))

    assert (found.covered, found.recorded, found.missing, found.broken) == (False, [], ["ACCEPT", "REJECT"], False)


@pytest.mark.parametrize(
    ("types", "recorded", "missing"),
    [
        pytest.param({"vpc-1": "ALL"}, ["ACCEPT", "REJECT"], [], id="ALL is both"),
        pytest.param({"vpc-1": "ACCEPT"}, ["ACCEPT"], ["REJECT"], id="ACCEPT leaves what is rejected"),
        pytest.param({"vpc-1": "REJECT"}, ["REJECT"], ["ACCEPT"], id="REJECT leaves what is accepted"),
        pytest.param({"eni-1": "REJECT", "vpc-1": "ACCEPT"}, ["ACCEPT", "REJECT"], [], id="two together are both"),
        pytest.param({"eni-1": "REJECT", "vpc-1": "REJECT"}, ["REJECT"], ["ACCEPT"], id="twice the same is still half"),
        pytest.param({"vpc-1": "NEW"}, [], ["ACCEPT", "REJECT"], id="a type that nobody knows counts for nothing"),
    ],
)
def test_what_is_recorded_is_the_union(types: dict[str, str], recorded: list[str], missing: list[str]) -> None:
    found = of(ENI, *(log(owner, TrafficType=kind) for owner, kind in types.items()))

    assert (found.recorded, found.missing, found.covered) == (recorded, missing, bool(recorded))


def test_flow_logs_come_from_the_inside_out_whatever_order_aws_has() -> None:
    found = of(ENI, log("vpc-1", 1), log("eni-1", 4), log("subnet-1", 3), log("eni-1", 2))

    assert [each.flow_log.flow_log_id for each in found.covers] == ["fl-2", "fl-4", "fl-3", "fl-1"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        pytest.param(
            {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::b", "LogGroupName": None},
            {"log_destination_type": "s3", "log_destination": "arn:aws:s3:::b"},
            id="a bucket",
        ),
        pytest.param(
            {
                "LogDestinationType": "kinesis-data-firehose",
                "LogDestination": "arn:aws:firehose:x",
                "LogGroupName": None,
            },
            {"log_destination_type": "kinesis-data-firehose", "log_destination": "arn:aws:firehose:x"},
            id="a stream",
        ),
        pytest.param({}, {"log_destination_type": "cloud-watch-logs", "log_group_name": "/x"}, id="a log group"),
    ],
)
def test_a_flow_log_covers_wherever_it_delivers_to_and_the_result_says_where(
    entry: dict[str, Any], told: dict[str, str]
) -> None:
    found = of(VPC, log("vpc-1", **entry))

    assert found.covered
    assert found.as_result()["flow_logs"] == [
        {
            "flow_log_id": "fl-1",
            "resource_id": "vpc-1",
            "through": "own",
            "traffic_type": "ALL",
            "delivering": True,
            "managed_by_rule": False,
            **told,
        }
    ]


def test_a_flow_log_that_fails_covers_and_is_broken() -> None:
    error = {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": "Access error"}
    found = of(ENI, log("vpc-1", 1, **error), log("eni-1", 2, DeliverLogsStatus="SUCCESS"))

    assert (found.covered, found.missing, found.broken) == (True, [], True)
    own, vpc = found.as_result()["flow_logs"]
    assert (own["delivering"], own["deliver_logs_status"]) == (True, "SUCCESS")
    assert (vpc["delivering"], vpc["deliver_logs_error_message"]) == (False, "Access error")


def test_a_flow_log_to_the_arn_with_a_star_is_broken_though_aws_says_success() -> None:
    found = of(VPC, log("vpc-1", LogGroupName="/x:*", DeliverLogsStatus="SUCCESS"))

    assert (found.covered, found.broken) == (True, True)


OWNERS = st.sampled_from(["vpc-1", "vpc-2", "subnet-1", "subnet-2", "eni-1", "eni-2"])
LOGS = st.lists(st.tuples(OWNERS, st.sampled_from(["ALL", "ACCEPT", "REJECT"])), max_size=6)


@given(LOGS)
def test_what_covers_a_vpc_covers_all_that_lies_in_it(owned: list[tuple[str, str]]) -> None:
    logs = [log(owner, number, TrafficType=kind) for number, (owner, kind) in enumerate(owned)]

    found = coverage([VPC, SUBNET, ENI, ELSEWHERE], logs)

    assert {*found["vpc-1"].recorded} <= {*found["subnet-1"].recorded} <= {*found["eni-1"].recorded}
    for target in found.values():
        assert sorted([*target.recorded, *target.missing]) == ["ACCEPT", "REJECT"]
        assert len({cover.flow_log.flow_log_id for cover in target.covers}) == len(target.covers)


OURS, OTHERS = "111111111111", "222222222222"


@pytest.mark.parametrize(
    ("owner", "vpc_owner", "allowed"),
    [
        pytest.param(OURS, OURS, True, id="our own in our own VPC"),
        pytest.param(OURS, OTHERS, True, id="our interface in a VPC that is shared with us"),
        pytest.param(OTHERS, OURS, True, id="another account's interface in our VPC"),
        pytest.param(OTHERS, OTHERS, False, id="the VPC that is shared with us, and its subnets"),
        pytest.param("", "", True, id="nobody says whose it is"),
        pytest.param("", OTHERS, False, id="only the VPC's owner is known, and it is another account"),
    ],
)
def test_who_may_give_a_resource_a_flow_log(owner: str, vpc_owner: str, allowed: bool) -> None:
    assert can_be_logged(OURS, owner, vpc_owner) is allowed
