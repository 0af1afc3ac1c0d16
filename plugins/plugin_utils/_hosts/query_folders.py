# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which folders of saved queries there are to be, and for whose log groups. Pure.

Deliveries that share a folder share its queries, which can read records of one format only.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import normalise
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import folder_of
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import wish_from_options

WANTED = "flow_logs_insights_queries"
FOLDER = "flow_logs_insights_query_folder"
_TEMPLATE = "flow_logs_log_group_name"
_FORMAT = "flow_logs_log_format"
# Account and region are the same for all that is compared here.
_FACTS = {"account_id": "{account_id}", "region": "{region}"}


@dataclass
class Folder:
    """settings: of the first delivery. hosts: resource id -> the inventory host that asked for it."""

    name: str
    settings: Mapping[str, Any]
    hosts: dict[str, str] = field(default_factory=dict)


def check_queries(settings: Mapping[str, Any]) -> None:
    """Raises InvalidInput for what the module insights_queries would refuse."""
    if settings.get(WANTED):
        options = {
            "log_group_name": settings[_TEMPLATE],
            "log_format": settings.get(_FORMAT),
            "query_folder": settings.get(FOLDER),
            "queries": None,
            "purge_log_group_names": False,
        }
        wish_from_options(options, {"account_id": "0" * 12, "region": str(settings.get("flow_logs_region") or "")})


def query_folders(deliveries: Iterable[tuple[Mapping[str, Any], Mapping[str, str]]]) -> list[Folder]:
    """The folders of one account, out of (settings, hosts) of its deliveries, which agree with each other."""
    folders: dict[tuple[str | None, str], Folder] = {}
    for settings, hosts in deliveries:
        if _concerns(settings):
            folders.setdefault(_place(settings), Folder(_name(settings), settings)).hosts.update(hosts)
    return list(folders.values())


def folder_disagreements(
    deliveries: Iterable[tuple[Mapping[str, Any], Collection[str]]],
) -> list[tuple[list[str], str]]:
    """(hosts, reason) of what can't be: one folder for several formats, or for several templates of log groups.

    deliveries: (settings, all hosts that ask for them).
    """
    folders: dict[tuple[str | None, str], list[tuple[Mapping[str, Any], Collection[str]]]] = {}
    for settings, hosts in deliveries:
        if _concerns(settings):
            folders.setdefault(_place(settings), []).append((settings, hosts))
    found = []
    for (_region, name), sharing in folders.items():
        differing = _differing([settings for settings, _hosts in sharing])
        if differing:
            first = [min(hosts) for _settings, hosts in sharing]
            reason = (
                f"Hosts {' and '.join(sorted(first))} share the folder {name} of saved queries but not the value of"
                f" {' and '.join(differing)}. Give one of them another {FOLDER}, or set {WANTED} to false for it."
            )
            found.append(([host for _settings, hosts in sharing for host in hosts], reason))
    return found


def shares(folder: Folder, settings: Mapping[str, Any]) -> bool:
    """True where a delivery with these settings has its queries in the folder."""
    return _concerns(settings) and _place(settings) == _place(folder.settings)


def _place(settings: Mapping[str, Any]) -> tuple[str | None, str]:
    return settings.get("flow_logs_region"), _name(settings)


def _name(settings: Mapping[str, Any]) -> str:
    return folder_of(settings.get(FOLDER), settings[_TEMPLATE], _FACTS)


def _concerns(settings: Mapping[str, Any]) -> bool:
    """Queries go with the log groups only: without them they would speak of nothing."""
    if settings.get("flow_logs_state") == "absent" and not settings.get("flow_logs_remove_log_groups"):
        return False
    return bool(settings.get(WANTED))


def _differing(settings: list[Mapping[str, Any]]) -> list[str]:
    """The variables that sharing a folder needs to be the same, and that are not."""
    compared: tuple[tuple[str, Callable[[Any], Any]], ...] = ((_TEMPLATE, str), (_FORMAT, normalise))
    return [name for name, value in compared if len({value(each.get(name)) for each in settings}) > 1]
