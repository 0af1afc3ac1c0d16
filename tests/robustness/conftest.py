# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules that are killed, race each other or are given nonsense, against the emulator that behaves like AWS."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import cast

import botocore.session
import pytest
from botocore.loaders import create_loader
from hypothesis import configuration
from hypothesis import settings as hypothesis_settings

from ansible_collections.netops.flow_logs.plugins.module_utils._core import aws as _aws
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import Clock
from ansible_collections.netops.flow_logs.tests.emulator import ManualClock
from ansible_collections.netops.flow_logs.tests.functional.support import settings
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.robustness.support.children import Children

# The same examples in every run, and no files but in the checkout's cache.
configuration.set_hypothesis_home_dir(Path(__file__).parents[2] / ".cache" / "hypothesis")
hypothesis_settings.register_profile("reproducible", derandomize=True, database=None, deadline=None)
hypothesis_settings.load_profile("reproducible")

# Reading the model of EC2 anew for every module would cost most of the time.
_loader = functools.cache(create_loader)


@pytest.fixture(scope="session")
def running() -> Iterator[AwsLike]:
    with AwsLike(clock=ManualClock()) as aws:
        yield aws


@pytest.fixture
def aws(running: AwsLike) -> AwsLike:
    """Empty accounts, in which time stands still."""
    running.on_call = None
    running.world.clock = ManualClock()
    running.reset()
    return running


@pytest.fixture
def real_time(aws: AwsLike) -> AwsLike:
    """The same, and calls take the time that they take."""
    aws.world.clock = Clock()
    return aws


@pytest.fixture
def cloud(aws: AwsLike) -> Cloud:
    return Cloud(cast(Any, aws))


@pytest.fixture
def modules(aws: AwsLike, monkeypatch: pytest.MonkeyPatch) -> Modules:
    for name in settings.foreign():
        monkeypatch.delenv(name)
    for name, value in settings.aws_environment(aws.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(botocore.session, "create_loader", _loader)
    # All examples are one process's calls: AWS's request rates would hold up all but the first.
    monkeypatch.setattr(_aws, "hold_rates", lambda client: client)
    return Modules(cast(Any, aws))


@pytest.fixture
def children(modules: Modules, tmp_path: Path) -> Iterator[Children]:
    """Modules in processes of their own."""
    children = Children(modules.emulator.url, tmp_path)
    yield children
    children.end()


@pytest.fixture
def ansible(aws: AwsLike, tmp_path: Path) -> Ansible:
    return Ansible(cast(Any, aws), tmp_path)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules do not really wait."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
