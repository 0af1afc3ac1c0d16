# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that break, and services that fail themselves, before or after the call took effect."""

from __future__ import annotations

from ..behaviours import GoOn
from ..behaviours import around
from ..errors import Answer
from ..errors import ConnectionDropped
from ..errors import broken
from ..request import Request
from ..scenario import Break


@around("*", cites="7.3")
def connection_breaks(request: Request, go_on: GoOn) -> Answer:
    """The answer is lost, or HTTP 500; the call may have taken effect."""
    if request.call.by_test:
        return go_on()
    breaks = [entry for entry in request.world.scenario.breaks if entry.strikes(request.call, request.world.random)]
    _fail(request, [entry for entry in breaks if entry.when == "before"])
    answer = go_on()
    if answer[0] < 400:
        _fail(request, breaks)
    return answer


def _fail(request: Request, breaks: list[Break]) -> None:
    for entry in breaks:
        if entry.how == "drop":
            raise ConnectionDropped
        raise broken(request.call.service)
