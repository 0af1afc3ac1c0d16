# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""As AWX and Automation Controller run it: in an execution environment, and as slices side by side."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import TIMEOUT
from ansible_collections.netops.flow_logs.tests.functional.support.settings import BIN
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment

CHECKOUT = Path(__file__).parents[2]
SLICES = 3


def _job(directory: Path, hosts: list[str], emulator: Emulator) -> subprocess.Popen[str]:
    """A slice as the controller starts it: ansible-runner, with the slice's hosts as its inventory."""
    (directory / "project").mkdir(parents=True)
    (directory / "project" / "play.yml").write_text(json.dumps(PLAY), "utf-8")
    (directory / "inventory").mkdir()
    inventory = {"all": {"children": {"shop": {"hosts": {name: {} for name in hosts}}}}}
    (directory / "inventory" / "hosts.json").write_text(json.dumps(inventory), "utf-8")
    settings = {**environment(emulator.url), "ANSIBLE_HOME": str(directory / "ansible")}
    return subprocess.Popen(
        [str(BIN / "ansible-runner"), "run", str(directory), "--playbook", "play.yml"],
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def test_slices_of_one_inventory_side_by_side(cloud: Cloud, emulator: Emulator, tmp_path: Path) -> None:
    vpcs = cloud.vpcs(12, "web")
    jobs = [_job(tmp_path / f"slice{number}", vpcs[number::SLICES], emulator) for number in range(SLICES)]
    outputs = [job.communicate(timeout=TIMEOUT)[0] for job in jobs]
    assert [job.returncode for job in jobs] == [0] * SLICES, "\n".join(outputs)
    assert (cloud.roles(), cloud.policies(), cloud.attached("role", ROLE)) == ([ROLE], [POLICY], [POLICY])
    assert Counter(log["ResourceId"] for log in cloud.flow_logs()) == Counter(vpcs)
    assert len(cloud.log_groups()) == len(vpcs)


def test_the_definition_of_an_execution_environment(tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "docs" / "examples" / "execution-environment.yml", tmp_path)
    made = _builder(
        "create", "--file", str(tmp_path / "execution-environment.yml"), "--context", str(tmp_path / "made")
    )
    assert "Complete!" in made
    wanted = yaml.safe_load((tmp_path / "made" / "_build" / "requirements.yml").read_text("utf-8"))
    assert [entry["name"] for entry in wanted["collections"]] == ["netops.flow_logs", "amazon.aws"]


def test_the_collection_tells_a_builder_what_it_needs(tmp_path: Path) -> None:
    place = tmp_path / "ansible_collections" / "netops"
    place.mkdir(parents=True)
    (place / "flow_logs").symlink_to(CHECKOUT)
    needs: dict[str, Any] = yaml.safe_load(_builder("introspect", "--sanitize", str(tmp_path)))
    ours = [line for line in needs["python"] if "netops.flow_logs" in line]
    assert [line.split(">=")[0] for line in ours] == ["boto3", "botocore"]


def _builder(*arguments: str) -> str:
    done = subprocess.run(
        [str(BIN / "ansible-builder"), *arguments], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return done.stdout
