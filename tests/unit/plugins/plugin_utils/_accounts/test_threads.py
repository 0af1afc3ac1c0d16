# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account has so many threads, however many projects and log groups it has."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from botocore.endpoint import MAX_POOL_CONNECTIONS

from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import SIDE_BY_SIDE
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Mode
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.apply import apply
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.planning import account_plans
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import gather
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator

CHECKOUT = Path(__file__).parents[5]
PROJECTS, EACH = 8, 6


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    emulator = Emulator()
    yield emulator
    emulator.stop()


def at_work(url: str, targets: list[str]) -> Account:
    defaults = yaml.safe_load((CHECKOUT / "roles/flow_logs/defaults/main.yml").read_text())
    own = {"flow_logs_log_group_name": "/aws/{resource_id}", "flow_logs_state": "present", "flow_logs_endpoint_url": url}
    wishes = [
        HostWish(vpc, {**defaults, **own, "flow_logs_project": f"project{number % PROJECTS}"}) for number, vpc in enumerate(targets)
    ]
    gathered = gather(wishes)
    [plan] = account_plans(gathered.accounts, lambda _module, options: dict(options), gathered.problems)
    assert len(plan.deliveries) == PROJECTS
    return Account(plan, Mode(False, False), Models(), lambda _line: None)


def test_eight_projects_of_many_log_groups(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(name, value)
    emulator.reset()
    cloud = Cloud(emulator)
    targets = cloud.vpcs(PROJECTS * EACH)
    emulator.delay("logs:CreateLogGroup", 0.05)
    before = {thread.ident for thread in threading.enumerate()}
    done, most = threading.Event(), [0]

    def count() -> None:
        while not done.wait(0.001):
            # The emulator has a thread for each connection.
            new = [each for each in threading.enumerate() if each.ident not in before and "process_request" not in each.name]
            # This thread counts for the main one, which was there before.
            most[0] = max(most[0], len(new))

    counting = threading.Thread(target=count)
    counting.start()
    apply(at_work(emulator.url, targets))
    done.set()
    counting.join()

    assert len(cloud.flow_logs()) == len(targets)
    assert 2 < most[0] <= SIDE_BY_SIDE


def test_clients_keep_a_connection_for_each() -> None:
    assert SIDE_BY_SIDE <= MAX_POOL_CONNECTIONS
