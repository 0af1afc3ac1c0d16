# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What whoever runs the playbooks may try, to become more than that: calls that no policy of docs/policies may allow."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import PASS_ROLE_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import BOUNDARY_ARN

ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
ME = "mallory"
ANOTHER_ROLE = "deployer"
TRAIL = "aws-cloudtrail-logs-123456789012-5a1b2c3d"
TRAIL_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{TRAIL}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
)
TRUST_ME = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{ME}"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


class Attacker:
    """Calls with an operator's keys, as a program of the operator's own makes them."""

    def __init__(self, url: str, key: str, vpc: str, token: str | None = None) -> None:
        self._arguments = (url, key, token)
        self.vpc = vpc

    def __getattr__(self, service: str) -> Any:
        return _client(service, *self._arguments)

    def create_flow_log(self, role: str, **settings: Any) -> None:
        self.ec2.create_flow_logs(
            ResourceIds=[self.vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="/aws/shop/vpc/web/flowlogs",
            DeliverLogsPermissionArn=role,
            **settings,
        )

    def rewrite(self, policy_arn: str) -> None:
        self.iam.create_policy_version(PolicyArn=policy_arn, PolicyDocument=EVERYTHING, SetAsDefault=True)


@functools.cache
def _client(service: str, url: str, key: str, token: str | None) -> Any:
    return boto3.client(
        service,
        REGION,
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key="testing",
        aws_session_token=token,
        config=Config(retries={"max_attempts": 0}),
    )


def _tag(vpc: str) -> dict[str, Any]:
    return {"Resources": [vpc], "Tags": [{"Key": "project", "Value": "theirs"}]}


REWRITE = "give the policy of the delivery role another document"
TRUST = "let the delivery role trust me"
ESCALATIONS: dict[str, Callable[[Attacker], Any]] = {
    REWRITE: lambda me: me.rewrite(POLICY_ARN),
    TRUST: lambda me: me.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=TRUST_ME),
    "give the operators' policy another document": lambda me: me.rewrite(PASS_ROLE_ARN),
    "give the boundary another document": lambda me: me.rewrite(BOUNDARY_ARN),
    "go back to an older version of the boundary": lambda me: me.iam.set_default_policy_version(
        PolicyArn=BOUNDARY_ARN, VersionId="v1"
    ),
    "go back to an older version of the policy": lambda me: me.iam.set_default_policy_version(
        PolicyArn=POLICY_ARN, VersionId="v1"
    ),
    "attach AdministratorAccess to the delivery role": lambda me: me.iam.attach_role_policy(
        RoleName=ROLE, PolicyArn=ADMINISTRATOR_ACCESS
    ),
    "attach AdministratorAccess to me": lambda me: me.iam.attach_user_policy(
        UserName=ME, PolicyArn=ADMINISTRATOR_ACCESS
    ),
    "attach AdministratorAccess to my group": lambda me: me.iam.attach_group_policy(
        GroupName="operators", PolicyArn=ADMINISTRATOR_ACCESS
    ),
    "attach AdministratorAccess to another role": lambda me: me.iam.attach_role_policy(
        RoleName=ANOTHER_ROLE, PolicyArn=ADMINISTRATOR_ACCESS
    ),
    "attach to me the policy that I may rewrite": lambda me: me.iam.attach_user_policy(
        UserName=ME, PolicyArn=POLICY_ARN
    ),
    "attach to another role the policy that I may rewrite": lambda me: me.iam.attach_role_policy(
        RoleName=ANOTHER_ROLE, PolicyArn=POLICY_ARN
    ),
    "put a policy into the delivery role": lambda me: me.iam.put_role_policy(
        RoleName=ROLE, PolicyName="mine", PolicyDocument=EVERYTHING
    ),
    "put a policy into me": lambda me: me.iam.put_user_policy(
        UserName=ME, PolicyName="mine", PolicyDocument=EVERYTHING
    ),
    "let another role trust me": lambda me: me.iam.update_assume_role_policy(
        RoleName=ANOTHER_ROLE, PolicyDocument=TRUST_ME
    ),
    "take the boundary away": lambda me: me.iam.delete_role_permissions_boundary(RoleName=ROLE),
    "put a wider boundary in its place": lambda me: me.iam.put_role_permissions_boundary(
        RoleName=ROLE, PermissionsBoundary=ADMINISTRATOR_ACCESS
    ),
    "create the delivery role without a boundary": lambda me: me.iam.create_role(
        RoleName=ROLE, AssumeRolePolicyDocument=TRUST_ME
    ),
    "create the delivery role with a wider boundary": lambda me: me.iam.create_role(
        RoleName=ROLE, AssumeRolePolicyDocument=TRUST_ME, PermissionsBoundary=ADMINISTRATOR_ACCESS
    ),
    "create another role": lambda me: me.iam.create_role(
        RoleName="mine", AssumeRolePolicyDocument=TRUST_ME, PermissionsBoundary=BOUNDARY_ARN
    ),
    "create another policy": lambda me: me.iam.create_policy(PolicyName="mine", PolicyDocument=EVERYTHING),
    "create keys for another user": lambda me: me.iam.create_access_key(UserName="alice"),
    "join a group": lambda me: me.iam.add_user_to_group(GroupName="admins", UserName=ME),
    "take a policy from another role": lambda me: me.iam.detach_role_policy(
        RoleName=ANOTHER_ROLE, PolicyArn=ADMINISTRATOR_ACCESS
    ),
    "take another role out of its instance profile": lambda me: me.iam.remove_role_from_instance_profile(
        InstanceProfileName="web-servers", RoleName=ANOTHER_ROLE
    ),
    "put the delivery role into an instance profile": lambda me: me.iam.add_role_to_instance_profile(
        InstanceProfileName="web-servers", RoleName=ROLE
    ),
    "assume another role": lambda me: me.sts.assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{ANOTHER_ROLE}", RoleSessionName="me"
    ),
    "pass another role": lambda me: me.create_flow_log(f"arn:aws:iam::{ACCOUNT}:role/{ANOTHER_ROLE}"),
    "tag a VPC": lambda me: me.ec2.create_tags(**_tag(me.vpc)),
    "take a tag from a VPC": lambda me: me.ec2.delete_tags(**_tag(me.vpc)),
    "keep the trail's records for a day": lambda me: me.logs.put_retention_policy(
        logGroupName=TRAIL, retentionInDays=1
    ),
    "keep the trail's records for ever": lambda me: me.logs.delete_retention_policy(logGroupName=TRAIL),
    "delete the trail's records": lambda me: me.logs.delete_log_group(logGroupName=TRAIL),
    "lock the trail's records away": lambda me: me.logs.associate_kms_key(logGroupName=TRAIL, kmsKeyId=KEY),
    "take the key from the trail's records": lambda me: me.logs.disassociate_kms_key(logGroupName=TRAIL),
    "tag the trail's log group": lambda me: me.logs.tag_resource(resourceArn=TRAIL_ARN, tags={"project": "theirs"}),
    "read the trail's records": lambda me: me.logs.get_log_events(logGroupName=TRAIL, logStreamName="a"),
}


def role_session(attacker: Attacker, url: str) -> Attacker:
    """The delivery role's own keys, which whoever it trusts gets."""
    keys = attacker.sts.assume_role(RoleArn=ROLE_ARN, RoleSessionName="me")["Credentials"]
    return Attacker(url, keys["AccessKeyId"], attacker.vpc, keys["SessionToken"])
