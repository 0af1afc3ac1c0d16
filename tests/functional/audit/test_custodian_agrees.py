# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An independent judge: Cloud Custodian's filter flow-logs and the report name the same resources.

Custodian asks whether a resource has a flow log of its own. Who is covered through subnet or VPC follows from its answers.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.bench.environments import Environment
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.audit.estate import Estate
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment

# Custodian's name of the resource -> the id in its answers.
RESOURCES = {"vpc": "VpcId", "subnet": "SubnetId", "eni": "NetworkInterfaceId"}


@pytest.fixture(scope="session")
def custodian() -> str:
    installation = Environment("c7n")
    installation.set_up()
    return installation.tool("custodian")


def without_own(custodian: str, url: str, directory: Path) -> dict[str, dict[str, Any]]:
    """The resources that have no flow log of their own, as Custodian answers."""
    policies = [
        {"name": kind, "resource": kind, "filters": [{"type": "flow-logs", "enabled": False}]} for kind in RESOURCES
    ]
    (directory / "policies.json").write_text(json.dumps({"policies": policies}), "utf-8")
    command = [custodian, "run", "--region", REGION, "--output-dir", "found", "--cache-period", "0", "policies.json"]
    settings = {**environment(url), "AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": REGION}
    subprocess.run(command, cwd=directory, env=settings, check=True, capture_output=True)
    return {
        entry[key]: entry
        for kind, key in RESOURCES.items()
        for entry in json.loads((directory / "found" / kind / "resources.json").read_text("utf-8"))
    }


def test_both_name_the_same(
    cloud: Cloud, ansible: Ansible, emulator: AwsLike, custodian: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    estate = Estate(cloud, ansible, emulator)
    ansible.run("netops.flow_logs.report", estate.inventory).succeeded()
    report = json.loads((ansible.directory / "flow-logs-report" / "report.json").read_text("utf-8"))
    targets = {entry["resource_id"]: entry for entry in report["targets"]}

    judged = without_own(custodian, emulator.url, tmp_path_factory.mktemp("custodian"))

    own = {name for name, entry in targets.items() if any(log["through"] == "own" for log in entry["flow_logs"])}
    assert set(judged) == set(targets) - own
    uncovered = {
        name
        for name, entry in judged.items()
        if all(place in judged for place in (entry.get("SubnetId", name), entry["VpcId"]))
    }
    assert uncovered == {name for name, entry in targets.items() if entry["status"] == "uncovered"}
    assert {estate.naked, estate.half} < uncovered
    assert not {estate.whole_eni, estate.half_eni, estate.broken} & uncovered
    # What the report asks to be mended is the outermost of them: all others lie in these.
    gaps = {entry["subject"] for entry in report["findings"] if entry["kind"] == "uncovered"}
    assert gaps <= uncovered
    assert all({name, judged[name].get("SubnetId"), judged[name]["VpcId"]} & gaps for name in uncovered)
