# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run writes where: results to the standard output by the callback alone, progress to a terminal's standard error."""

from __future__ import annotations

import json
import os
import pty
import shlex
import subprocess
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.estate import build
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.settings import BIN
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment
from ansible_collections.netops.flow_logs.tests.functional.support.stuck import asked_for_stacks
from ansible_collections.netops.flow_logs.tests.functional.support.stuck import ended

OTHER = "111111111111"
PROGRESS = f"shop in eu-west-1, 2 targets ({ACCOUNT}): 2 flow logs, 2 created"


@pytest.fixture
def command(cloud: Cloud, ansible: Ansible) -> list[str]:
    """Applies two projects in one account and one in another."""
    there = cloud.elsewhere(OTHER)
    projects: dict[str, dict[str, Any]] = {
        "shop": {"hosts": {cloud.vpc("web"): {}, cloud.vpc("db"): {}}},
        "pay": {"hosts": {cloud.vpc("pay"): {}}},
        "bank": {
            "hosts": {there.vpc("web"): {}},
            "vars": {"flow_logs_assume_role_arn": f"arn:aws:iam::{OTHER}:role/operator"},
        },
    }
    variables = {"flow_logs_region": "eu-west-1"}
    inventory = ansible.write("inventory.json", {"all": {"children": projects, "vars": variables}})
    return [str(BIN / "ansible-playbook"), "-i", str(inventory), str(ansible.write("play.yml", PLAY))]


def env_of(ansible: Ansible, **more: str) -> Mapping[str, str]:
    own = {**environment(ansible.emulator.url), "ANSIBLE_HOME": str(ansible.directory / "ansible"), **more}
    return asked_for_stacks(own, ansible.directory / "run.stacks")


def finished(command: list[str], ansible: Ansible, **more: str) -> tuple[int, str, str]:
    """Code, standard output and standard error."""
    with subprocess.Popen(
        command, env=env_of(ansible, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        output, errors = ended(process, 300, ansible.directory / "run.stacks")
    return process.returncode, output, errors


def test_the_standard_output_is_the_callbacks_alone(command: list[str], ansible: Ansible) -> None:
    code, output, errors = finished(
        command, ansible, ANSIBLE_STDOUT_CALLBACK="one_document", ANSIBLE_LOG_PATH=str(ansible.directory / "log")
    )

    assert code == 0, output + errors
    assert all(not host["failures"] for host in json.loads(output)["hosts"].values())
    assert PROGRESS not in errors
    assert PROGRESS in (ansible.directory / "log").read_text("utf-8")


def test_check_and_diff_of_thirty_hosts_fit_on_a_few_screens(cloud: Cloud, ansible: Ansible) -> None:
    """Each flow log and each log group is a line; IAM is shown as a whole."""
    estate = build(cloud, "shop", "bank", each=5)
    run = ansible.run("netops.flow_logs.apply", estate.inventory(), ["--check", "--diff"]).succeeded()

    lines = run.output.splitlines()
    assert len([line for line in lines if line.startswith("+flow log of ")]) == 30
    assert len([line for line in lines if line.startswith("+log group ")]) == 30
    assert len([line for line in lines if line[:1] in ("+", "-")]) < 140


def test_junit_files_parse(command: list[str], ansible: Ansible) -> None:
    code, output, errors = finished(
        command, ansible, ANSIBLE_CALLBACKS_ENABLED="junit", JUNIT_OUTPUT_DIR=str(ansible.directory / "junit")
    )
    files = list((ansible.directory / "junit").glob("*.xml"))

    assert code == 0, output + errors
    assert files and all(ElementTree.parse(file).getroot().tag == "testsuites" for file in files)


def test_a_reader_that_stops_reading_ends_the_run(command: list[str], ansible: Ansible) -> None:
    line = f"{shlex.join(command)} | head -3"
    done = subprocess.run(["bash", "-c", line], env=env_of(ansible), capture_output=True, text=True, timeout=120, check=False)

    assert len(done.stdout.splitlines()) == 3


def test_on_a_terminal_progress_is_on_the_standard_error_and_can_be_left_out(command: list[str], ansible: Ansible) -> None:
    def errors(*arguments: str) -> tuple[str, str]:
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [*command, *arguments], env=env_of(ansible), stdout=subprocess.PIPE, stderr=theirs, text=True
        ) as process:
            os.close(theirs)
            output, _none = process.communicate(timeout=300)
        written = b""
        try:
            while part := os.read(ours, 65536):
                written += part
        except OSError:
            pass
        finally:
            os.close(ours)
        assert process.returncode == 0, output
        return output, written.decode("utf-8")

    quiet_output, quiet = errors("--check")
    assert "Plan: 4 to create, 0 to replace, 0 to delete" in quiet_output
    # Nothing was done, so nothing is told as done.
    assert "created" not in quiet
    output, told = errors()
    assert PROGRESS in told and PROGRESS not in output
    assert "Flow logs: 4 created" in output
    _output, none = errors("-e", "flow_logs_progress=false")
    assert "flow logs" not in none
