# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role and policies as flow_log_iam makes them, and what hands do to them."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST

PASS_ROLE = f"PassRole-{ROLE}"
PASS_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{PASS_ROLE}"


def arrange_iam(stage: Stage) -> None:
    """Role and policies as flow_log_iam makes them, an operator, and a role of others with a policy of its own."""
    iam = stage.cloud.client("iam")
    iam.create_user(UserName="alice")
    stage.cloud.role(trust=TRUST)
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=stage.cloud.policy())
    stage.cloud.policy(PASS_ROLE, pass_role_document())
    iam.attach_user_policy(UserName="alice", PolicyArn=PASS_ROLE_ARN)
    stage.cloud.role("web-server")
    iam.attach_role_policy(RoleName="web-server", PolicyArn=stage.cloud.policy("theirs"))


def roles_and_policies(stage: Stage) -> tuple[set[str], set[str]]:
    """Names of all of the account, however small the pages are."""
    iam = stage.cloud.client("iam")
    roles = {role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]}
    listing = iam.get_paginator("list_policies").paginate(Scope="Local")
    return roles, {policy["PolicyName"] for page in listing for policy in page["Policies"]}


def pass_role_document() -> dict[str, Any]:
    """What lets an operator pass the role."""
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN}
    return {"Version": "2012-10-17", "Statement": [statement]}


def more_versions(stage: Stage) -> None:
    """As many versions of the policy as it can have."""
    for _number in range(4):
        stage.cloud.client("iam").create_policy_version(
            PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True
        )


def take_the_role_apart(stage: Stage) -> None:
    """Somebody deletes the role by hand."""
    iam = stage.cloud.client("iam")
    iam.delete_role_policy(RoleName=ROLE, PolicyName="by-hand")
    iam.detach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
    iam.delete_role(RoleName=ROLE)


def remove_everything(stage: Stage) -> None:
    """Somebody removes role and policies by hand."""
    take_the_role_apart(stage)
    iam = stage.cloud.client("iam")
    iam.detach_user_policy(UserName="alice", PolicyArn=PASS_ROLE_ARN)
    for arn in (POLICY_ARN, PASS_ROLE_ARN):
        iam.delete_policy(PolicyArn=arn)


def in_another_case(stage: Stage) -> None:
    """The same, by other hands."""
    remove_everything(stage)
    iam = stage.cloud.client("iam")
    stage.cloud.role(ROLE.upper(), trust=TRUST, Path="/network/")
    arn = stage.cloud.policy(POLICY.upper(), Path="/network/")
    iam.attach_role_policy(RoleName=ROLE.upper(), PolicyArn=arn)
    document = pass_role_document()
    document["Statement"][0]["Resource"] = f"arn:aws:iam::{ACCOUNT}:role/network/{ROLE.upper()}"
    operators = stage.cloud.policy(PASS_ROLE.upper(), document, Path="/network/")
    iam.attach_user_policy(UserName="alice", PolicyArn=operators)
