# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-doc says of the role is complete, and its tasks say which file they are in."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.netops.flow_logs.plugins.doc_fragments._attributes import ModuleDocFragment
from ansible_collections.netops.flow_logs.tests.pages import modules

WORDING = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["attributes"]
# The entry point -> the module that does its work.
WORK = {"main": "converge", "report": "audit"}
SUB_TASKS = sorted(path for path in modules.ROLE_TASKS.glob("*.yml") if path.stem != "main")


def test_entry_points() -> None:
    assert modules.entry_points().keys() == WORK.keys()


@pytest.mark.parametrize(("entry_point", "module"), WORK.items())
def test_an_entry_point_supports_what_its_module_does(entry_point: str, module: str) -> None:
    """In the words that all modules share, which a role can't take from a fragment."""
    attributes: dict[str, dict[str, Any]] = modules.entry_points()[entry_point]["attributes"]
    assert attributes.keys() == WORDING.keys()
    of_module = modules.documentation(module)["attributes"]
    for name, facts in attributes.items():
        assert facts["description"] == WORDING[name]["description"]
        assert facts["support"] == of_module[name]["support"]


@pytest.mark.parametrize("entry_point", WORK)
def test_an_entry_point_runs_its_module(entry_point: str) -> None:
    tasks = yaml.safe_load((modules.ROLE_TASKS / f"{entry_point}.yml").read_text("utf-8"))
    assert modules.used(tasks) == {WORK[entry_point], "host_outcome"}


def test_there_are_tasks_besides_main() -> None:
    assert SUB_TASKS


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in SUB_TASKS])
def test_names_of_tasks_begin_with_their_file(path: Any) -> None:
    names = [task["name"] for task in yaml.safe_load(path.read_text("utf-8"))]
    assert names
    assert [name for name in names if not name.startswith(f"{path.stem} | ")] == []
