# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-doc says of the role is complete, and entry points and playbooks run the same tasks."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.netops.flow_logs.plugins.doc_fragments._attributes import ModuleDocFragment
from ansible_collections.netops.flow_logs.tests.pages import modules

WORDING = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["attributes"]
# The entry point -> the module that does its work.
WORK = {"main": "converge", "report": "audit"}
PLAYBOOKS = sorted((modules.CHECKOUT / "playbooks").glob("*.yml"))


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


def tasks_of(file: str) -> list[dict[str, Any]]:
    """The tasks of a file of the role, those that it imports among them."""
    tasks: list[dict[str, Any]] = []
    for task in yaml.safe_load((modules.ROLE_TASKS / file).read_text("utf-8")):
        imported = task.get("ansible.builtin.import_tasks")
        tasks += tasks_of(imported) if imported else [task]
    return tasks


@pytest.mark.parametrize("entry_point", WORK)
def test_an_entry_point_runs_its_module(entry_point: str) -> None:
    assert modules.used(tasks_of(f"{entry_point}.yml")) == {WORK[entry_point], "host_outcome"}


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_playbook_does_all_of_its_entry_point_but_the_outcome_for_each_host(playbook: Any) -> None:
    first, second = yaml.safe_load(playbook.read_text("utf-8"))
    (included,) = [task["ansible.builtin.include_role"] for task in first["tasks"] if "ansible.builtin.include_role" in task]
    entry_point = "report" if playbook.stem == "report" else "main"
    own = [task["name"] for task in tasks_of(f"{included['tasks_from']}.yml")]
    assert own == [task["name"] for task in tasks_of(f"{entry_point}.yml")][:-1]
    assert modules.used(second["tasks"]) == {"host_outcome"}


@pytest.mark.parametrize("entry_point", WORK)
def test_each_task_of_an_entry_point_has_a_name_of_its_own(entry_point: str) -> None:
    names = [task["name"] for task in tasks_of(f"{entry_point}.yml")]
    assert len(set(names)) == len(names) == 3
