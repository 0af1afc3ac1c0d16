# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import stop
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import Broken
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import Orphaned
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import Say
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import in_processes


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
    assert in_processes([job("slow", 0.3), job("quick"), job("last")], 5, print) == ["slow", "quick", "last"]


def test_each_has_a_process_of_its_own_and_its_lines_are_heard_here() -> None:
    lines: list[str] = []
    in_processes([job(number) for number in range(3)], 5, lines.append)
    processes = {line.split()[-1] for line in lines}
    assert len(processes) == 3
    assert str(os.getpid()) not in processes


def test_a_single_job_has_one_too() -> None:
    lines: list[str] = []
    assert in_processes([job("alone")], 5, lines.append) == ["alone"]
    assert lines[0].startswith("alone by ") and lines != [f"alone by {os.getpid()}"]
    assert in_processes([], 5, lines.append) == []


@pytest.mark.parametrize("forks", [0, 1, 2])
def test_no_more_at_a_time_than_there_are_forks(forks: int) -> None:
    def during(_say: Say) -> tuple[float, float]:
        start = time.monotonic()
        time.sleep(0.1)
        return start, time.monotonic()

    times = in_processes([during] * 4, forks, print)
    most = max(sum(start <= at < end for start, end in times) for at, _end in times)
    assert most <= max(forks, 1)


def test_one_that_breaks_stops_no_other() -> None:
    first, second, third = in_processes([broken, job("whole"), killed], 5, print)
    assert second == "whole"
    assert isinstance(first, Broken)
    assert str(first) == "ValueError: no such thing"
    assert "in broken" in first.trace
    assert isinstance(third, Broken)
    assert str(third) == "its process ended with code 7"


class Unreadable:
    """Arrives, and can't be made anything of."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return int, ("no number",)


def partly(say: Say) -> object:
    """Ends in the middle of what it sends, as one that the system kills for its memory does."""
    write = os.write

    def a_part(descriptor: int, content: bytes) -> NoReturn:
        write(descriptor, content[:3])
        os._exit(7)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vars(Connection)["_send"], "__defaults__", (a_part,))
        say("a line")
    return None


def test_an_answer_that_arrives_in_part_or_unreadable_stops_no_other() -> None:
    def unreadable(_say: Say) -> object:
        return Unreadable()

    first, second, third = in_processes([partly, unreadable, job("whole", 0.5)], 5, print)
    assert isinstance(first, Broken)
    assert str(first) == "its process ended with code 7"
    assert isinstance(second, Broken)
    assert "no number" in str(second)
    assert third == "whole"


# Ways out. A job that works on until it is ended, and a worker of ansible-playbook that has two of these.


class Site:
    """Where jobs leave a trace of each of their steps."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "steps"
        self.path.touch()

    def step(self, what: str) -> None:
        with self.path.open("a") as file:
            file.write(f"{os.getpid()} {what}\n")

    def steps(self) -> list[list[str]]:
        return [line.split() for line in self.path.read_text().splitlines()]

    def until(self, count: int, what: str) -> set[int]:
        """The processes that have made such a step, once they are so many."""
        end = time.monotonic() + 20
        while len(found := {int(pid) for pid, name in self.steps() if name == what}) < count:
            assert time.monotonic() < end, self.steps()
            time.sleep(0.01)
        return found

    def endless(self, _say: Say) -> None:
        while True:
            stop.check()
            self.step("call")
            time.sleep(0.02)

    def replacing(self, _say: Say) -> None:
        with stop.section():
            self.step("delete")
            time.sleep(0.5)
            stop.check()
            self.step("create")
        self.endless(_say)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Torn(BaseException):
    """As a task's timeout is, which is no Exception."""


def _tear(_number: int, _frame: object) -> None:
    raise Torn


def worker(job: Callable[[Say], object]) -> None:
    signal.signal(signal.SIGALRM, _tear)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(Torn, KeyboardInterrupt):
        in_processes([job, job], 5, print)


def playbook(job: Callable[[Say], object], file: Path) -> None:
    # A shell has what it runs in the background ignore these.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    process = multiprocessing.get_context("fork").Process(target=worker, args=(job,))
    process.start()
    file.write_text(str(process.pid))
    process.join()


CHILDREN = {"child terminated": signal.SIGTERM, "child told to quit": signal.SIGQUIT}


class Run:
    """ansible-playbook, its worker, and the worker's children."""

    def __init__(self, job: Callable[[Say], object], directory: Path) -> None:
        file = directory / "worker"
        self.playbook = multiprocessing.get_context("fork").Process(target=playbook, args=(job, file))
        self.playbook.start()
        end = time.monotonic() + 20
        while not (file.exists() and file.read_text()):
            assert time.monotonic() < end
            time.sleep(0.01)
        self.worker = int(file.read_text())

    def end_by(self, way: str, children: set[int]) -> None:
        if way == "playbook killed":
            self.playbook.kill()
        elif way in CHILDREN:
            for pid in children:
                os.kill(pid, CHILDREN[way])
        elif way == "hung up":
            # A terminal tells all that it started.
            for told in filter(None, (self.playbook.pid, self.worker, *children)):
                os.kill(told, signal.SIGHUP)
        else:
            signals = {"timeout": signal.SIGALRM, "interrupted": signal.SIGINT, "terminated": signal.SIGTERM}
            os.kill(self.worker, signals.get(way, signal.SIGKILL))

    def clean(self, children: set[int]) -> None:
        self.playbook.kill()
        self.playbook.join()
        for pid in (self.worker, *children):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


WAYS = ["timeout", "interrupted", "terminated", "killed", "playbook killed", "hung up", *CHILDREN]


def gone(pids: set[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while any(is_there(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("way", WAYS)
def test_whichever_way_the_run_ends_no_child_goes_on(way: str, tmp_path: Path) -> None:
    site = Site(tmp_path)
    run = Run(site.endless, tmp_path)
    children = site.until(2, "call")
    try:
        run.end_by(way, children)
        assert gone({*children, run.worker}, 5)
        made = len(site.steps())
        time.sleep(0.2)
        assert len(site.steps()) == made
    finally:
        run.clean(children)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_deleted_is_created_again_and_nothing_further_begins(way: str, tmp_path: Path) -> None:
    site = Site(tmp_path)
    run = Run(site.replacing, tmp_path)
    children = site.until(2, "delete")
    try:
        run.end_by(way, children)
        assert gone({*children, run.worker}, 5)
        made = site.steps()
        assert sorted(what for _pid, what in made) == ["create", "create", "delete", "delete"]
    finally:
        run.clean(children)


def test_what_is_run_by_nohup_goes_on_when_the_terminal_ends() -> None:
    def hung_up(_say: Say) -> object:
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(0.5)
        return "whole"

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert in_processes([hung_up], 5, print) == ["whole"]
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_worker_whose_playbook_is_gone_already_starts_none(tmp_path: Path) -> None:
    site = Site(tmp_path)

    def orphan() -> None:
        playbook = os.getppid()
        os.kill(playbook, signal.SIGKILL)
        while os.getppid() == playbook:
            time.sleep(0.01)
        try:
            in_processes([site.endless], 5, print)
        except Orphaned:
            site.step("Orphaned")

    def parent() -> None:
        process = multiprocessing.get_context("fork").Process(target=orphan)
        process.start()
        process.join()

    process = multiprocessing.get_context("fork").Process(target=parent)
    process.start()
    process.join()
    site.until(1, "Orphaned")
    assert [what for _pid, what in site.steps()] == ["Orphaned"]
