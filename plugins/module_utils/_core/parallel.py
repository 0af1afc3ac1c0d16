# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Calls side by side, in threads of which a process has only so many, however the work is nested."""

from __future__ import annotations

import contextvars
import os
import threading
from collections import deque
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any
from typing import Callable
from typing import Generic
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Threads of a process that work at the same time, the one that asks among them. botocore keeps ten connections open.
SIDE_BY_SIDE = 8


class _Batch(Generic[Item, Answer]):
    """Items of one call of side_by_side. Whoever takes one does it; open counts those that are taken and not done."""

    def __init__(self, call: Callable[[Item], Answer], items: Sequence[Item]) -> None:
        self.call = call
        self.waiting: deque[tuple[int, Item]] = deque(enumerate(items))
        self.answers: list[Any] = [None] * len(items)
        self.errors: list[BaseException | None] = [None] * len(items)
        self.open = 0
        # What holds for who asked holds for who helps.
        self.context = contextvars.copy_context()

    def do(self, number: int, item: Item) -> None:
        self.answers[number] = self.call(item)


class _Pool:
    """The helpers of a process. Each takes items of the batch that is waiting longest, and ends when none has any."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._batches: list[_Batch[Any, Any]] = []
        self._helpers = 0

    def run(self, batch: _Batch[Any, Any]) -> None:
        """Does all of the batch, with whatever help there is. The caller works, too: so nested batches never wait for a helper."""
        with self._changed:
            self._batches.append(batch)
            wanted = min(len(batch.waiting) - 1, SIDE_BY_SIDE - 1 - self._helpers)
            self._helpers += max(wanted, 0)
        try:
            for _number in range(wanted):
                self._start_helper()
            while self._take_one(batch):
                pass
            with self._changed:
                self._changed.wait_for(lambda: not batch.open)
        finally:
            # Also when this thread is torn away from it: nothing of it begins any more.
            with self._changed:
                batch.waiting.clear()
                if batch in self._batches:
                    self._batches.remove(batch)

    def _start_helper(self) -> None:
        try:
            threading.Thread(target=self._help, name="side-by-side", daemon=True).start()
        except RuntimeError:
            # The system has no thread left: those that there are do it all.
            with self._changed:
                self._helpers -= 1

    def rest(self) -> None:
        """Waits until all helpers have ended, where nobody has work for them."""
        with self._changed:
            self._changed.wait_for(lambda: not self._helpers, 1)

    def _help(self) -> None:
        while True:
            with self._changed:
                batch = next((one for one in self._batches if one.waiting), None)
                if batch is None:
                    self._helpers -= 1
                    self._changed.notify_all()
                    return
            self._take_one(batch, helping=True)

    def _take_one(self, batch: _Batch[Any, Any], helping: bool = False) -> bool:
        """False when there is nothing to take."""
        with self._changed:
            if not batch.waiting:
                return False
            number, item = batch.waiting.popleft()
            batch.open += 1
        try:
            if helping:
                batch.context.copy().run(batch.do, number, item)
            else:
                batch.do(number, item)
        except BaseException as error:
            batch.errors[number] = error
            if not helping and not isinstance(error, Exception):
                raise
        finally:
            with self._changed:
                batch.open -= 1
                if batch.errors[number] is not None:
                    batch.waiting.clear()
                self._changed.notify_all()
        return True


_pools = [_Pool()]


def _renew() -> None:
    """A child has none of its parent's threads, and must not wait for their locks."""
    _pools[0] = _Pool()


os.register_at_fork(after_in_child=_renew)


def side_by_side(call: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """call(item) for every item, several at a time; answers in the items' order. The first error is raised.

    May be called by what is called: all calls of a process share its threads.
    """
    work = list(items)
    if len(work) < 2 or SIDE_BY_SIDE < 2:
        return [call(item) for item in work]
    batch = _Batch(call, work)
    _pools[0].run(batch)
    for error in batch.errors:
        if error is not None:
            raise error
    return list(batch.answers)


def rest() -> None:
    """For who is about to fork: no helper is left that could hold a lock."""
    _pools[0].rest()


def chunks(items: Sequence[Item], size: int) -> list[list[Item]]:
    """The items in order, in lists of size at most."""
    return [list(items[start : start + size]) for start in range(0, len(items), size)]
