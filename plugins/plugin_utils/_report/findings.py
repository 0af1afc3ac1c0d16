# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What is wrong with an estate: each gap once, at the resource where it can be mended. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import Command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import with_note

from .commands import Commands
from .estate import Entry
from .estate import Estate
from .estate import Place

# Kind -> how much it matters.
KINDS = {
    "not_read": "error",
    "uncovered": "error",
    "broken_delivery": "error",
    "missing_log_group": "warning",
    "partly_covered": "warning",
    "drift": "warning",
    "recorded_twice": "warning",
    "no_retention": "warning",
    "unknown_flow_log": "note",
    "orphaned_role": "note",
    "orphaned_policy": "note",
}
SEVERITIES = ("error", "warning", "note")
_NOUNS = {"vpc": "VPC", "subnet": "subnet", "eni": "network interface"}


def finding(kind: str, stamp: Mapping[str, Any], subject: str, message: str, **more: Any) -> Entry:
    """stamp: account_id, account and region, the last perhaps None."""
    place = [str(stamp.get(key) or "") for key in ("account_id", "region")]
    if not place[0]:
        place[0] = str(stamp["account"])
    return {
        "id": ":".join([kind, *place, subject]),
        "kind": kind,
        "severity": KINDS[kind],
        "account_id": stamp.get("account_id"),
        "account": stamp["account"],
        "region": stamp.get("region"),
        "project": None,
        "subject": subject,
        "subject_name": subject,
        "message": message,
        "command": None,
        "command_note": None,
        **more,
    }


@dataclass
class Gaps:
    """Findings about targets. reported: resource id -> kind, of those that have one."""

    findings: list[Entry] = field(default_factory=list)
    reported: dict[Any, str] = field(default_factory=dict)


def gaps(estate: Estate, commands: Commands) -> Gaps:
    """Targets that nobody records, or only in part: the outermost of them, as what lies inside is mended there."""
    found = Gaps()
    by_id = {(entry["account_id"], entry["region"], entry["resource_id"]): entry for entry in estate.targets}
    # What lies in it, by resource: one pass, as there are thousands.
    inner: dict[Any, list[Entry]] = {}
    for entry in estate.targets:
        here = (entry["account_id"], entry["region"])
        for parent in {entry["vpc_id"], entry["subnet_id"]} - {entry["resource_id"], None}:
            inner.setdefault((*here, parent), []).append(entry)
    for key, entry in by_id.items():
        kind = _gap(entry)
        parents = [by_id.get((*key[:2], parent)) for parent in (entry["subnet_id"], entry["vpc_id"])]
        outer = [parent for parent in parents if parent and parent["resource_id"] != entry["resource_id"]]
        if kind is None or any(_same_gap(entry, parent) for parent in outer):
            continue
        place = estate.place(entry["account_id"], entry["region"])
        if place is not None:
            alike = [each for each in inner.get(key, []) if _same_gap(each, entry)]
            found.findings.append(_of_target(kind, entry, alike, place, commands))
            found.reported[key] = kind
    return found


def _gap(entry: Entry) -> str | None:
    if entry["status"] == "uncovered":
        return "uncovered"
    if entry["missing"] and entry["recorded"] and not entry["intended"]:
        return "partly_covered"
    return None


def _same_gap(entry: Entry, outer: Entry) -> bool:
    return _gap(outer) is not None and (_gap(entry), entry["missing"]) == (_gap(outer), outer["missing"])


def _of_target(kind: str, entry: Entry, inner: Sequence[Entry], place: Place, commands: Commands) -> Entry:
    also = _also(inner)
    if kind == "uncovered":
        message = f"No flow log records the traffic of this {_NOUNS[entry['resource_type']]}{also}."
    else:
        (missing,) = entry["missing"]
        which = {"ACCEPT": "accepted", "REJECT": "rejected"}[missing]
        message = f"Nobody records the {which} traffic of this {_NOUNS[entry['resource_type']]}{also}."
    more: Entry = {"project": entry["project"], "subject_name": entry["resource_name"]}
    if entry["hosts"]:
        note = "The inventory has to ask for it: flow_logs_traffic_type: ALL." if kind == "partly_covered" else None
        more.update(with_note(commands.apply(entry["hosts"]), note, note))
    else:
        command = commands.apply_to(place, entry["resource_id"], entry["project"])
        nowhere = "It is in no inventory: add it to one"
        more.update(with_note(command, f"{nowhere}, or run this.", f"{nowhere}."))
    return finding(kind, entry, entry["resource_id"], message, **more)


def _also(inner: Sequence[Entry]) -> str:
    counts = []
    for kind in ("subnet", "eni"):
        count = sum(each["resource_type"] == kind for each in inner)
        if count:
            counts.append(f"{count} {_NOUNS[kind]}{'' if count == 1 else 's'}")
    return f", nor that of {' and '.join(counts)} in it" if counts else ""


def deliveries(estate: Estate, commands: Commands) -> list[Entry]:
    """Flow logs that do not deliver, and those that no inventory knows."""
    found = []
    for log in estate.flow_logs:
        place = estate.place(log["account_id"], log["region"])
        if place is None:
            continue
        more = {"project": log["project"], "subject_name": log["resource_name"]}
        if log["delivery"]["state"] == "failing":
            found.append(_broken(log, place, commands, more))
        elif not log["known"]:
            found.append(_unknown(log, place, commands, more))
    return found


def _broken(log: Entry, place: Place, commands: Commands, more: Entry) -> Entry:
    asked = place.asked.get(log["resource_id"])
    if log["known"] and asked is not None:
        more = {**more, **with_note(commands.apply(asked.hosts))}
    else:
        note = "No inventory asks for this flow log: look at it, and talk to whoever made it."
        more = {**more, **with_note(_look(log, place, commands), note, note)}
    message = (
        f"The flow log of {log['resource_id']} does not deliver to {_destination(log)}. {log['delivery']['message']}"
    )
    return finding("broken_delivery", log, log["flow_log_id"], message, **more)


def _unknown(log: Entry, place: Place, commands: Commands, more: Entry) -> Entry:
    asked = place.asked.get(log["resource_id"])
    why = "asks for another destination" if asked and asked.log_groups else "does not ask for it"
    note = "It is somebody else's until proven otherwise."
    if log["managed_by_rule"]:
        note = "A CloudWatch telemetry rule made it and looks after it: change the rule, not the flow log."
    return finding(
        "unknown_flow_log",
        log,
        log["flow_log_id"],
        f"A flow log of {log['resource_id']} to {_destination(log)}: the inventory {why}.",
        **more,
        **with_note(_look(log, place, commands), f"{note} This shows it.", note),
    )


def _look(log: Entry, place: Place, commands: Commands) -> Command:
    options = {"flow_log_ids": [log["flow_log_id"]], "coverage": True, "region": place.region}
    return commands.module(place.connection, "flow_log_info", options)


def _destination(log: Entry) -> str:
    return str(log["log_group_name"] or log["log_destination"])


def log_groups(estate: Estate, commands: Commands) -> list[Entry]:
    found = []
    for group in estate.log_groups:
        place = estate.place(group["account_id"], group["region"])
        if place is None or (group["exists"] and group["retention_in_days"] is not None):
            continue
        found.append(_missing(group, place, commands) if not group["exists"] else _for_ever(group, place, commands))
    return found


def _missing(group: Entry, place: Place, commands: Commands) -> Entry:
    hosts = _hosts_of(group, place)
    options = {"log_group_name": group["log_group_name"], "region": place.region}
    command = commands.apply(hosts) if hosts else commands.module(place.connection, "log_group", options)
    return finding(
        "missing_log_group",
        group,
        group["log_group_name"],
        f"{_count(group['flow_log_ids'])} to a log group that does not exist. AWS makes it with the first records, if the role may,"
        " without retention, key and tags.",
        **with_note(command),
    )


def _for_ever(group: Entry, place: Place, commands: Commands) -> Entry:
    hosts = _hosts_of(group, place)
    asked = place.groups.get(group["log_group_name"])
    wanted = asked.retention if asked else set()
    more: Entry
    if wanted == {"never"}:
        more = {"severity": "note", "command_note": "The inventory says so: flow_logs_retention_in_days: never."}
    elif wanted and hosts:
        more = with_note(commands.apply(hosts))
    else:
        options = {"log_group_name": group["log_group_name"], "retention_in_days": "90", "region": place.region}
        more = with_note(
            commands.module(place.connection, "log_group", options),
            "Choose the days with care, as older records are deleted; better still, set flow_logs_retention_in_days.",
            "Set flow_logs_retention_in_days, with care, as older records are deleted.",
        )
    return finding(
        "no_retention",
        group,
        group["log_group_name"],
        "Records are kept, and paid for, for ever: the log group has no retention.",
        **more,
    )


def _count(flow_log_ids: Sequence[str]) -> str:
    return "A flow log delivers" if len(flow_log_ids) == 1 else f"{len(flow_log_ids)} flow logs deliver"


def _hosts_of(group: Entry, place: Place) -> list[str]:
    asked = place.groups.get(group["log_group_name"])
    return list(dict.fromkeys(asked.hosts)) if asked else []


def in_order(findings: Iterable[Entry]) -> list[Entry]:
    """What matters most first; each once."""
    kinds = list(KINDS)
    every = {entry["id"]: entry for entry in findings}
    return sorted(
        every.values(),
        key=lambda entry: (SEVERITIES.index(entry["severity"]), kinds.index(entry["kind"]), entry["id"]),
    )
