# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that has ended does nothing more, however it has ended."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Running

OTHER = "111111111111"
EACH = 20
ROLE = "netops.flow_logs.flow_logs"
# A play that goes on for a while after its time is over.
IMPATIENT = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {
                "block": [{"import_role": {"name": ROLE}, "timeout": 8}],
                "rescue": [
                    {"copy": {"content": "", "dest": "over"}, "delegate_to": "localhost", "connection": "local", "run_once": True},
                    {"wait_for": {"timeout": 3}, "delegate_to": "localhost", "connection": "local", "run_once": True},
                ],
            }
        ],
    }
]
SIGNALS = {"interrupted": signal.SIGINT, "terminated": signal.SIGTERM, "killed": signal.SIGKILL}


class World:
    """Two accounts with VPCs, a project each, and whoever ends a run on them."""

    def __init__(self, here: Cloud, ansible: Ansible) -> None:
        self.ansible = ansible
        self.clouds = [here, here.elsewhere(OTHER)]
        self.vpcs = [cloud.vpcs(EACH, "web") for cloud in self.clouds]

    def inventory(self, **variables: Any) -> dict[str, Any]:
        ways: list[dict[str, Any]] = [{}, {"flow_logs_assume_role_arn": f"arn:aws:iam::{OTHER}:role/operator"}]
        groups = {
            name: {"hosts": {vpc: {} for vpc in vpcs}, "vars": {**way, **variables}}
            for name, vpcs, way in zip(("shop", "bank"), self.vpcs, ways, strict=True)
        }
        return {"all": {"children": groups}}

    @property
    def writes(self) -> int:
        return len(self.ansible.emulator.calls.mutating)

    def count(self, operation: str) -> int:
        return len(self.ansible.emulator.calls.of(operation))

    def ended(self, way: str, inventory: dict[str, Any], when: Callable[[], bool]) -> int:
        """Runs it, ends it in this way, and returns the writes that had come by then."""
        self.ansible.emulator.forget()
        running = self.ansible.start(IMPATIENT if way == "timeout" else PLAY, inventory)
        try:
            if way == "timeout":
                until((self.ansible.directory / "over").exists, running)
                writes = self.writes
            else:
                until(when, running)
                running.process.send_signal(SIGNALS[way])
                running.process.wait(60)
                # What was on its way when the process was killed.
                time.sleep(0.2)
                writes = self.writes
            running.wait()
        finally:
            running.process.kill()
        return writes

    def logs(self) -> list[list[str]]:
        """For each VPC the traffic types of its flow logs."""
        return [
            [log["TrafficType"] for log in cloud.flow_logs([vpc])]
            for cloud, vpcs in zip(self.clouds, self.vpcs, strict=True)
            for vpc in vpcs
        ]


def until(condition: Callable[[], bool], running: Running) -> None:
    end = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < end
        assert running.process.poll() is None, running.wait().output
        time.sleep(0.01)


@pytest.fixture
def world(cloud: Cloud, ansible: Ansible) -> World:
    return World(cloud, ansible)


@pytest.mark.parametrize("way", ["timeout", *SIGNALS])
def test_no_write_comes_after_the_end(world: World, way: str) -> None:
    world.ansible.emulator.delay("logs:CreateLogGroup", 4)

    writes = world.ended(way, world.inventory(), lambda: world.count("CreateLogGroup") >= 4)
    time.sleep(5)

    assert world.count("CreateLogGroup") >= 4
    assert world.writes == writes
    assert world.logs() == [[]] * (2 * EACH)


@pytest.mark.parametrize("way", ["timeout", *SIGNALS])
def test_no_flow_log_is_lost_between_its_deletion_and_the_new_one(world: World, way: str) -> None:
    world.ansible.run(PLAY, world.inventory(flow_logs_traffic_type="ACCEPT")).succeeded()
    # AWS's refusal of a second one comes quickly, so that the deletions begin.
    world.ansible.emulator.delay("ec2:DeleteFlowLogs", 4)

    world.ended(way, world.inventory(flow_logs_traffic_type="REJECT"), lambda: world.count("DeleteFlowLogs") >= 2)
    time.sleep(6)

    logs = world.logs()
    assert {len(types) for types in logs} == {1}
    # Those that had begun, and no others.
    assert 2 <= logs.count(["REJECT"]) == world.count("DeleteFlowLogs") < len(logs)
    writes = world.writes
    time.sleep(2)
    assert world.writes == writes
