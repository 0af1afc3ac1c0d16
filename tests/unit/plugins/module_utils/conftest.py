# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Here nobody waits, and calls come in a fixed order where a script wants that."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import parallel
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import apply as _flow_log_apply
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import Creator
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time, which only passes by sleeping, and then at once."""
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    creator = functools.partial(Creator, clock=clock.now, sleep=clock.sleep)
    monkeypatch.setattr(_flow_log_apply, "Creator", creator)
    return clock


@pytest.fixture
def in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that go side by side go one after another, in order."""
    monkeypatch.setattr(parallel, "SIDE_BY_SIDE", 1)


@pytest.fixture
def stubs(in_turn: None) -> Iterator[StubbedClients]:
    """Real botocore clients that answer from a script; at the end the script has to be used up."""
    clients = StubbedClients()
    yield clients
    clients.close()
