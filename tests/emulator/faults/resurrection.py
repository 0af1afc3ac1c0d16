# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log groups that records in flight create again."""

from __future__ import annotations

from typing import Any

from ..behaviours import GoOn
from ..behaviours import around
from ..delivery import put_record
from ..errors import Answer
from ..flow_logs import CWL
from ..flow_logs import destination_of
from ..request import Request


class DeletedFlowLogs:
    """Flow logs that are no more, with when they were deleted, by account and region."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, str], list[tuple[float, Any]]] = {}


@around("ec2:DeleteFlowLogs", cites="3")
def deletion_is_remembered(request: Request, go_on: GoOn) -> Answer:
    """Records of a deleted flow log stay in flight for a while."""
    before = dict(request.ec2.flow_logs)
    answer = go_on()
    gone = [flow_log for flow_log_id, flow_log in before.items() if flow_log_id not in request.ec2.flow_logs]
    deleted = request.world.memory(DeletedFlowLogs).at.setdefault((request.account, request.region), [])
    deleted.extend((request.world.clock.now(), flow_log) for flow_log in gone)
    return answer


@around("logs:DeleteLogGroup", cites="3")
def records_in_flight_create_the_group_again(request: Request, go_on: GoOn) -> Answer:
    """A deleted log group comes back, without retention and tags, when the role may still create it."""
    answer = go_on()
    resurrection = request.world.scenario.resurrection
    if resurrection is None or answer[0] >= 400:
        return answer
    world, account, region = request.world, request.account, request.region
    flow_logs, name = request.ec2.flow_logs, request.arguments["logGroupName"]
    deleted = world.memory(DeletedFlowLogs).at.setdefault((account, region), [])

    def arrive() -> None:
        since = world.clock.now() - resurrection.within_seconds
        in_flight = [*flow_logs.values(), *(flow_log for at, flow_log in deleted if at >= since)]
        for flow_log in in_flight:
            if destination_of(flow_log) == (CWL, name) and put_record(world, account, region, flow_log):
                return

    world.later(resurrection.after_seconds, arrive)
    return answer
