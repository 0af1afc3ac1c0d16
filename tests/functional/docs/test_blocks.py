# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pages show in YAML runs: plays, tasks, inventories, variables."""

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.tests.functional.docs.support.runs import Documented
from ansible_collections.netops.flow_logs.tests.functional.docs.support.runs import documents
from ansible_collections.netops.flow_logs.tests.functional.docs.support.world import World
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.pages import kinds
from ansible_collections.netops.flow_logs.tests.pages.blocks import Block
from ansible_collections.netops.flow_logs.tests.pages.blocks import blocks

# Pages in two languages show the same ones: each once.
DIFFERENT = {block.text: block for block in reversed(blocks("yaml")) if not block.reason}
RUNNABLE = [pytest.param(block, id=block.name) for block in DIFFERENT.values()]


@pytest.mark.parametrize("block", RUNNABLE)
def test_block(block: Block, cloud: Cloud, ansible: Ansible) -> None:
    (content,) = documents(block.text)
    world = World(cloud, block.text)
    documented = Documented(ansible, world.targets)
    kind = kinds.kind(content)

    if kind == "inventory source":
        done = documented.source(block.text)
    else:
        ways = {
            "plays": documented.plays,
            "tasks": documented.tasks,
            "part of a play": documented.part_of_a_play,
            "variables": documented.variables,
            "inventory": documented.inventory,
        }
        done = ways[kind](content)

    assert [task["task"] for task in done.tasks if task["result"].get("failed")] == []
