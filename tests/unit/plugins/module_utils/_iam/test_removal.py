# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Current
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Policy
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.removal import Attachments
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.removal import Removal
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.removal import plan_removal
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Unread
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import User

ACCOUNT = Account("123456789012", "aws")
ARN = "arn:aws:iam::123456789012"
ROLE = Role(
    "flow-logs", f"{ARN}:role/flow-logs", "/", trust_document(ACCOUNT, False), attached=(f"{ARN}:policy/publish",)
)
POLICY = Policy(
    "publish",
    f"{ARN}:policy/publish",
    publishing_document(ACCOUNT, None, True),
    versions=(),
    attached_to=frozenset({"role/flow-logs"}),
)
PASS_ROLE = Policy(
    "PassRole-flow-logs",
    f"{ARN}:policy/PassRole-flow-logs",
    pass_role_document(ROLE.arn),
    versions=(),
    attached_to=frozenset({"user/alice"}),
)
EVERYTHING = Current(ROLE, POLICY, PASS_ROLE)
FREE = Removal()
FORCE = Removal(force=True)


def remove(current: Current = EVERYTHING, how: Removal = FREE, **attachments: Any) -> Plan:
    return plan_removal(how, current, Attachments(**attachments), COMPARISON)


def user(region: str = "eu-west-1", flow_log_id: str = "fl-1") -> User:
    return User(region, FlowLog("vpc-00000001", log_group("/x"), role_arn=ROLE.arn, flow_log_id=flow_log_id))


def kinds(plan: Plan) -> list[str]:
    return [step.kind for step in plan.steps]


def refusal_of(plan: Plan) -> Failure:
    """A refusal leaves everything as it is."""
    assert plan.steps == ()
    assert plan.before == plan.after
    [failure] = plan.refusals
    return failure


# What goes, in the order that IAM demands.


def test_role_policy_and_the_operators_policy_go() -> None:
    plan = remove()

    assert kinds(plan) == ["detach_role_policy", "delete_role", "delete_policy", "detach_user_policy", "delete_policy"]
    assert [step.arguments.get("PolicyArn") for step in plan.steps if step.kind == "delete_policy"] == [
        POLICY.arn,
        PASS_ROLE.arn,
    ]
    assert (plan.refusals, plan.warnings) == ((), ())
    assert plan.after["role"] == plan.after["policy"] == plan.after["pass_role_policy"] == {}
    assert plan.after["pass_role_attached_to"] == []
    assert plan.before["pass_role_attached_to"] == ["user/alice"]


def test_nothing_there_is_nothing_to_do() -> None:
    plan = remove(Current())

    assert (plan.steps, plan.refusals, plan.warnings, plan.before == plan.after) == ((), (), (), True)
    assert (plan.before["in_use_by"], plan.before["policy_in_use_by"]) == ([], [])


def test_all_that_hangs_on_the_role_goes_before_the_role() -> None:
    role = replace(ROLE, attached=(POLICY.arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"))

    plan = remove(Current(role), inline=("one", "two"), instance_profiles=("profile",))

    assert [(step.kind, step.arguments) for step in plan.steps] == [
        ("detach_role_policy", {"RoleName": "flow-logs", "PolicyArn": POLICY.arn}),
        ("detach_role_policy", {"RoleName": "flow-logs", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("delete_role_policy", {"RoleName": "flow-logs", "PolicyName": "one"}),
        ("delete_role_policy", {"RoleName": "flow-logs", "PolicyName": "two"}),
        ("remove_role_from_instance_profile", {"RoleName": "flow-logs", "InstanceProfileName": "profile"}),
        ("delete_role", {"RoleName": "flow-logs"}),
    ]


def test_versions_go_before_the_policy() -> None:
    plan = remove(Current(policy=replace(POLICY, versions=("v1", "v3"), attached_to=frozenset())))

    assert [(step.kind, step.arguments.get("VersionId")) for step in plan.steps] == [
        ("delete_policy_version", "v1"),
        ("delete_policy_version", "v3"),
        ("delete_policy", None),
    ]


def test_steps_are_told_apart() -> None:
    """By kind and subject, as the run puts them in order by these."""
    full = replace(PASS_ROLE, versions=("v1", "v2"), attached_to=frozenset({"user/a", "user/b", "group/a", "role/a"}))
    plan = remove(Current(ROLE, replace(POLICY, versions=("v1", "v2")), full), inline=("a", "b"))

    names = [(step.kind, step.subject) for step in plan.steps]
    assert len(set(names)) == len(names)


# The role is in use.


def test_a_role_in_use_is_kept_and_its_flow_logs_are_named() -> None:
    plan = remove(users=(user(), user("us-east-1", "fl-2")))

    failure = refusal_of(plan)
    assert (failure.resource_id, failure.code) == ("flow-logs", "RoleInUse")
    assert "2 flow logs deliver through it" in failure.message
    assert "fl-1 of vpc-00000001 in eu-west-1; fl-2 of vpc-00000001 in us-east-1" in failure.message
    assert "force: true" in failure.hint
    assert [(entry["region"], entry["flow_log_id"]) for entry in plan.after["in_use_by"]] == [
        ("eu-west-1", "fl-1"),
        ("us-east-1", "fl-2"),
    ]


def test_of_many_flow_logs_ten_are_named() -> None:
    failure = refusal_of(remove(users=[user(flow_log_id=f"fl-{number:02}") for number in range(12)]))

    assert "fl-09" in failure.message and "fl-10" not in failure.message and "and 2 more" in failure.message


def test_as_many_flow_logs_as_can_be_named_are_all_of_them() -> None:
    failure = refusal_of(remove(users=[user(flow_log_id=f"fl-{number:02}") for number in range(10)]))

    assert "fl-09" in failure.message and "more" not in failure.message


def test_flow_logs_that_are_to_be_ignored_do_not_count() -> None:
    plan = remove(how=Removal(ignored=frozenset({"fl-1"})), users=(user(),))
    assert plan.refusals == ()
    assert plan.after["in_use_by"] == []

    left = remove(how=Removal(ignored=frozenset({"fl-1"})), users=(user(), user(flow_log_id="fl-2")))
    assert "1 flow log delivers through it: fl-2" in refusal_of(left).message


def test_a_region_that_was_not_read_is_not_taken_for_empty() -> None:
    plan = remove(unread=(Unread("ap-southeast-3", "UnauthorizedOperation", "No."),))

    failure = refusal_of(plan)
    assert failure.code == "RegionsNotRead"
    assert "ap-southeast-3 (UnauthorizedOperation: No.)" in failure.message
    assert plan.after["regions_not_read"] == [
        {"region": "ap-southeast-3", "code": "UnauthorizedOperation", "message": "No."}
    ]


def test_a_flow_log_that_is_seen_says_more_than_a_region_that_is_not() -> None:
    assert refusal_of(remove(users=(user(),), unread=(Unread("x", "y", "z"),))).code == "RoleInUse"


@pytest.mark.parametrize(
    ("principals", "named"),
    [
        ({"Service": ["vpc-flow-logs.amazonaws.com", "ec2.amazonaws.com"]}, "Service:ec2.amazonaws.com"),
        ({"Service": "ec2.amazonaws.com"}, "not vpc-flow-logs.amazonaws.com"),
        ({"Service": "vpc-flow-logs.amazonaws.com", "AWS": f"{ARN}:root"}, f"AWS:{ARN}:root"),
        ("*", "names *"),
    ],
    ids=["another service too", "another service", "an account too", "everybody"],
)
def test_a_role_that_others_may_assume_is_kept(principals: Any, named: str) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}]}

    failure = refusal_of(remove(Current(replace(ROLE, trust=trust), POLICY)))

    assert failure.code == "RoleOfOthers"
    assert named in failure.message


def test_a_role_that_trusts_nobody_is_kept() -> None:
    """Who emptied the trust may have had a reason."""
    failure = refusal_of(remove(Current(replace(ROLE, trust={"Statement": []}), POLICY)))

    assert failure.code == "RoleOfOthers"
    assert "names nobody" in failure.message


def test_the_restricted_trust_is_ours() -> None:
    assert remove(Current(replace(ROLE, trust=trust_document(ACCOUNT, True)))).refusals == ()


@pytest.mark.parametrize(
    "standing_in_the_way",
    [{"users": (user(),)}, {"unread": (Unread("x", "y", "z"),)}],
    ids=["in use", "not read"],
)
def test_force_removes_it_all_the_same_and_the_result_still_tells(standing_in_the_way: dict[str, Any]) -> None:
    plan = remove(how=FORCE, **standing_in_the_way)

    assert "delete_role" in kinds(plan)
    assert plan.refusals == ()
    assert plan.after["in_use_by"] or plan.after["regions_not_read"]


def test_force_removes_a_role_of_others() -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}

    assert "delete_role" in kinds(remove(Current(replace(ROLE, trust=trust)), FORCE))


def test_a_role_that_is_gone_stands_in_nobodys_way() -> None:
    """An interrupted run goes on from here: the flow logs' regions are of no interest any more."""
    plan = remove(Current(None, replace(POLICY, attached_to=frozenset()), PASS_ROLE))

    assert kinds(plan) == ["delete_policy", "detach_user_policy", "delete_policy"]


# The policy is somebody else's, too.


@pytest.mark.parametrize("how", [FREE, FORCE], ids=["free", "force"])
@pytest.mark.parametrize("other", ["user/alice", "group/operators", "role/another"])
def test_a_policy_that_others_have_is_kept_with_a_warning(other: str, how: Removal) -> None:
    policy = replace(POLICY, versions=("v1",), attached_to=POLICY.attached_to | {other})

    plan = remove(Current(ROLE, policy), how)

    assert kinds(plan) == ["detach_role_policy", "delete_role"]
    assert plan.after["policy"] == plan.before["policy"] != {}
    assert plan.after["policy_in_use_by"] == [other]
    [warning] = plan.warnings
    assert "publish is kept" in warning and other in warning


def test_a_policy_that_is_somebodys_boundary_is_kept() -> None:
    plan = remove(Current(ROLE, POLICY), bounded=frozenset({"user/alice", "role/flow-logs"}))

    assert kinds(plan) == ["detach_role_policy", "delete_role"]
    assert plan.after["policy_in_use_by"] == ["user/alice (permissions boundary)"]


def test_the_boundary_of_the_role_itself_goes_with_it() -> None:
    plan = remove(Current(ROLE, POLICY), bounded=frozenset({"role/flow-logs"}))

    assert kinds(plan) == ["detach_role_policy", "delete_role", "delete_policy"]
    assert plan.after["policy_in_use_by"] == []


def test_a_second_run_on_a_policy_that_others_have_finds_nothing_to_do() -> None:
    policy = replace(POLICY, attached_to=frozenset({"user/alice"}))

    plan = remove(Current(None, policy))

    assert (plan.steps, plan.before) == ((), plan.after)
    assert len(plan.warnings) == 1


# The operators' policy.


def test_it_is_detached_from_all_who_have_it() -> None:
    pass_role = replace(
        PASS_ROLE, versions=("v1",), attached_to=frozenset({"user/alice", "group/ops", "role/deployer"})
    )

    plan = remove(Current(pass_role=pass_role))

    assert [(step.kind, *step.arguments.values()) for step in plan.steps] == [
        ("detach_group_policy", "ops", PASS_ROLE.arn),
        ("detach_role_policy", "deployer", PASS_ROLE.arn),
        ("detach_user_policy", "alice", PASS_ROLE.arn),
        ("delete_policy_version", PASS_ROLE.arn, "v1"),
        ("delete_policy", PASS_ROLE.arn),
    ]


OTHER_DOCUMENTS = {
    "it allows something else": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": ROLE.arn}],
    },
    "it allows more": {
        "Version": "2012-10-17",
        "Statement": [
            *pass_role_document(ROLE.arn)["Statement"],
            {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
        ],
    },
    "it passes another role": pass_role_document(f"{ARN}:role/other"),
    "it denies": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "iam:PassRole", "Resource": ROLE.arn}],
    },
    "it passes any role": pass_role_document("*"),
    "it passes two roles": pass_role_document([ROLE.arn, f"{ARN}:role/other"]),
    "it says nothing": {"Version": "2012-10-17", "Statement": []},
}


@pytest.mark.parametrize("role", [ROLE, None], ids=["with the role", "after the role"])
@pytest.mark.parametrize("document", OTHER_DOCUMENTS.values(), ids=OTHER_DOCUMENTS)
def test_one_of_its_name_that_is_something_else_is_kept(document: dict[str, Any], role: Role | None) -> None:
    plan = remove(Current(role, None, replace(PASS_ROLE, document=document)))

    assert PASS_ROLE.arn not in str([step.arguments for step in plan.steps])
    assert plan.after["pass_role_attached_to"] == ["user/alice"]
    [warning] = plan.warnings
    assert "PassRole-flow-logs is kept" in warning


@pytest.mark.parametrize(
    "arn", [ROLE.arn, f"{ARN}:role/network/flow-logs", f"{ARN}:role/FLOW-LOGS"], ids=["plain", "path", "case"]
)
def test_after_the_role_it_is_known_by_the_arn_in_its_document(arn: str) -> None:
    plan = remove(Current(pass_role=replace(PASS_ROLE, document=pass_role_document(arn))))

    assert kinds(plan) == ["detach_user_policy", "delete_policy"]


def test_lists_of_one_in_its_document_are_the_same() -> None:
    """IAM may hand back either."""
    [statement] = pass_role_document(ROLE.arn)["Statement"]
    listed = {key: value if key == "Effect" else [value] for key, value in statement.items()}
    for role in (ROLE, None):
        plan = remove(Current(role, None, replace(PASS_ROLE, document={"Version": "2012-10-17", "Statement": listed})))
        assert "delete_policy" in kinds(plan)
