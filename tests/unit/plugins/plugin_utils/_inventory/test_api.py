# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import parallel
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import Denied
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import Reads
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import caller_account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import read_regions
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import Region
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedClients]:
    """Real botocore clients that answer from a script, one call after another; at the end it has to be used up."""
    monkeypatch.setattr(parallel, "SIDE_BY_SIDE", 1)
    clients = StubbedClients()
    yield clients
    clients.close()


def by(**filters: list[str]) -> dict[str, Any]:
    return {"Filters": [{"Name": name.replace("_", "-"), "Values": values} for name, values in filters.items()]}


def ids(region: Region | Denied) -> list[str]:
    assert isinstance(region, Region)
    return [target.resource_id for target in region.targets]


def test_vpcs_cost_two_calls_a_region(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2")
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "a", "Value": "b"}]}]}, MaxResults=1000)
    ec2.expect(
        "describe_flow_logs",
        {"FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": "vpc-1", "LogGroupName": "/x"}]},
        MaxResults=1000,
    )

    found = read_regions({"eu-west-1": ec2.client}, Reads.of(["vpc"], [], []))["eu-west-1"]

    assert isinstance(found, Region)
    assert [(target.resource_id, target.tags) for target in found.targets] == [("vpc-1", {"a": "b"})]
    assert [log.flow_log_id for log in found.flow_logs] == ["fl-1"]


def test_what_is_read_as_target_and_as_parent_is_read_once(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2")
    ec2.expect(
        "describe_network_interfaces",
        {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "TagSet": [{"Key": "a", "Value": "b"}]}]},
        MaxResults=1000,
    )
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}]}, MaxResults=1000)
    ec2.expect("describe_subnets", {"Subnets": [{"SubnetId": "subnet-1"}]}, MaxResults=1000)
    ec2.expect("describe_flow_logs", {"FlowLogs": []}, MaxResults=1000)

    found = read_regions({"eu-west-1": ec2.client}, Reads.of(["eni", "vpc"], [], []))["eu-west-1"]

    assert isinstance(found, Region)
    assert ids(found) == ["eni-1", "vpc-1"]
    assert found.targets[0].tags == {"a": "b"}
    assert sorted(found.parents) == ["subnet-1", "vpc-1"]


def test_all_pages_are_read_with_the_same_filters(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2")
    asked = {"MaxResults": 1000, **by(is_default=["false"])}
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "2"}, **asked)
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-2"}]}, NextToken="2", **asked)
    ec2.expect("describe_flow_logs", {"FlowLogs": [], "NextToken": "2"}, MaxResults=1000)
    ec2.expect(
        "describe_flow_logs",
        {"FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": "vpc-1"}]},
        NextToken="2",
        MaxResults=1000,
    )

    found = read_regions({"eu-west-1": ec2.client}, Reads.of(["vpc"], [{"is-default": False}], []))["eu-west-1"]

    assert ids(found) == ["vpc-1", "vpc-2"]
    assert isinstance(found, Region) and len(found.flow_logs) == 1


def test_sets_of_filters_are_alternatives_and_exclusion_wins(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2")
    answers = {("a",): ["vpc-1", "vpc-2"], ("b", "c"): ["vpc-2", "vpc-3"], ("d",): ["vpc-3"]}
    for values, found in answers.items():
        entries = [{"VpcId": resource_id} for resource_id in found]
        ec2.expect("describe_vpcs", {"Vpcs": entries}, MaxResults=1000, **by(tag_key=list(values)))
    ec2.expect("describe_flow_logs", {"FlowLogs": []}, MaxResults=1000)
    reads = Reads.of(["vpc"], [{"tag-key": "a"}, {"tag-key": ["b", "c"]}], [{"tag-key": "d"}])

    assert ids(read_regions({"eu-west-1": ec2.client}, reads)["eu-west-1"]) == ["vpc-1", "vpc-2"]


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AuthFailure", "OptInRequired"])
def test_a_region_that_may_not_be_read_is_told_without_what_only_sts_understands(
    stubs: StubbedClients, code: str
) -> None:
    ec2 = stubs("ec2")
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}]}, MaxResults=1000)
    ec2.fail("describe_flow_logs", code, "You may not. Encoded authorization failure message: 4wJ8x")

    found = read_regions({"eu-west-1": ec2.client}, Reads.of(["vpc"], [], []))["eu-west-1"]

    lacking = ": ec2:DescribeFlowLogs" if code == "UnauthorizedOperation" else ""
    assert str(found) == f"may not describe flow logs ({code}: You may not{lacking}.)"


def test_any_other_error_names_the_region(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2").fail("describe_vpcs", "InvalidParameterValue", "The filter 'x' is invalid")

    with pytest.raises(AwsError, match=r"describe VPCs in eu-west-1: .*The filter 'x' is invalid"):
        read_regions({"eu-west-1": ec2.client}, Reads.of(["vpc"], [{"x": "y"}], []))


def test_the_account_is_that_of_the_caller(stubs: StubbedClients) -> None:
    sts = stubs("sts").expect(
        "get_caller_identity", {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/operator"}
    )

    assert caller_account(sts.client) == "123456789012"
