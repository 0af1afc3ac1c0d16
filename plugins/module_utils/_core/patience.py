# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""How long an account may go without any answer from AWS, whichever calls wait for one."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Callable

from . import stop
from .bounds import OutOfBounds
from .bounds import seconds_of

# Seconds: three calls that are given up one after the other.
ACCOUNT_TIMEOUT = 900.0
# From the environment: the role sets it from flow_logs_account_timeout.
ACCOUNT_TIMEOUT_VARIABLE = "FLOW_LOGS_ACCOUNT_TIMEOUT"
# Calls that the message names before it only counts the others.
_NAMED = 5


class AccountTimeout(OutOfBounds):
    code = "AccountTimeout"


def account_timeout(environment: Mapping[str, str] | None = None) -> float:
    """Seconds without an answer. Raises InvalidInput when what the environment says is no such number."""
    given = (os.environ if environment is None else environment).get(ACCOUNT_TIMEOUT_VARIABLE, "")
    who = f"{ACCOUNT_TIMEOUT_VARIABLE} (flow_logs_account_timeout)"
    return seconds_of(given, ACCOUNT_TIMEOUT, who, "an account may go without any answer from AWS")


class Patience:
    """The time that calls of an account have waited since the last answer. What takes its time without a call does not count."""

    def __init__(self, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.stop = stop.Stop(clock)
        self._timeout = timeout
        self._clock = clock
        self._lock = threading.Lock()
        self._waited = 0.0
        self._since = 0.0
        # Calls that wait, by the threads that make them, and all that have waited since the last answer.
        self._waiting: dict[int, str] = {}
        self._unanswered: dict[str, None] = {}

    def sent(self, name: str) -> None:
        """This thread waits for an answer to a call. One that it sends again goes on waiting."""
        with self._lock:
            self._count()
            self._waiting[threading.get_ident()] = name
            self._unanswered[name] = None

    def answered(self) -> None:
        with self._lock:
            self._count()
            self._waited = 0.0
            self._waiting.pop(threading.get_ident(), None)
            self._unanswered = dict.fromkeys(self._waiting.values())

    def ended(self) -> None:
        """The call of this thread is over, with an answer or without."""
        with self._lock:
            self._count()
            self._waiting.pop(threading.get_ident(), None)

    def look(self) -> None:
        """Stops the account when its calls have waited for too long."""
        with self._lock:
            self._count()
            if self._waited < self._timeout or not self._waiting:
                return
            names = list(self._unanswered)
        self.stop.set(AccountTimeout(_message(self._timeout, names)))

    def _count(self) -> None:
        now = self._clock()
        if self._waiting:
            self._waited += now - self._since
        self._since = now


def _message(timeout: float, names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"No answer from AWS for this account came within {timeout:g} seconds, so nothing more was sent for it. Waited for:"
        f" {', '.join(names[:_NAMED])}{more}."
    )


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)


def current() -> Patience | None:
    """That of the account that is being worked on, None where nobody set one."""
    return _current.get()


@contextlib.contextmanager
def with_patience(patience: Patience) -> Iterator[None]:
    """The calls made inside are those of one account."""
    token = _current.set(patience)
    try:
        with stop.also_by(patience.stop):
            yield
    finally:
        _current.reset(token)


def check() -> None:
    """Raises AccountTimeout, or why the process ends, when nothing more may be sent or waited for."""
    patience = _current.get()
    if patience is not None:
        patience.look()
    stop.check()
