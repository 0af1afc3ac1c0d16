# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules run in this process, on one emulator whose time passes only when somebody sleeps: nothing really waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import ManualClock
from ansible_collections.netops.flow_logs.tests.functional.support.settings import aws_environment
from ansible_collections.netops.flow_logs.tests.functional.support.settings import foreign
from ansible_collections.netops.flow_logs.tests.scenarios.support.pretence import pretend_to_sleep
from ansible_collections.netops.flow_logs.tests.scenarios.support.pretence import reuse_clients
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import enable_few_regions
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage


@pytest.fixture(scope="session")
def running() -> Iterator[AwsLike]:
    with AwsLike(clock=ManualClock()) as aws:
        yield aws


@pytest.fixture(scope="session")
def clients() -> dict[str, object]:
    """Clients of the modules: to make one costs more than all calls of a run."""
    return {}


@pytest.fixture
def stage(running: AwsLike, clients: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """An account with nothing in it, and the modules."""
    for name in foreign():
        monkeypatch.delenv(name)
    for name, value in aws_environment(running.url).items():
        monkeypatch.setenv(name, value)
    running.on_call = None
    running.reset()
    stage = Stage(running)
    pretend_to_sleep(monkeypatch, stage.sleep, running.world.clock.now)
    reuse_clients(monkeypatch, clients)
    enable_few_regions(monkeypatch)
    yield stage
    running.on_call = None
