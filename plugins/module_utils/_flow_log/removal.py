# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The plan for removing flow logs, at the resource that owns them and nowhere else. Pure.

A VPC's or a subnet's flow log records a network interface as well, but the interface does not own it: it stays, and the
result says where it could be removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import MANAGED

from .destination import Destination
from .plan import BY_DESTINATION
from .plan import BY_TRAFFIC_TYPE
from .twice import in_cloudwatch
from .value import FlowLog
from .value import to_result

DELETE = "delete"
# The key of the result that has the resources' flow logs which go on.
REMAINING = "remaining"
# Resources that a warning names before it only counts the others.
_NAMED = 10


@dataclass(frozen=True)
class Removal:
    """What is to go: the flow logs of resources to their destinations, or those with the given ids.

    destinations: resource id -> its log group; None for a resource that no longer exists, as its name is not known.
    flow_log_ids None: by destination. traffic_type counts only with lookup by traffic type. also_going: ids of flow logs that the
    same run removes elsewhere, so that nothing counts as recorded by them.
    """

    destinations: Mapping[str, Destination | None] = field(default_factory=dict)
    flow_log_ids: frozenset[str] | None = None
    lookup: str = BY_DESTINATION
    traffic_type: str | None = None
    also_going: frozenset[str] = frozenset()
    # Whether a flow log of a CloudWatch telemetry rule may be removed like any other.
    take_over: bool = False

    def may_delete(self, log: FlowLog) -> bool:
        return self.take_over or not log.managed_by_rule

    def means(self, log: FlowLog, destination: Destination) -> bool:
        """True for a flow log to this destination that the removal speaks of, whoever owns it."""
        fits = self.lookup != BY_TRAFFIC_TYPE or log.traffic_type == self.traffic_type
        return fits and log.destination == destination


@dataclass(frozen=True)
class Cover:
    """A flow log that goes on recording a resource which does not own it."""

    resource_id: str
    log: FlowLog
    same_destination: bool

    def as_result(self) -> dict[str, Any]:
        return {
            "resource_id": self.resource_id,
            "owner_id": self.log.resource_id,
            "flow_log_id": self.log.flow_log_id,
            **self.log.destination.as_result(),
            "traffic_type": self.log.traffic_type,
            "hint": _where(self.log),
        }


def plan_removal(removal: Removal, current: Sequence[FlowLog], owners: Mapping[str, tuple[str, ...]]) -> Plan:
    """Steps that delete one flow log each. owners: resource id -> its subnet and VPC, as far as they are others."""
    if removal.flow_log_ids is None:
        return _plan_by_destination(removal, current, owners)
    return _plan_by_id(removal, current)


def going(removal: Removal, current: Sequence[FlowLog]) -> frozenset[str]:
    """Ids of the flow logs that go by their destinations; none where they go by their ids."""
    if removal.flow_log_ids is not None:
        return frozenset()
    return frozenset(log.flow_log_id for logs in _doomed(removal, _by_resource(current)).values() for log in logs)


def _by_resource(current: Sequence[FlowLog]) -> dict[str, list[FlowLog]]:
    by_resource: dict[str, list[FlowLog]] = {}
    for log in current:
        by_resource.setdefault(log.resource_id, []).append(log)
    return by_resource


def _doomed(removal: Removal, by_resource: Mapping[str, list[FlowLog]]) -> dict[str, list[FlowLog]]:
    """Resource id -> its own flow logs to its destination that may go."""
    meant = _meant(removal, by_resource)
    return {resource_id: list(filter(removal.may_delete, logs)) for resource_id, logs in meant.items()}


def _meant(removal: Removal, by_resource: Mapping[str, list[FlowLog]]) -> dict[str, list[FlowLog]]:
    """Resource id -> its own flow logs to its destination."""
    return {
        resource_id: [
            log for log in by_resource.get(resource_id, []) if destination and removal.means(log, destination)
        ]
        for resource_id, destination in removal.destinations.items()
    }


def _plan_by_destination(removal: Removal, current: Sequence[FlowLog], owners: Mapping[str, tuple[str, ...]]) -> Plan:
    by_resource = _by_resource(current)
    meant, doomed = _meant(removal, by_resource), _doomed(removal, by_resource)
    gone = going(removal, current) | removal.also_going
    covers: list[Cover] = []
    refusals: list[Failure] = []
    for resource_id, destination in removal.destinations.items():
        own = by_resource.get(resource_id, [])
        if destination is None:
            refusals += _of_a_lost_name(resource_id, own)
            continue
        staying = [
            Cover(resource_id, log, removal.means(log, destination))
            for owner_id in owners.get(resource_id, ())
            for log in by_resource.get(owner_id, [])
            if log.flow_log_id not in gone
        ]
        covers += staying
        rules = [log for log in meant[resource_id] if not removal.may_delete(log)]
        if rules and not doomed[resource_id]:
            refusals.append(_managed(resource_id, rules))
            continue
        in_the_way = [cover for cover in staying if cover.same_destination]
        if in_the_way and not doomed[resource_id]:
            refusals.append(_not_the_owner(resource_id, in_the_way))
    refused = {failure.resource_id for failure in refusals}
    named = {log.flow_log_id for resource_id in refused for log in meant.get(resource_id, ())}
    plan = _plan(
        [log for logs in doomed.values() for log in logs],
        covers,
        refusals,
        _warnings([cover for cover in covers if cover.resource_id not in refused]),
    )
    left = [
        _left(log)
        for resource_id, destination in removal.destinations.items()
        if destination is not None
        for log in in_cloudwatch(by_resource.get(resource_id, []))
        if log.flow_log_id not in gone | named
    ]
    return replace(plan, notes={REMAINING: left})


def _plan_by_id(removal: Removal, current: Sequence[FlowLog]) -> Plan:
    """With resource_ids too, a flow log of any other resource is refused: its owner has to be named."""
    asked_for = [log for log in current if log.flow_log_id in (removal.flow_log_ids or ())]
    strangers = [log for log in asked_for if removal.destinations and log.resource_id not in removal.destinations]
    refusals = [
        Failure(
            log.flow_log_id,
            "NotTheOwner",
            f"{log.flow_log_id} is the flow log of {log.resource_id}, which is not among resource_ids.",
            f"Remove it at its owner: resource_ids: [{log.resource_id}].",
        )
        for log in strangers
    ]
    rules = [log for log in asked_for if log not in strangers and not removal.may_delete(log)]
    refusals += [_managed(log.flow_log_id, [log]) for log in rules]
    return _plan([log for log in asked_for if log not in strangers and log not in rules], [], refusals, [])


def _plan(doomed: Sequence[FlowLog], covers: Sequence[Cover], refusals: Sequence[Failure], warnings: list[str]) -> Plan:
    steps = tuple(
        Step(
            DELETE,
            log.flow_log_id,
            f"delete flow log {log.flow_log_id} of {log.resource_id} to {log.destination.name}",
            {"flow_log": log},
        )
        for log in doomed
    )
    covered = [cover.as_result() for cover in covers]
    return Plan(
        {"flow_logs": [to_result(log, "unchanged") for log in doomed], "covered_by": covered},
        {"flow_logs": [to_result(log, "deleted") for log in doomed], "covered_by": covered},
        steps,
        tuple(refusals),
        tuple(warnings),
    )


def _managed(subject: str, rules: Sequence[FlowLog]) -> Failure:
    """subject: what the removal was asked for, a resource or a flow log."""
    listed = " and ".join(f"{log.flow_log_id} of {log.resource_id}" for log in rules)
    return Failure(
        subject,
        MANAGED,
        f"{listed} to {rules[0].destination.name} belongs to a CloudWatch telemetry rule, by which AWS makes flow logs for the VPCs of an"
        " account or organization. It was left as it is.",
        "Exclude the VPC from the rule first: the rule would make the flow log again. Then remove it with take_over set to true"
        " (flow_logs_take_over).",
    )


def _left(log: FlowLog) -> dict[str, Any]:
    """An entry of what goes on."""
    return {
        "resource_id": log.resource_id,
        "flow_log_id": log.flow_log_id,
        "log_group_name": log.destination.name,
        "traffic_type": log.traffic_type,
        "managed_by_rule": log.managed_by_rule,
        "hint": f"To remove it, too: state: absent with flow_log_ids: [{log.flow_log_id}]{_taking_over(log)}.",
    }


def _taking_over(log: FlowLog) -> str:
    return " and take_over: true, as a CloudWatch telemetry rule made it" if log.managed_by_rule else ""


def remaining_warning(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence for all that goes on. entries: as the notes have them."""
    if not entries:
        return []
    named = [f"{entry['resource_id']} by {entry['flow_log_id']}, to {entry['log_group_name']}" for entry in entries]
    more = f" and {len(named) - _NAMED} more, see {REMAINING}" if len(named) > _NAMED else ""
    return [f"Other flow logs of these go on in CloudWatch Logs: {'; '.join(named[:_NAMED])}{more}. {entries[0]['hint']}"]


def _not_the_owner(resource_id: str, covers: Sequence[Cover]) -> Failure:
    listed = " and ".join(f"{cover.log.flow_log_id} of {cover.log.resource_id}" for cover in covers)
    return Failure(
        resource_id,
        "CoveredByOwner",
        f"{resource_id} has no flow log of its own to {covers[0].log.destination.name}, but is recorded there by {listed}."
        " Nothing was deleted for it: a flow log is removed at the resource that owns it.",
        " ".join(_where(cover.log) for cover in covers),
    )


def _where(log: FlowLog) -> str:
    own = f"To stop it for everything in {log.resource_id}, remove {log.flow_log_id} there: {log.resource_id} owns it."
    return f"{own} It takes take_over: a CloudWatch telemetry rule made it." if log.managed_by_rule else own


def _of_a_lost_name(resource_id: str, own: Sequence[FlowLog]) -> list[Failure]:
    """A resource that is gone names no log group any more; flow logs of it that AWS still lists need their ids."""
    if not own:
        return []
    listed = ", ".join(log.flow_log_id for log in own)
    return [
        Failure(
            resource_id,
            "ResourceGone",
            f"{resource_id} does not exist any more, so the name of its log group can't be told, but AWS still lists"
            f" {listed} of it.",
            f"Remove them by the module netops.flow_logs.flow_log, with state: absent and flow_log_ids: [{listed}].",
        )
    ]


def _warnings(covers: Sequence[Cover]) -> list[str]:
    """One for each flow log that stays, with all whom it records."""
    recorded: dict[str, list[Cover]] = {}
    for cover in covers:
        recorded.setdefault(cover.log.flow_log_id, []).append(cover)
    return [
        f"{_listed([cover.resource_id for cover in group])} still recorded by {flow_log_id} of"
        f" {group[0].log.resource_id}, to {group[0].log.destination.name}. {_where(group[0].log)}"
        for flow_log_id, group in recorded.items()
    ]


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{', '.join(ids[:_NAMED])}{more} {'is' if len(ids) == 1 else 'are'}"
