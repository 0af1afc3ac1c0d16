# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of a project that tests its own playbook with molecule and the emulator, copied as its reader copies it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.settings import BIN
from ansible_collections.netops.flow_logs.tests.functional.support.settings import collections_path
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment

ROOT = Path(collections_path()) / "ansible_collections/netops/flow_logs"
EXAMPLE = ROOT / "docs/examples/molecule"


@dataclass(frozen=True)
class Project:
    """A copy outside of the checkout."""

    directory: Path
    port: int

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.directory / name
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def test(self, scenario: str = "") -> subprocess.CompletedProcess[str]:
        """molecule test, with no variable of AWS's in the environment."""
        asked = {"EMULATOR_SCENARIO": scenario} if scenario else {}
        variables = {name: value for name, value in environment("").items() if not name.startswith("AWS_")}
        return subprocess.run(
            [str(BIN / "molecule"), "test"],
            cwd=self.directory,
            env={
                **variables,
                "HOME": str(self.directory.parent / "home"),
                "MOLECULE_EPHEMERAL_DIRECTORY": str(self.directory.parent / "ephemeral"),
                "EMULATOR_PORT": str(self.port),
                **asked,
                "NO_COLOR": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )

    def emulator_runs(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def project(tmp_path: Path) -> Project:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    shutil.copytree(EXAMPLE, tmp_path / "my_project")
    return Project(tmp_path / "my_project", port)


def test_the_example_is_green(project: Project) -> None:
    run = project.test()

    assert run.returncode == 0, run.stdout
    for step in ("create", "prepare", "converge", "idempotence", "verify", "destroy"):
        assert f"default > {step}: Executed: Successful" in run.stdout
    # Both accounts of its inventory, and nothing left out.
    assert "shop in eu-west-1, 2 targets (123456789012): 2 created" in run.stdout
    assert "bank in eu-west-1, 2 targets (210987654321): 2 created" in run.stdout
    assert not project.emulator_runs()


def test_a_playbook_that_forgets_a_project_is_red_also_on_a_bad_day(project: Project) -> None:
    project.edit("flow_logs.yml", "hosts: all", "hosts: shop")

    run = project.test("rough")

    assert run.returncode != 0
    assert "default > converge: Executed: Successful" in run.stdout
    assert "default > idempotence: Executed: Successful" in run.stdout
    assert "default > verify: Executed: Failed" in run.stdout
    assert "payments has " in run.stdout and "uncovered" in run.stdout
    assert not project.emulator_runs()


def test_a_policy_that_allows_too_little_is_red_in_every_account(project: Project) -> None:
    project.edit("molecule/default/operator.json", '        "logs:PutRetentionPolicy",\n', "")

    run = project.test()

    assert run.returncode != 0
    assert "default > prepare: Executed: Successful" in run.stdout
    assert "default > converge: Executed: Failed" in run.stdout
    for account in ("123456789012", "210987654321"):
        refused = rf'"account_id": "{account}".* is not authorized to perform: logs:PutRetentionPolicy .*\. The caller lacks the permission logs:'
        assert re.search(refused, run.stdout)
    assert not project.emulator_runs()


def test_it_asks_for_the_moto_that_the_emulator_is_built_on() -> None:
    pinned = re.findall(r"^moto\[.*?\]==(\S+)", (ROOT / "tests/requirements-demo.txt").read_text(), re.MULTILINE)

    assert re.findall(r"'moto\[.*?server.*?\]==(.*?)'", (EXAMPLE / "README.md").read_text()) == pinned
