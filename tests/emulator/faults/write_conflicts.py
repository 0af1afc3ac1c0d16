# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two writes on one log group at a time."""

from __future__ import annotations

from ..behaviours import check
from ..errors import AwsError
from ..log_group_names import group_meant
from ..named_scenarios import ABORTED
from ..request import Request


class LastWrites:
    """When each log group was last written."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, str, str], float] = {}


@check("logs:*", cites="6.1")
def writes_on_one_group_collide(request: Request) -> None:
    """A second write on a log group within the conflict window is aborted."""
    window = request.world.scenario.conflict_window_ms / 1000
    name = group_meant(request.arguments)
    if not window or not request.call.mutates or not name or request.call.by_test:
        return
    last_writes, now = request.world.memory(LastWrites).at, request.world.clock.now()
    key = (request.account, request.region, name)
    if now - last_writes.get(key, float("-inf")) < window:
        raise AwsError("OperationAbortedException", ABORTED)
    last_writes[key] = now
