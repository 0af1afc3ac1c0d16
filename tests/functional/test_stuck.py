# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests report of a run that does not end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.stuck import asked_for_stacks
from ansible_collections.netops.flow_logs.tests.functional.support.stuck import ended

PROGRAM = """
import os, time

def child():
    print("started", flush=True)
    time.sleep(600)

os.fork() or child()
time.sleep(600)
"""


def test_a_run_that_does_not_end_is_ended_and_says_where_its_processes_are(tmp_path: Path) -> None:
    file = tmp_path / "run.stacks"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=asked_for_stacks(os.environ, file), stdout=subprocess.PIPE, text=True)

    with pytest.raises(AssertionError) as raised:
        ended(process, 3, file)

    assert "started" in str(raised.value)
    assert 'line 6 in child' in str(raised.value)
    assert process.returncode
