# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pages show exists: links, commands, options, data. tests/functional/docs runs the rest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.variables import RESULTS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import COVERAGE_GROUPS
from ansible_collections.netops.flow_logs.tests.pages import commands
from ansible_collections.netops.flow_logs.tests.pages import kinds
from ansible_collections.netops.flow_logs.tests.pages import links
from ansible_collections.netops.flow_logs.tests.pages.blocks import CHECKOUT
from ansible_collections.netops.flow_logs.tests.pages.blocks import GUIDES
from ansible_collections.netops.flow_logs.tests.pages.blocks import Block
from ansible_collections.netops.flow_logs.tests.pages.blocks import blocks
from ansible_collections.netops.flow_logs.tests.pages.blocks import pages

# text: output, and whatever else nobody runs.
LANGUAGES = {"console", "ini", "json", "python", "shell", "text", "yaml"}


# Called so, but the emulator's.
SPOKEN_OF = {"flow_logs_per_resource", "flow_logs_account_id"}


def linking_files() -> list[Path]:
    return [*pages(), *(CHECKOUT / "plugins").rglob("*.py"), CHECKOUT / "roles/flow_logs/meta/argument_specs.yml"]


def named(found: list[Block]) -> list[object]:
    return [pytest.param(block, id=block.name) for block in found]


def test_languages() -> None:
    every = blocks(*LANGUAGES, "", "yml", "sh", "bash", "yaml+jinja", "hcl")
    assert [block.name for block in every if block.language not in LANGUAGES] == []


def test_links() -> None:
    assert [problem for page in linking_files() for problem in links.problems(page)] == []


def test_references_of_guides() -> None:
    assert [name for page in GUIDES.glob("*.rst") for name in links.wrong_references(page)] == []


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in pages()])
def test_variables(page: Path) -> None:
    """Whatever is called like a variable of the role is one."""
    known = {
        *commands.role_variables(),
        *commands.OF_PLAYBOOKS,
        *commands.OF_THE_INVENTORY,
        *COVERAGE_GROUPS,
        *SPOKEN_OF,
        *RESULTS,
    }
    assert set(re.findall(r"(?<![\w./])flow_logs_\w+", page.read_text("utf-8"))) - known == set()


@pytest.mark.parametrize("block", named(blocks("json")))
def test_json(block: Block) -> None:
    for document in block.text.split("\n\n"):
        json.loads(document)


@pytest.mark.parametrize("block", named(blocks("yaml")))
def test_yaml_says_how_it_is_run(block: Block) -> None:
    """By its shape, or with a reason why it is not."""
    for content in kinds.documents(block.text):
        assert content is not None
        assert bool(kinds.kind(content)) != bool(block.reason), (
            kinds.kind(content) or "what is it? say why it is not run"
        )


@pytest.mark.parametrize("block", named(blocks("console", "shell")))
def test_commands(block: Block) -> None:
    found = commands.commands_of(block)
    assert found
    assert [problem for command in found for problem in commands.problems(command, block.page)] == []


@pytest.mark.parametrize("block", named([block for block in blocks("yaml") if block.reason]))
def test_commands_of_ci_jobs(block: Block) -> None:
    found = [script for content in kinds.documents(block.text) for script in commands.scripts_of(content)]
    assert [problem for command in found for problem in commands.problems(command, block.page)] == []
