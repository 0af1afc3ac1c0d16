# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills a module between any two of its calls."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import Call
from ansible_collections.netops.flow_logs.tests.emulator import ConnectionDropped
from ansible_collections.netops.flow_logs.tests.robustness.support.children import Child
from ansible_collections.netops.flow_logs.tests.robustness.support.children import Children

# No module here makes as many calls that change something.
MOST_CALLS = 40


class _Killer:
    """Strikes at the number-th call that changes something: before or after it took effect."""

    def __init__(self, pid: int, number: int, moment: str) -> None:
        self.pid = pid
        self.number = number
        self.moment = moment
        self._lock = threading.Lock()
        self._arrived: list[Call] = []

    def __call__(self, call: Call, when: str) -> None:
        if not call.mutates:
            return
        with self._lock:
            if when == "before":
                self._arrived.append(call)
            if when != self.moment or self._arrived.index(call) + 1 != self.number:
                return
        os.kill(self.pid, signal.SIGKILL)
        raise ConnectionDropped


@contextmanager
def _alone(aws: AwsLike) -> Iterator[None]:
    """At the end, all requests that had been sent are answered: a dead client's too."""
    before = threading.active_count()
    yield
    aws.on_call = None
    for _try in range(5000):
        if threading.active_count() <= before:
            return
        threading.Event().wait(0.001)
    raise AssertionError("The emulator does not come to rest.")


def run_killed(aws: AwsLike, children: Children, name: str, options: Mapping[str, Any], number: int, moment: str) -> Child:
    """The module, killed at its number-th call that changes something if it makes so many."""
    with _alone(aws):
        child = children.prepare(name, options)
        aws.on_call = _Killer(child.pid, number, moment)
        child.open_gate()
        child.wait()
    return child
