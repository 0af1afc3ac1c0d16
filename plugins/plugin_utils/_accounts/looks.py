# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Log groups and flow logs of all deliveries, read while IAM is at work: a run is as long as the calls that wait for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.work import FlowLogWork
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import LogGroup
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.work import LogGroupWork
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import SharedNames

from .account import Account
from .module_stand_in import InProcessModule
from .plans import DeliveryPlan


@dataclass(frozen=True)
class Look:
    """What a delivery has. None where that could not be read: the work reads it again then, and reports why not."""

    groups: dict[str, LogGroup] | None = None
    logs: list[FlowLog] | None = None


def look_at_all(account: Account, deliveries: Sequence[DeliveryPlan], names: SharedNames) -> dict[int, Look]:
    """By the deliveries' numbers. Names must have been read before. Never fails."""
    parts: dict[str, Callable[[InProcessModule], Any]] = {"groups": partial(_groups, names), "logs": partial(_logs, names)}
    kinds = [(delivery, part) for delivery in deliveries for part in parts]
    found: dict[int, dict[str, Any]] = {}
    for (delivery, part), seen in zip(kinds, side_by_side(lambda kind: _read(account, kind[0], kind[1], parts[kind[1]]), kinds)):
        found.setdefault(delivery.number, {})[part] = seen
    return {number: Look(**seen) for number, seen in found.items()}


def _groups(names: SharedNames, module: InProcessModule) -> dict[str, LogGroup]:
    return LogGroupWork(module, names).observe()


def _logs(names: SharedNames, module: InProcessModule) -> list[FlowLog]:
    return FlowLogWork(module, names).observe()


def _read(account: Account, delivery: DeliveryPlan, part: str, observe: Callable[[InProcessModule], Any]) -> Any:
    options = delivery.log_group if part == "groups" else delivery.flow_log
    found = account.run_with_steps(
        lambda module: answer(module, lambda: {"seen": observe(module)}), options, delivery.way, delivery.label
    )
    return found.result.get("seen")
