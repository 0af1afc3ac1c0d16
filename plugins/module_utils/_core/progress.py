# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Telling how far a long piece of work is, to whoever waits for it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable

# Seconds between two lines: work that is done sooner needs none.
_EVERY = 5.0


class Voice:
    """Says lines at once, from any thread. What it counts only grows, also when a part of the work is done again."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._highest: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, line: str) -> None:
        self._tell(line)

    def count(self, done: int, total: int, noun: str) -> None:
        with self._lock:
            if done <= self._highest.get(noun, 0):
                return
            self._highest[noun] = done
        self._tell(f"{done} of {total} {noun}")


def voice_of(module: Any) -> Voice:
    """Where the module's user hears a line at once. A module that has a process of its own is heard when it ends: nowhere."""
    tell = getattr(module, "tell", None)
    if isinstance(tell, Voice):
        return tell
    return Voice(tell if callable(tell) else nowhere)


def nowhere(_line: str) -> None:
    """Where nobody listens."""


@dataclass
class Progress:
    """Counts up to total, from any thread, and tells every few seconds: 120 of 1000 log groups."""

    total: int
    noun: str
    tell: Voice
    clock: Callable[[], float] = time.monotonic
    _done: int = 0
    _told: float = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._told = self.clock()

    def step(self, count: int = 1) -> None:
        with self._lock:
            self._done += count
            now = self.clock()
            if self._done >= self.total or now - self._told < _EVERY:
                return
            self._told = now
            done = self._done
        self.tell.count(done, self.total, self.noun)
