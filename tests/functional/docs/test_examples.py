# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of every module and plugin do what they say, in check mode and for real."""

from __future__ import annotations

import ast

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.docs.support.runs import Documented
from ansible_collections.netops.flow_logs.tests.functional.docs.support.runs import documents
from ansible_collections.netops.flow_logs.tests.functional.docs.support.runs import without_delays
from ansible_collections.netops.flow_logs.tests.functional.docs.support.world import World
from ansible_collections.netops.flow_logs.tests.functional.docs.support.world import record
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.pages import commands
from ansible_collections.netops.flow_logs.tests.pages import kinds
from ansible_collections.netops.flow_logs.tests.pages.blocks import CHECKOUT
from ansible_collections.netops.flow_logs.tests.unit.support.botocore_models import needs_deletion_protection


def examples(kind: str, name: str) -> str:
    tree = ast.parse((CHECKOUT / "plugins" / kind / f"{name}.py").read_text("utf-8"))
    (text,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES"
    ]
    return str(text)


MODULES = [
    pytest.param(name, marks=needs_deletion_protection if name == "log_group" else ())
    for name in sorted(commands.plugins("modules"))
]


@pytest.mark.parametrize("name", MODULES)
def test_of_a_module(name: str, cloud: Cloud, ansible: Ansible, emulator: AwsLike) -> None:
    text = examples("modules", name)
    (tasks,) = documents(text)
    assert kinds.kind(tasks) == "tasks"
    shown = kinds.tasks_of(tasks)
    used = {key for task in shown for key in task if key.startswith("netops.")}
    assert f"netops.flow_logs.{name}" in used
    world = World(cloud, text)
    if name.endswith("_info") or name == "audit":
        record(cloud)
        emulator.deliver()

    done = Documented(ansible, world.targets).tasks(without_delays(tasks))

    failed = [task["task"] for task in done.tasks if task["result"].get("failed")]
    assert failed == []
    assert {task["task"] for task in done.tasks} >= {
        task["name"] for task in shown if not task.keys() & {"ansible.builtin.include_role", "ansible.builtin.import_role"}
    }


@pytest.mark.parametrize("number", range(len(documents(examples("inventory", "network")))))
def test_of_the_inventory(number: int, cloud: Cloud, ansible: Ansible) -> None:
    text = examples("inventory", "network").split("\n---\n")[number]
    world = World(cloud, f"{text} vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 eni-0a1b2c3d4e5f60718")

    done = Documented(ansible, world.targets).source(text)

    # Something was found, and the role knows what to do with it.
    assert done.of("flow_log")
