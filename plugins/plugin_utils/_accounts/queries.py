# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The saved queries of one account: after its deliveries, folder by folder."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.work import InsightsQueriesRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.work import InsightsQueriesWork
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import SharedNames

from .account import Account
from .outcomes import DeliveryOutcome
from .outcomes import QueriesOutcome
from .outcomes import Returned
from .plans import DeliveryPlan
from .plans import QueriesPlan


def save_queries(
    account: Account, names: SharedNames, delivered: Sequence[DeliveryOutcome]
) -> list[QueriesOutcome]:
    """Queries for the log groups of all targets that have one."""
    without = {target for outcome in delivered for target in _without_group(outcome)}
    return _each_folder(account, names, InsightsQueriesWork, without)


def _without_group(outcome: DeliveryOutcome) -> list[str]:
    """All targets of a delivery that failed, and those that do not exist: the delivery has told of them."""
    if outcome.error or outcome.log_groups is None:
        return list(outcome.hosts)
    return [failure.resource_id for failure in outcome.log_groups.failures]


def remove_queries(
    account: Account, names: SharedNames, deliveries: Sequence[DeliveryPlan], groups: Mapping[int, Returned]
) -> list[QueriesOutcome]:
    """Takes the log groups that were deleted out of the queries. groups: number of a delivery -> what log_group returned."""
    kept = {
        target
        for number, delivery in enumerate(deliveries)
        for target in _kept(delivery, groups[number].result.get("log_groups") if number in groups else None)
    }
    return _each_folder(account, names, InsightsQueriesRemovalWork, kept)


def _kept(delivery: DeliveryPlan, entries: list[dict[str, Any]] | None) -> list[str]:
    """The targets whose log groups are still there."""
    if entries is None:
        return list(delivery.hosts)
    return [target for entry in entries if entry["action"] != "deleted" for target in entry["resource_ids"]]


def _each_folder(
    account: Account, names: SharedNames, work: type[InsightsQueriesWork], without: AbstractSet[str]
) -> list[QueriesOutcome]:
    def do(plan: QueriesPlan) -> list[QueriesOutcome]:
        targets = [target for target in plan.options["resource_ids"] if target not in without]
        if not targets or plan.way in account.closed:
            return []
        queries = account.converge(
            lambda module: work(module, names), plan.options, plan.way, plan.label, resource_ids=targets
        )
        if "queries" not in queries.result:
            return [QueriesOutcome(account.name, queries, plan.label, plan.number)]
        account.tell_done(plan.label, queries.result["queries"], "query definition")
        return [QueriesOutcome(account.name, None, plan.label, plan.number, queries.in_short())]

    return [outcome for outcomes in side_by_side(do, account.plan.queries) for outcome in outcomes]
