# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callers with a policy: actions, resources and condition keys are weighed as IAM weighs them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator.policy_language import allows
from ansible_collections.netops.flow_logs.tests.emulator.scenario import OWN_POLICIES
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ACCOUNT
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import REGION
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import policy
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import refused
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import trust

EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
NAMED_GROUP = f"{GROUP_ARN}:*"
TAGS = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "cost", "Value": "42"}]}]
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/send"


def _may(estate: Estate, *statements: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> None:
    """The caller may do this and nothing more: action, resource, and perhaps a condition."""
    listed = [
        {"Effect": "Allow", "Action": action, "Resource": resource, **({"Condition": rest[0]} if rest else {})}
        for action, resource, *rest in statements
    ]
    estate.aws.scenario.policies = {"AKIATEST": {"Version": "2012-10-17", "Statement": listed}}


def _allowed(call: Callable[[], Any]) -> bool:
    """Whether the call gets past the permissions."""
    try:
        call()
    except ClientError as error:
        # What else it may fail with is not the matter here.
        return error.response["Error"]["Code"] not in ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException")
    return True


def test_without_a_policy_everything_is_allowed(estate: Estate) -> None:
    estate.aws.scenario.policies = {"AKIASOMEBODY": {"Statement": []}}
    assert estate.ec2.describe_flow_logs()["FlowLogs"] == []


def test_a_test_itself_may_do_everything(estate: Estate) -> None:
    estate.aws.scenario.policies = {"*": {"Statement": []}}
    assert estate.flow_logs() == []


def test_nobody_needs_a_permission_to_ask_who_they_are(estate: Estate) -> None:
    _may(estate)
    assert estate.client("sts").get_caller_identity()["Account"] == ACCOUNT


@pytest.mark.parametrize(
    ("service", "call", "expected"),
    [
        (
            "iam",
            lambda client: client.get_role(RoleName=ROLE),
            ("AccessDenied", f"not authorized to perform: iam:GetRole on resource: {ROLE_ARN} because", 403),
        ),
        (
            "logs",
            lambda client: client.put_retention_policy(logGroupName=GROUP, retentionInDays=1),
            ("AccessDeniedException", f"logs:PutRetentionPolicy on resource: {GROUP_ARN}:log-stream: because", 400),
        ),
        (
            "ec2",
            lambda client: client.describe_vpcs(),
            ("UnauthorizedOperation", "You are not authorized to perform this operation.", 403),
        ),
        (
            "sts",
            lambda client: client.assume_role(RoleArn=ROLE_ARN, RoleSessionName="me"),
            ("AccessDenied", f"sts:AssumeRole on resource: {ROLE_ARN} because", 403),
        ),
    ],
)
def test_each_service_refuses_in_its_own_words(
    estate: Estate, service: str, call: Callable[[Any], Any], expected: tuple[str, str, int]
) -> None:
    _may(estate)
    code, message, status = refused(partial(call, estate.client(service)))
    assert (code, status) == (expected[0], expected[2])
    assert expected[1] in message
    assert "action" in message or service == "ec2"


def test_ec2_encodes_what_a_write_lacks(estate: Estate) -> None:
    _may(estate, ("ec2:CreateFlowLogs", "*"))
    estate.role()
    code, message, _status = refused(partial(estate.create, estate.vpc()))
    words, encoded = message.split(" Encoded authorization failure message: ")
    assert (code, words) == ("UnauthorizedOperation", "You are not authorized to perform this operation.")
    reason = json.loads(base64.urlsafe_b64decode(encoded))
    assert (reason["action"], reason["resource"]) == ("iam:PassRole", ROLE_ARN)


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([("ec2:CreateFlowLogs", "*"), ("ec2:CreateTags", "*"), ("iam:PassRole", ROLE_ARN)], True),
        ([("ec2:CreateFlowLogs", "*"), ("ec2:CreateTags", "*"), ("iam:PassRole", f"{ROLE_ARN}2")], False),
        ([("ec2:CreateFlowLogs", "*"), ("iam:PassRole", ROLE_ARN)], False),
        (
            [("ec2:*", "*"), ("iam:PassRole", "*", {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})],
            False,
        ),
        (
            [
                ("ec2:CreateFlowLogs", [f"{EC2}:vpc/*", f"{EC2}:vpc-flow-log/*"]),
                ("ec2:CreateTags", f"{EC2}:vpc-flow-log/*", {"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}}),
                ("iam:PassRole", "*", {"StringEquals": {"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}}),
            ],
            True,
        ),
        ([("ec2:CreateFlowLogs", f"{EC2}:subnet/*"), ("ec2:CreateTags", "*"), ("iam:PassRole", "*")], False),
    ],
)
def test_what_a_flow_log_with_tags_takes(estate: Estate, statements: list[Any], allowed: bool) -> None:
    estate.role()
    vpc = estate.vpc()
    _may(estate, *statements)
    assert _allowed(partial(estate.create, vpc, TagSpecifications=TAGS)) is allowed
    assert len(estate.flow_logs()) == allowed


@pytest.mark.parametrize(
    ("call", "resource", "allowed"),
    [
        (lambda logs: logs.create_log_group(logGroupName=GROUP), NAMED_GROUP, True),
        (lambda logs: logs.create_log_group(logGroupName=GROUP), GROUP_ARN, False),
        (lambda logs: logs.create_log_group(logGroupName=f"{GROUP}2"), NAMED_GROUP, False),
        (lambda logs: logs.create_log_group(logGroupName=GROUP, tags={"a": "b"}), NAMED_GROUP, False),
        (lambda logs: logs.create_log_group(logGroupName=GROUP, tags={"a": "b"}), f"{GROUP_ARN}*", True),
        (lambda logs: logs.list_tags_for_resource(resourceArn=GROUP_ARN), GROUP_ARN, True),
        (lambda logs: logs.list_tags_for_resource(resourceArn=GROUP_ARN), NAMED_GROUP, False),
        (lambda logs: logs.describe_log_groups(), "*", True),
        (lambda logs: logs.describe_log_groups(), NAMED_GROUP, False),
    ],
)
def test_log_groups_by_arn(estate: Estate, call: Callable[[Any], Any], resource: str, allowed: bool) -> None:
    """Tags go by the ARN as it is, everything else by the ARN with ':*'."""
    _may(estate, ("logs:*", resource))
    assert _allowed(partial(call, estate.logs)) is allowed


@pytest.mark.parametrize(
    ("call", "resource", "allowed"),
    [
        (lambda iam: iam.get_role(RoleName=ROLE), f"arn:aws:iam::{ACCOUNT}:role/network/{ROLE}", True),
        (lambda iam: iam.get_role(RoleName=ROLE), ROLE_ARN, False),
        (lambda iam: iam.create_role(RoleName="b", AssumeRolePolicyDocument=trust()), f"{ROLE_ARN[:-9]}b", True),
        (lambda iam: iam.get_policy(PolicyArn=POLICY_ARN), POLICY_ARN, True),
        (lambda iam: iam.get_policy(PolicyArn=POLICY_ARN), f"{POLICY_ARN}2", False),
        (lambda iam: iam.list_roles(), ROLE_ARN, False),
        (lambda iam: iam.list_roles(), "*", True),
    ],
)
def test_roles_and_policies_by_arn(estate: Estate, call: Callable[[Any], Any], resource: str, allowed: bool) -> None:
    estate.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust(), Path="/network/")
    _may(estate, ("iam:*", resource))
    assert _allowed(partial(call, estate.iam)) is allowed


@pytest.mark.parametrize(("policy_arn", "allowed"), [(POLICY_ARN, True), (f"{POLICY_ARN}2", False)])
def test_a_condition_on_the_policy_that_is_detached(estate: Estate, policy_arn: str, allowed: bool) -> None:
    _may(estate, ("iam:DetachUserPolicy", "*", {"ArnEquals": {"iam:PolicyARN": POLICY_ARN}}))
    detach = partial(estate.iam.detach_user_policy, UserName="alice", PolicyArn=policy_arn)
    assert _allowed(detach) is allowed


BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
WITHIN = {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY_ARN}}
NAMED = {"RoleName": "bounded", "PolicyName": "own", "PolicyDocument": policy("logs:*")}


@pytest.mark.parametrize(
    ("call", "allowed"),
    [
        (lambda iam: iam.create_role(RoleName="new", AssumeRolePolicyDocument=trust()), False),
        (
            lambda iam: iam.create_role(
                RoleName="new", AssumeRolePolicyDocument=trust(), PermissionsBoundary=BOUNDARY_ARN
            ),
            True,
        ),
        (
            lambda iam: iam.create_role(
                RoleName="new", AssumeRolePolicyDocument=trust(), PermissionsBoundary=POLICY_ARN
            ),
            False,
        ),
        (lambda iam: iam.put_role_permissions_boundary(RoleName="free", PermissionsBoundary=BOUNDARY_ARN), True),
        (lambda iam: iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=POLICY_ARN), False),
        (lambda iam: iam.attach_role_policy(RoleName="bounded", PolicyArn=POLICY_ARN), True),
        (lambda iam: iam.attach_role_policy(RoleName="free", PolicyArn=POLICY_ARN), False),
        (lambda iam: iam.put_role_policy(**NAMED), True),
        (lambda iam: iam.put_role_policy(**{**NAMED, "RoleName": "free"}), False),
        (lambda iam: iam.delete_role_permissions_boundary(RoleName="bounded"), True),
        # Whose requests do not carry the key.
        (lambda iam: iam.update_assume_role_policy(RoleName="bounded", PolicyDocument=trust()), False),
        (lambda iam: iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=policy("logs:*")), False),
    ],
)
def test_a_condition_on_the_boundary(estate: Estate, call: Callable[[Any], Any], allowed: bool) -> None:
    """That which a call sets, or that which the role has."""
    iam = estate.iam
    for name in ("boundary", "send"):
        iam.create_policy(PolicyName=name, PolicyDocument=policy("logs:*"))
    iam.create_role(RoleName="bounded", AssumeRolePolicyDocument=trust(), PermissionsBoundary=BOUNDARY_ARN)
    iam.create_role(RoleName="free", AssumeRolePolicyDocument=trust())
    _may(estate, ("iam:*", "*", WITHIN))
    assert _allowed(partial(call, iam)) is allowed


def test_only_attaching_and_detaching_name_a_policy_in_a_condition(estate: Estate) -> None:
    estate.iam.create_policy(PolicyName="send", PolicyDocument=policy("logs:*"))
    _may(estate, ("iam:*", "*", {"ArnEquals": {"iam:PolicyARN": POLICY_ARN}}))
    change = partial(estate.iam.create_policy_version, PolicyArn=POLICY_ARN, PolicyDocument=policy("logs:*"))
    assert not _allowed(change)


def test_only_a_creation_has_an_action_that_creates(estate: Estate) -> None:
    """The tags of a log group are no tags of EC2's."""
    _may(
        estate,
        ("logs:CreateLogGroup", "*"),
        ("logs:TagResource", "*", {"StringEquals": {"ec2:CreateAction": "CreateLogGroup"}}),
    )
    assert not _allowed(partial(estate.logs.create_log_group, logGroupName=GROUP, tags={"a": "b"}))


def test_a_role_is_passed_into_an_instance_profile(estate: Estate) -> None:
    estate.role()
    estate.iam.create_instance_profile(InstanceProfileName="web")
    add = partial(estate.iam.add_role_to_instance_profile, InstanceProfileName="web", RoleName=ROLE)
    _may(estate, ("iam:AddRoleToInstanceProfile", "*"))
    assert not _allowed(add)
    _may(estate, ("iam:AddRoleToInstanceProfile", "*"), ("iam:PassRole", ROLE_ARN))
    assert _allowed(add)


def _session_of(estate: Estate, role: str) -> dict[str, Any]:
    estate.aws.scenario.policies = {}
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    keys = estate.client("sts").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
    estate.aws.scenario.policies = {f"*:assumed-role/{role}/*": OWN_POLICIES}
    return dict(keys)


@pytest.mark.parametrize(
    ("own", "boundary", "allowed"),
    [
        ("ec2:*", None, True),
        ("ec2:*", "ec2:Describe*", True),
        ("ec2:*", "logs:*", False),
        ("logs:*", "ec2:*", False),
        ("logs:*", None, False),
    ],
)
def test_what_a_role_may_do_its_policies_and_its_boundary_allow(
    estate: Estate, own: str, boundary: str | None, allowed: bool
) -> None:
    more = {}
    if boundary:
        estate.iam.create_policy(PolicyName="boundary", PolicyDocument=policy(boundary))
        more = {"PermissionsBoundary": BOUNDARY_ARN}
    estate.iam.create_role(RoleName="operator", AssumeRolePolicyDocument=trust(), **more)
    estate.iam.put_role_policy(RoleName="operator", PolicyName="own", PolicyDocument=policy(own))
    assert _denied_with(estate.aws, _session_of(estate, "operator")) is not allowed


def test_a_user_s_own_policies(estate: Estate) -> None:
    iam = estate.iam
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    keys = {"AccessKeyId": key["AccessKeyId"], "SecretAccessKey": key["SecretAccessKey"], "SessionToken": None}
    estate.aws.scenario.policies = {"*:user/alice": OWN_POLICIES}
    assert _denied_with(estate.aws, keys)
    arn = iam.create_policy(PolicyName="send", PolicyDocument=policy("ec2:*"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    assert not _denied_with(estate.aws, keys)


@pytest.mark.parametrize(
    ("condition", "context", "met"),
    [
        ({"StringEquals": {"iam:PermissionsBoundary": "a"}}, {"iam:PermissionsBoundary": "a"}, True),
        ({"StringEquals": {"iam:PermissionsBoundary": "a"}}, {}, False),
        ({"StringEqualsIfExists": {"iam:PermissionsBoundary": "a"}}, {}, True),
        ({"StringEqualsIfExists": {"iam:PermissionsBoundary": "a"}}, {"iam:PermissionsBoundary": "b"}, False),
        ({"StringNotEquals": {"ec2:CreateAction": "a"}}, {}, True),
        ({"StringNotEquals": {"ec2:CreateAction": ["a", "b"]}}, {"ec2:CreateAction": "b"}, False),
        ({"ForAnyValue:StringEquals": {"ec2:CreateAction": ["a", "b"]}}, {"ec2:CreateAction": "b"}, True),
        ({"ForAnyValue:StringEquals": {"ec2:CreateAction": "a"}}, {}, False),
        ({"ForAnyValue:StringNotEquals": {"ec2:CreateAction": "a"}}, {}, False),
        ({"ForAllValues:StringEquals": {"ec2:CreateAction": "a"}}, {}, True),
        ({"ForAllValues:StringEquals": {"ec2:CreateAction": "a"}}, {"ec2:CreateAction": "b"}, False),
        ({"Null": {"ec2:CreateAction": "true"}}, {}, True),
        ({"Null": {"ec2:CreateAction": True}}, {"ec2:CreateAction": "a"}, False),
        ({"Null": {"ec2:CreateAction": "false"}}, {"ec2:CreateAction": "a"}, True),
        ({"Bool": {"aws:SecureTransport": True}}, {"aws:SecureTransport": "true"}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": "false"}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, {}, False),
        ({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::*:policy/s*"}}, {"iam:PolicyARN": POLICY_ARN}, True),
        ({"ArnLike": {"iam:PolicyARN": "arn:aws:iam:*"}}, {"iam:PolicyARN": POLICY_ARN}, False),
        ({"ArnLike": {"iam:PolicyARN": "arn:*"}}, {"iam:PolicyARN": POLICY_ARN}, False),
        ({"StringLike": {"iam:PolicyARN": "arn:*"}}, {"iam:PolicyARN": POLICY_ARN}, True),
        ({"ArnNotEquals": {"iam:PolicyARN": POLICY_ARN}}, {"iam:PolicyARN": POLICY_ARN}, False),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "10.0.0.1"}, False),
    ],
)
def test_conditions(condition: dict[str, Any], context: dict[str, str], met: bool) -> None:
    statement = {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert allows([document], "iam:AttachRolePolicy", ROLE_ARN, context) is met


def test_policies_are_those_of_an_assumed_role(estate: Estate) -> None:
    """By the ARN of the session; whoever assumed it has their own."""
    keys = estate.client("sts").assume_role(RoleArn=estate.role("operator"), RoleSessionName="me")["Credentials"]
    estate.aws.scenario.policies = {"*:assumed-role/operator/*": {"Statement": []}}
    assert _denied_with(estate.aws, keys)
    assert estate.ec2.describe_flow_logs()["FlowLogs"] == []


def _denied_with(aws: AwsLike, keys: dict[str, Any]) -> bool:
    client = boto3.client(
        "ec2",
        REGION,
        endpoint_url=aws.url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    return not _allowed(client.describe_flow_logs)
