# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rooms of plugins/ and what they import of each other, read from the files."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
OWN = "ansible_collections.netops.flow_logs.plugins."
# From the ground up: each imports from those before it only. What is no folder is a file that has a floor of its own.
ROOMS = {
    "module_utils": ["_core", "_target", "_flow_log", "_log_group", "_iam", "_insights", "_audit"],
    "plugin_utils": ["_foreign", "_ansible", "_inventory", "_hosts", "_accounts", "_results", "_report", "_role_action"],
}
FLOORS = [f"{base}.{room}" for base, rooms in ROOMS.items() for room in rooms]
FILES = sorted(path for base in ROOMS for path in (PLUGINS / base).rglob("*.py") if path.name != "__init__.py")
# What Ansible finds by its name: it imports rooms and is imported by nobody.
ENTRANCES = sorted(path for kind in ("action", "inventory", "modules") for path in (PLUGINS / kind).glob("[!_]*.py"))


def name_of(path: Path) -> str:
    """module_utils._core.text"""
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts)


def room_of(name: str) -> str:
    """module_utils._core of module_utils._core.text"""
    return ".".join(name.split(".")[:2])


def imports(path: Path) -> list[tuple[str, bool]]:
    """What the file imports of this collection's plugins, wherever in it, and whether relatively."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            parent = ".".join(name_of(path).split(".")[: -node.level])
            module = ".".join(filter(None, [parent, node.module]))
        elif (node.module or "").startswith(OWN):
            module = str(node.module)[len(OWN) :]
        else:
            continue
        is_folder = (PLUGINS / Path(*module.split("."))).is_dir()
        names = [f"{module}.{alias.name}" for alias in node.names] if is_folder else [module]
        found += [(name, bool(node.level)) for name in names]
    return found


def arrows() -> Counter[tuple[str, str]]:
    """(room, room it imports from) -> by how many imports. Entrances are one room for each kind of plugin."""
    found: Counter[tuple[str, str]] = Counter()
    for path in [*FILES, *ENTRANCES]:
        here = path.parent.name if path in ENTRANCES else room_of(name_of(path))
        found.update((here, room_of(name)) for name, _relative in imports(path))
    return Counter({ends: count for ends, count in found.items() if ends[0] != ends[1]})


def purpose(room: str) -> str:
    """The first sentence of the room's or the file's docstring."""
    path = PLUGINS / Path(*room.split("."))
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").split("\n", 1)[0].rstrip(".")
