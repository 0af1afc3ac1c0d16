# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Waiting until the first records of flow logs have arrived, which alone proves that they are delivered."""

from __future__ import annotations

import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.api import describe_flow_logs_by_id
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import describe_interfaces_in

from .arrivals import Arrivals
from .delivery_read import read_arrivals
from .health import DELIVERING
from .health import FAILING
from .health import as_time
from .health import health
from .info import Inside
from .info import inside
from .records import newest_record

# Seconds between two looks: records take minutes.
_PAUSE = 15.0

# What AWS says of a flow log of this age is not about a role that was corrected since.
_YOUNG = timedelta(hours=1)

_NO_TRAFFIC = (
    "There may have been no traffic yet: a record comes after the first packet, some minutes after its interval has ended. Run it"
    " again later, or give it more time by flow_logs_verify_timeout."
)
_NO_INTERFACE = "There is no network interface in it, so there is nothing to record yet."


@dataclass
class Proof:
    """delivering: ids of the flow logs that delivered. failures: why the others count as not delivering."""

    delivering: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def as_result(self) -> dict[str, Any]:
        return {"delivering": self.delivering, "failures": [failure.as_result() for failure in self.failures]}


@dataclass
class Watch:
    """ec2 and logs are clients; tell is where progress goes."""

    ec2: Any
    logs: Any
    tell: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until_proven(self, owners: Mapping[str, str], timeout: float) -> Proof:
        """Looks until records of all have arrived, for timeout seconds. Raises AwsError when nothing can be read.

        owners: id of a flow log -> the resource whose it is.
        """
        started, now = self.clock(), datetime.now(timezone.utc)
        waiting, proof = list(owners), Proof()
        while True:
            flow_logs = describe_flow_logs_by_id(self.ec2, waiting)
            within = self._inside(flow_logs)
            told = self._look(flow_logs, within)
            proof.delivering += [log.flow_log_id for log in flow_logs if told[log.flow_log_id]["state"] == DELIVERING]
            waiting = [each for each in waiting if each not in proof.delivering]
            left = timeout - (self.clock() - started)
            if not waiting or left <= 0 or _is_hopeless(waiting, flow_logs, told, now):
                break
            self.tell(f"waiting for the first records of {len(waiting)} of {len(owners)} flow logs")
            self.sleep(min(left, max(1.0, min(_PAUSE, timeout / 20))))
        by_id = {log.flow_log_id: log for log in flow_logs}
        proof.failures = [
            _failure(by_id[each], told[each], within) if each in by_id else _gone(each, owners[each])
            for each in waiting
        ]
        return proof

    def _inside(self, flow_logs: Sequence[FlowLog]) -> Inside:
        resources: dict[str, dict[str, str]] = {}
        for filter_name, prefix in (("vpc-id", "vpc-"), ("subnet-id", "subnet-")):
            ids = sorted({log.resource_id for log in flow_logs if log.resource_id.startswith(prefix)})
            if ids:
                resources.update(describe_interfaces_in(self.ec2, filter_name, ids))
        return inside(resources)

    def _look(self, flow_logs: Sequence[FlowLog], within: Inside) -> dict[str, dict[str, Any]]:
        """Flow log id -> its health."""
        interfaces: dict[str, set[str]] = {log.flow_log_id: within.of(log.resource_id) for log in flow_logs}
        arrivals = read_arrivals(self.logs, flow_logs, interfaces)
        healths = side_by_side(lambda log: self._health(log, arrivals, interfaces[log.flow_log_id]), flow_logs)
        return {log.flow_log_id: each for log, each in zip(flow_logs, healths)}

    def _health(self, log: FlowLog, arrivals: Arrivals, interface_ids: set[str]) -> dict[str, Any]:
        now, group = datetime.now(timezone.utc), arrivals.group(log)
        told = health(log, group, arrivals.newest_time(log, interface_ids), now)
        stream = arrivals.newest(log, interface_ids)
        if told["state"] == DELIVERING or stream is None or group is None or stream.is_exact:
            return told
        # The listing's time may be an hour old: the event itself is exact.
        return health(log, group, as_time(newest_record(self.logs, group.entry, stream)), now)


def _is_hopeless(
    waiting: Sequence[str], flow_logs: Sequence[FlowLog], told: dict[str, dict[str, Any]], now: datetime
) -> bool:
    """Whether AWS says of all that are waited for that it can't deliver, and does not mean what was wrong long ago."""
    young = {log.flow_log_id for log in flow_logs if _is_young(log, now)}
    return all(each in young and told[each]["state"] == FAILING for each in waiting)


def _is_young(log: FlowLog, now: datetime) -> bool:
    created = log.facts.get("CreationTime")
    return isinstance(created, datetime) and now - created < _YOUNG


def _failure(log: FlowLog, told: dict[str, Any], within: Inside) -> Failure:
    if told["state"] == FAILING:
        return Failure(log.resource_id, "DeliveryFailed", f"{log.flow_log_id} does not deliver. {told['message']}")
    message = f"No record of {log.flow_log_id} has arrived in {log.destination.name}."
    return Failure(
        log.resource_id, "NoRecordsYet", message, _NO_TRAFFIC if within.of(log.resource_id) else _NO_INTERFACE
    )


def _gone(flow_log_id: str, resource_id: str) -> Failure:
    message = f"{flow_log_id} is not there any more: somebody deleted it meanwhile."
    return Failure(resource_id, "InvalidFlowLogId.NotFound", message, "Run it again: it creates what is missing.")
