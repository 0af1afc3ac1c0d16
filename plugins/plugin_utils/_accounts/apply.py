# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""One account, from its IAM to the flow logs of its deliveries, with the modules' own code.

What fails for the account's IAM fails for all its deliveries; what fails in a delivery stops no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.work import FlowLogWork
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.work import LogGroupWork
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import SharedNames

from .account import Account
from .barred import barred
from .contradictions import Claim
from .contradictions import contradictions
from .iam import share_iam
from .looks import Look
from .looks import look_at_all
from .module_stand_in import InProcessModule
from .outcomes import DeliveryOutcome
from .outcomes import IamOutcome
from .outcomes import Outcome
from .outcomes import QueriesOutcome
from .outcomes import Returned
from .plans import DeliveryPlan
from .twice import say_once


def apply(account: Account, names: SharedNames | None = None) -> list[Outcome]:
    """Policy and role, and then side by side the deliveries with their log groups and flow logs.

    names is where the names of the log groups are kept for whoever wants to know them afterwards.
    """
    failed = account.failed_entry()
    if failed:
        return [failed]
    names = names or SharedNames()
    deliveries = account.deliveries
    # What is there is read while IAM is at work. Should that fail, the delivery finds the same error again and reports it.
    at_once: list[Callable[[], Any]] = [lambda: share_iam(account), lambda: _read_all(account, deliveries, names)]
    iam, looks = side_by_side(lambda work: work(), at_once)
    if "role" not in iam.result:
        return [account.failed(iam)]
    role_arn = iam.result["role"]["arn"]
    delivered = side_by_side(
        lambda delivery: _deliver(account, delivery, names, looks.get(delivery.number, Look()), role_arn), account.plan.deliveries
    )
    say_once(delivered)
    return [IamOutcome(account.name, iam=iam), *delivered, *_save_queries(account, names, delivered)]


# Imported only where they are needed: Ansible compiles the files of a collection again in each run.
def _save_queries(account: Account, names: SharedNames, delivered: list[DeliveryOutcome]) -> list[QueriesOutcome]:
    if not account.plan.queries:
        return []
    from .queries import save_queries

    return save_queries(account, names, delivered)


def _verify(account: Account, delivery: DeliveryPlan, logs: dict[str, Any]) -> Returned | None:
    if delivery.verify_timeout is None:
        return None
    from .verify import verify

    return verify(account, delivery, logs)


def _read_all(account: Account, deliveries: list[DeliveryPlan], names: SharedNames) -> dict[int, Look]:
    """Reads the names, refuses targets whose log group two deliveries want otherwise, and looks at what the others have."""
    read = [claim for claim in side_by_side(lambda each: _read_names(account, each, names), deliveries) if claim]
    for (_claim, refuse), failures in zip(read, contradictions([claim for claim, _refuse in read])):
        if failures:
            refuse(failures)
    return look_at_all(account, deliveries, names)


def _read_names(
    account: Account, delivery: DeliveryPlan, names: SharedNames
) -> tuple[Claim, Callable[[Mapping[str, Failure]], None]] | None:
    """What the delivery wants of which log groups, and how to refuse targets of it; None where that can't be read."""

    def read(module: InProcessModule) -> dict[str, Any]:
        template, targets = module.params["log_group_name"], parse_targets(module.params["resource_ids"])
        whose, region = account_of(module), region_of(module)
        resolved = names(template, targets, whose, region, lambda: client(module, "ec2"))
        claim = Claim(region, resolved.names, delivery.log_group)
        return {"read": (claim, lambda failures: names.refuse(template, targets, whose, region, failures))}

    found = account.run(lambda module: answer(module, lambda: read(module)), delivery.flow_log, delivery.way)
    return found.get("read")


def _names_of(account: Account, delivery: DeliveryPlan, names: SharedNames) -> dict[str, str]:
    """Resource id -> its log group. They have been read before, so this makes no call."""

    def read(module: InProcessModule) -> dict[str, Any]:
        targets = parse_targets(module.params["resource_ids"])
        whose, region = account_of(module), region_of(module)
        template = module.params["log_group_name"]
        return {"names": names(template, targets, whose, region, lambda: client(module, "ec2")).names}

    found = account.run(lambda module: answer(module, lambda: read(module)), delivery.flow_log, delivery.way)
    return dict(found.get("names") or {})


def _deliver(account: Account, delivery: DeliveryPlan, names: SharedNames, look: Look, role_arn: str) -> DeliveryOutcome:
    if delivery.way in account.closed:
        return account.delivery(delivery, error=Returned(account.closed[delivery.way]))
    way = delivery.way
    groups = account.converge(lambda module: LogGroupWork(module, names, look.groups), delivery.log_group, way, delivery.label)
    if "log_groups" not in groups.result:
        return account.delivery(delivery, error=groups)
    account.tell_done(delivery.label, groups.result["log_groups"], "log group")
    kept_out = barred(groups, _names_of(account, delivery, names) if groups.failures else {})
    # What is recorded twice is said in the summary, so it is no warning.
    logs = account.converge(
        lambda module: FlowLogWork(module, names, kept_out.targets, warns=False, seen=look.logs),
        delivery.flow_log,
        way,
        delivery.label,
        role_arn=role_arn,
    )
    if "flow_logs" not in logs.result:
        return account.delivery(delivery, log_groups=kept_out.groups, error=logs)
    account.tell_done(delivery.label, logs.result["flow_logs"], "flow log")
    proof = _verify(account, delivery, logs.result)
    return account.delivery(delivery, log_groups=kept_out.groups, flow_logs=logs, proof=proof)
