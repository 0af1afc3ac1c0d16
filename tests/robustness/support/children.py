# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules in processes of their own, which are forks of this one: a start costs milliseconds, not a second."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import cast

from ansible_collections.netops.flow_logs.tests.emulator import Calls
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

TIMEOUT = 60.0


class _Elsewhere:
    """The emulator as a child knows it: by its address."""

    calls = Calls()

    def forget(self) -> None:
        pass


@dataclass
class Child:
    """A module that waits at its gate, or runs, or has ended."""

    pid: int
    output: Path
    gate: int
    ended: bool = False
    signal: int = 0

    def open_gate(self) -> None:
        """Lets it run."""
        if self.gate:
            os.close(self.gate)
            self.gate = 0

    def wait(self) -> Child:
        """Until it has ended, by itself or by a signal."""
        end = time.monotonic() + TIMEOUT
        while not self.ended:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.ended = True
                self.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            elif time.monotonic() > end:
                self.kill()
                raise AssertionError(f"The module is not done after {TIMEOUT} s.")
            else:
                # Not time.sleep, which tests replace.
                threading.Event().wait(0.002)
        return self

    def kill(self) -> None:
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)

    @property
    def killed(self) -> bool:
        return self.signal == signal.SIGKILL

    @property
    def result(self) -> dict[str, Any]:
        """What the module returned."""
        assert self.ended and not self.signal, f"ended by signal {self.signal}"
        answer: dict[str, Any] = json.loads(self.output.read_text("utf-8"))
        assert "raised" not in answer, answer["raised"]
        return answer


class Children:
    """Starts them; end() leaves none behind."""

    def __init__(self, url: str, directory: Path) -> None:
        self.url = url
        self.directory = directory
        self._all: list[Child] = []
        self._numbers = itertools.count()

    def prepare(self, name: str, options: Mapping[str, Any]) -> Child:
        """The module with its options, at its gate."""
        output = self.directory / f"child{next(self._numbers)}.json"
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            # This process has threads, the emulator's. They are idle now, and a child wants nothing of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            self._be_a_child(name, options, output, reading, writing)
        os.close(reading)
        child = Child(pid, output, writing)
        self._all.append(child)
        return child

    def together(self, name: str, every: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Results of runs of the module with each of the options, all at the same time."""
        children = [self.prepare(name, options) for options in every]
        for child in children:
            child.open_gate()
        return [child.wait().result for child in children]

    def end(self) -> None:
        for child in self._all:
            child.kill()
            child.open_gate()
            if not child.ended:
                child.wait()

    def _be_a_child(self, name: str, options: Mapping[str, Any], output: Path, reading: int, writing: int) -> None:
        try:
            # Copies of other gates would keep those closed.
            for child in self._all:
                child.open_gate()
            os.close(writing)
            os.read(reading, 1)
            output.write_text(json.dumps(Modules(cast(Any, _Elsewhere())).try_(name, options).data), "utf-8")
        finally:
            if not output.exists():
                output.write_text(json.dumps({"raised": traceback.format_exc()}), "utf-8")
            # Nothing of what this process has to do at its end is a child's business.
            os._exit(0)
