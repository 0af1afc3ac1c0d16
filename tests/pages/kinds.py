# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a YAML block of a page is, by its shape: that says how it can be run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

PLAY_KEYWORDS = {"roles", "tasks", "module_defaults"}


def documents(text: str) -> list[Any]:
    return list(yaml.safe_load_all(text))


def kind(content: Any) -> str:
    """One of KINDS; "" for anything else."""
    return next((name for name, fits in KINDS.items() if fits(content)), "")


def tasks_of(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those in blocks in place of the blocks."""
    return [each for task in tasks for each in (tasks_of(task["block"]) if "block" in task else [task])]


def _is_play(content: Any) -> bool:
    keys = {"hosts", "import_playbook", "ansible.builtin.import_playbook"}
    return _is_list_of_dicts(content) and all(keys & entry.keys() for entry in content)


def _is_task(content: Any) -> bool:
    return _is_list_of_dicts(content) and all(
        "name" in entry and (_is_task(entry["block"]) if "block" in entry else _module(entry)) for entry in content
    )


def _module(task: dict[str, Any]) -> list[str]:
    return [key for key in task if key.count(".") == 2]


def _is_part_of_play(content: Any) -> bool:
    return isinstance(content, dict) and bool(content) and set(content) <= PLAY_KEYWORDS


def _is_source(content: Any) -> bool:
    return isinstance(content, dict) and "plugin" in content


def _is_variables(content: Any) -> bool:
    return isinstance(content, dict) and bool(content) and all(str(key).startswith("flow_logs_") for key in content)


def _is_inventory(content: Any) -> bool:
    return isinstance(content, dict) and bool(content) and all(map(_is_group, content.values()))


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and set(value) <= {"hosts", "children", "vars"}


def _is_list_of_dicts(content: Any) -> bool:
    return isinstance(content, list) and bool(content) and all(isinstance(entry, dict) for entry in content)


KINDS: dict[str, Callable[[Any], bool]] = {
    "plays": _is_play,
    "tasks": _is_task,
    "part of a play": _is_part_of_play,
    "inventory source": _is_source,
    "variables": _is_variables,
    "inventory": _is_inventory,
}
