# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The register of everything in which the emulator differs from moto, each with where AWS's behaviour is described.

A behaviour stands between the request and moto, faults outside of corrections. cites names sections of docs/aws-behaviour.md.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any
from typing import NamedTuple

from .errors import Answer
from .request import Request

GoOn = Callable[[], Answer]
Around = Callable[[Request, GoOn], Answer]


class Behaviour(NamedTuple):
    """operations are patterns of service:operation; summary is the first line of the function's docstring."""

    operations: tuple[str, ...]
    cites: str
    summary: str
    is_fault: bool
    around: Around


_REGISTER: list[Behaviour] = []
_CHAINS: dict[str, tuple[Behaviour, ...]] = {}


def around(*operations: str, cites: str) -> Callable[[Around], Around]:
    """Registers a function (request, go_on) that may do something before and after what comes next."""

    def register(function: Around) -> Around:
        _register(operations, cites, function, function)
        return function

    return register


def _register(operations: tuple[str, ...], cites: str, function: Callable[..., Any], stage: Around) -> None:
    summary = (function.__doc__ or "").strip().splitlines()[0]
    _REGISTER.append(Behaviour(operations, cites, summary, ".faults." in function.__module__, stage))
    _REGISTER.sort(key=lambda entry: not entry.is_fault)


def check(*operations: str, cites: str) -> Callable[[Callable[[Request], None]], Callable[[Request], None]]:
    """Registers a function that raises AwsError for what AWS refuses."""

    def register(function: Callable[[Request], None]) -> Callable[[Request], None]:
        def checked(request: Request, go_on: GoOn) -> Answer:
            function(request)
            return go_on()

        _register(operations, cites, function, checked)
        return function

    return register


def answers(*operations: str, cites: str) -> Callable[[Callable[[Request], Any]], Callable[[Request], Any]]:
    """Registers a function that answers in moto's place; it returns the answer's members."""

    def register(function: Callable[[Request], Any]) -> Callable[[Request], Any]:
        def answered(request: Request, _go_on: GoOn) -> Answer:
            return request.answer(function(request))

        _register(operations, cites, function, answered)
        return function

    return register


def registered() -> tuple[Behaviour, ...]:
    """All behaviours, outermost first."""
    return tuple(_REGISTER)


def carry_out(request: Request, moto: GoOn) -> Answer:
    """The answer to a request, through all behaviours that concern it and, unless one of them answers, moto."""
    name = request.call.name
    if name not in _CHAINS:
        _CHAINS[name] = tuple(
            entry for entry in _REGISTER if any(fnmatchcase(name, pattern) for pattern in entry.operations)
        )

    def step(index: int) -> Answer:
        if index == len(_CHAINS[name]):
            return moto()
        return _CHAINS[name][index].around(request, lambda: step(index + 1))

    return step(0)
