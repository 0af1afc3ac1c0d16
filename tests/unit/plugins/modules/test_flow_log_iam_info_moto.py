# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import ELSEWHERE
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import ENABLED
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import enable_few_regions
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST

NAMES = {"role_name": ROLE, "policy_name": POLICY}
PASS_ROLE = f"PassRole-{ROLE}"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
DENIED = "You are not authorized to perform this operation."
NOTHING: dict[str, Any] = {"roles": [], "policies": []}


@pytest.fixture(autouse=True)
def few_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    enable_few_regions(monkeypatch)


def look(modules: Modules, **options: Any) -> Result:
    """In check mode and for real the same, and nothing is written."""
    check = modules.run("flow_log_iam_info", check=True, **options)
    real = modules.run("flow_log_iam_info", **options)
    assert (real["changed"], real.calls.mutating) == (False, [])
    keys = ("roles", "policies", "orphaned", "regions_not_read")
    assert [check[key] for key in keys] == [real[key] for key in keys]
    return real


def names(result: Result) -> tuple[list[str], list[str]]:
    return (
        sorted(role["role_name"] for role in result["roles"]),
        sorted(policy["policy_name"] for policy in result["policies"]),
    )


def verdict(result: Result) -> dict[str, bool | None]:
    entries = [(role["role_name"], role) for role in result["roles"]]
    entries += [(policy["policy_name"], policy) for policy in result["policies"]]
    return {name: entry["orphaned"] for name, entry in entries}


def of_the_module(cloud: Cloud, modules: Modules, **options: Any) -> None:
    """Role and policy as flow_log_iam makes them, and alice may pass the role."""
    cloud.client("iam").create_user(UserName="alice")
    modules.run("flow_log_iam", pass_role_to=[ALICE], **NAMES, **options)


def test_an_account_with_nothing(cloud: Cloud, modules: Modules) -> None:
    cloud.role("web-server", trust=EC2_TRUST)
    cloud.policy("theirs")

    result = look(modules)

    assert names(result) == ([], [])
    assert (result["orphaned"], result["regions_not_read"]) == (NOTHING, [])


def test_what_nothing_uses_is_named(cloud: Cloud, modules: Modules) -> None:
    of_the_module(cloud, modules)

    result = look(modules)

    assert result["orphaned"] == {"roles": [ROLE], "policies": [POLICY, PASS_ROLE]}
    [role] = result["roles"]
    assert (role["arn"], role["path"], role["attached_policies"]) == (ROLE_ARN, "/", [POLICY_ARN])
    assert role["assume_role_policy_document"] == TRUST
    assert (role["in_use_by"], role["inline_policies"]) == ([], [])
    attached = {policy["policy_name"]: policy["attached_to"] for policy in result["policies"]}
    assert attached == {POLICY: [f"role/{ROLE}"], PASS_ROLE: ["user/alice"]}
    # What it names, the removal takes.
    modules.change("flow_log_iam", state="absent", **NAMES)
    assert (cloud.roles(), cloud.policies()) == ([], [])
    assert look(modules)["orphaned"] == NOTHING


@pytest.mark.parametrize("region", ENABLED)
def test_a_flow_log_in_any_region_is_a_user(cloud: Cloud, modules: Modules, region: str) -> None:
    of_the_module(cloud, modules)
    there = cloud.elsewhere(region=region)
    (vpc,) = there.vpcs(1)
    flow_log_id = there.flow_log(vpc, LogGroupName="/x")

    result = look(modules)

    assert verdict(result) == {ROLE: False, POLICY: False, PASS_ROLE: False}
    assert result["orphaned"] == NOTHING
    assert result["roles"][0]["in_use_by"] == [
        {
            "region": region,
            "flow_log_id": flow_log_id,
            "resource_id": vpc,
            "log_destination_type": "cloud-watch-logs",
            "log_group_name": "/x",
        }
    ]
    without = look(modules, ignored_flow_log_ids=[flow_log_id])
    assert verdict(without) == {ROLE: True, POLICY: True, PASS_ROLE: True}
    assert without["roles"][0]["in_use_by"] == []


@pytest.mark.parametrize("kind", ["firehose", "s3"])
def test_a_flow_log_to_another_destination_is_a_user(cloud: Cloud, modules: Modules, kind: str) -> None:
    of_the_module(cloud, modules)
    flow_log_id = cloud.flow_log_elsewhere(cloud.vpc(), kind)

    result = look(modules)

    assert verdict(result) == {ROLE: False, POLICY: False, PASS_ROLE: False}
    assert [user["flow_log_id"] for user in result["roles"][0]["in_use_by"]] == [flow_log_id]
    assert result.calls.names.count("ec2:DescribeFlowLogs") == len(ENABLED)


def test_of_many_roles_those_that_trust_the_service_are_told_apart(cloud: Cloud, modules: Modules) -> None:
    cloud.role("used", trust=TRUST)
    cloud.role("unused", trust=TRUST, Path="/network/")
    cloud.role("both", trust={**TRUST, "Statement": [*TRUST["Statement"], *EC2_TRUST["Statement"]]})
    cloud.role("web-server", trust=EC2_TRUST)
    there = cloud.elsewhere(region=ELSEWHERE)
    there.flow_log(there.vpc(), LogGroupName="/x", DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/used")

    result = look(modules)

    assert verdict(result) == {"used": False, "unused": True, "both": True}
    assert next(role["path"] for role in result["roles"] if role["role_name"] == "unused") == "/network/"


def test_a_role_that_aws_keeps_for_itself_is_none_of_them(cloud: Cloud, modules: Modules) -> None:
    """It trusts the service, delivers nothing, and nobody can delete it."""
    cloud.role("AWSServiceRoleForVPCFlowLogs", trust=TRUST, Path="/aws-service-role/vpc-flow-logs.amazonaws.com/")

    assert look(modules)["orphaned"] == NOTHING


def test_a_region_that_is_denied_makes_it_unknown(cloud: Cloud, modules: Modules) -> None:
    of_the_module(cloud, modules)
    free = cloud.policy("free")
    cloud.emulator.refuse("ec2:DescribeFlowLogs", "UnauthorizedOperation", DENIED, times=1, status=403)

    result = modules.run("flow_log_iam_info", policy_names=["free"])

    assert verdict(result) == {ROLE: None, POLICY: None, PASS_ROLE: None, "free": True}
    assert result["orphaned"] == {"roles": [], "policies": ["free"]}
    [unread] = result["regions_not_read"]
    assert unread["region"] in ENABLED
    assert unread["code"] == "UnauthorizedOperation"
    assert unread["message"] == f"{DENIED[:-1]}: ec2:DescribeFlowLogs."
    assert free


def test_a_role_in_use_is_known_whatever_region_is_denied(cloud: Cloud, modules: Modules) -> None:
    cloud.role(trust=TRUST)
    for region in ENABLED:
        there = cloud.elsewhere(region=region)
        there.flow_log(there.vpc(), LogGroupName="/x")
    cloud.emulator.refuse("ec2:DescribeFlowLogs", "AuthFailure", DENIED, times=1, status=401)

    result = modules.run("flow_log_iam_info")

    assert (verdict(result), len(result["roles"][0]["in_use_by"])) == ({ROLE: False}, len(ENABLED) - 1)
    assert len(result["regions_not_read"]) == 1


def test_who_may_not_list_the_regions_is_told(cloud: Cloud, modules: Modules) -> None:
    cloud.emulator.refuse("ec2:DescribeRegions", "UnauthorizedOperation", DENIED, status=403)

    failed = modules.fail("flow_log_iam_info")

    assert "regions" in failed.msg and "lacks the permission" in failed.msg


# Policies.


@pytest.mark.parametrize("who", ["user", "group", "role"])
def test_a_policy_that_others_have_is_not_orphaned(cloud: Cloud, modules: Modules, who: str) -> None:
    of_the_module(cloud, modules)
    iam = cloud.client("iam")
    iam.create_group(GroupName="ops")
    cloud.role("web-server")
    name = {"user": "alice", "group": "ops", "role": "web-server"}[who]
    getattr(iam, f"attach_{who}_policy")(**{f"{who.capitalize()}Name": name, "PolicyArn": POLICY_ARN})

    result = look(modules)

    assert verdict(result) == {ROLE: True, POLICY: False, PASS_ROLE: True}
    policy = next(entry for entry in result["policies"] if entry["policy_name"] == POLICY)
    assert policy["attached_to"] == sorted([f"role/{ROLE}", f"{who}/{name}"])


def test_a_policy_of_two_of_the_roles(cloud: Cloud, modules: Modules) -> None:
    of_the_module(cloud, modules)
    second = cloud.role("second", trust=TRUST)
    cloud.client("iam").attach_role_policy(RoleName="second", PolicyArn=POLICY_ARN)
    assert verdict(look(modules)) == {ROLE: True, "second": True, POLICY: True, PASS_ROLE: True}
    (vpc,) = cloud.vpcs(1)
    cloud.flow_log(vpc, LogGroupName="/x", DeliverLogsPermissionArn=second)

    assert verdict(look(modules)) == {ROLE: True, "second": False, POLICY: False, PASS_ROLE: True}


def test_inline_policies_are_named(cloud: Cloud, modules: Modules) -> None:
    cloud.role(trust=TRUST)
    document = json.dumps(NOTHING_ALLOWED)
    cloud.client("iam").put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=document)

    result = look(modules)

    assert result["roles"][0]["inline_policies"] == ["by-hand"]
    assert result["policies"] == []


def test_policies_by_name(cloud: Cloud, modules: Modules) -> None:
    """As somebody wants who has deleted the role by hand."""
    cloud.policy("free", Path="/network/")
    taken = cloud.policy("taken")
    cloud.client("iam").create_user(UserName="alice")
    cloud.client("iam").attach_user_policy(UserName="alice", PolicyArn=taken)

    result = look(modules, policy_names=["FREE", "taken", "never-made"])

    assert verdict(result) == {"free": True, "taken": False}
    assert result["orphaned"] == {"roles": [], "policies": ["free"]}


@pytest.mark.parametrize("named", [[], [PASS_ROLE], [POLICY, PASS_ROLE], [PASS_ROLE.lower()]])
def test_to_name_a_policy_that_is_looked_at_anyway_changes_nothing(
    cloud: Cloud, modules: Modules, named: list[str]
) -> None:
    of_the_module(cloud, modules)

    result = look(modules, policy_names=named)

    assert result["orphaned"] == {"roles": [ROLE], "policies": [POLICY, PASS_ROLE]}


@pytest.mark.parametrize("later", [{}, {"pass_role_to": [ALICE]}], ids=["role's path", "elsewhere"])
def test_the_operators_policy_is_found_wherever_it_is(cloud: Cloud, modules: Modules, later: dict[str, Any]) -> None:
    cloud.client("iam").create_user(UserName="alice")
    modules.run("flow_log_iam", path="/network/", pass_role_to=[] if later else [ALICE], **NAMES)
    if later:
        # Without a path, what is new is at the top.
        modules.run("flow_log_iam", **later, **NAMES)

    assert look(modules)["orphaned"] == {"roles": [ROLE], "policies": [POLICY, PASS_ROLE]}


# By name.


@pytest.mark.parametrize("name", [ROLE, ROLE.upper()], ids=["as it is", "in another case"])
def test_roles_by_name_whatever_they_trust(cloud: Cloud, modules: Modules, name: str) -> None:
    cloud.role(ROLE, trust=EC2_TRUST)
    cloud.role("second", trust=TRUST)

    assert names(look(modules, role_names=[name, "never-made"])) == ([ROLE], [])


def test_a_role_named_twice_is_told_once(cloud: Cloud, modules: Modules) -> None:
    cloud.role(ROLE, trust=TRUST)

    assert names(look(modules, role_names=[ROLE, ROLE, ROLE.lower()])) == ([ROLE], [])


def test_a_policy_of_a_role_that_nobody_asked_for_is_not_called_orphaned(cloud: Cloud, modules: Modules) -> None:
    """What the other role is used for was not looked at."""
    of_the_module(cloud, modules)
    cloud.role("second", trust=TRUST)
    cloud.client("iam").attach_role_policy(RoleName="second", PolicyArn=POLICY_ARN)

    assert verdict(look(modules, role_names=[ROLE])) == {ROLE: True, POLICY: False, PASS_ROLE: True}


def test_nothing_asked_for_is_nothing_told(cloud: Cloud, modules: Modules) -> None:
    of_the_module(cloud, modules)

    assert names(look(modules, role_names=[])) == ([], [])


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"role_names": [""]}, "role_names"),
        ({"role_names": ["my role"]}, "'my role'"),
        ({"role_names": ["r" * 65]}, "role_names"),
        ({"policy_names": ["p" * 129]}, "policy_names"),
        ({"policy_names": ["*"]}, "'*'"),
        ({"ignored_flow_log_ids": ["vpc-00000001"]}, "'vpc-00000001'"),
        ({"expected_account_id": "999999999999"}, ACCOUNT),
    ],
    ids=["empty", "no role", "too long", "no policy", "any policy", "no flow log", "another account"],
)
def test_wrong_options_are_told(cloud: Cloud, modules: Modules, options: dict[str, Any], complaint: str) -> None:
    refused = modules.refuse("flow_log_iam_info", **options)
    assert complaint in refused.msg
    assert set(refused.calls.names) <= {"sts:GetCallerIdentity"}
