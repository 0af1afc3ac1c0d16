# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Groups whose names come from tags. Whoever may tag a VPC decides its project, and nothing else: not the groups that say who
is recorded, not who the play of another host reaches, and not whether the others are found."""

from __future__ import annotations

from collections.abc import Container
from collections.abc import Mapping
from typing import Any

from ansible.constants import LOCALHOST
from ansible.errors import AnsibleError
from ansible.inventory.group import to_safe_group_name

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._foreign import composed

from .rows import COVERAGE_GROUPS

# Ansible's own groups and hosts, and the key that ansible-inventory --list keeps beside the groups.
_ANSIBLES = frozenset(("all", "ungrouped", "_meta", *LOCALHOST))

# Characters of a tag, and resources, that a warning shows.
_SHOWN = 60
_NAMED = 10


def safe_group_name(name: str) -> str:
    """Letters, digits and underscores, as all inventory plugins have it, whatever TRANSFORM_INVALID_GROUP_CHARS says."""
    return str(to_safe_group_name(str(name), force=True, silent=True))


class Names:
    """The names that tags may give to groups, and a warning for each other one that they wanted, not for each resource."""

    def __init__(self, hosts: Container[str]) -> None:
        self._hosts = hosts
        self._refused: dict[str, list[str]] = {}

    def allow(self, group: str, host: str, tags: Mapping[str, str]) -> bool:
        """Whether the host, which has these tags, may be in a group of this name."""
        reason = self._whose(group)
        if reason:
            self.refuse(group, reason, host, tags)
        return not reason

    def refuse(self, group: str, reason: str, host: str, tags: Mapping[str, str]) -> None:
        entries = self._refused.setdefault(f"The group {_short(group)} {reason}", [])
        entry = f"{host} ({_origin(group, tags)})"
        if entry not in entries:
            entries.append(entry)

    def warnings(self) -> list[str]:
        return [
            f"{what}, so these resources are not in it: {', '.join(entries[:_NAMED])}"
            + (f" and {len(entries) - _NAMED} more" if len(entries) > _NAMED else "")
            + ". They stay in the inventory."
            for what, entries in self._refused.items()
        ]

    def _whose(self, group: str) -> str:
        if not group:
            return "has no name"
        if group in COVERAGE_GROUPS:
            return "is filled by the plugin alone"
        if group in _ANSIBLES:
            return "is Ansible's own"
        return "has the name of a host" if group in self._hosts else ""


def _origin(group: str, tags: Mapping[str, str]) -> str:
    """The tags that made the name of a group, as far as that can be seen in it."""
    makers = [f"tag {_short(key)} = {_short(value)}" for key, value in tags.items() if _is_in(group, key, value)]
    return ", ".join(makers) or "by keyed_groups"


def _is_in(group: str, key: str, value: str) -> bool:
    made = (safe_group_name(text).strip("_").lower() for text in (key, value) if text)
    return any(text and text in group.lower() for text in made)


def _short(text: str) -> str:
    return limited(printable(repr(str(text))), _SHOWN)


class OneHost:
    """The inventory, for Ansible's constructed features at work on one host: what they set is data, and no name and no nesting
    of groups that tags make reaches further than this host. All of the inventory that these features use."""

    def __init__(self, inventory: Any, names: Names, host: str, tags: Mapping[str, str]) -> None:
        self._inventory = inventory
        self._names = names
        self._host = host
        self._tags = tags

    def get_host(self, name: str) -> Any:
        return self._inventory.get_host(name)

    def set_variable(self, name: str, variable: str, value: Any) -> None:
        self._inventory.set_variable(name, variable, composed(value))

    def add_group(self, name: str) -> str:
        return str(self._inventory.add_group(name)) if self._may_be(name) else name

    def add_host(self, name: str, group: str) -> None:
        if self._may_be(group):
            self._inventory.add_host(name, group)

    def add_child(self, group: str, child: str) -> None:
        if group == child or not self._may_be(group) or (child != self._host and not self._may_be(child)):
            return
        try:
            self._inventory.add_child(group, child)
        except AnsibleError as error:
            # Two tags that make each other's group the outer one.
            reason = f"can't have the group {_short(child)} in it ({limited(printable(error))})"
            self._names.refuse(group, reason, self._host, self._tags)

    def _may_be(self, group: str) -> bool:
        return self._names.allow(group, self._host, self._tags)
