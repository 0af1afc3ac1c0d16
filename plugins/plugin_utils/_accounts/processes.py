# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Accounts side by side, each in a process of its own, as many at a time as Ansible has forks.

A process of its own, because reading AWS's answers keeps a processor busy, and so that what breaks in one account breaks there. None
outlives the run. How the parent ends does not matter, as nobody has to tell its children: they read from a pipe that nobody writes
to, which ends with the parent. The end of ansible-playbook, the parent's own parent, shows in the same way. Other workers of Ansible may
hold that pipe's other end, so the parent also looks whether it still has the same parent.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.connection import wait
from typing import Any
from typing import Callable
from typing import NoReturn

from ansible_collections.netops.flow_logs.plugins.module_utils._core import parallel
from ansible_collections.netops.flow_logs.plugins.module_utils._core import stop
from ansible_collections.netops.flow_logs.plugins.module_utils._core.bounds import OutOfBounds
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember_surroundings
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import without_secrets

Say = Callable[[str], None]
Job = Callable[[Say], Any]
# What a child sends: a line to tell, its answer, or what broke it.
_TOLD, _ANSWER, _BROKEN = "told", "answer", "broken"
# What comes of an answer that is sent and can't be put together again.
_UNREADABLE = (pickle.UnpicklingError, AttributeError, ImportError, LookupError, TypeError, ValueError)
# Seconds between two looks at whether ansible-playbook is still there.
_LOOK = 0.2
# Seconds that a child has to end, beyond those of what it must not leave half done.
_END = 2.0
# What ends a process by default and can be waited for: from a terminal, its end, or a supervisor.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
# Whoever runs something by nohup wants it to go on.
_MAY_BE_IGNORED = (signal.SIGHUP, signal.SIGQUIT)


class Broken(Exception):
    """A process ended without an answer; the message says how, and trace where in the program."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


class Orphaned(Exception):
    """ansible-playbook has ended, so nobody waits for the answers."""


class RunEnded(OutOfBounds):
    code = "RunEnded"


def in_processes(jobs: Sequence[Job], forks: int, say: Say) -> list[Any]:
    """The jobs' answers in their order, Broken in place of one that has none. However this ends, no child goes on.

    Raises Orphaned.
    """
    children = _Children()
    answers: list[Any] = [None] * len(jobs)
    waiting: deque[tuple[int, Job]] = deque(enumerate(jobs))
    parallel.rest()
    # Nobody collects what is there by now: looking at it would make a child's own copy of it, page by page.
    gc.freeze()
    try:
        while waiting or children.running:
            children.require_parent()
            while waiting and len(children.running) < max(1, forks):
                children.start(*waiting.popleft())
            for number, kind, content in children.heard():
                if kind == _TOLD:
                    say(content)
                else:
                    answers[number] = Broken(*content) if kind == _BROKEN else content
    finally:
        children.end()
    return answers


class _Children:
    """running: pipe from a child -> the number of its job, and its process."""

    def __init__(self) -> None:
        self.running: dict[Connection, tuple[int, Any]] = {}
        # As it was when this process began: by now it may be another one.
        parent = multiprocessing.parent_process()
        self._parent = (parent and parent.pid) or os.getppid()
        self._context = multiprocessing.get_context("fork")
        # Nobody writes: its end is the message.
        self._alive, self._kept = os.pipe()
        self._ends = [self._alive, *([parent.sentinel] if parent else [])]

    def require_parent(self) -> None:
        if os.getppid() != self._parent:
            raise Orphaned("ansible-playbook has ended")

    def start(self, number: int, job: Job) -> None:
        here, there = self._context.Pipe(duplex=False)
        # daemon: should all else fail, multiprocessing ends it with its parent.
        process = self._context.Process(target=_child, args=(job, there, self._ends, self._kept), daemon=True)
        with _without_signals():
            process.start()
            self.running[here] = (number, process)
        there.close()

    def heard(self) -> Iterator[tuple[int, str, Any]]:
        """Job, kind and content of what children have sent, as soon as one has, or nothing after a while."""
        ready = wait([*self.running, *self._ends], timeout=_LOOK)
        if any(end in ready for end in self._ends):
            raise Orphaned("ansible-playbook has ended")
        for pipe in [known for known in self.running if known in ready]:
            number, process = self.running[pipe]
            try:
                kind, content = pipe.recv()
            except (EOFError, OSError):
                # OSError: it ended in the middle of what it sent.
                process.join()
                kind, content = _BROKEN, (f"its process ended with code {process.exitcode}", "")
            except _UNREADABLE as error:
                # It was sent, and can't be made anything of here.
                kind, content = _BROKEN, _described(error)
            if kind != _TOLD:
                process.join()
                pipe.close()
                del self.running[pipe]
            yield number, kind, content

    def end(self) -> None:
        """Ends those that are left, each with what it must not leave half done."""
        os.close(self._kept)
        os.close(self._alive)
        # All at the same time, as they end side by side.
        end = time.monotonic() + stop.GRACE + _END
        for _number, process in self.running.values():
            process.join(max(0.0, end - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


@contextlib.contextmanager
def _without_signals() -> Iterator[None]:
    """A child never has the worker's handlers, which speak of the worker, and a parent never a child that it does not know of."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _described(error: BaseException) -> tuple[str, str]:
    """What broke, and where in the program. Variables are not in a trace, texts of errors are."""
    remember_surroundings()
    return without_secrets(f"{type(error).__name__}: {error}"), without_secrets(traceback.format_exc())


class _Voice:
    """Tells the parent lines, and how it ended: whatever error ends the work inside ends there."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def send(self, kind: str, content: Any) -> None:
        with self._lock:
            self._pipe.send((kind, content))

    def say(self, line: str) -> None:
        self.send(_TOLD, line)

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if error is not None:
            # A parent that is gone hears nothing.
            with contextlib.suppress(OSError):
                self.send(_BROKEN, _described(error))
        return True


def _child(job: Job, pipe: Connection, ends: Sequence[int], kept: int) -> NoReturn:
    """Never returns into what the parent was doing."""
    voice = _Voice(pipe)
    with voice:
        os.close(kept)
        stop.renew()
        _watch(ends)
        voice.send(_ANSWER, job(voice.say))
    _end(0)


def _watch(ends: Sequence[int]) -> None:
    """From now on this process ends when one of these pipes does, or by a signal, in the same way."""
    signalled, by_signal = os.pipe()
    os.set_blocking(by_signal, False)
    # The C code of Python writes there, whatever the main thread is busy with.
    signal.set_wakeup_fd(by_signal, warn_on_full_buffer=False)
    for number in _SIGNALS:
        if number not in _MAY_BE_IGNORED or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _nothing)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    threading.Thread(target=_end_with, args=([*ends, signalled],), name="end-with-parent", daemon=True).start()


def _nothing(_number: int, _frame: object) -> None:
    """The other end of the pipe acts."""


def _end_with(ends: Sequence[int]) -> None:
    wait(ends)
    _end(1)


def _end(code: int) -> NoReturn:
    """Lets nothing new begin, and leaves nothing half done."""
    stop.stop_process(RunEnded("The run has ended, so nothing more is sent."))
    os._exit(code)
