# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever runs the playbooks can't become administrator by it: every way out is tried under every policy of docs/policies.

What setup.json leaves open is in docs/permissions.md, and here it is shown how far that goes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import ACTIONS
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.tests.emulator.scenario import OWN_POLICIES
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import ADMINISTRATOR_ACCESS
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import ANOTHER_ROLE
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import ESCALATIONS
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import EVERYTHING
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import ME
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import REWRITE
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import TRAIL
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import TRUST
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import Attacker
from ansible_collections.netops.flow_logs.tests.scenarios.support.escalations import role_session
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import PASS_ROLE
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import CALLER
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import POLICIES
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import actions
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import document
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import together
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import BOUNDARY
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import BOUNDARY_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import key_in
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage

REFUSALS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
GROUP = "/aws/shop/vpc/web/flowlogs"
DOCUMENTS = sorted(path.stem for path in POLICIES.glob("*.json"))
# Whoever writes the policy of the delivery role may write anything: its boundary is what holds.
LEFT_OPEN = {"setup": {REWRITE, TRUST}}


@pytest.fixture
def attacker(stage: Stage) -> Attacker:
    """In an account as it is after setup, with others' roles, users and log groups in it."""
    cloud = stage.cloud
    iam, logs = cloud.client("iam"), cloud.client("logs")
    cloud.policy(BOUNDARY, document("boundary"))
    cloud.policy(document=document("boundary"))
    cloud.policy(PASS_ROLE, document("pass-role"))
    cloud.role(ROLE, PermissionsBoundary=BOUNDARY_ARN)
    cloud.role(ANOTHER_ROLE)
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
    for name in (ME, "alice"):
        iam.create_user(UserName=name)
    iam.create_group(GroupName="operators")
    for name in (TRAIL, GROUP):
        logs.create_log_group(logGroupName=name)
    key_in(cloud)
    return Attacker(stage.aws.url, CALLER, cloud.vpc("web"))


def _refused(call: Callable[[], Any]) -> bool:
    """Whether it is the permissions that stop it."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in REFUSALS
    return False


def _ways_out(attacker: Attacker) -> set[str]:
    return {way for way, attempt in ESCALATIONS.items() if not _refused(partial(attempt, attacker))}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_policy_is_a_way_out(stage: Stage, attacker: Attacker, name: str) -> None:
    stage.aws.scenario.policies = {CALLER: document(name)}
    assert _ways_out(attacker) == LEFT_OPEN.get(name, set())


def test_nor_are_all_of_them_together(stage: Stage, attacker: Attacker) -> None:
    """But for that of setup, which is somebody else's."""
    stage.aws.scenario.policies = {CALLER: together(document(name) for name in DOCUMENTS if name != "setup")}
    assert _ways_out(attacker) == set()


def test_each_is_one_where_everything_is_allowed(stage: Stage, attacker: Attacker) -> None:
    stage.aws.scenario.policies = {CALLER: json.loads(EVERYTHING)}
    assert _ways_out(attacker) == ESCALATIONS.keys()


def _take_the_role(stage: Stage, attacker: Attacker) -> Attacker:
    """What setup.json leaves open, done: the policy allows everything, and the role is the attacker's."""
    stage.aws.scenario.policies = {CALLER: document("setup")}
    for way in LEFT_OPEN["setup"]:
        ESCALATIONS[way](attacker)
    stage.aws.scenario.policies = {}
    session = role_session(attacker, stage.aws.url)
    stage.aws.scenario.policies = {f"*:assumed-role/{ROLE}/*": OWN_POLICIES}
    return session


def test_whoever_has_setup_gets_as_far_as_the_boundary(stage: Stage, attacker: Attacker) -> None:
    """To records that never were, in the log groups of the flow logs."""
    session = _take_the_role(stage, attacker)
    assert _ways_out(session) == set()
    forged = {"logGroupName": GROUP, "logStreamName": "eni-0123456789abcdef0-all"}
    session.logs.create_log_stream(**forged)
    assert _refused(partial(session.logs.create_log_stream, logGroupName=TRAIL, logStreamName="mine"))
    assert _refused(partial(session.logs.put_retention_policy, logGroupName=GROUP, retentionInDays=1))
    assert _refused(session.iam.list_roles)


def test_without_the_boundary_setup_is_a_way_out(stage: Stage, attacker: Attacker) -> None:
    """An older role: docs/permissions.md says to give it the boundary before anybody gets setup.json."""
    stage.cloud.client("iam").delete_role_permissions_boundary(RoleName=ROLE)
    session = _take_the_role(stage, attacker)
    assert not _refused(partial(session.iam.attach_user_policy, UserName=ME, PolicyArn=ADMINISTRATOR_ACCESS))


def test_setup_attaches_nothing_to_a_role_without_the_boundary(stage: Stage, attacker: Attacker) -> None:
    iam = stage.cloud.client("iam")
    iam.delete_role_permissions_boundary(RoleName=ROLE)
    iam.detach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
    stage.aws.scenario.policies = {CALLER: document("setup")}
    attach = partial(attacker.iam.attach_role_policy, RoleName=ROLE, PolicyArn=POLICY_ARN)
    assert _refused(attach)
    attacker.iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=BOUNDARY_ARN)
    assert not _refused(attach)


def test_the_boundary_is_as_wide_as_the_delivery_and_no_wider(stage: Stage) -> None:
    """Flow logs deliver within it, to the log groups of the pattern; the role's policy alone would let them write anywhere."""
    assert set(actions(document("boundary"))) == set(ACTIONS)
    cloud = stage.cloud
    cloud.policy(BOUNDARY, document("boundary"))
    trust = trust_document(Account(ACCOUNT, "aws"), False)
    cloud.role(ROLE, trust=trust, PermissionsBoundary=BOUNDARY_ARN)
    everywhere = publishing_document(Account(ACCOUNT, "aws"), None, True)
    cloud.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=cloud.policy(document=everywhere))
    within = cloud.flow_log(cloud.vpc("web"), LogGroupName=GROUP)
    beyond = cloud.flow_log(cloud.vpc("api"), LogGroupName=TRAIL)
    stage.aws.deliver()
    status = {log["FlowLogId"]: log["DeliverLogsStatus"] for log in cloud.flow_logs()}
    assert (status[within], status[beyond]) == ("SUCCESS", "FAILED")
    assert set(cloud.log_groups()) == {GROUP}


def test_the_operators_policy_is_the_one_that_the_module_makes() -> None:
    assert document("pass-role") == pass_role_document(ROLE_ARN)


def test_a_creation_alone_may_tag(stage: Stage, attacker: Attacker) -> None:
    """The stricter form that docs/permissions.md has for those who never change tags."""
    stage.cloud.client("iam").update_assume_role_policy(
        RoleName=ROLE, PolicyDocument=json.dumps(trust_document(Account(ACCOUNT, "aws"), False))
    )
    policy = document("apply")
    for statement in policy["Statement"]:
        if "ec2:CreateTags" in statement["Action"]:
            statement["Condition"] = {"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}}
    stage.aws.scenario.policies = {CALLER: policy}
    tags = [{"Key": "cost", "Value": "42"}]
    attacker.create_flow_log(ROLE_ARN, TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": tags}])
    (log,) = stage.cloud.flow_logs()
    assert log["Tags"] == tags
    assert _refused(partial(attacker.ec2.create_tags, Resources=[log["FlowLogId"]], Tags=tags))
