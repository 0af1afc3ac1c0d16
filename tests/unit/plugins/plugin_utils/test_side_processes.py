# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._side_processes import Broken
from ansible_collections.netops.flow_logs.plugins.plugin_utils._side_processes import Say
from ansible_collections.netops.flow_logs.plugins.plugin_utils._side_processes import side_by_side


def job(answer: object, seconds: float = 0) -> Callable[[Say], object]:
    def work(say: Say) -> object:
        time.sleep(seconds)
        say(f"{answer} by {os.getpid()}")
        return answer

    return work


def broken(_say: Say) -> object:
    raise ValueError("no such thing")


def killed(_say: Say) -> object:
    os._exit(7)


def test_answers_come_in_the_order_of_the_jobs() -> None:
    assert side_by_side([job("slow", 0.3), job("quick"), job("last")], 5, print) == ["slow", "quick", "last"]


def test_each_has_a_process_of_its_own_and_its_lines_are_heard_here() -> None:
    lines: list[str] = []
    side_by_side([job(number) for number in range(3)], 5, lines.append)
    processes = {line.split()[-1] for line in lines}
    assert len(processes) == 3
    assert str(os.getpid()) not in processes


def test_a_single_job_needs_none() -> None:
    lines: list[str] = []
    assert side_by_side([job("alone")], 5, lines.append) == ["alone"]
    assert lines == [f"alone by {os.getpid()}"]
    assert side_by_side([], 5, lines.append) == []


def test_what_breaks_in_a_single_job_breaks_there_too() -> None:
    [answer] = side_by_side([broken], 5, print)
    assert isinstance(answer, Broken)
    assert str(answer) == "ValueError: no such thing"
    assert "in broken" in answer.trace


@pytest.mark.parametrize("forks", [0, 1, 2])
def test_no_more_at_a_time_than_there_are_forks(forks: int) -> None:
    def during(_say: Say) -> tuple[float, float]:
        start = time.monotonic()
        time.sleep(0.1)
        return start, time.monotonic()

    times = side_by_side([during] * 4, forks, print)
    most = max(sum(start <= at < end for start, end in times) for at, _end in times)
    assert most <= max(forks, 1)


def test_one_that_breaks_stops_no_other() -> None:
    first, second, third = side_by_side([broken, job("whole"), killed], 5, print)
    assert second == "whole"
    assert isinstance(first, Broken)
    assert str(first) == "ValueError: no such thing"
    assert "in broken" in first.trace
    assert isinstance(third, Broken)
    assert str(third) == "its process ended with code 7"
