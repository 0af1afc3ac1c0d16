# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What flow_log_info tells, put together from what was read. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import described

from .arrivals import Arrivals
from .coverage import Cover
from .coverage import Coverage
from .coverage import Place
from .coverage import can_be_logged
from .health import FAILING
from .health import as_text
from .health import health

# Entries of describe_resources.
Resources = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Inside:
    """Which network interfaces lie in a VPC or subnet, as far as they were read; an interface lies in itself."""

    by_place: Mapping[str, set[str]] = field(default_factory=dict)

    def of(self, resource_id: str) -> set[str]:
        own = {resource_id} if resource_id.startswith("eni-") else set()
        return own | self.by_place.get(resource_id, set())


def inside(resources: Resources) -> Inside:
    by_place: dict[str, set[str]] = {}
    for resource_id, entry in resources.items():
        if resource_id.startswith("eni-"):
            for place in (entry["subnet_id"], entry["vpc_id"]):
                by_place.setdefault(place, set()).add(resource_id)
    return Inside(by_place)


def place(resource_id: str, entry: Mapping[str, str]) -> Place:
    return Place(resource_id, entry.get("subnet_id", ""), entry.get("vpc_id", ""))


def own_resources(resources: Resources, account_id: str) -> list[str]:
    """The resources that the account can log, VPCs first, then subnets, then interfaces."""
    order = ("vpc", "subnet", "eni")
    own = [
        resource_id
        for resource_id, entry in resources.items()
        if can_be_logged(
            account_id, entry["owner_id"], resources.get(entry["vpc_id"], {}).get("owner_id", entry["owner_id"])
        )
    ]
    return sorted(own, key=lambda resource_id: (order.index(resource_id.split("-")[0]), resource_id))


@dataclass(frozen=True)
class Facts:
    """All that was read. now: the time of reading, with time zone."""

    resources: Resources
    inside: Inside
    arrivals: Arrivals
    now: datetime

    def flow_log(self, flow_log: FlowLog) -> dict[str, Any]:
        """An entry of flow_logs, with the health of its delivery."""
        newest = self.arrivals.newest_time(flow_log, self.inside.of(flow_log.resource_id))
        return {
            **described(flow_log),
            "resource_type": flow_log.resource_id.split("-")[0],
            "delivery": self._health(flow_log, newest),
        }

    def _health(self, flow_log: FlowLog, newest: datetime | None) -> dict[str, Any]:
        seen = self.arrivals
        return health(flow_log, seen.group(flow_log), newest, self.now, seen.reason(flow_log), seen.groups_unread)

    def target(self, resource_id: str, covered: Coverage) -> dict[str, Any]:
        """An entry of coverage."""
        entry = self.resources.get(resource_id, {})
        summary = covered.as_result()
        covers = [self._cover(resource_id, cover) for cover in covered.covers]
        times = [cover["newest_event_time"] for cover in covers if cover["newest_event_time"]]
        return {
            "resource_id": resource_id,
            "resource_type": resource_id.split("-")[0],
            "resource_name": entry.get("name") or resource_id,
            "exists": bool(entry),
            "vpc_id": entry.get("vpc_id") or None,
            "vpc_name": self._vpc_name(entry),
            "subnet_id": entry.get("subnet_id") or None,
            **summary,
            "status": status(covered, covers),
            "newest_event_time": max(times, default=None),
            "flow_logs": covers,
        }

    def _vpc_name(self, entry: Mapping[str, str]) -> str | None:
        vpc_id = entry.get("vpc_id", "")
        return self.resources.get(vpc_id, {}).get("name") or vpc_id or None

    def _cover(self, resource_id: str, cover: Cover) -> dict[str, Any]:
        """How one flow log records the target, and whether that target's records arrive."""
        flow_log, interfaces = cover.flow_log, self.inside.of(resource_id)
        newest = self.arrivals.newest_time(flow_log, interfaces)
        verdict = self._health(flow_log, newest)
        stream = self.arrivals.newest(flow_log, interfaces)
        return {
            **cover.as_result(),
            "delivery": verdict,
            "log_stream_name": stream.name if stream else None,
            "newest_event_time": as_text(newest),
        }


def status(covered: Coverage, covers: Iterable[Mapping[str, Any]]) -> str:
    """One word for a target: uncovered, broken (recorded, but nothing is delivered), partly_covered or covered.

    covers: as Facts.target has them, in the order of covered.covers.
    """
    if not covered.covers:
        return "uncovered"
    working = [
        cover for cover, told in zip(covered.covers, covers) if told["delivery"]["state"] != FAILING and cover.records
    ]
    if not working:
        return "broken"
    return "partly_covered" if Coverage(tuple(working)).missing else "covered"


def owners_of(flow_logs: Iterable[FlowLog]) -> list[str]:
    """The VPCs, subnets and interfaces among the owners: transit gateways and the like have no coverage."""
    owners = dict.fromkeys(flow_log.resource_id for flow_log in flow_logs)
    return [owner for owner in owners if owner.split("-")[0] in ("vpc", "subnet", "eni")]


def interfaces_to_look_for(flow_logs: Iterable[FlowLog], covers: Mapping[str, Coverage], within: Inside) -> Any:
    """Flow log id -> the interfaces whose streams to look for: those of the targets that it covers, and its owner's."""
    wanted: dict[str, set[str]] = {log.flow_log_id: within.of(log.resource_id) for log in flow_logs}
    for resource_id, covered in covers.items():
        for cover in covered.covers:
            wanted.setdefault(cover.flow_log.flow_log_id, set()).update(within.of(resource_id))
    return wanted
