# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""One account's removal, in the order that keeps records and brings nothing back.

Flow logs first; then the role and policy when asked for, otherwise a look at whether anything still uses them; log groups
last and only when asked for, as their records go with them, and with them the queries that speak of them.
"""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.roles_read import read_audit
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal_work import FlowLogRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import allows
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.options import wish_from_options
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.reader import DeliveryRoleReader
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.removal_work import DeliveryRoleRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.removal_work import LogGroupRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import SharedNames

from .account import Account
from .iam import is_denied
from .module_stand_in import InProcessModule
from .outcomes import DeliveryOutcome
from .outcomes import LeftOverOutcome
from .outcomes import Outcome
from .outcomes import RemovalOutcome
from .outcomes import Returned
from .outcomes import flow_log_entries
from .plans import DeliveryPlan
from .queries import remove_queries
from .twice import without_removed


def remove(account: Account) -> list[Outcome]:
    """Outcomes of the deliveries, and of the account's IAM."""
    failed = account.failed_entry()
    if failed:
        return [failed]
    names = SharedNames()
    deliveries = account.deliveries
    works = side_by_side(lambda delivery: _look(account, delivery, names), deliveries if len(deliveries) > 1 else [])
    also = frozenset(flow_log_id for _work, ids in works for flow_log_id in ids)
    known = [work for work, _ids in works] or [None] * len(deliveries)
    logs = side_by_side(lambda each: _remove_flow_logs(account, *each, names, also), list(zip(deliveries, known)))
    gone = [
        entry.flow_log_id or "" for result in logs for entry in flow_log_entries(result) if entry.action == "deleted"
    ]
    logs = [without_removed(result, gone) for result in logs]
    iam = _remove_iam(account, gone) if account.plan.remove_iam else _look_at_iam(account, gone)
    doomed = {
        number: delivery
        for number, (delivery, result) in enumerate(zip(deliveries, logs))
        if delivery.remove_log_groups and "flow_logs" in result.result
    }
    if doomed and gone:
        _wait_for_records(account)
    removed = side_by_side(lambda delivery: _remove_groups(account, delivery, names, gone), doomed.values())
    groups = dict(zip(doomed, removed))
    outcomes = [
        _outcome(account, delivery, result, groups.get(number))
        for number, (delivery, result) in enumerate(zip(deliveries, logs))
    ]
    return [*outcomes, *account.unreachable(), iam, *remove_queries(account, names, deliveries, groups)]


def _outcome(account: Account, delivery: DeliveryPlan, logs: Returned, groups: Returned | None) -> DeliveryOutcome:
    if "flow_logs" not in logs.result:
        return account.delivery(delivery, error=logs)
    if groups is not None and "log_groups" not in groups.result:
        return account.delivery(delivery, flow_logs=logs, error=groups)
    return account.delivery(delivery, flow_logs=logs, log_groups=groups)


def _look(
    account: Account, delivery: DeliveryPlan, names: SharedNames
) -> tuple[FlowLogRemovalWork | None, frozenset[str]]:
    """What the delivery removes, before anything is removed: others must not count as recorded by it.

    None where that could not be seen: the delivery finds the same error again and reports it.
    """
    works: list[FlowLogRemovalWork] = []

    def look(module: InProcessModule) -> dict[str, Any]:
        # What goes on is said in the summary, so it is no warning.
        work = FlowLogRemovalWork(module, names, warns=False)
        ids = work.look()
        works.append(work)
        return {"going": ids}

    found = account.run(lambda module: answer(module, lambda: look(module)), delivery.flow_log, delivery.way)
    return (works[0] if works else None), found.get("going") or frozenset()


def _remove_flow_logs(
    account: Account,
    delivery: DeliveryPlan,
    known: FlowLogRemovalWork | None,
    names: SharedNames,
    also: frozenset[str],
) -> Returned:
    def make(module: InProcessModule) -> FlowLogRemovalWork:
        return (known or FlowLogRemovalWork(module, names, warns=False)).beside(also)

    logs = account.converge(make, delivery.flow_log, delivery.way, delivery.label)
    if "flow_logs" in logs.result:
        account.tell_done(delivery.label, logs.result["flow_logs"], "flow log")
    return logs


def _remove_iam(account: Account, gone: list[str]) -> Outcome:
    removal = Returned({})
    for way in account.open_ways:
        options = account.iam_options(way)
        removal = account.converge(DeliveryRoleRemovalWork, options, way, ignored_flow_log_ids=gone)
        if "role" in removal.result or removal.changed or not is_denied(removal.result):
            break
    if "role" not in removal.result:
        return RemovalOutcome(account.name, removal)
    return RemovalOutcome(account.name, iam_removal=removal)


def _look_at_iam(account: Account, gone: list[str]) -> Outcome:
    """Says what is left over. Not being allowed to look fails nothing."""
    way = account.open_ways[0]
    info = account.run_with_steps(
        lambda module: answer(module, lambda: read_audit(module)),
        account.iam_info_options(way),
        way,
        ignored_flow_log_ids=gone,
    )
    names = {name: account.plan.iam[name] for name in ("role_name", "policy_name", "profile")}
    return LeftOverOutcome(
        account.name, None, info, names, assumed=bool(account.keys), manage_iam=account.plan.manage_iam
    )


def _wait_for_records(account: Account) -> None:
    """Records that are on their way make a log group anew, where the role may, so they are waited for."""
    seconds = account.plan.removal_wait
    if account.mode.check or not seconds or not _may_come_back(account):
        return
    account.say(
        f"{account.name}: waiting {seconds:g} s for records on their way, which would bring back log groups"
    )
    time.sleep(seconds)


def _may_come_back(account: Account) -> bool:
    """True unless the role is gone or has no policy that lets it create log groups."""

    def look(module: InProcessModule) -> dict[str, Any]:
        reader = DeliveryRoleReader(client(module, "iam"), wish_from_options(module.params, account_of(module)))
        role = reader.role()
        policy = reader.policy(module.params["policy_name"]) if role else None
        own = {policy.arn} if policy else set()
        others = role is not None and set(role.attached) != own
        return {"may": role is not None and (others or not policy or allows(policy.document, "logs:CreateLogGroup"))}

    way = account.open_ways[0]
    found = account.run(lambda module: answer(module, lambda: look(module)), account.iam_options(way), way)
    return bool(found.get("may", True))


def _remove_groups(account: Account, delivery: DeliveryPlan, names: SharedNames, gone: list[str]) -> Returned:
    groups = account.converge(
        lambda module: LogGroupRemovalWork(module, names),
        delivery.log_group,
        delivery.way,
        delivery.label,
        ignored_flow_log_ids=gone,
    )
    if "log_groups" in groups.result:
        account.tell_done(delivery.label, groups.result["log_groups"], "log group")
    return groups
