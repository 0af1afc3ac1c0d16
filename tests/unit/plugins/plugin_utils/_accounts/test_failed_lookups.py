# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS fails to answer whatever is tried is looked up once in a run, however many parts want to know it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Mode
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.apply import apply
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.audit import audit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.planning import account_plans
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.remove import remove
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import gather
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator

CHECKOUT = Path(__file__).parents[5]
# What one look-up comes to, with all tries of ours and of the SDK's.
TRIES = 30
LOOKUPS = {
    "sts": ("GetCallerIdentity",),
    "iam": ("GetRole", "GetPolicy", "ListRoles", "ListPolicies", "ListAttachedRolePolicies", "GetUser"),
    "ec2": ("DescribeVpcs", "DescribeFlowLogs"),
    "logs": ("DescribeLogGroups",),
}


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    emulator = Emulator()
    yield emulator
    emulator.stop()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(name, value)


def at_work(models: Models, url: str, targets: list[str], state: str) -> Account:
    """An account with two projects."""
    own = {
        "flow_logs_log_group_name": "/aws/{resource_name}/flowlogs",
        "flow_logs_state": state,
        "flow_logs_endpoint_url": url,
        "flow_logs_remove_iam": True,
        "flow_logs_remove_log_groups": True,
    }
    defaults = yaml.safe_load((CHECKOUT / "roles/flow_logs/defaults/main.yml").read_text())
    projects = ("shop", "bank")
    wishes = [HostWish(vpc, {**defaults, **own, "flow_logs_project": name}) for vpc, name in zip(targets, projects, strict=True)]
    gathered = gather(wishes)
    [plan] = account_plans(gathered.accounts, lambda _module, options: dict(options), gathered.problems)
    return Account(plan, Mode(False, False), models, lambda _line: None)


@pytest.mark.parametrize(
    ("program", "state"),
    [
        pytest.param(apply, "present", id="apply"),
        pytest.param(remove, "absent", id="remove"),
        pytest.param(audit, "present", id="report"),
    ],
)
@pytest.mark.parametrize("services", [("sts", "iam"), ("iam",), ("ec2",), ("logs",)], ids="-".join)
def test_each_is_tried_once(
    models: Models, emulator: Emulator, program: Callable[[Account], Any], state: str, services: tuple[str, ...]
) -> None:
    emulator.reset()
    cloud = Cloud(emulator)
    cloud.role()
    targets = cloud.vpcs(2, "web")
    for service in services:
        for operation in LOOKUPS[service]:
            emulator.refuse(f"{service}:{operation}", "InternalFailure", "boom", times=100_000, status=500)
    emulator.forget()

    program(at_work(models, emulator.url, targets, state))

    refused = {f"{service}:{operation}" for service in services for operation in LOOKUPS[service]}
    asked = Counter(
        (call.name, call.region, json.dumps(call.parameters, sort_keys=True)) for call in emulator.calls if call.name in refused
    )
    assert asked
    assert {question: count for question, count in asked.items() if count > TRIES} == {}


def test_another_run_asks_again(models: Models, emulator: Emulator) -> None:
    emulator.reset()
    targets = Cloud(emulator).vpcs(2, "web")
    emulator.refuse("sts:GetCallerIdentity", "InternalFailure", "boom", times=TRIES, status=500)
    first, second = (apply(at_work(models, emulator.url, targets, "present")) for _run in range(2))
    assert "boom" in str(first)
    assert "boom" not in str(second)
