# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Deliveries that want different settings of one log group: each run of theirs would undo the other's. Pure.

Names of log groups are made of tags, so whoever may tag could otherwise change the retention of another project's group.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure

# Options of log_group that a group has one of. One that is left out agrees with everything.
_COMPARED = ("retention_in_days", "kms_key_id", "tags")
_NAMED = 3
_HINT = (
    "Give all of them the same settings, or log groups of their own: rename the resource, change its project, or name the log"
    " group by {resource_id}."
)


@dataclass(frozen=True)
class Claim:
    """What a delivery wants. names: resource id -> its log group. options: those of log_group."""

    region: str
    names: Mapping[str, str]
    options: Mapping[str, Any]


def contradictions(claims: Sequence[Claim]) -> list[dict[str, Failure]]:
    """For each claim the targets whose log group another claim wants otherwise: nobody knows who of them is right."""
    wanted: dict[tuple[str, str], list[int]] = {}
    for number, claim in enumerate(claims):
        for group in set(claim.names.values()):
            wanted.setdefault((claim.region, group), []).append(number)
    differing = {
        place: _differing([claims[number].options for number in numbers])
        for place, numbers in wanted.items()
        if len(numbers) > 1
    }
    targets: dict[tuple[str, str], list[str]] = {place: [] for place, names in differing.items() if names}
    for claim in claims:
        for resource_id, group in claim.names.items():
            if (claim.region, group) in targets:
                targets[claim.region, group].append(resource_id)
    return [
        {
            resource_id: _failure(resource_id, group, targets[claim.region, group], differing[claim.region, group])
            for resource_id, group in claim.names.items()
            if (claim.region, group) in targets
        }
        for claim in claims
    ]


def _differing(options: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for name in _COMPARED:
        values = {json.dumps(each[name], sort_keys=True, default=str) for each in options if each.get(name) is not None}
        found += [name] if len(values) > 1 else []
    return found


def _failure(resource_id: str, group: str, targets: Sequence[str], differing: Sequence[str]) -> Failure:
    others = sorted(set(targets) - {resource_id})
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    variables = ", ".join(f"flow_logs_{name}" for name in differing)
    return Failure(
        resource_id,
        "ContradictingSettings",
        f"{resource_id} shares the log group {group} with {', '.join(others[:_NAMED])}{more}, but not the value of {variables}.",
        _HINT,
    )
