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
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ACCOUNT
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import REGION
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
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
