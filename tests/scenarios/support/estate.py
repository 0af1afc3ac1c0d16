# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many targets, and an eye on their flow logs while modules run."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any

from moto.ec2.models import ec2_backends

from ansible_collections.netops.flow_logs.tests.emulator.calls import Call
from ansible_collections.netops.flow_logs.tests.emulator.scenario import BadResource
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import GROUP
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import HOUR
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST

FORMAT = "${version} ${srcaddr} ${dstaddr} ${action}"


def vpcs_and_role(stage: Stage, count: int) -> None:
    """VPCs without flow logs, and a role of an hour's age; the options of flow_log."""
    stage.use("plain")
    stage.cloud.role(trust=TRUST)
    stage.targets = stage.cloud.vpcs(count)
    stage.clock.advance(HOUR)
    stage.options = {"resource_ids": stage.targets, "role_arn": ROLE_ARN, "log_group_name": GROUP}


def with_flow_logs(stage: Stage, targets: Iterable[str]) -> dict[str, str]:
    """Gives each a flow log of its own kind; resource id -> flow log id."""
    made = {
        target: stage.cloud.flow_log(
            target,
            LogGroupName=GROUP,
            TrafficType="REJECT",
            LogFormat=FORMAT,
            MaxAggregationInterval=60,
            tags={"of": target, "cost": "42"},
        )
        for target in targets
    }
    stage.clock.advance(HOUR)
    return made


def owners(stage: Stage) -> list[str]:
    """The resource of each flow log."""
    return [flow_log.resource_id for flow_log in stage.flow_logs_now().values()]


def one_each(stage: Stage) -> bool:
    """Nothing missing, nothing twice."""
    return Counter(owners(stage)) == Counter(stage.targets)


def lasting(entry: dict[str, Any]) -> dict[str, Any]:
    """A flow log without what only this one has; its tags as a mapping."""
    tags = {tag["Key"]: tag["Value"] for tag in entry["Tags"]}
    return {**{key: value for key, value in entry.items() if key not in ("FlowLogId", "CreationTime")}, "Tags": tags}


def refuse_once_the_old_one_is_gone(stage: Stage, targets: list[str], traffic_type: str) -> None:
    """Flow logs of this traffic type are refused for these targets when they have none."""
    words = "LogFormat is not allowed for {resource_id}"
    fault = BadResource([], code="InvalidParameter", message=words)
    stage.aws.scenario.bad_resources.append(fault)
    lock = threading.Lock()

    def act(call: Call, when: str) -> None:
        ids = set(call.values("ResourceId")) & set(targets)
        if call.operation != "CreateFlowLogs" or when != "before" or not ids:
            return
        with lock:
            bare = ids - set(owners(stage))
            refused = bare if call.parameters["TrafficType"] == traffic_type else set()
            fault.resources = sorted(set(fault.resources) - ids | refused)

    stage.aws.on_call = act


class Watch:
    """How many of the targets were without a flow log at the same time, after any call."""

    def __init__(self, stage: Stage) -> None:
        self.most_bare = 0
        self.most_for_one = 0
        self._targets = frozenset(stage.targets)
        self._flow_logs = ec2_backends[ACCOUNT][REGION].flow_logs
        stage.aws.on_call = self._look

    def _look(self, call: Call, when: str) -> None:
        if call.service == "ec2" and when == "after":
            there = Counter(flow_log.resource_id for flow_log in list(self._flow_logs.values()))
            self.most_bare = max(self.most_bare, len(self._targets - set(there)))
            self.most_for_one = max(self.most_for_one, *there.values()) if there else self.most_for_one
