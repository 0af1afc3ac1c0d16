# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module flow_log_iam with state absent."""

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
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import ELSEWHERE
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import ENABLED
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import enable_few_regions

GROUP = "/aws/shop/vpc/flowlogs"
NAMES = {"role_name": ROLE, "policy_name": POLICY}
ABSENT = {**NAMES, "state": "absent"}
PASS_ROLE = f"PassRole-{ROLE}"
DENIED = "You are not authorized to perform this operation."


@pytest.fixture(autouse=True)
def few_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    enable_few_regions(monkeypatch)


def arn(rest: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{rest}"


def operators(cloud: Cloud) -> list[str]:
    """A user, a group and a role."""
    iam = cloud.client("iam")
    iam.create_user(UserName="alice", Path="/staff/")
    iam.create_group(GroupName="operators")
    cloud.role("deployer")
    return [arn(rest) for rest in ("user/staff/alice", "group/operators", "role/deployer")]


def nothing_is_left(cloud: Cloud) -> bool:
    return ROLE not in cloud.roles() and cloud.policies() == []


def code(data: Any) -> str:
    [failure] = data["failures"]
    assert failure["resource_id"] == ROLE
    return str(failure["code"])


def test_role_policy_and_operators_policy_go(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", pass_role_to=operators(cloud), **NAMES)

    gone = modules.change("flow_log_iam", **ABSENT)

    assert nothing_is_left(cloud)
    assert (gone["role"], gone["policy"], gone["pass_role_policy"]) == ({}, {}, {})
    assert gone["diff"]["before"]["role"]["arn"] == ROLE_ARN
    assert gone["diff"]["after"]["role"] == {}
    for kind, who in (("user", "alice"), ("group", "operators"), ("role", "deployer")):
        assert cloud.attached(kind, who) == []
    assert len(gone["actions"]) == len(gone.calls.mutating) == 7


def test_nothing_there_is_nothing_to_do(cloud: Cloud, modules: Modules) -> None:
    cloud.role("another")
    cloud.policy("another")

    rest = modules.rest("flow_log_iam", **ABSENT)

    # Nobody can use a role that is not there: no region is asked.
    assert [call.service for call in rest.calls if call.service not in ("sts", "iam")] == []
    assert (cloud.roles(), cloud.policies()) == (["another"], ["another"])


def test_all_that_hangs_on_the_role_goes_with_it(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    iam = cloud.client("iam")
    other = cloud.policy("SomebodyElses")
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=other)
    iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=json.dumps(NOTHING_ALLOWED))
    iam.create_instance_profile(InstanceProfileName=ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)

    modules.change("flow_log_iam", **ABSENT)

    assert cloud.roles() == []
    # Somebody else's policy was only taken off the role.
    assert cloud.policies() == ["SomebodyElses"]
    [profile] = iam.list_instance_profiles()["InstanceProfiles"]
    assert profile["Roles"] == []


def test_all_versions_go(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    for _time in range(4):
        cloud.client("iam").create_policy_version(
            PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True
        )

    gone = modules.change("flow_log_iam", **ABSENT)

    assert nothing_is_left(cloud)
    assert gone.calls.mutating.count("iam:DeletePolicyVersion") == 4


def test_names_in_another_case_and_path_mean_the_same(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", path="/network/", pass_role_to=operators(cloud), **NAMES)
    options = {"role_name": ROLE.upper(), "policy_name": POLICY.lower(), "state": "absent"}

    gone = modules.change("flow_log_iam", **options)

    assert nothing_is_left(cloud)
    assert gone["diff"]["before"]["role"]["arn"] == arn(f"role/network/{ROLE}")


# The role is in use.


@pytest.mark.parametrize("region", ENABLED)
def test_a_flow_log_in_any_region_keeps_everything(cloud: Cloud, modules: Modules, region: str) -> None:
    modules.run("flow_log_iam", **NAMES)
    there = cloud.elsewhere(region=region)
    vpc = there.vpc()
    flow_log_id = there.flow_log(vpc, LogGroupName=GROUP)

    refused = modules.refuse("flow_log_iam", **ABSENT)

    assert code(refused) == "RoleInUse"
    assert flow_log_id in refused.msg and vpc in refused.msg and region in refused.msg
    assert refused["in_use_by"] == [
        {
            "region": region,
            "flow_log_id": flow_log_id,
            "resource_id": vpc,
            "log_destination_type": "cloud-watch-logs",
            "log_group_name": GROUP,
        }
    ]
    assert refused["role"]["arn"] == ROLE_ARN
    assert cloud.attached("role", ROLE) == [POLICY]
    # Without it the role may go.
    modules.run("flow_log_iam", check=True, ignored_flow_log_ids=[flow_log_id], **ABSENT)
    there.client("ec2").delete_flow_logs(FlowLogIds=[flow_log_id])
    modules.change("flow_log_iam", **ABSENT)


@pytest.mark.parametrize(
    ("kind", "destination"),
    [
        ("firehose", ("kinesis-data-firehose", "arn:aws:firehose:us-east-1:210987654321:deliverystream/central")),
        ("s3", ("s3", "arn:aws:s3:::archive")),
    ],
)
def test_a_flow_log_to_another_destination_keeps_everything(
    cloud: Cloud, modules: Modules, kind: str, destination: tuple[str, str]
) -> None:
    modules.run("flow_log_iam", **NAMES)
    there = cloud.elsewhere(region=ELSEWHERE)
    flow_log_id = there.flow_log_elsewhere(there.vpc(), kind)

    refused = modules.refuse("flow_log_iam", **ABSENT)

    assert code(refused) == "RoleInUse"
    [user] = refused["in_use_by"]
    assert (user["region"], user["flow_log_id"]) == (ELSEWHERE, flow_log_id)
    assert (user["log_destination_type"], user["log_destination"]) == destination
    assert cloud.attached("role", ROLE) == [POLICY]
    # One look at each region, as ever.
    assert refused.calls.names.count("ec2:DescribeFlowLogs") == len(ENABLED)
    there.client("ec2").delete_flow_logs(FlowLogIds=[flow_log_id])
    modules.change("flow_log_iam", **ABSENT)


def test_all_users_are_listed(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    places = [cloud, cloud.elsewhere(region=ELSEWHERE)]
    made = {(place.region, place.flow_log(vpc, LogGroupName=GROUP)) for place in places for vpc in place.vpcs(2)}

    refused = modules.refuse("flow_log_iam", **ABSENT)

    assert {(entry["region"], entry["flow_log_id"]) for entry in refused["in_use_by"]} == made
    some = modules.refuse("flow_log_iam", ignored_flow_log_ids=[min(made)[1]], **ABSENT)
    assert len(some["in_use_by"]) == 3


def test_a_flow_log_through_another_role_does_not_count(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    (vpc,) = cloud.vpcs(1)
    cloud.flow_log(vpc, LogGroupName=GROUP, DeliverLogsPermissionArn=ROLE_ARN + "-2")

    modules.change("flow_log_iam", **ABSENT)


def test_force_removes_a_role_in_use(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    (vpc,) = cloud.vpcs(1)
    cloud.flow_log(vpc, LogGroupName=GROUP)

    gone = modules.run("flow_log_iam", force=True, **ABSENT)

    assert nothing_is_left(cloud)
    assert [entry["resource_id"] for entry in gone["in_use_by"]] == [vpc]
    modules.rest("flow_log_iam", force=True, **ABSENT)


def test_a_region_that_is_denied_keeps_everything(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    cloud.emulator.refuse("ec2:DescribeFlowLogs", "UnauthorizedOperation", DENIED, times=2, status=403)

    refused = modules.fail("flow_log_iam", **ABSENT)

    assert code(refused) == "RegionsNotRead"
    assert len(refused["regions_not_read"]) == 2
    assert all(entry["region"] in refused.msg and entry["code"] in refused.msg for entry in refused["regions_not_read"])
    assert (refused["changed"], cloud.roles()) == (False, [ROLE])
    cloud.emulator.refuse("ec2:DescribeFlowLogs", "UnauthorizedOperation", DENIED, times=2, status=403)
    forced = modules.run("flow_log_iam", force=True, **ABSENT)
    assert len(forced["regions_not_read"]) == 2
    assert nothing_is_left(cloud)


def test_who_may_not_list_the_regions_removes_nothing(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    cloud.emulator.refuse("ec2:DescribeRegions", "UnauthorizedOperation", DENIED, times=2, status=403)

    refused = modules.refuse("flow_log_iam", **ABSENT)

    assert "regions" in refused.msg and "lacks the permission" in refused.msg
    assert cloud.roles() == [ROLE]


def test_a_role_that_others_may_assume_is_kept(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    both = json.loads(json.dumps(cloud.trust()))
    both["Statement"].append(EC2_TRUST["Statement"][0])
    for trust, named in ((both, "Service:ec2.amazonaws.com"), (EC2_TRUST, "not vpc-flow-logs.amazonaws.com")):
        cloud.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(trust))
        refused = modules.refuse("flow_log_iam", **ABSENT)
        assert code(refused) == "RoleOfOthers"
        assert named in refused.msg
    assert cloud.attached("role", ROLE) == [POLICY]
    modules.change("flow_log_iam", force=True, **ABSENT)


# What others have.


@pytest.mark.parametrize("who", ["user", "group", "role"])
@pytest.mark.parametrize("force", [False, True])
def test_a_policy_that_others_have_is_kept(cloud: Cloud, modules: Modules, who: str, force: bool) -> None:
    operators(cloud)
    name = {"user": "alice", "group": "operators", "role": "deployer"}[who]
    modules.run("flow_log_iam", **NAMES)
    attach = getattr(cloud.client("iam"), f"attach_{who}_policy")
    attach(**{f"{who.capitalize()}Name": name, "PolicyArn": POLICY_ARN})

    gone = modules.change("flow_log_iam", force=force, **ABSENT)

    assert ROLE not in cloud.roles()
    assert (cloud.policies(), cloud.attached(who, name)) == ([POLICY], [POLICY])
    assert f"{who}/{name}" in gone["policy_in_use_by"]
    assert gone["policy"]["arn"] == POLICY_ARN
    assert "iam:DeletePolicyVersion" not in gone.calls.names
    again = modules.rest("flow_log_iam", force=force, **ABSENT)
    for result in (gone, again):
        assert f"Policy {POLICY} is kept" in str(result["warnings"]) and name in str(result["warnings"])


def test_a_policy_called_as_ours_that_is_something_else_is_kept(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    cloud.client("iam").create_user(UserName="alice")
    theirs = cloud.policy(PASS_ROLE)
    cloud.client("iam").attach_user_policy(UserName="alice", PolicyArn=theirs)

    gone = modules.change("flow_log_iam", **ABSENT)

    assert (cloud.policies(), cloud.attached("user", "alice")) == ([PASS_ROLE], [PASS_ROLE])
    again = modules.rest("flow_log_iam", **ABSENT)
    for result in (gone, again):
        assert f"Policy {PASS_ROLE} is kept" in str(result["warnings"])


def test_after_the_role_its_policies_go_as_well(cloud: Cloud, modules: Modules) -> None:
    """Somebody deleted the role by hand."""
    modules.run("flow_log_iam", pass_role_to=operators(cloud), **NAMES)
    cloud.client("iam").detach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
    cloud.client("iam").delete_role(RoleName=ROLE)

    modules.change("flow_log_iam", **ABSENT)

    assert nothing_is_left(cloud)


def test_what_was_done_before_a_failure_is_told(cloud: Cloud, modules: Modules) -> None:
    modules.run("flow_log_iam", **NAMES)
    denied = "User is not authorized to perform: iam:DeleteRole"
    cloud.emulator.refuse("iam:DeleteRole", "AccessDenied", denied, status=403)

    failed = modules.fail("flow_log_iam", **ABSENT)

    assert denied in failed.msg
    assert failed["changed"] is True
    assert failed["actions"] == [f"detach policy {POLICY_ARN} from role {ROLE}"]
    assert failed["error"]["code"] == "AccessDenied"
    modules.change("flow_log_iam", **ABSENT)
    assert nothing_is_left(cloud)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"role_name": "my role"}, "'my role'"),
        ({"policy_name": "p" * 129}, "policy_name"),
        ({"ignored_flow_log_ids": ["vpc-00000001"]}, "'vpc-00000001'"),
        ({"expected_account_id": "999999999999"}, ACCOUNT),
    ],
    ids=["no role", "no policy", "no flow log", "another account"],
)
def test_wrong_options_remove_nothing(cloud: Cloud, modules: Modules, options: dict[str, Any], complaint: str) -> None:
    refused = modules.refuse("flow_log_iam", **{**ABSENT, **options})
    assert complaint in refused.msg
    assert set(refused.calls.names) <= {"sts:GetCallerIdentity"}
