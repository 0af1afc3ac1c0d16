# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A template is resolved with the calls that it needs and no others: the scripts have exactly those."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import LogGroupNames
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import resolve
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

VPC, SUBNET, ENI = "vpc-00000001", "subnet-00000001", "eni-00000001"
ACCOUNT = Account("123456789012", "aws")


def resolved(stubs: StubbedClients, template: str, *ids: str) -> LogGroupNames:
    return resolve(template, parse_targets(ids), ACCOUNT, "eu-west-1", lambda: stubs("ec2").client)


def by(name: str, *ids: str) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(ids)}]}


def tagged(name: str) -> dict[str, Any]:
    return {"Tags": [{"Key": "Name", "Value": name}]}


def no_client() -> Any:
    raise AssertionError("EC2 is asked though the template needs nothing of it")


@pytest.mark.parametrize(
    ("template", "names"),
    [
        pytest.param("/x", {VPC: "/x", SUBNET: "/x"}, id="a plain name"),
        pytest.param("/{account_id}/{region}", dict.fromkeys([VPC, SUBNET], "/123456789012/eu-west-1"), id="the place"),
        pytest.param(
            "/{resource_type}/{resource_id}", {VPC: f"/vpc/{VPC}", SUBNET: f"/subnet/{SUBNET}"}, id="type and id"
        ),
    ],
)
def test_no_call_is_made_for(template: str, names: dict[str, str]) -> None:
    assert resolve(template, parse_targets([VPC, SUBNET]), ACCOUNT, "eu-west-1", no_client).names == names


def test_a_vpc_knows_its_own_vpc() -> None:
    assert resolve("/{vpc_id}", parse_targets([VPC]), ACCOUNT, "eu-west-1", no_client).names == {VPC: f"/{VPC}"}


def test_names_come_from_the_name_tag_or_else_from_the_id(stubs: StubbedClients) -> None:
    stubs("ec2").expect("describe_vpcs", {"Vpcs": [{"VpcId": VPC, **tagged("web")}]}, **by("vpc-id", VPC))
    stubs("ec2").expect(
        "describe_subnets", {"Subnets": [{"SubnetId": SUBNET, "VpcId": VPC}]}, **by("subnet-id", SUBNET)
    )

    assert resolved(stubs, "/{resource_name}", VPC, SUBNET).names == {VPC: "/web", SUBNET: f"/{SUBNET}"}


def test_the_vpc_of_a_network_interface_is_read(stubs: StubbedClients) -> None:
    answer = {"NetworkInterfaces": [{"NetworkInterfaceId": ENI, "VpcId": VPC}]}
    stubs("ec2").expect("describe_network_interfaces", answer, **by("network-interface-id", ENI))

    assert resolved(stubs, "/{vpc_id}", ENI, "vpc-00000002").names == {ENI: f"/{VPC}", "vpc-00000002": "/vpc-00000002"}


def test_names_of_vpcs_that_are_no_targets_are_read_once_more(stubs: StubbedClients) -> None:
    subnets = [{"SubnetId": f"subnet-0000000{number}", "VpcId": "vpc-00000009"} for number in (1, 2)]
    ids = [subnet["SubnetId"] for subnet in subnets]
    stubs("ec2").expect("describe_subnets", {"Subnets": subnets}, **by("subnet-id", *ids))
    stubs("ec2").expect(
        "describe_vpcs", {"Vpcs": [{"VpcId": "vpc-00000009", **tagged("shop")}]}, **by("vpc-id", "vpc-00000009")
    )

    assert resolved(stubs, "/{vpc_name}", *ids).names == dict.fromkeys(ids, "/shop")


def test_names_of_vpcs_that_are_targets_are_not_read_again(stubs: StubbedClients) -> None:
    stubs("ec2").expect("describe_vpcs", {"Vpcs": [{"VpcId": VPC}]}, **by("vpc-id", VPC))
    stubs("ec2").expect(
        "describe_subnets", {"Subnets": [{"SubnetId": SUBNET, "VpcId": VPC}]}, **by("subnet-id", SUBNET)
    )

    assert resolved(stubs, "/{vpc_name}", VPC, SUBNET).names == {VPC: f"/{VPC}", SUBNET: f"/{VPC}"}


def test_a_target_that_does_not_exist_is_a_failure_of_its_own(stubs: StubbedClients) -> None:
    stubs("ec2").expect(
        "describe_vpcs", {"Vpcs": [{"VpcId": VPC, **tagged("web")}]}, **by("vpc-id", VPC, "vpc-00000002")
    )

    answer = resolved(stubs, "/{resource_name}", VPC, "vpc-00000002")

    assert answer.names == {VPC: "/web"}
    [failure] = answer.missing
    assert (failure.resource_id, failure.code) == ("vpc-00000002", "InvalidVpcID.NotFound")
    assert "eu-west-1 of account 123456789012" in failure.message


def test_a_name_tag_that_makes_no_log_group_name_is_a_failure_of_its_own(stubs: StubbedClients) -> None:
    there = [{"VpcId": VPC, **tagged("my web")}, {"VpcId": "vpc-00000002", **tagged("db")}]
    stubs("ec2").expect("describe_vpcs", {"Vpcs": there}, **by("vpc-id", VPC, "vpc-00000002"))

    answer = resolved(stubs, "/{resource_name}", VPC, "vpc-00000002")

    assert answer.names == {"vpc-00000002": "/db"}
    [failure] = answer.illegal
    assert (failure.resource_id, failure.code) == (VPC, "InvalidLogGroupName")
    assert "'/my web'" in failure.message
