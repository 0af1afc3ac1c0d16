# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Who records a target: which flow logs, through whom, and what nobody records. Pure.

A flow log records its owner and everything that lies in it: that of a VPC its subnets and network interfaces, that of a
subnet its network interfaces. Never the other way round: a VPC whose subnets all have flow logs has none itself. Where a
flow log delivers to makes no difference to what it records, so flow logs to S3 and Firehose count as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import TRAFFIC
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog

# Through whom a flow log records a target.
OWN = "own"
SUBNET = "subnet"
VPC = "vpc"


@dataclass(frozen=True)
class Place:
    """A target and what it lies in; an id that does not apply is empty, or the target's own."""

    resource_id: str
    subnet_id: str = ""
    vpc_id: str = ""

    def owners(self) -> Mapping[str, str]:
        """The resources whose flow logs record the target -> through whom, from the inside out."""
        owners = {self.resource_id: OWN}
        for resource_id, through in ((self.subnet_id, SUBNET), (self.vpc_id, VPC)):
            if resource_id:
                owners.setdefault(resource_id, through)
        return owners


def can_be_logged(account_id: str, owner_id: str, vpc_owner_id: str) -> bool:
    """Whether the account may give a resource of owner_id, in a VPC of vpc_owner_id, a flow log.

    Of a VPC that another account shares with it, an account sees the VPC and the subnets but may log its own interfaces
    only. The other way round it may log everything in its own VPC, whoever owns the interface (VPC user guide, vpc-sharing).
    """
    owners = {owner_id, vpc_owner_id}
    return account_id in owners or owners == {""}


@dataclass(frozen=True)
class Cover:
    """One flow log that records the target, and through whom."""

    flow_log: FlowLog
    through: str

    @property
    def records(self) -> tuple[str, ...]:
        return self.flow_log.records

    @property
    def delivering(self) -> bool:
        """False when AWS says that records don't arrive.

        True proves nothing: AWS says SUCCESS from the first moment on, and FAILED only once there was something to deliver.
        """
        return self.flow_log.facts.get("DeliverLogsStatus") != "FAILED" and not self.flow_log.to_nowhere

    def as_result(self) -> dict[str, Any]:
        """Under AWS's names in snake case; resource_id is the owner, at which alone it can be removed."""
        facts = self.flow_log.facts
        answer: dict[str, Any] = {
            "flow_log_id": self.flow_log.flow_log_id,
            "resource_id": self.flow_log.resource_id,
            "through": self.through,
            **self.flow_log.destination.as_result(),
            "traffic_type": self.flow_log.traffic_type,
            "delivering": self.delivering,
            "managed_by_rule": self.flow_log.managed_by_rule,
        }
        for key, name in (
            ("deliver_logs_status", "DeliverLogsStatus"),
            ("deliver_logs_error_message", "DeliverLogsErrorMessage"),
        ):
            if name in facts:
                answer[key] = str(facts[name])
        return answer


@dataclass(frozen=True)
class Coverage:
    """All that records one target, from the inside out."""

    covers: tuple[Cover, ...] = ()

    @property
    def recorded(self) -> list[str]:
        """The traffic that one flow log or another records."""
        return [kind for kind in TRAFFIC if any(kind in cover.records for cover in self.covers)]

    @property
    def missing(self) -> list[str]:
        """The traffic that none records."""
        return [kind for kind in TRAFFIC if kind not in self.recorded]

    @property
    def covered(self) -> bool:
        """True when something of the target's traffic is recorded; missing says what is not."""
        return bool(self.recorded)

    @property
    def broken(self) -> bool:
        """True when one of the flow logs does not deliver, whatever the others do."""
        return not all(cover.delivering for cover in self.covers)

    def as_result(self) -> dict[str, Any]:
        return {
            "covered": self.covered,
            "recorded": self.recorded,
            "missing": self.missing,
            "broken": self.broken,
            "flow_logs": [cover.as_result() for cover in self.covers],
        }


def coverage(places: Iterable[Place], flow_logs: Iterable[FlowLog]) -> dict[str, Coverage]:
    """Resource id -> its coverage, in the order of the places. The flow logs may be those of a whole region."""
    by_owner: dict[str, list[FlowLog]] = {}
    for flow_log in sorted(flow_logs, key=lambda each: each.flow_log_id):
        by_owner.setdefault(flow_log.resource_id, []).append(flow_log)
    return {
        place.resource_id: Coverage(
            tuple(
                Cover(flow_log, through)
                for owner, through in place.owners().items()
                for flow_log in by_owner.get(owner, ())
            )
        )
        for place in places
    }
