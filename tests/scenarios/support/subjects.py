# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each module's scene: what it finds, what it is asked for, what must hold whatever happens, and what must come out."""

from __future__ import annotations

from abc import ABC
from abc import abstractmethod
from collections import Counter
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage

SERVICE = "vpc-flow-logs.amazonaws.com"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}],
}
GROUP = "/aws/shop/vpc/flowlogs"
THEIRS = "/somebody/elses"
TAGS = {"project": "shop"}
HOUR = 3600.0


class Subject(ABC):
    """A module under test."""

    module: str

    @abstractmethod
    def arrange(self, stage: Stage) -> None:
        """Sets the account up and the module's options."""

    @abstractmethod
    def remember(self, stage: Stage) -> Any:
        """What no_harm() compares with, taken before the first run."""

    @abstractmethod
    def no_harm(self, stage: Stage, before: Any) -> None:
        """Nothing lost and nothing twice, also after a run that failed."""

    @abstractmethod
    def as_wished(self, stage: Stage) -> None:
        """All that was asked for is there, and nothing besides."""

    def tells(self, stage: Stage, result: Result) -> None:
        """What the module returned is true, as far as that is more than what it did."""
        assert not result.failed, result.data


class FlowLogSubject(Subject):
    """Three VPCs: without a flow log, with one that differs, and with one that is somebody else's."""

    module = "flow_log"

    def arrange(self, stage: Stage) -> None:
        stage.cloud.role(trust=TRUST)
        stage.targets = stage.cloud.vpcs(3)
        stage.cloud.flow_log(stage.targets[1], LogGroupName=GROUP, TrafficType="REJECT", tags={"cost": "42"})
        stage.cloud.flow_log(stage.targets[2], LogGroupName=THEIRS)
        stage.clock.advance(HOUR)
        stage.options = {
            "resource_ids": stage.targets,
            "log_group_name": GROUP,
            "role_arn": ROLE_ARN,
            "traffic_type": "ALL",
            "tags": TAGS,
        }

    def remember(self, stage: Stage) -> Any:
        theirs = [entry for entry in stage.flow_logs() if entry["LogGroupName"] == THEIRS]
        return {entry["ResourceId"] for entry in stage.flow_logs()}, theirs

    def no_harm(self, stage: Stage, before: Any) -> None:
        had, theirs = before
        now = stage.flow_logs()
        assert had <= {entry["ResourceId"] for entry in now}, "a flow log was lost"
        assert [entry for entry in now if entry["LogGroupName"] == THEIRS] == theirs
        alike = Counter((entry["ResourceId"], entry["LogGroupName"], entry["TrafficType"]) for entry in now)
        assert set(alike.values()) <= {1}, "a flow log is there twice"

    def as_wished(self, stage: Stage) -> None:
        ours = [entry for entry in stage.flow_logs() if entry["LogGroupName"] != THEIRS]
        assert sorted(entry["ResourceId"] for entry in ours) == sorted(stage.options["resource_ids"])
        for entry in ours:
            assert entry["LogGroupName"] == GROUP
            assert (entry["TrafficType"], entry["DeliverLogsPermissionArn"]) == ("ALL", ROLE_ARN)
            assert {tag["Key"]: tag["Value"] for tag in entry["Tags"]} == TAGS


class LogGroupSubject(Subject):
    """Three log groups: one is missing, one has another retention and other tags, one is right; and a neighbour."""

    module = "log_group"
    template = "/aws/shop/{resource_id}"

    def arrange(self, stage: Stage) -> None:
        stage.targets = [f"vpc-{number:08x}" for number in range(3)]
        logs = stage.cloud.client("logs")
        names = [self.name(target) for target in stage.targets]
        logs.create_log_group(logGroupName=names[1], tags={"cost": "42"})
        logs.put_retention_policy(logGroupName=names[1], retentionInDays=7)
        logs.create_log_group(logGroupName=names[2], tags=TAGS)
        logs.put_retention_policy(logGroupName=names[2], retentionInDays=30)
        logs.create_log_group(logGroupName=f"{names[2]}-of-somebody-else")
        stage.clock.advance(HOUR)
        stage.options = {
            "resource_ids": stage.targets,
            "log_group_name": self.template,
            "retention_in_days": 30,
            "tags": TAGS,
        }

    def name(self, target: str) -> str:
        return self.template.format(resource_id=target)

    def remember(self, stage: Stage) -> Any:
        return set(stage.cloud.log_groups())

    def no_harm(self, stage: Stage, before: Any) -> None:
        now = set(stage.cloud.log_groups())
        assert before <= now, "a log group was lost"
        assert now - before <= {self.name(target) for target in stage.targets}

    def as_wished(self, stage: Stage) -> None:
        groups = stage.cloud.log_groups()
        assert len(groups) == 4
        for target in stage.targets:
            assert groups[self.name(target)].get("retentionInDays") == stage.options["retention_in_days"]
            assert stage.cloud.log_group_tags(self.name(target)) == TAGS


class IamSubject(Subject):
    """The role is there and trusts EC2, as the console leaves it; the policy is missing."""

    module = "flow_log_iam"

    def arrange(self, stage: Stage) -> None:
        stage.cloud.role(trust=EC2_TRUST)
        stage.clock.advance(HOUR)
        stage.options = {"role_name": ROLE, "policy_name": POLICY, "tags": TAGS}

    def remember(self, stage: Stage) -> Any:
        return set(stage.cloud.roles()), set(stage.cloud.policies())

    def no_harm(self, stage: Stage, before: Any) -> None:
        roles, policies = stage.cloud.roles(), stage.cloud.policies()
        assert before[0] <= set(roles) and before[1] <= set(policies), "a role or policy was lost"
        for names in (roles, policies):
            assert len({name.lower() for name in names}) == len(names), "a role or policy is there twice"

    def as_wished(self, stage: Stage) -> None:
        role = next(name for name in stage.cloud.roles() if name.lower() == ROLE.lower())
        policy = next(name for name in stage.cloud.policies() if name.lower() == POLICY.lower())
        assert stage.cloud.trust(role)["Statement"][0]["Principal"] == {"Service": SERVICE}
        assert stage.cloud.attached("role", role) == [policy]
        arn = next(
            entry["Arn"]
            for entry in stage.cloud.client("iam").list_policies(Scope="Local")["Policies"]
            if entry["PolicyName"] == policy
        )
        iam = stage.cloud.client("iam")
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        assert "logs:PutLogEvents" in str(document) and "Deny" not in str(document)
        tags = iam.get_role(RoleName=role)["Role"].get("Tags", [])
        assert {tag["Key"]: tag["Value"] for tag in tags} == TAGS
