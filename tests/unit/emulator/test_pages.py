# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings that come in small pages."""

from __future__ import annotations

from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import policy
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import trust


def test_resources(estate: Estate) -> None:
    vpc = estate.vpc()
    for number in range(5):
        subnet = estate.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"]
        estate.ec2.create_network_interface(SubnetId=subnet)
        estate.vpc()
    estate.aws.use("small-pages")
    for operation, member, filters in (
        ("describe_vpcs", "Vpcs", [{"Name": "cidr", "Values": ["10.0.0.0/16"]}]),
        ("describe_subnets", "Subnets", [{"Name": "vpc-id", "Values": [vpc]}]),
        ("describe_network_interfaces", "NetworkInterfaces", [{"Name": "vpc-id", "Values": [vpc]}]),
    ):
        first = getattr(estate.ec2, operation)(Filters=filters)
        assert (len(first[member]), bool(first["NextToken"])) == (2, True)
        pages = list(estate.ec2.get_paginator(operation).paginate(Filters=filters))
        assert [len(page[member]) for page in pages] == [2] * (len(pages) - 1) + [len(pages[-1][member])]
        assert sum(len(page[member]) for page in pages) == (6 if member == "Vpcs" else 5)


def test_max_results_is_honoured_in_any_case(estate: Estate) -> None:
    for _number in range(6):
        estate.vpc()
    first = estate.ec2.describe_vpcs(MaxResults=5)
    rest = estate.ec2.describe_vpcs(MaxResults=1000, NextToken=first["NextToken"])
    assert (len(first["Vpcs"]), len(rest["Vpcs"])) == (5, 2)
    assert "NextToken" not in rest


def test_iam(estate: Estate) -> None:
    estate.iam.create_user(UserName="alice")
    estate.iam.create_group(GroupName="operators")
    for number in range(3):
        estate.iam.create_role(RoleName=f"role{number}", AssumeRolePolicyDocument=trust())
        made = estate.iam.create_policy(PolicyName=f"policy{number}", PolicyDocument=policy("logs:*"))
        estate.iam.attach_role_policy(RoleName="role0", PolicyArn=made["Policy"]["Arn"])
        estate.iam.create_policy_version(PolicyArn=made["Policy"]["Arn"], PolicyDocument=policy("logs:*"))
    arn = made["Policy"]["Arn"]
    estate.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("logs:*"))
    estate.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    estate.iam.attach_group_policy(GroupName="operators", PolicyArn=arn)
    estate.aws.use("small-pages")
    for operation, arguments, members in (
        ("list_roles", {}, ["Roles"]),
        ("list_policies", {"Scope": "Local"}, ["Policies"]),
        ("list_attached_role_policies", {"RoleName": "role0"}, ["AttachedPolicies"]),
        ("list_policy_versions", {"PolicyArn": arn}, ["Versions"]),
        ("list_entities_for_policy", {"PolicyArn": arn}, ["PolicyUsers", "PolicyGroups", "PolicyRoles"]),
    ):
        first = getattr(estate.iam, operation)(**arguments)
        assert first["IsTruncated"], operation
        pages = list(estate.iam.get_paginator(operation).paginate(**arguments))
        assert [sum(len(page[member]) for member in members) for page in pages] == [2, 1], operation


def test_log_groups(estate: Estate) -> None:
    for number in range(3):
        estate.logs.create_log_group(logGroupName=f"/a/{number}")
    estate.aws.use("small-pages")
    pages = list(estate.logs.get_paginator("describe_log_groups").paginate())
    assert [len(page["logGroups"]) for page in pages] == [2, 1]
