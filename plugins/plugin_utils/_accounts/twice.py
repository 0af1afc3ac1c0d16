# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What is recorded beside what was asked for: said once for a target, and nothing of what the same run removes. Pure."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .outcomes import DeliveryOutcome
from .outcomes import Returned

# Targets that a summary names before it only counts the others.
_NAMED = 10


def say_once(outcomes: Sequence[DeliveryOutcome]) -> None:
    """A target of two deliveries is recorded twice for both of them: the first one says so."""
    said: set[str] = set()
    for outcome in outcomes:
        logs = outcome.flow_logs.result if outcome.flow_logs else {}
        entries = [entry for entry in logs.get("recorded_twice") or [] if entry["resource_id"] not in said]
        said |= {entry["resource_id"] for entry in entries}
        if "recorded_twice" in logs:
            logs["recorded_twice"] = entries


def without_removed(logs: Returned, gone: Collection[str]) -> Returned:
    """What flow_log returned for a removal, without what another delivery removes. gone: ids of flow logs."""
    if "remaining" not in logs.result:
        return logs
    left = [entry for entry in logs.result["remaining"] if entry["flow_log_id"] not in gone]
    return replace(logs, result={**logs.result, "remaining": left})


def twice_lines(logs: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """names: resource id -> what people call it, where that is something else."""
    entries = logs.get("recorded_twice") or []
    lines = [f"  {_named(names, entry)}: {entry['message']}. {entry['hint']}" for entry in entries[:_NAMED]]
    return lines + _more(entries, "recorded twice")


def remaining_lines(logs: Mapping[str, Any], names: Mapping[str, str], mood: str) -> list[str]:
    """mood: was, or would be in check mode."""
    verb = "goes on" if mood == "was" else "would go on"
    entries = logs.get("remaining") or []
    lines = [
        f"  {_named(names, entry)}: {entry['flow_log_id']} {verb}, to {entry['log_group_name']}. {entry['hint']}"
        for entry in entries[:_NAMED]
    ]
    return lines + _more(entries, "flow logs that go on")


def _more(entries: Sequence[Any], what: str) -> list[str]:
    return [f"  and {len(entries) - _NAMED} more {what}"] if len(entries) > _NAMED else []


def _named(names: Mapping[str, str], entry: Mapping[str, Any]) -> str:
    resource_id = str(entry["resource_id"])
    name = names.get(resource_id, resource_id)
    return resource_id if name == resource_id else f"{name} ({resource_id})"
