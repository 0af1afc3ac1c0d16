# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every unit test relies on: examples that can be repeated, and no AWS account within reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import configuration
from hypothesis import settings

from ansible_collections.netops.flow_logs.plugins.module_utils._core import aws as _aws
from ansible_collections.netops.flow_logs.plugins.module_utils._core import secrets
from ansible_collections.netops.flow_logs.plugins.module_utils._core.wire import guarded

# The same examples in every run, and no files but in the checkout's cache.
configuration.set_hypothesis_home_dir(Path(__file__).parents[2] / ".cache" / "hypothesis")
settings.register_profile("reproducible", derandomize=True, database=None, deadline=None)
settings.load_profile("reproducible")


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's AWS settings, and no credentials that could be found by chance."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@pytest.fixture(autouse=True)
def no_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients do not wait for AWS's request rates, except where a test is about them."""
    monkeypatch.setattr(_aws, "hold_rates", lambda client: client)


@pytest.fixture(autouse=True)
def fakes_are_not_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only clients of the SDK have events; those of many tests are the tests' own."""
    monkeypatch.setattr(_aws, "guarded", lambda client: guarded(client) if hasattr(client, "meta") else client)


@pytest.fixture(autouse=True)
def nothing_is_secret_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_known", set())
