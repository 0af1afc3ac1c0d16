# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run through their main(), against an AWS emulator."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import botocore.session
import pytest
from botocore.loaders import create_loader

from ansible_collections.netops.flow_logs.tests.functional.support import settings
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

# Reading the model of EC2 anew for every module would cost most of the time.
_loader = functools.cache(create_loader)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    emulator = Emulator()
    yield emulator
    emulator.stop()


@pytest.fixture
def cloud(emulator: Emulator) -> Cloud:
    """An account with nothing in it."""
    emulator.reset()
    return Cloud(emulator)


@pytest.fixture
def modules(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Modules:
    for name in settings.foreign():
        monkeypatch.delenv(name)
    for name, value in settings.aws_environment(emulator.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(botocore.session, "create_loader", _loader)
    return Modules(emulator)
