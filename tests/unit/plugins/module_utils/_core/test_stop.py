# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import stop
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side


class Ended(Exception):
    pass


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _fresh() -> None:
    stop.renew()


def test_nothing_begins_once_the_process_is_stopped() -> None:
    stop.check()
    assert stop.stop_process(Ended("the first reason"))
    stop.of_process().set(Ended("another one"))
    with pytest.raises(Ended, match="the first reason"):
        stop.check()


def test_a_section_that_has_begun_goes_on_and_is_waited_for() -> None:
    begun, done = threading.Event(), []

    def section() -> None:
        with stop.section():
            begun.set()
            threading.Event().wait(0.1)
            stop.check()
            done.append("created")

    thread = threading.Thread(target=section)
    thread.start()
    begun.wait(10)
    assert stop.stop_process(Ended(), 10)
    assert done == ["created"]
    thread.join()


def test_a_section_does_not_begin_after_the_stop() -> None:
    stop.of_process().set(Ended())
    with stop.section(), pytest.raises(Ended):
        stop.check()
    assert stop.stop_process(Ended(), 0)


def test_threads_that_help_in_a_section_are_in_it() -> None:
    barrier = threading.Barrier(2, timeout=10)

    def call(_item: int) -> str:
        barrier.wait()
        stop.check()
        return "sent"

    with stop.section():
        stop.of_process().set(Ended())
        assert side_by_side(call, [1, 2]) == ["sent", "sent"]


def test_a_section_has_so_many_seconds_and_no_more() -> None:
    clock = Clock()
    flag = stop.Stop(clock)
    with stop.also_by(flag), stop.section():
        flag.set(Ended())
        clock.now = stop.GRACE - 1
        stop.check()
        clock.now = stop.GRACE
        with pytest.raises(Ended):
            stop.check()


def test_one_that_does_not_end_is_not_waited_for_for_ever() -> None:
    with stop.section():
        assert not stop.stop_process(Ended(), 0.01)


def test_an_account_is_stopped_by_its_own_flag_and_no_other_is() -> None:
    mine, others = stop.Stop(), stop.Stop()
    mine.set(Ended())
    with stop.also_by(others):
        stop.check()
    with stop.also_by(mine), pytest.raises(Ended):
        stop.check()
    stop.check()
