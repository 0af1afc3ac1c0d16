# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules with state absent, and the one that looks at what is left over: what they find, and what has to be gone."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import PASS_ROLE
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import arrange_iam
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import roles_and_policies
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import ENABLED
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import GROUP
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import HOUR
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import THEIRS
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import Subject


class FlowLogRemoval(Subject):
    """Three VPCs: two with a flow log to the group, one with none; two have somebody else's, as a fourth VPC has."""

    module = "flow_log"

    def arrange(self, stage: Stage) -> None:
        stage.cloud.role(trust=TRUST)
        stage.targets = stage.cloud.vpcs(3)
        for target in stage.targets[:2]:
            stage.cloud.flow_log(target, LogGroupName=GROUP, tags={"cost": "42"})
        for target in stage.targets[1:]:
            stage.cloud.flow_log(target, LogGroupName=THEIRS)
        stage.cloud.flow_log(stage.cloud.vpc(), LogGroupName=GROUP)
        stage.clock.advance(HOUR)
        stage.options = {"resource_ids": stage.targets, "log_group_name": GROUP, "state": "absent"}

    def remember(self, stage: Stage) -> Any:
        return [entry for entry in stage.flow_logs() if not self._is_ours(stage, entry)]

    def no_harm(self, stage: Stage, before: Any) -> None:
        now = stage.flow_logs()
        assert [entry for entry in now if not self._is_ours(stage, entry)] == before, "a flow log of others was touched"

    def as_wished(self, stage: Stage) -> None:
        assert [entry for entry in stage.flow_logs() if self._is_ours(stage, entry)] == []

    def _is_ours(self, stage: Stage, entry: dict[str, Any]) -> bool:
        return entry["ResourceId"] in stage.targets and entry["LogGroupName"] != THEIRS


class LogGroupRemoval(Subject):
    """Three log groups: two are there, one with records, one is missing; and a neighbour."""

    module = "log_group"
    template = "/aws/shop/{resource_id}"

    def arrange(self, stage: Stage) -> None:
        stage.targets = [f"vpc-{number:08x}" for number in range(3)]
        logs = stage.cloud.client("logs")
        names = [self.name(target) for target in stage.targets]
        logs.create_log_group(logGroupName=names[0])
        logs.create_log_stream(logGroupName=names[0], logStreamName="eni-1")
        logs.create_log_group(logGroupName=names[1], tags={"cost": "42"})
        logs.create_log_group(logGroupName=f"{names[0]}-of-somebody-else")
        stage.clock.advance(HOUR)
        stage.options = {"resource_ids": stage.targets, "log_group_name": self.template, "state": "absent"}

    def name(self, target: str) -> str:
        return self.template.format(resource_id=target)

    def remember(self, stage: Stage) -> Any:
        return set(stage.cloud.log_groups())

    def no_harm(self, stage: Stage, before: Any) -> None:
        now = set(stage.cloud.log_groups())
        assert now <= before, "a log group was made"
        assert before - now <= {self.name(target) for target in stage.targets}, "a log group of others was deleted"

    def as_wished(self, stage: Stage) -> None:
        assert set(stage.cloud.log_groups()) == {f"{self.name(stage.targets[0])}-of-somebody-else"}


class IamRemoval(Subject):
    """The role with its policy and one inline; alice may pass it. And a role of others."""

    module = "flow_log_iam"

    def arrange(self, stage: Stage) -> None:
        arrange_iam(stage)
        iam = stage.cloud.client("iam")
        iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=json.dumps(NOTHING_ALLOWED))
        stage.clock.advance(HOUR)
        stage.options = {"role_name": ROLE, "policy_name": POLICY, "state": "absent"}

    def remember(self, stage: Stage) -> Any:
        return roles_and_policies(stage)

    def no_harm(self, stage: Stage, before: Any) -> None:
        (roles, policies), (roles_now, policies_now) = before, roles_and_policies(stage)
        assert roles - roles_now <= self._named_like(roles, ROLE), "a role of others was deleted"
        ours = self._named_like(policies, POLICY) | self._named_like(policies, PASS_ROLE)
        assert policies - policies_now <= ours, "a policy of others was deleted"
        assert stage.cloud.attached("role", "web-server") == ["theirs"]

    def as_wished(self, stage: Stage) -> None:
        roles, policies = roles_and_policies(stage)
        assert self._named_like(roles, ROLE) == self._named_like(policies, PASS_ROLE) == set()
        # A policy that others have stays with them.
        with_others = POLICY in stage.cloud.attached("user", "alice")
        assert self._named_like(policies, POLICY) == ({POLICY} if with_others else set())

    def _named_like(self, names: set[str], name: str) -> set[str]:
        return {each for each in names if each.lower() == name.lower()}


class IamInfo(Subject):
    """A role that no flow log uses, with its policies, and one that a flow log in this region uses."""

    module = "flow_log_iam_info"

    def arrange(self, stage: Stage) -> None:
        arrange_iam(stage)
        used = stage.cloud.role("used", trust=TRUST)
        (target,) = stage.cloud.vpcs(1)
        stage.cloud.flow_log(target, LogGroupName=THEIRS, DeliverLogsPermissionArn=used)
        stage.clock.advance(HOUR)
        stage.options = {"policy_names": [POLICY]}

    def remember(self, stage: Stage) -> Any:
        return roles_and_policies(stage), stage.flow_logs()

    def no_harm(self, stage: Stage, before: Any) -> None:
        assert self.remember(stage) == before, "something was changed"

    def as_wished(self, stage: Stage) -> None:
        """There is nothing to wish for."""

    def tells(self, stage: Stage, result: Result) -> None:
        unread = {entry["region"] for entry in result["regions_not_read"]}
        found = {
            (region, entry["DeliverLogsPermissionArn"].split("/")[-1])
            for region in set(ENABLED) - unread
            for entry in stage.cloud.elsewhere(region=region).flow_logs()
        }
        used = {name for _region, name in found}
        fate = {name: False if name in used else None if unread else True for name in (ROLE, "used")}
        assert {role["role_name"]: role["orphaned"] for role in result["roles"]} == fate
        assert {policy["policy_name"]: policy["orphaned"] for policy in result["policies"]} == {
            POLICY: fate[ROLE],
            PASS_ROLE: fate[ROLE],
        }
        assert {(user["region"], role["role_name"]) for role in result["roles"] for user in role["in_use_by"]} == found
