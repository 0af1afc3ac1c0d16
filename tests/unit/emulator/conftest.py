# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One emulator for all tests, empty at the start of each; its time moves only when a test moves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import ManualClock
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate


@pytest.fixture(scope="session")
def running() -> Iterator[AwsLike]:
    with AwsLike(clock=ManualClock()) as aws:
        yield aws


@pytest.fixture
def aws(running: AwsLike) -> AwsLike:
    running.on_call = None
    running.reset()
    return running


@pytest.fixture
def estate(aws: AwsLike) -> Estate:
    """What a test finds: a VPC, a role that can be assumed, and clients."""
    return Estate(aws)
