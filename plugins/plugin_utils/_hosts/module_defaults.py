# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What a play sets as defaults of modules, for modules that an action runs itself.

Ansible keeps to itself which modules are in which group; a collection's meta/runtime.yml is public.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import Callable

import yaml

_GROUP = "group/"


def with_module_defaults(task: Any, templar: Any) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """A function (module's full name, options) that adds the defaults, groups' too, to options that are not given."""
    # Ansible has made the names full ones. The last one of a name holds, as it does there.
    merged: dict[str, Any] = {}
    for defaults in task.module_defaults or []:
        merged.update(defaults)

    def with_defaults(name: str, options: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for each, defaults in merged.items():
            if each.startswith(_GROUP) and name in members(each[len(_GROUP) :]):
                found.update(_whole(templar, defaults))
        found.update(_whole(templar, merged.get(name)))
        missing = {option: value for option, value in found.items() if option not in options}
        return {**dict(templar.template(missing)), **options}

    return with_defaults


def _whole(templar: Any, defaults: Any) -> Mapping[str, Any]:
    """The defaults as a dictionary, where a template stands for all of them."""
    found = templar.template(defaults) if isinstance(defaults, str) else defaults
    return found if isinstance(found, Mapping) else {}


@functools.lru_cache(maxsize=None)
def members(group: str) -> frozenset[str]:
    """The modules of an action group (its full name), and of the groups that it extends."""
    found: dict[str, frozenset[str]] = {}
    left = [group]
    while left:
        name = left.pop()
        if name not in found:
            entries = _entries(name)
            own = name.rpartition(".")[0]
            found[name] = frozenset(_full(each, own) for each in entries if isinstance(each, str))
            left += [_full(each, own) for each in _extended(entries)]
    return frozenset().union(*found.values())


def _extended(entries: list[Any]) -> list[str]:
    named = [(each.get("metadata") or {}).get("extend_group") or [] for each in entries if isinstance(each, Mapping)]
    return [each for names in named for each in ([names] if isinstance(names, str) else names)]


def _full(name: str, collection: str) -> str:
    return name if name.count(".") > 1 else f"{collection}.{name}"


def _entries(group: str) -> list[Any]:
    """What the collection's meta/runtime.yml has of the group."""
    collection, _dot, short = group.rpartition(".")
    groups = _action_groups(collection)
    return list(groups.get(group) or groups.get(short) or [])


@functools.lru_cache(maxsize=None)
def _action_groups(collection: str) -> Mapping[str, Any]:
    try:
        package = importlib.import_module(f"ansible_collections.{collection}")
        text = (Path(next(iter(package.__path__))) / "meta" / "runtime.yml").read_text("utf-8")
        found = (yaml.safe_load(text) or {}).get("action_groups")
    except (ImportError, OSError, StopIteration, ValueError, yaml.YAMLError, AttributeError):
        # A group without our modules: ansible.builtin's, for one, has no such file.
        return {}
    return found if isinstance(found, Mapping) else {}
