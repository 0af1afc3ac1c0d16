# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-doc shows of the collection's modules and role, as data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import yaml

from . import commands
from .blocks import CHECKOUT
from .kinds import tasks_of

NAMES = sorted(commands.plugins("modules"))
ROLE_TASKS = CHECKOUT / "roles" / "flow_logs" / "tasks"


@cache
def documentation(name: str) -> dict[str, Any]:
    """Without what comes from fragments."""
    found: dict[str, Any] = yaml.safe_load(_module(name).DOCUMENTATION)
    return found


@cache
def examples(name: str) -> list[dict[str, Any]]:
    """The tasks, those in blocks as they are there."""
    found: list[dict[str, Any]] = yaml.safe_load(_module(name).EXAMPLES)
    return found


@cache
def returned(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_module(name).RETURN)
    return found


def every_returned(keys: dict[str, Any], outer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each key by its path, with what is said of it, those that are contained in others too."""
    for key, facts in keys.items():
        yield outer + key, facts
        yield from every_returned(facts.get("contains") or {}, f"{outer}{key}.")


def options(name: str) -> set[str]:
    """Without those that all AWS modules have."""
    return set(_module(name).ARGUMENT_SPEC)


def exclusive_options(name: str) -> list[tuple[str, str]]:
    """Pairs of options that can't be given together, in either order."""
    groups = getattr(_module(name), "RULES", {}).get("mutually_exclusive", [])
    return [(one, other) for group in groups for one in group for other in group if one != other]


def used(tasks: list[dict[str, Any]]) -> set[str]:
    """The collection's modules that tasks run, by their short names."""
    keys = {key for task in tasks_of(tasks) for key in task}
    return {key.removeprefix(commands.COLLECTION) for key in keys if key.startswith(commands.COLLECTION)}


@cache
def entry_points() -> dict[str, dict[str, Any]]:
    """Of the role."""
    page = CHECKOUT / "roles" / "flow_logs" / "meta" / "argument_specs.yml"
    found: dict[str, dict[str, Any]] = yaml.safe_load(page.read_text("utf-8"))["argument_specs"]
    return found


def _module(name: str) -> Any:
    return import_module(f"ansible_collections.netops.flow_logs.plugins.modules.{name}")
