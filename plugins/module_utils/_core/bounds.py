# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Bounds of what an endpoint may cost: time of a call in all, size of an answer, pages of a listing."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable

try:
    from botocore.exceptions import BotoCoreError
except ImportError:
    # AnsibleAWSModule says that the SDK is missing.
    BotoCoreError = Exception

from .errors import InvalidInput

# Seconds for a call in all, its retries included. Throttling is over in two minutes; AWS itself answers within one.
CALL_TIMEOUT = 300.0
# The same, from the environment: the role sets it from flow_logs_call_timeout.
TIMEOUT_VARIABLE = "FLOW_LOGS_CALL_TIMEOUT"
# Bytes of an answer, headers included. The largest known are pages of ListRoles with a thousand documents: 4 MB.
LARGEST_ANSWER = 32 * 1024 * 1024
# Pages of a listing: with 50 entries, the smallest pages of any listing here, half a million.
MOST_PAGES = 10_000

CALL_TIMEOUT_CODE = "CallTimeout"


class OutOfBounds(BotoCoreError):
    """A call that was given up. Looks like an answer of AWS's with an error code, so that it is reported in the same way."""

    code = ""
    fmt = "{message}"

    def __init__(self, message: str) -> None:
        super().__init__(message=message)
        self.response: dict[str, dict[str, str]] = {"Error": {"Code": self.code, "Message": message}}


class CallTimeout(OutOfBounds):
    code = CALL_TIMEOUT_CODE


class AnswerTooLarge(OutOfBounds):
    code = "AnswerTooLarge"


class EndlessListing(OutOfBounds):
    code = "EndlessListing"


@dataclass
class Call:
    """A call that is being made, with all its retries. given_up: why nothing more is read or sent for it."""

    timeout: float
    clock: Callable[[], float] = time.monotonic
    given_up: OutOfBounds | None = None
    # Which call it is, once the first try is sent.
    name: str = "the call"
    was_sent: bool = False
    # The SDK's own call, which nobody repeats: it ends the clock itself.
    ends_with_its_try: bool = False
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = self.clock() + self.timeout

    def left(self) -> float:
        return self._end - self.clock()

    def check(self) -> None:
        """Raises OutOfBounds when nothing more may be done for the call."""
        if self.given_up is None and self.left() <= 0:
            self.given_up = CallTimeout(
                f"No complete answer to {self.name} came within {self.timeout:g} seconds, retries included."
            )
        if self.given_up is not None:
            raise self.given_up

    def too_large(self) -> OutOfBounds:
        """The error for an answer beyond LARGEST_ANSWER."""
        self.given_up = AnswerTooLarge(f"The answer to {self.name} is larger than {LARGEST_ANSWER // 1024 // 1024} MiB.")
        return self.given_up


class _OfThisThread(threading.local):
    call: Call | None = None


_here = _OfThisThread()


def call_timeout(environment: Mapping[str, str] | None = None) -> float:
    """Seconds for a call. Raises InvalidInput when what the environment says is no such number."""
    given = (os.environ if environment is None else environment).get(TIMEOUT_VARIABLE, "")
    who = f"{TIMEOUT_VARIABLE} (flow_logs_call_timeout)"
    return seconds_of(given, CALL_TIMEOUT, who, "a call to AWS may take in all")


def seconds_of(given: str, default: float, who: str, what: str) -> float:
    """A time limit as the environment says it. Raises InvalidInput when it is no such number."""
    if not given.strip():
        return default
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise InvalidInput(f"{who} is {given.strip()!r}: give the number of seconds that {what}, more than 0.")
    return seconds


def current_call() -> Call | None:
    """The call that this thread is making."""
    return _here.call


def begin_call() -> bool:
    """Starts the clock for a call of this thread; False when it already runs for a call that has retries."""
    if _here.call is not None:
        return False
    _here.call = Call(call_timeout())
    return True


def end_call() -> None:
    _here.call = None


@contextlib.contextmanager
def one_call() -> Iterator[Call]:
    """What is done inside counts as one call to AWS, and shares its time."""
    mine = begin_call()
    call = _here.call or Call(call_timeout())
    try:
        yield call
    finally:
        if mine:
            end_call()


class Pages:
    """The continuation marks of a listing."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: set[Any] = set()

    def check(self, mark: Any) -> None:
        """Raises EndlessListing when the listing was there already, or has more pages than any account could fill."""
        if mark in self._seen:
            raise EndlessListing(f"{self._what} repeats a page: its answers would never end.")
        self._seen.add(mark)
        if len(self._seen) >= MOST_PAGES:
            raise EndlessListing(f"{self._what} has more than {MOST_PAGES} pages.")
