# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import Region
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import Resource
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import Row
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import rows

OURS = "111111111111"
THEIRS = "222222222222"


def vpc(number: int = 1, owner: str = OURS, **tags: str) -> Resource:
    return Resource("vpc", {"VpcId": f"vpc-{number}", "OwnerId": owner, "CidrBlock": "10.0.0.0/16"}, tags)


def subnet(number: int = 1, owner: str = OURS, **tags: str) -> Resource:
    return Resource("subnet", {"SubnetId": f"subnet-{number}", "VpcId": "vpc-1", "OwnerId": owner}, tags)


def eni(number: int = 1, owner: str = OURS, **tags: str) -> Resource:
    entry = {
        "NetworkInterfaceId": f"eni-{number}",
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "OwnerId": owner,
        "RequesterManaged": False,
        "Groups": [{"GroupId": "sg-1"}],
    }
    return Resource("eni", entry, tags)


def region(targets: list[Resource], parents: tuple[Resource, ...] = (), flow_logs: tuple[FlowLog, ...] = ()) -> Region:
    return Region("eu-west-1", targets, {parent.resource_id: parent for parent in parents}, flow_logs)


def log(owner: str, **entry: Any) -> FlowLog:
    return from_aws({"FlowLogId": f"fl-{owner}", "ResourceId": owner, "LogGroupName": "/x", **entry}, {})


def only(found: list[Row]) -> Row:
    [row] = found
    return row


def test_a_row_has_what_aws_says_under_its_names_and_can_be_cached() -> None:
    row = only(rows(region([eni(Name=" web ")], (vpc(Name="shop"), subnet())), OURS))

    assert (
        row["facts"].items()
        >= {
            "resource_id": "eni-1",
            "resource_name": "web",
            "resource_type": "eni",
            "resource_tags": {"Name": " web "},
            "region": "eu-west-1",
            "account_id": OURS,
            "network_interface_id": "eni-1",
            "subnet_id": "subnet-1",
            "vpc_id": "vpc-1",
            "vpc_name": "shop",
            "owner_id": OURS,
            "requester_managed": False,
        }.items()
    )
    assert "groups" not in row["facts"]
    assert json.loads(json.dumps(row)) == row


def test_words_that_ansible_keeps_for_itself_are_no_variables() -> None:
    for row in rows(region([vpc(Name="x"), subnet(), eni()], (vpc(),)), OURS):
        assert not {"name", "tags", "hosts", "vars", "groups"} & set(row["facts"])


def test_a_resource_without_a_name_is_called_by_its_id() -> None:
    assert only(rows(region([vpc(Name="  ")]), OURS))["facts"]["resource_name"] == "vpc-1"


def test_rows_come_in_an_order_that_does_not_depend_on_aws() -> None:
    found = rows(region([eni(2), vpc(2), subnet(), eni(1), vpc(1)]), OURS)

    assert [row["resource_id"] for row in found] == ["vpc-1", "vpc-2", "subnet-1", "eni-1", "eni-2"]


@pytest.mark.parametrize(
    ("target", "parents", "seen"),
    [
        pytest.param(vpc(), (), True, id="a VPC of our own"),
        pytest.param(vpc(owner=THEIRS), (), False, id="a VPC that is shared with us"),
        pytest.param(subnet(owner=THEIRS), (vpc(owner=THEIRS),), False, id="a subnet that is shared with us"),
        pytest.param(eni(), (vpc(owner=THEIRS),), True, id="our interface in a VPC that is shared with us"),
        pytest.param(eni(owner=THEIRS), (vpc(owner=THEIRS),), False, id="somebody's interface there"),
        pytest.param(eni(owner=THEIRS), (vpc(),), True, id="somebody's interface in our VPC"),
        pytest.param(eni(), (), True, id="our interface in a VPC of which nothing is known"),
    ],
)
def test_hosts_are_those_that_the_account_can_give_flow_logs(
    target: Resource, parents: tuple[Resource, ...], seen: bool
) -> None:
    assert bool(rows(region([target], parents), OURS)) is seen


@pytest.mark.parametrize(
    ("target", "parents", "project"),
    [
        pytest.param(eni(team=" a "), (subnet(team="b"), vpc(team="c")), "a", id="its own"),
        pytest.param(eni(), (subnet(team="b"), vpc(team="c")), "b", id="its subnet's"),
        pytest.param(eni(), (subnet(), vpc(team="c")), "c", id="its VPC's"),
        pytest.param(subnet(team=" "), (vpc(team="c"),), "c", id="its VPC's, when its own is empty"),
        pytest.param(vpc(), (), "nobody", id="the default, when there is none"),
        pytest.param(vpc(Team="a"), (), "nobody", id="the default, when the key is written in another way"),
    ],
)
def test_the_project_of_a_target_is(target: Resource, parents: tuple[Resource, ...], project: str) -> None:
    assert only(rows(region([target], parents), OURS, "team", "nobody"))["project"] == project


@pytest.mark.parametrize(
    ("tag", "default"), [pytest.param("team", "", id="an empty default"), pytest.param(None, "x", id="no tag")]
)
def test_there_is_no_project_with(tag: str | None, default: str) -> None:
    assert only(rows(region([vpc()]), OURS, tag, default))["project"] is None


@pytest.mark.parametrize(
    ("flow_logs", "groups"),
    [
        pytest.param((), ["flow_logs_uncovered"], id="no flow log"),
        pytest.param((log("vpc-2"), log("subnet-1")), ["flow_logs_uncovered"], id="flow logs of others"),
        pytest.param((log("vpc-1"),), [], id="everything recorded"),
        pytest.param((log("vpc-1", TrafficType="REJECT"),), ["flow_logs_partly_covered"], id="half of it"),
        pytest.param((log("vpc-1", DeliverLogsStatus="FAILED"),), ["flow_logs_broken"], id="recorded, not delivered"),
        pytest.param(
            (log("vpc-1", TrafficType="ACCEPT", DeliverLogsStatus="FAILED"),),
            ["flow_logs_partly_covered", "flow_logs_broken"],
            id="half of it, and that not delivered",
        ),
    ],
)
def test_groups_by_coverage(flow_logs: tuple[FlowLog, ...], groups: list[str]) -> None:
    assert only(rows(region([vpc()], (), flow_logs), OURS))["groups"] == groups


def test_a_row_says_who_records_the_target() -> None:
    facts = only(rows(region([eni()], (vpc(), subnet()), (log("vpc-1", TrafficType="REJECT"),)), OURS))["facts"]

    assert facts["coverage"] == {"covered": True, "recorded": ["REJECT"], "missing": ["ACCEPT"], "broken": False}
    assert [(each["flow_log_id"], each["through"]) for each in facts["flow_logs"]] == [("fl-vpc-1", "vpc")]
