# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits for a process, and reports what it and its children are doing when it does not end."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

SITE = Path(__file__).resolve().parent / "site"
# Name of the variable that tells processes where to write their stacks; see site/sitecustomize.py.
STACKS = "FLOW_LOGS_TEST_STACKS"


def stacks_of(file: Path) -> Path:
    """Where the stacks of a run are, by another file of it."""
    return file.with_suffix(".stacks")


def asked_for_stacks(env: Mapping[str, str], file: Path) -> dict[str, str]:
    """The environment of a run that can be asked for its stacks. The file must be one that can be written."""
    path = [str(SITE), *filter(None, [env.get("PYTHONPATH")])]
    return {**env, "PYTHONPATH": os.pathsep.join(path), STACKS: str(file)}


def ended(process: subprocess.Popen[str], seconds: float, stacks: Path) -> tuple[str, str]:
    """Standard output and error of a process that ends in time. Raises AssertionError with all stacks for one that does not."""
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        tree = [process.pid, *_descendants(process.pid)]
        for number in tree:
            _signal(number, signal.SIGUSR2)
            # One after the other, as all write to one file.
            time.sleep(0.3)
        for number in tree:
            _signal(number, signal.SIGKILL)
        output, _errors = process.communicate()
        theirs = stacks.read_text("utf-8") if stacks.exists() else ""
        raise AssertionError(
            f"not done after {seconds:g} s:\n{output}\nStacks of processes {tree}:\n{theirs}\nStacks of this one:\n{_own_stacks()}"
        ) from None
    return output or "", errors or ""


def _signal(number: int, what: signal.Signals) -> None:
    # It may have ended.
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, what)


def _descendants(parent: int) -> list[int]:
    """As Linux lists them; elsewhere none are found."""
    children = [
        int(each.parent.name)
        for each in Path("/proc").glob("[0-9]*/stat")
        if _parent_of(each) == parent
    ]
    return [number for child in children for number in (child, *_descendants(child))]


def _parent_of(stat: Path) -> int | None:
    try:
        return int(stat.read_text("utf-8").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def _own_stacks() -> str:
    """The emulator is in this process."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        return file.read()
