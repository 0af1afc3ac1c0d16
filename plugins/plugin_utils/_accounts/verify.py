# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Waiting for the records of a delivery, where the inventory asks for that."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.proof import Watch
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer

from .account import Account
from .module_stand_in import InProcessModule
from .outcomes import Returned
from .plans import DeliveryPlan


def verify(account: Account, delivery: DeliveryPlan, logs: dict[str, Any]) -> Returned | None:
    """Which of the delivery's flow logs deliver; logs is what flow_log returned. None where nobody wants to know.

    In check mode there is nothing new that could deliver.
    """
    # What failed has been told: a log group that could not be made gets no records.
    failed = {failure["resource_id"] for failure in logs.get("failures") or []}
    owners = {
        entry["flow_log_id"]: entry["resource_id"]
        for entry in logs["flow_logs"]
        if "flow_log_id" in entry and entry["resource_id"] not in failed
    }
    if delivery.verify_timeout is None or account.mode.check or not owners:
        return None
    timeout = delivery.verify_timeout

    def watch(module: InProcessModule) -> dict[str, Any]:
        watching = Watch(client(module, "ec2"), client(module, "logs"), lambda line: account.tell(delivery.label, line))
        return watching.until_proven(owners, timeout).as_result()

    return account.run_with_steps(lambda module: answer(module, lambda: watch(module)), delivery.flow_log, delivery.way)
