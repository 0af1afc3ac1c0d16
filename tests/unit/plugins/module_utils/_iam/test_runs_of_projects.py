# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of two projects on one account, one after the other, each with what its inventory says of least privilege."""

from __future__ import annotations

import json
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import OF_STREAMS
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.options import wish_from_options
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Current
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Policy
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import plan_delivery_role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import InUse
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Unread
from ansible_collections.netops.flow_logs.plugins.modules.flow_log_iam import ARGUMENT_SPEC
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import gather
from ansible_collections.netops.flow_logs.tests.emulator import policy_language as iam

NUMBER = "123456789012"
ACCOUNT = Account(NUMBER, "aws")
ROLE, POLICY = "flow-logs", "publish"
ARN = f"arn:aws:iam::{NUMBER}:policy/{POLICY}"
SERVICE = "vpc-flow-logs.amazonaws.com"
SOURCE = {"aws:SourceAccount": NUMBER, "aws:SourceArn": f"arn:aws:ec2:eu-west-1:{NUMBER}:vpc-flow-log/fl-1"}
# Project -> what it asks for in the policy when it has patterns of its own.
PROJECTS = {"shop": None, "bank": None, "tv": ["/aws/tv/*"]}
CLOSED = (Unread("ap-east-1", "UnauthorizedOperation", "No."),)
DEFAULTS = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}


@dataclass(frozen=True)
class Visit:
    """A run for one project. closed: a region can't be read meanwhile."""

    project: str
    least_privilege: bool | None
    closed: bool = False


@dataclass
class World:
    role: Role | None
    policy: Policy | None
    groups: set[str] = field(default_factory=set)

    def delivering(self) -> set[str]:
        """The log groups that records reach, by the emulator's own reading of policy and trust."""
        if self.role is None or self.policy is None or ARN not in self.role.attached:
            return set()
        if not iam.trusts(json.dumps(self.role.trust), SERVICE, SOURCE):
            return set()
        return {group for group in self.groups if self._may_write(group)}

    def _may_write(self, group: str) -> bool:
        assert self.policy is not None
        stream = f"arn:aws:logs:eu-west-1:{NUMBER}:log-group:{group}:log-stream:eni-1"
        return all(iam.allows([json.dumps(self.policy.document)], action, stream) for action in OF_STREAMS)

    def run(self, visit: Visit) -> Plan | None:
        """What the role does for the project: IAM, then its flow log. None when it refused."""
        wish = wish_from_options({**DEFAULTS, **options(visit)}, ACCOUNT)
        in_use = InUse(tuple(sorted(self.groups)), CLOSED if visit.closed else ())
        try:
            plan = plan_delivery_role(wish, Current(self.role, self.policy, in_use=in_use), COMPARISON)
        except InvalidInput:
            return None
        role, policy = plan.after["role"], plan.after["policy"]
        trust = role["assume_role_policy_document"]
        self.role = Role(ROLE, role["arn"], "/", trust, attached=tuple(role["attached_policies"]))
        self.policy = Policy(POLICY, policy["arn"], policy["policy_document"], versions=())
        self.groups.add(f"/aws/{visit.project}/vpc/web/flowlogs")
        return plan


def options(visit: Visit) -> dict[str, Any]:
    settings = {
        "flow_logs_state": "present",
        "flow_logs_project": visit.project,
        "flow_logs_log_group_name": f"/aws/{visit.project}/vpc/{{resource_name}}/flowlogs",
        "flow_logs_role_name": ROLE,
        "flow_logs_policy_name": POLICY,
        "flow_logs_least_privilege": visit.least_privilege,
        "flow_logs_policy_log_group_names": PROJECTS[visit.project],
    }
    [account] = gather([HostWish("vpc-00000001", settings)]).accounts
    made: dict[str, Any] = account["iam"]
    return made


BY_HAND = {"StringEquals": {"aws:SourceAccount": NUMBER}}
STATEMENT = trust_document(ACCOUNT, False)["Statement"][0]
trusts = st.sampled_from(
    [
        trust_document(ACCOUNT, False),
        trust_document(ACCOUNT, True),
        {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Condition": BY_HAND}]},
        {
            "Version": "2012-10-17",
            "Statement": [{**STATEMENT, "Principal": {"Service": [SERVICE, "ec2.amazonaws.com"]}}],
        },
        {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Principal": {"Service": "ec2.amazonaws.com"}}]},
    ]
)
documents = st.sampled_from(
    [
        publishing_document(ACCOUNT, None, True),
        publishing_document(ACCOUNT, ["/aws/shop/vpc/*/flowlogs"], False),
        publishing_document(ACCOUNT, ["/aws/shop/vpc/*/flowlogs", "/aws/gone/*"], True),
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]},
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}]},
        {"Version": "2012-10-17", "Statement": []},
    ]
)
worlds = st.builds(
    World,
    role=st.none()
    | st.builds(lambda trust: Role(ROLE, f"arn:aws:iam::{NUMBER}:role/{ROLE}", "/", trust, attached=(ARN,)), trusts),
    policy=st.builds(lambda document: Policy(POLICY, ARN, document, versions=()), documents),
    groups=st.sets(st.sampled_from(["/aws/shop/vpc/web/flowlogs", "/by/hand"])),
)
least = st.sampled_from([None, True, False])
visits = st.builds(Visit, st.sampled_from(sorted(PROJECTS)), least, st.booleans())


@given(world=worlds, runs=st.lists(visits, min_size=1, max_size=6))
@settings(deadline=None)
def test_no_run_breaks_a_delivery_and_what_it_asks_for_is_delivered(world: World, runs: list[Visit]) -> None:
    for visit in runs:
        before = world.delivering()
        plan = world.run(visit)

        assert before <= world.delivering()
        if plan is not None:
            assert f"/aws/{visit.project}/vpc/web/flowlogs" in world.delivering()
            again = world.run(visit)
            assert again is not None and again.steps == ()


@given(world=worlds, of_shop=least, of_bank=least, more=st.integers(0, 2))
@settings(deadline=None)
def test_two_projects_come_to_rest_unless_one_opens_what_the_other_tightens(
    world: World, of_shop: bool | None, of_bank: bool | None, more: int
) -> None:
    if {of_shop, of_bank} == {True, False}:
        return
    runs = [Visit("shop", of_shop), Visit("bank", of_bank)]
    # Who tightens first knows the names that others use, and not their patterns, which the others' next run adds.
    for visit in runs * (2 + more):
        world.run(visit)

    for visit in runs:
        plan = world.run(visit)
        assert plan is not None and plan.steps == ()


@given(world=worlds, project=st.sampled_from(sorted(PROJECTS)))
@settings(deadline=None)
def test_what_becomes_weaker_is_said(world: World, project: str) -> None:
    tight = World(world.role, world.policy, set(world.groups))
    assert tight.run(Visit(project, True)) is not None
    role, policy = tight.role, tight.policy
    assert role is not None and policy is not None
    left_out = World(replace(role), replace(policy), set(tight.groups)).run(Visit(project, None))
    assert left_out is not None and left_out.steps == ()

    opened = tight.run(Visit(project, False))
    assert opened is not None
    warned = " ".join(opened.warnings)
    assert "was limited to" in warned
    assert "own account only" in warned or "keeps conditions" in warned
