# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What is there, beside who asked for it: the lists of a report. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

Entry = dict[str, Any]
# What an account's audit brings: attributes of _account_audit.Audit, which is not imported, as it talks to AWS.
Audit = Any

_BOTH = {"ACCEPT", "REJECT"}
_ASKED_FOR = {"ALL": _BOTH, "ACCEPT": {"ACCEPT"}, "REJECT": {"REJECT"}}


@dataclass
class Asked:
    """What the inventory says of one resource, by all hosts and deliveries that speak of it."""

    hosts: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    log_groups: set[str] = field(default_factory=set)
    traffic: set[str] = field(default_factory=set)


@dataclass
class Group:
    """What the inventory says of one log group: which hosts' flow logs go there, and with which settings."""

    hosts: list[str] = field(default_factory=list)
    retention: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Place:
    """A region of an account. resources: resource id -> its entry in the audit's coverage. groups: by their names."""

    account_id: str
    account: str
    region: str
    asked: Mapping[str, Asked]
    resources: Mapping[str, Entry]
    groups: Mapping[str, Group]
    connection: Mapping[str, Any]

    def stamp(self) -> Entry:
        return {"account_id": self.account_id, "account": self.account, "region": self.region}

    def around(self, resource_id: str) -> list[str]:
        """The resource, and what it lies in."""
        entry = self.resources.get(resource_id, {})
        return list(dict.fromkeys(name for name in (resource_id, entry.get("subnet_id"), entry.get("vpc_id")) if name))

    def project(self, resource_id: str) -> str | None:
        """Its own project, or else that of the nearest that it lies in."""
        projects = (self.asked[each].projects for each in self.around(resource_id) if each in self.asked)
        return next((listed[0] for listed in projects if listed), None)

    def traffic_asked_for(self, resource_id: str) -> set[str]:
        """What the inventory wants to be recorded of it; empty where it does not say."""
        found: set[str] = set()
        for each in self.around(resource_id):
            found |= self.asked[each].traffic if each in self.asked else set()
        return found

    def asks_for(self, flow_log: Mapping[str, Any]) -> bool:
        """Whether some host asks for the flow log: for its owner, and to its log group."""
        asked = self.asked.get(flow_log["resource_id"])
        return asked is not None and flow_log.get("log_group_name") in asked.log_groups


@dataclass(frozen=True)
class Estate:
    """All that was read, with what the inventory says of it."""

    places: tuple[Place, ...]
    targets: list[Entry]
    flow_logs: list[Entry]
    log_groups: list[Entry]

    def place(self, account_id: str, region: str) -> Place | None:
        found = (place for place in self.places if (place.account_id, place.region) == (account_id, region))
        return next(found, None)


def estate(audits: Iterable[Audit]) -> Estate:
    places, targets, flow_logs, groups = [], [], [], []
    seen: set[tuple[str, str]] = set()
    for each, region, info in _answers(audits):
        # Several sets of credentials may lead into one account.
        here = (str(each.account_id), region)
        if here in seen:
            continue
        seen.add(here)
        place = _place(audits, each, region, info)
        places.append(place)
        targets += [_target(place, entry) for entry in info["coverage"]]
        flow_logs += [_flow_log(place, entry) for entry in info["flow_logs"]]
        groups += _log_groups(place, info)
    return Estate(tuple(places), targets, flow_logs, groups)


def _answers(audits: Iterable[Audit]) -> list[tuple[Audit, str, Entry]]:
    return [
        (each, region, info)
        for each in audits
        for region, info in sorted(each.regions.items())
        if not info.get("failed")
    ]


def _place(audits: Iterable[Audit], own: Audit, region: str, info: Entry) -> Place:
    asked: dict[str, Asked] = {}
    groups: dict[str, Group] = {}
    for each in audits:
        if each.account_id != own.account_id:
            continue
        for wished in each.wished:
            if wished.region == region:
                _ask(asked, groups, wished)
    resources = {entry["resource_id"]: entry for entry in info["coverage"]}
    return Place(str(own.account_id), own.label, region, asked, resources, groups, own.connection)


def _ask(asked: dict[str, Asked], groups: dict[str, Group], wished: Any) -> None:
    for resource_id, host in wished.hosts.items():
        found = asked.setdefault(resource_id, Asked())
        found.hosts += [host] if host not in found.hosts else []
        found.projects += [wished.project] if wished.project and wished.project not in found.projects else []
        found.traffic |= _ASKED_FOR.get(wished.settings.get("traffic_type"), set())
        if resource_id in wished.log_groups:
            name = wished.log_groups[resource_id]
            found.log_groups.add(name)
            group = groups.setdefault(name, Group())
            group.hosts.append(host)
            if wished.settings["retention_in_days"]:
                group.retention.add(wished.settings["retention_in_days"])


def _target(place: Place, entry: Entry) -> Entry:
    resource_id = entry["resource_id"]
    asked_for = place.traffic_asked_for(resource_id)
    return {
        **place.stamp(),
        "project": place.project(resource_id),
        **{key: entry[key] for key in ("resource_id", "resource_type", "resource_name", "vpc_id", "vpc_name")},
        "subnet_id": None if entry["resource_type"] == "vpc" else entry["subnet_id"],
        "hosts": place.asked[resource_id].hosts if resource_id in place.asked else [],
        "status": entry["status"],
        "recorded": entry["recorded"],
        "missing": entry["missing"],
        # Only what the inventory says counts: a flow log that it leaves as it is may be half by mistake.
        "intended": bool(asked_for) and asked_for <= set(entry["recorded"]),
        "flow_logs": [
            {key: cover[key] for key in ("flow_log_id", "resource_id", "through", "traffic_type", "delivering")}
            for cover in entry["flow_logs"]
        ],
        "newest_event_time": entry["newest_event_time"],
    }


def _flow_log(place: Place, entry: Entry) -> Entry:
    owner = place.resources.get(entry["resource_id"], {})
    return {
        **place.stamp(),
        "project": place.project(entry["resource_id"]),
        "flow_log_id": entry["flow_log_id"],
        "resource_id": entry["resource_id"],
        "resource_type": entry["resource_type"],
        "resource_name": owner.get("resource_name", entry["resource_id"]),
        "known": place.asks_for(entry),
        "managed_by_rule": bool(entry.get("managed_by_rule")),
        "log_group_name": None,
        "log_destination": None,
        **{
            key: value
            for key, value in entry.items()
            if key.startswith(("log_", "traffic_", "max_", "deliver_logs_permission", "tags"))
        },
        "delivery": {
            "deliver_logs_status": entry.get("deliver_logs_status"),
            "deliver_logs_error_message": entry.get("deliver_logs_error_message"),
            "log_group_exists": None,
            "newest_event_time": None,
            **entry["delivery"],
        },
    }


def _log_groups(place: Place, info: Entry) -> list[Entry]:
    """Those that flow logs deliver to, whether they exist or not."""
    ids: dict[str, list[str]] = {}
    for entry in info["flow_logs"]:
        # What was given as ':*' is another name to AWS, in which nothing can be.
        if "log_group_name" in entry and entry["delivery"].get("log_group_exists") is not None:
            ids.setdefault(entry["log_group_name"], []).append(entry["flow_log_id"])
    existing = {group["log_group_name"]: group for group in info["log_groups"]}
    unknown: Entry = dict.fromkeys(("retention_in_days", "stored_bytes", "kms_key_id", "log_group_class"))
    return [
        {
            **place.stamp(),
            "log_group_name": name,
            "exists": name in existing,
            **existing.get(name, unknown),
            "known": name in place.groups,
            "flow_log_ids": sorted(flow_log_ids),
        }
        for name, flow_log_ids in sorted(ids.items())
    ]
