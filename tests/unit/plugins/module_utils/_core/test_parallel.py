# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextvars
import os
import threading

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import SIDE_BY_SIDE
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import chunks
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import rest
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side


@pytest.mark.parametrize(
    ("items", "parts"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([1], [[1]], id="less than a part"),
        pytest.param([1, 2], [[1, 2]], id="one part"),
        pytest.param([1, 2, 3, 4, 5], [[1, 2], [3, 4], [5]], id="some parts and a rest"),
    ],
)
def test_chunks_of_two(items: list[int], parts: list[list[int]]) -> None:
    assert chunks(items, 2) == parts


def test_calls_side_by_side_overlap_and_answer_in_order() -> None:
    both_are_there = threading.Barrier(2, timeout=10)

    def call(item: int) -> int:
        both_are_there.wait()
        return item * 10

    assert side_by_side(call, [1, 2]) == [10, 20]


def test_no_more_calls_overlap_than_are_allowed() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def call(item: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.002)
        with lock:
            now[0] -= 1

    side_by_side(call, range(50))

    assert 1 < most[0] <= SIDE_BY_SIDE


def test_the_first_error_of_calls_side_by_side_is_raised() -> None:
    def call(item: int) -> int:
        if item > 1:
            raise ValueError(item)
        return item

    with pytest.raises(ValueError, match="2"):
        side_by_side(call, [1, 2, 3])


class Crowd:
    """How many are at work at the same time, and how many threads that takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.most_threads = 0

    def work(self, item: int) -> int:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.most_threads = max(self.most_threads, threading.active_count())
        threading.Event().wait(0.005)
        with self._lock:
            self._now -= 1
        return item


def test_eight_projects_of_many_log_groups_share_the_threads_of_one() -> None:
    rest()
    before, crowd = threading.active_count(), Crowd()

    def project(number: int) -> list[int]:
        return side_by_side(crowd.work, range(number, number + 20))

    assert side_by_side(project, range(8)) == [list(range(number, number + 20)) for number in range(8)]
    assert 4 < crowd.most <= SIDE_BY_SIDE
    assert crowd.most_threads < before + SIDE_BY_SIDE


def test_however_deep_it_is_nested_nobody_waits_for_a_thread() -> None:
    def nested(depth: int) -> int:
        return 1 if depth == 0 else sum(side_by_side(nested, [depth - 1] * 4))

    assert nested(5) == 4**5


def test_who_is_left_alone_with_much_work_gets_the_threads_of_the_others() -> None:
    crowd = Crowd()

    def project(number: int) -> int:
        if number:
            return 1
        # The others' threads have nothing to do when the large one begins.
        threading.Event().wait(0.1)
        return len(side_by_side(crowd.work, range(100)))

    assert sum(side_by_side(project, range(SIDE_BY_SIDE))) == 100 + SIDE_BY_SIDE - 1
    assert crowd.most > SIDE_BY_SIDE // 2


def test_after_an_error_nothing_further_begins_and_what_runs_ends_first() -> None:
    started: list[int] = []

    def call(item: int) -> None:
        started.append(item)
        if item == 0:
            raise ValueError(item)
        threading.Event().wait(0.05)

    with pytest.raises(ValueError, match="0"):
        side_by_side(call, range(100))
    begun = len(started)
    assert begun < 50
    rest()
    assert len(started) == begun


def test_who_is_torn_away_leaves_nothing_that_goes_on_to_begin() -> None:
    started: list[int] = []

    def call(item: int) -> None:
        started.append(item)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        threading.Event().wait(0.02)

    with pytest.raises(KeyboardInterrupt):
        side_by_side(call, range(1000))
    rest()
    begun = len(started)
    threading.Event().wait(0.1)
    assert (len(started), begun < 100) == (begun, True)


def test_what_holds_for_who_asks_holds_for_who_helps() -> None:
    whose: contextvars.ContextVar[str] = contextvars.ContextVar("whose", default="nobody's")
    whose.set("ours")
    barrier = threading.Barrier(2, timeout=10)

    def call(_item: int) -> str:
        barrier.wait()
        return whose.get()

    assert side_by_side(call, [1, 2]) == ["ours", "ours"]


def test_a_fork_in_the_midst_of_it_has_threads_of_its_own() -> None:
    def child() -> int:
        pid = os.fork()
        if pid == 0:
            os._exit(0 if side_by_side(lambda item: item, range(20)) == list(range(20)) else 1)
        return os.waitpid(pid, 0)[1]

    assert child() == 0


def test_a_system_without_threads_does_it_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert side_by_side(lambda item: item + 1, [1, 2, 3]) == [2, 3, 4]
