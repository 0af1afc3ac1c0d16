# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floor on the bench's own emulator: what it makes, how many calls it takes, and what the measuring makes of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.tests.bench import floor
from ansible_collections.netops.flow_logs.tests.bench.estate import REGION
from ansible_collections.netops.flow_logs.tests.bench.estate import Size
from ansible_collections.netops.flow_logs.tests.bench.measure import Emulator
from ansible_collections.netops.flow_logs.tests.bench.measure import Figures
from ansible_collections.netops.flow_logs.tests.bench.measure import run
from ansible_collections.netops.flow_logs.tests.bench.measure import running_emulator


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator(Size(8, 2)) as emulator:
        yield emulator


def _run(emulator: Emulator, directory: Path) -> Figures:
    (directory / "estate.json").write_text(json.dumps(emulator.estate.as_dict()))
    env = {
        **os.environ,
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    command = [sys.executable, str(floor.__file__), str(directory / "estate.json")]
    figures = run([command], env, directory, directory / "output.log", emulator)
    assert figures.exit_code == 0, (directory / "output.log").read_text()
    return figures


def test_from_nothing_and_with_nothing_left_to_do(emulator: Emulator, tmp_path: Path) -> None:
    emulator.serve(delay_ms=0)
    first, second = _run(emulator, tmp_path), _run(emulator, tmp_path)
    assert (first.covered, first.surplus) == (second.covered, second.surplus) == (8, 0)
    there = emulator.get("bench/")
    assert (there["roles"], there["log_groups"], there["log_groups_with_retention"]) == (2, 4, 4)
    # For each account: policy, role and their attachment, two groups with retention, a call for each group's VPCs.
    assert first.writes == 2 * (3 + 2 * 2 + 2)
    assert (second.writes, second.number_of_calls) == (0, 2 * 4)
    assert first.memory_mb > 10 and first.cpu > 0


def test_every_serving_begins_anew(emulator: Emulator, tmp_path: Path) -> None:
    emulator.serve(delay_ms=0)
    _run(emulator, tmp_path)
    emulator.serve(delay_ms=0, role=True)
    assert emulator.get("emulator/calls") == []
    assert emulator.get("bench/") == {
        "covered": 0,
        "surplus": 0,
        "log_groups": 0,
        "log_groups_with_retention": 0,
        "roles": 2,
    }
    # The role that is there already is taken as it is.
    assert "iam:CreateRole" not in _run(emulator, tmp_path).calls
