# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rooms of the code: each imports from those below it only."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.tests.support.rooms import ENTRANCES
from ansible_collections.netops.flow_logs.tests.support.rooms import FILES
from ansible_collections.netops.flow_logs.tests.support.rooms import FLOORS
from ansible_collections.netops.flow_logs.tests.support.rooms import PLUGINS
from ansible_collections.netops.flow_logs.tests.support.rooms import imports
from ansible_collections.netops.flow_logs.tests.support.rooms import name_of
from ansible_collections.netops.flow_logs.tests.support.rooms import purpose
from ansible_collections.netops.flow_logs.tests.support.rooms import room_of


def test_every_file_is_in_a_room() -> None:
    assert {room_of(name_of(path)) for path in FILES} == set(FLOORS)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_down_and_are_relative_inside_a_room(path: Path) -> None:
    here = room_of(name_of(path))
    for name, relative in imports(path):
        there = room_of(name)
        assert there in FLOORS[: FLOORS.index(here) + 1], f"{name} is above {here}"
        assert relative == (there == here), name


@pytest.mark.parametrize("room", FLOORS)
def test_imports_inside_a_room_have_no_cycle(room: str) -> None:
    files = [path for path in FILES if room_of(name_of(path)) == room]
    arrows = {name_of(path): {name for name, _relative in imports(path) if room_of(name) == room} for path in files}

    assert len(list(TopologicalSorter(arrows).static_order())) >= len(files) > 0


def test_nobody_imports_what_ansible_finds_by_its_name() -> None:
    assert len(ENTRANCES) > 10
    for path in [*FILES, *ENTRANCES]:
        assert all(name.split(".")[0] in ("module_utils", "plugin_utils", "action") for name, _relative in imports(path))


def test_modules_import_nothing_that_runs_on_the_controller_only() -> None:
    for path in FILES:
        if name_of(path).startswith("module_utils."):
            assert all(name.startswith("module_utils.") for name, _relative in imports(path)), path


@pytest.mark.parametrize("room", FLOORS)
def test_every_room_says_what_it_is(room: str) -> None:
    assert len(purpose(room)) > 10
    folder = PLUGINS / Path(*room.split("."))
    if folder.is_dir():
        text = (folder / "__init__.py").read_text("utf-8")
        assert "Belongs here: " in text and "Does not: " in text


def test_the_picture_is_of_these_imports(tmp_path: Path) -> None:
    """make rooms draws it again."""
    drawn = tmp_path / "rooms.svg"
    subprocess.run([sys.executable, str(PLUGINS.parent / "tests" / "tools" / "rooms_picture.py"), str(drawn)], check=True)

    assert drawn.read_text("utf-8") == (PLUGINS.parent / "docs" / "rooms.svg").read_text("utf-8")
