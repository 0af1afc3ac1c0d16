# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs commands and takes their time, memory, processor time and calls; starts the emulator that they call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from .estate import Estate
from .estate import Size
from .estate import estate

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figures:
    """What one run took, and what there was afterwards.

    cpu and memory (of the largest process) are of the commands with all that they started. covered: VPCs with a flow
    log; surplus: flow logs beyond those; writes: calls that change something.
    """

    seconds: float
    cpu: float
    emulator: float
    memory_mb: float
    calls: dict[str, int] = field(default_factory=dict)
    covered: int = 0
    surplus: int = 0
    writes: int = 0
    exit_code: int = 0

    @property
    def without_emulator(self) -> float:
        """Seconds less the emulator's processor time."""
        return self.seconds - self.emulator

    @property
    def number_of_calls(self) -> int:
        """Of all kinds."""
        return sum(self.calls.values())

    def as_dict(self) -> dict[str, Any]:
        """As Figures(**...) takes it."""
        return asdict(self)


class Emulator:
    """An estate that is made once and served anew for each measurement."""

    def __init__(self, process: subprocess.Popen[str], made: Estate) -> None:
        self.process = process
        self.estate = made
        self.url = ""

    def serve(self, **order: Any) -> None:
        """Serves the estate as it was in the beginning; order as in emulator.Order."""
        self.url = self._ask(json.dumps(order))

    def get(self, path: str, method: str = "GET") -> Any:
        """Asks the emulator's control interface."""
        request = urllib.request.Request(f"{self.url}/{path}", method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)

    def _ask(self, line: str) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def running_emulator(size: Size) -> Iterator[Emulator]:
    """An estate of this size."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.emulator", str(size.targets), str(size.accounts), str(size.regions)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin and process.stdout
        try:
            projects = json.loads(process.stdout.readline())
            yield Emulator(process, estate([tuple(project) for project in projects]))
        finally:
            process.stdin.close()


def run(
    commands: Sequence[Sequence[str]], env: Mapping[str, str], directory: Path, log: Path, emulator: Emulator
) -> Figures:
    """Runs the commands one after another, all of them; the exit code is the first that is not 0."""
    emulator.get("emulator/calls", "DELETE")
    emulator_before = emulator.get("emulator/")["cpu_seconds"]
    cpu, memory, exit_code = 0.0, 0, 0
    with log.open("ab") as output:
        began = time.monotonic()
        for command in commands:
            # Not Popen: only wait4 tells what this one process and its children used.
            process = subprocess.Popen(
                list(command),
                cwd=directory,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            _pid, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            exit_code = exit_code or process.returncode
            cpu += used.ru_utime + used.ru_stime
            memory = max(memory, used.ru_maxrss)
        seconds = time.monotonic() - began
    there, calls = emulator.get("bench/"), emulator.get("emulator/calls")
    return Figures(
        seconds=seconds,
        cpu=cpu,
        emulator=emulator.get("emulator/")["cpu_seconds"] - emulator_before,
        memory_mb=memory / (1024 * 1024 if sys.platform == "darwin" else 1024),
        calls=dict(Counter(call["name"] for call in calls)),
        covered=there["covered"],
        surplus=there["surplus"],
        writes=sum(call["mutates"] for call in calls),
        exit_code=exit_code,
    )
