# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import describe_interfaces_in
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import describe_resources
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

NAMED = [{"Key": "Name", "Value": " web "}, {"Key": "x", "Value": "y"}]


def by(name: str, *ids: str) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(ids)}]}


def test_each_kind_is_read_by_its_own_call_and_filter(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2")
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1", "Tags": NAMED}]}, **by("vpc-id", "vpc-1"))
    ec2.expect(
        "describe_subnets", {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-2"}]}, **by("subnet-id", "subnet-1")
    )
    ec2.expect(
        "describe_network_interfaces",
        {
            "NetworkInterfaces": [
                {
                    "NetworkInterfaceId": "eni-1",
                    "VpcId": "vpc-3",
                    "SubnetId": "subnet-7",
                    "TagSet": NAMED,
                    "OwnerId": "111122223333",
                }
            ]
        },
        **by("network-interface-id", "eni-1"),
    )
    targets = [Target("eni-1", "eni"), Target("subnet-1", "subnet"), Target("vpc-1", "vpc")]

    assert describe_resources(ec2.client, targets) == {
        "vpc-1": {"name": "web", "vpc_id": "vpc-1", "subnet_id": "", "owner_id": ""},
        "subnet-1": {"name": "", "vpc_id": "vpc-2", "subnet_id": "subnet-1", "owner_id": ""},
        "eni-1": {"name": "web", "vpc_id": "vpc-3", "subnet_id": "subnet-7", "owner_id": "111122223333"},
    }


def test_kinds_that_are_not_there_cost_no_call(stubs: StubbedClients) -> None:
    assert describe_resources(stubs("ec2").client, []) == {}


def test_resources_that_do_not_exist_are_missing_from_the_answer(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2").expect("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}]}, **by("vpc-id", "vpc-1", "vpc-2"))

    assert list(describe_resources(ec2.client, [Target("vpc-1", "vpc"), Target("vpc-2", "vpc")])) == ["vpc-1"]


def test_a_filter_takes_two_hundred_values_and_every_page_is_read(stubs: StubbedClients) -> None:
    ids = [f"vpc-{number:08}" for number in range(201)]
    ec2 = stubs("ec2")
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": ids[0]}], "NextToken": "2"}, **by("vpc-id", *ids[:200]))
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": ids[1]}]}, **by("vpc-id", *ids[:200]), NextToken="2")
    ec2.expect("describe_vpcs", {"Vpcs": [{"VpcId": ids[200]}]}, **by("vpc-id", ids[200]))

    found = describe_resources(ec2.client, [Target(resource_id, "vpc") for resource_id in ids])

    assert sorted(found) == [ids[0], ids[1], ids[200]]


def test_a_denial_says_what_was_tried(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2").fail("describe_vpcs", "UnauthorizedOperation", "You are not authorized")

    with pytest.raises(AwsError, match=r"read names and VPCs of the resources.*You are not authorized"):
        describe_resources(ec2.client, [Target("vpc-1", "vpc")])


@pytest.mark.parametrize("name", ["vpc-id", "subnet-id"])
def test_the_interfaces_in_vpcs_or_subnets(stubs: StubbedClients, name: str) -> None:
    ec2 = stubs("ec2")
    found = {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}]}
    ec2.expect("describe_network_interfaces", found, **by(name, "x-1", "x-2"))

    assert list(describe_interfaces_in(ec2.client, name, ["x-1", "x-2"])) == ["eni-1"]
