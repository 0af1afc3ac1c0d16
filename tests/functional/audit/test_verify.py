# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_logs_verify_delivery: the role waits until records have arrived."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

APPLY = "netops.flow_logs.apply"
SECONDS = 20


@pytest.fixture
def vpcs(cloud: Cloud) -> list[str]:
    found = [cloud.vpc(name) for name in ("web", "shop")]
    for vpc in found:
        cloud.eni(cloud.subnet(vpc))
    return found


def inventory(vpcs: list[str], **variables: Any) -> dict[str, Any]:
    known = {"flow_logs_verify_delivery": True, "flow_logs_verify_timeout": SECONDS}
    return {"all": {"children": {"shop": {"hosts": {vpc: {} for vpc in vpcs}}}, "vars": {**known, **variables}}}


@contextlib.contextmanager
def traffic(aws: AwsLike, cloud: Cloud, flow_logs: int) -> Iterator[None]:
    """Begins to flow once there are so many flow logs, and goes on."""
    stopped = threading.Event()

    def flow() -> None:
        while not stopped.is_set():
            if len(cloud.flow_logs()) >= flow_logs:
                aws.deliver()
            time.sleep(0.3)

    thread = threading.Thread(target=flow, daemon=True)
    thread.start()
    yield
    stopped.set()
    thread.join()


def test_waits_for_records(cloud: Cloud, ansible: Ansible, emulator: AwsLike, vpcs: list[str]) -> None:
    with traffic(emulator, cloud, flow_logs=2):
        run = ansible.run(APPLY, inventory(vpcs)).succeeded()

    assert "Records of 2 of 2 flow logs have arrived." in run.output
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(vpcs)

    # Whoever delivers already is not waited for: no traffic any more.
    again = ansible.run(APPLY, inventory(vpcs)).succeeded()
    assert again.changed == 0
    assert "Records of 2 of 2 flow logs have arrived." in again.output
    assert again.log and "waiting for the first records" not in again.log


def test_no_traffic_yet(cloud: Cloud, ansible: Ansible, vpcs: list[str]) -> None:
    run = ansible.run(APPLY, inventory(vpcs, flow_logs_verify_timeout=3)).failed()

    # Without a terminal, progress is in the log.
    assert "waiting for the first records of 2 of 2 flow logs" in run.log
    assert "NoRecordsYet" in run.output and "no traffic yet" in run.output
    assert "Records of 0 of 2 flow logs have arrived." in run.output
    # All that was asked for is there all the same.
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(vpcs)
    assert "2 created" in run.output


def test_an_access_error(cloud: Cloud, ansible: Ansible, emulator: AwsLike, vpcs: list[str]) -> None:
    ansible.run(APPLY, inventory(vpcs, flow_logs_verify_delivery=False)).succeeded()
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{POLICY}"
    cloud.client("iam").detach_role_policy(RoleName=ROLE, PolicyArn=arn)
    emulator.deliver()
    cloud.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=arn)

    run = ansible.run(APPLY, inventory(vpcs, flow_logs_verify_timeout=3)).failed()

    assert "DeliveryFailed" in run.output and "Access error" in run.output
    assert "NoRecordsYet" not in run.output


def test_check_mode_waits_for_nothing(cloud: Cloud, ansible: Ansible, vpcs: list[str]) -> None:
    run = ansible.run(APPLY, inventory(vpcs), ["--check"]).succeeded()

    assert run.log and "waiting" not in run.log and "have arrived" not in run.output
    assert run.calls.mutating == []
