# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks of the role say which file they are in, and each entry point runs the module made for it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.netops.flow_logs.tests.pages import modules

# The entry point -> the module that does its work.
WORK = {"main": "converge", "report": "audit"}
SUB_TASKS = sorted(path for path in modules.ROLE_TASKS.glob("*.yml") if path.stem != "main")


def test_entry_points() -> None:
    assert modules.entry_points().keys() == WORK.keys()


@pytest.mark.parametrize("entry_point", WORK)
def test_an_entry_point_runs_its_module(entry_point: str) -> None:
    tasks = yaml.safe_load((modules.ROLE_TASKS / f"{entry_point}.yml").read_text("utf-8"))
    assert modules.used(tasks) == {WORK[entry_point]}


def test_there_are_tasks_besides_main() -> None:
    assert SUB_TASKS


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in SUB_TASKS])
def test_names_of_tasks_begin_with_their_file(path: Any) -> None:
    names = [task["name"] for task in yaml.safe_load(path.read_text("utf-8"))]
    assert names
    assert [name for name in names if not name.startswith(f"{path.stem} | ")] == []
