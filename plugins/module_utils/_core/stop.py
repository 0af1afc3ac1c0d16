# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Flags that stop a process or an account: once one is set, no call to AWS begins any more.

What must not be cut in two, such as a deletion and the creation that makes up for it, is a section: one that has begun may end,
for some seconds.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Callable

# Seconds that a section has after a flag was set: a deletion, a creation and another one, with a retry or two.
GRACE = 15.0


class Stop:
    """A flag with its reason."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._at = 0.0
        self._reason: Exception | None = None

    def set(self, reason: Exception) -> None:
        """The first reason stays."""
        with self._lock:
            if self._reason is None:
                self._at, self._reason = self._clock(), reason

    @property
    def is_set(self) -> bool:
        return self._reason is not None

    def check(self) -> None:
        """Raises the reason when nothing more may begin: at once, in a section after its grace."""
        if self._reason is not None and not (_in_section.get() and self._clock() - self._at < GRACE):
            raise self._reason


class _Process:
    """The flag of a process, and its sections that have begun."""

    def __init__(self) -> None:
        self.stop = Stop()
        self.changed = threading.Condition()
        self.sections = 0


_processes = [_Process()]
# Both go with the context, so also into the threads that help.
_in_section: ContextVar[bool] = ContextVar("in_section", default=False)
_of_account: ContextVar[Stop | None] = ContextVar("of_account", default=None)


def of_process() -> Stop:
    """The flag that ends the whole process."""
    return _processes[0].stop


def renew() -> None:
    """For a process that has just begun, with what it has of its parent."""
    _processes[0] = _Process()


@contextlib.contextmanager
def also_by(flag: Stop) -> Iterator[None]:
    """What is done inside is stopped by this flag too."""
    token = _of_account.set(flag)
    try:
        yield
    finally:
        _of_account.reset(token)


def check() -> None:
    """Raises the reason when no call may begin."""
    of_process().check()
    own = _of_account.get()
    if own is not None:
        own.check()


@contextlib.contextmanager
def section() -> Iterator[None]:
    """What is done inside is not cut in two. After a stop none begins: its calls then fail like any other."""
    process, own = _processes[0], _of_account.get()
    with process.changed:
        begins = not (process.stop.is_set or (own is not None and own.is_set) or _in_section.get())
        process.sections += begins
    if not begins:
        yield
        return
    token = _in_section.set(True)
    try:
        yield
    finally:
        _in_section.reset(token)
        with process.changed:
            process.sections -= 1
            process.changed.notify_all()


def stop_process(reason: Exception, seconds: float = GRACE) -> bool:
    """Sets the process's flag, and waits until no section is under way. False when one still is after so many seconds."""
    process = _processes[0]
    with process.changed:
        process.stop.set(reason)
        return process.changed.wait_for(lambda: process.sections == 0, seconds)
