# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What is recorded twice in CloudWatch Logs, and therefore ingested and paid twice. Pure.

Two flow logs record the same where their traffic types overlap, on one resource or on one that lies in the other. Flow logs to other
services count for nothing here: whoever keeps a copy in S3 means it.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from .destination import CLOUD_WATCH_LOGS
from .value import TRAFFIC
from .value import FlowLog

# Resources that a warning names before it only counts the others.
_NAMED = 10


@dataclass(frozen=True)
class Twice:
    """flow_logs: all that record the traffic, the one that was asked for first where there is one."""

    resource_id: str
    traffic: tuple[str, ...]
    flow_logs: tuple[FlowLog, ...]

    def as_result(self) -> dict[str, Any]:
        return {
            "resource_id": self.resource_id,
            "traffic": list(self.traffic),
            "flow_logs": [_as_result(log) for log in self.flow_logs],
            "message": self._message(),
            "hint": self._hint(),
        }

    def seen(self, made: Mapping[str, FlowLog]) -> Twice:
        """With the ids of what was planned and is there now. made: resource id -> its flow log."""
        logs = [
            replace(log, flow_log_id=made[log.resource_id].flow_log_id)
            if not log.flow_log_id and log.resource_id in made
            else log
            for log in self.flow_logs
        ]
        return replace(self, flow_logs=tuple(logs))

    @property
    def is_planned(self) -> bool:
        """Whether one of the flow logs is still to be created."""
        return not all(log.flow_log_id for log in self.flow_logs)

    def _message(self) -> str:
        listed = " and ".join(self._named(log) for log in self.flow_logs)
        what = "" if len(self.traffic) == len(TRAFFIC) else {"ACCEPT": "accepted ", "REJECT": "rejected "}[self.traffic[0]]
        return f"its {what}traffic is recorded, ingested and paid {self._times()} in CloudWatch Logs: by {listed}"

    def _times(self) -> str:
        number = max(sum(kind in log.records for log in self.flow_logs) for kind in self.traffic)
        return "twice" if number == 2 else f"{number} times"

    def _named(self, log: FlowLog) -> str:
        whose = f" of {log.resource_id}" if log.resource_id != self.resource_id else ""
        return f"{log.flow_log_id or 'a new flow log'}{whose} to {log.destination.name}"

    def _hint(self) -> str:
        first, *others = self.flow_logs
        rules = [log.flow_log_id for log in others if log.managed_by_rule]
        left = [
            log.flow_log_id
            for log in others
            if log.resource_id == self.resource_id and log.role_arn and log.role_arn == first.role_arn
        ]
        ids = ", ".join(log.flow_log_id for log in others)
        hints = [f"{' and '.join(rules)} was made by a CloudWatch telemetry rule: change the rule."] if rules else []
        if left:
            hints.append(
                f"{' and '.join(left)} has the same role: it may be left over from another name, template or log group."
            )
        hints.append(f"Remove what is not needed: netops.flow_logs.flow_log with state: absent and flow_log_ids: [{ids}].")
        return " ".join(hints)


def recorded_twice(
    resource_ids: Iterable[str], logs_of: Mapping[str, Sequence[FlowLog]], owners: Mapping[str, tuple[str, ...]]
) -> list[Twice]:
    """Those of the resources that are recorded twice, a flow log of their own among what records them.

    logs_of: resource id -> its flow logs, the one that was asked for first. owners: resource id -> what it lies in.
    """
    found = []
    for resource_id in resource_ids:
        own = in_cloudwatch(logs_of.get(resource_id, ()))
        outer = [log for owner in owners.get(resource_id, ()) for log in in_cloudwatch(logs_of.get(owner, ()))]
        traffic = overlapping(own, outer)
        if traffic:
            logs = [log for log in [*own, *outer] if set(log.records) & set(traffic)]
            found.append(Twice(resource_id, traffic, tuple(logs)))
    return found


def in_cloudwatch(flow_logs: Iterable[FlowLog]) -> list[FlowLog]:
    """Those that deliver to CloudWatch Logs, as far as AWS does not say that they fail."""
    return [
        log
        for log in flow_logs
        if log.destination.kind == CLOUD_WATCH_LOGS
        and not log.to_nowhere
        and log.facts.get("DeliverLogsStatus") != "FAILED"
    ]


def overlapping(own: Sequence[FlowLog], outer: Sequence[FlowLog]) -> tuple[str, ...]:
    """The traffic that one of the resource's own flow logs records, and another one too."""
    return tuple(
        kind
        for kind in TRAFFIC
        if any(kind in log.records for log in own) and sum(kind in log.records for log in [*own, *outer]) > 1
    )


def warning_of(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence for all of them. entries: as as_result has them."""
    if not entries:
        return []
    named = [f"{entry['resource_id']}: {entry['message']}. {entry['hint']}" for entry in entries[:_NAMED]]
    more = f" | and {len(entries) - _NAMED} more, see recorded_twice" if len(entries) > _NAMED else ""
    return [f"Recorded twice: {' | '.join(named)}{more}"]


def _as_result(log: FlowLog) -> dict[str, Any]:
    return {
        "flow_log_id": log.flow_log_id or None,
        "resource_id": log.resource_id,
        "log_group_name": log.destination.name,
        "traffic_type": log.traffic_type,
        "managed_by_rule": log.managed_by_rule,
    }
