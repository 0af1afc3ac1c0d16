# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The plan for deleting log groups, and with them the records. Pure.

A group that is protected, or that a flow log still writes to, is refused: records are not lost by the way, and a group that
is written to would come back without retention, tags and key.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog

from .plan import LogGroup
from .plan import to_result

DELETE = "delete_log_group"
# Flow logs that a message names before it only counts the others.
_NAMED = 10


@dataclass(frozen=True)
class Removal:
    """names: log group name -> resource ids that asked for it. ignored: flow logs that do not stand in the way."""

    names: Mapping[str, tuple[str, ...]]
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Current:
    """writers: log group name -> the flow logs that publish to it."""

    groups: Mapping[str, LogGroup]
    writers: Mapping[str, Sequence[FlowLog]] = field(default_factory=dict)


def plan_removal(removal: Removal, current: Current) -> Plan:
    """A step for each group that exists and may go; refusals for the others."""
    steps: list[Step] = []
    refusals: list[Failure] = []
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    for name, resource_ids in removal.names.items():
        group = current.groups.get(name)
        if group is None:
            continue
        before.append(to_result(group, "unchanged", resource_ids))
        refusal = _refusal(removal, group, current.writers.get(name, ()))
        after.append(to_result(group, "unchanged" if refusal else "deleted", resource_ids))
        if refusal:
            refusals.append(refusal)
        else:
            steps.append(Step(DELETE, name, _sentence(group), {"logGroupName": name}))
    return Plan({"log_groups": before}, {"log_groups": after}, tuple(steps), tuple(refusals))


def _sentence(group: LogGroup) -> str:
    stored = group.facts.get("stored_bytes")
    return f"delete log group {group.name} with its records{f' ({stored} bytes)' if stored else ''}"


def _refusal(removal: Removal, group: LogGroup, writers: Sequence[FlowLog]) -> Failure | None:
    if group.deletion_protection:
        return protected(group.name)
    left = [log for log in writers if log.flow_log_id not in removal.ignored]
    if not left:
        return None
    listed = ", ".join(f"{log.flow_log_id} of {log.resource_id}" for log in left[:_NAMED])
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return Failure(
        group.name,
        "LogGroupInUse",
        f"Log group {group.name} is kept: {listed}{more} still publish{'es' if len(left) == 1 else ''} to it.",
        "Remove these flow logs first, each at the resource that owns it, or name another log group.",
    )


def protected(name: str) -> Failure:
    """The failure for a group that is protected from deletion."""
    return Failure(
        name,
        "DeletionProtected",
        f"Log group {name} is kept: it is protected from deletion.",
        "Lift the protection first, by state: present and deletion_protection: false, if its records are really to go.",
    )
