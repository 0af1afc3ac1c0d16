# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Accounts side by side, each in a process of its own, as many at a time as Ansible has forks.

A process of its own, because reading AWS's answers keeps a processor busy, and so that what breaks in one account breaks there.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import traceback
from collections import deque
from multiprocessing.connection import Connection
from multiprocessing.connection import wait
from typing import Any
from typing import Callable
from typing import Deque
from typing import Dict
from typing import List
from typing import Optional
from typing import Sequence
from typing import Tuple

from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember_surroundings
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import without_secrets

Say = Callable[[str], None]
# What a child sends: a line to tell, its answer, or what broke it.
_TOLD, _ANSWER, _BROKEN = "told", "answer", "broken"


class Broken(Exception):
    """A process ended without an answer; the message says how, and trace where in the program."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


def side_by_side(jobs: Sequence[Callable[[Say], Any]], forks: int, say: Say) -> List[Any]:
    """The jobs' answers in their order, Broken in place of one that has none. A single job needs no process."""
    if len(jobs) < 2:
        return [_alone(job, say) for job in jobs]
    answers: List[Any] = [None] * len(jobs)
    waiting: Deque[Tuple[int, Callable[[Say], Any]]] = deque(enumerate(jobs))
    running: Dict[Connection, Tuple[int, Any]] = {}
    context = multiprocessing.get_context("fork")
    while waiting or running:
        while waiting and len(running) < max(1, forks):
            number, job = waiting.popleft()
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_child, args=(job, there))
            process.start()
            there.close()
            running[here] = (number, process)
        for ready in wait(list(running)):
            pipe = next(known for known in running if known is ready)
            number, process = running[pipe]
            try:
                kind, content = pipe.recv()
            except EOFError:
                process.join()
                kind, content = _BROKEN, (f"its process ended with code {process.exitcode}", "")
            if kind == _TOLD:
                say(content)
                continue
            answers[number] = Broken(*content) if kind == _BROKEN else content
            process.join()
            pipe.close()
            del running[pipe]
    return answers


def _alone(job: Callable[[Say], Any], say: Say) -> Any:
    answer = _Alone()
    with answer:
        answer.content = job(say)
    return answer.content


class _Alone:
    """The answer of a job in this process: whatever error it ends with has to end there."""

    content: Any = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: Optional[BaseException], _trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        self.content = Broken(*_described(error))
        return True


def _described(error: BaseException) -> Tuple[str, str]:
    """What broke, and where in the program. Variables are not in a trace, texts of errors are."""
    remember_surroundings()
    return without_secrets(f"{type(error).__name__}: {error}"), without_secrets(traceback.format_exc())


def _child(job: Callable[[Say], Any], pipe: Connection) -> None:
    """Never returns into what the parent was doing."""
    lock = threading.Lock()

    def send(kind: str, content: Any) -> None:
        with lock:
            pipe.send((kind, content))

    try:
        send(_ANSWER, job(lambda line: send(_TOLD, line)))
    except BaseException as error:
        send(_BROKEN, _described(error))
        raise  # no further than the end below: the parent tells it
    finally:
        pipe.close()
        os._exit(0)
