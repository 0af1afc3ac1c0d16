# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What became of each host, delivery and account, as users get it. Pure.

A host fails for what it asked for and for nothing else: its targets, its delivery, and of its account what its variables name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import in_sentences
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import IamOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Outcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import QueriesOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import AccountPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import DeliveryPlan

from .summary import failures_of
from .summary import iam_differs
from .summary import unseen_records

# What becomes of a flow log, in the order in which it is counted up.
COUNTED = ("created", "replaced", "retagged", "deleted", "unchanged", "failed")
# An account's plan, and what became of it.
Done = tuple[AccountPlan, Sequence[Outcome]]


@dataclass
class _Host:
    changed: bool = False
    account_id: str | None = None
    region: str | None = None
    project: str | None = None
    reasons: list[str] = field(default_factory=list)
    flow_logs: list[dict[str, str | None]] = field(default_factory=list)

    def as_result(self) -> dict[str, Any]:
        return {
            "failed": bool(self.reasons),
            "changed": self.changed,
            "msg": printable(" ".join(dict.fromkeys(self.reasons))) if self.reasons else "",
            "account_id": self.account_id,
            "region": self.region,
            "project": self.project,
            "flow_logs": self.flow_logs,
        }


def host_results(done: Sequence[Done], problems: Mapping[str, str], hosts: Iterable[str]) -> dict[str, Any]:
    """hosts, deliveries, accounts and totals. problems: host -> why nothing was done for it. hosts: all that were looked at."""
    found = {host: _Host() for host in hosts}
    for host, reason in problems.items():
        found.setdefault(host, _Host()).reasons.append(reason)
    deliveries = []
    accounts = []
    for plan, outcomes in done:
        results = _Account(plan, found)
        deliveries += results.deliveries(outcomes)
        accounts.append(results.account(outcomes))
    totals: Counter[str] = Counter()
    for entry in deliveries:
        totals.update({name: entry[name] for name in COUNTED})
    return {
        "hosts": {host: each.as_result() for host, each in found.items()},
        "deliveries": deliveries,
        "accounts": accounts,
        "totals": {name: totals[name] for name in COUNTED},
    }


class _Account:
    """One account's part of the results. hosts: those of all accounts."""

    def __init__(self, plan: AccountPlan, hosts: dict[str, _Host]) -> None:
        self._plan = plan
        self._hosts = hosts
        self._own = list(dict.fromkeys(host for delivery in plan.deliveries for host in delivery.asking))

    def deliveries(self, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
        """An entry for each delivery, also for those of an account that could not be entered."""
        known = {each.number: each for each in outcomes if isinstance(each, DeliveryOutcome)}
        failed = any(isinstance(each, IamOutcome) and each.error is not None for each in outcomes)
        return [self._delivery(plan, known.get(plan.number), failed) for plan in self._plan.deliveries]

    def _delivery(self, plan: DeliveryPlan, outcome: DeliveryOutcome | None, failed: bool) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        region = outcome.region if outcome else plan.flow_log.get("region")
        for host in plan.asking:
            each = self._hosts.setdefault(host, _Host())
            each.account_id, each.region, each.project = self._plan.name.number, region, plan.project
        if outcome is not None:
            self._of_targets(plan, outcome)
            counts.update(_counts(outcome, plan))
        elif failed:
            counts["failed"] = len(plan.hosts)
        return {
            "label": printable(plan.label),
            "account_id": self._plan.name.number,
            "region": region,
            "project": plan.project,
            "hosts": sorted(plan.asking),
            **{name: counts[name] for name in COUNTED},
        }

    def _of_targets(self, plan: DeliveryPlan, outcome: DeliveryOutcome) -> None:
        logs: dict[str, list[dict[str, str | None]]] = {}
        for entry in outcome.entries:
            logs.setdefault(entry.resource_id, []).append(entry._asdict())
        changed = _changed(outcome)
        failed, shared = _failed_targets(outcome)
        for host, ids in plan.asking.items():
            each = self._hosts[host]
            each.reasons += shared
            for resource_id in ids:
                each.flow_logs += logs.get(resource_id, ())
                each.changed = each.changed or resource_id in changed
                if failed:
                    each.reasons += failed.get(resource_id, ())

    def account(self, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        """The account's entry: what its hosts share."""
        shared = [each for each in outcomes if not isinstance(each, DeliveryOutcome)]
        lines: list[str] = []
        for outcome in shared:
            reasons = [f"{outcome.place}: {line}" for line in failures_of(outcome)]
            lines += reasons
            if isinstance(outcome, QueriesOutcome):
                self._fail(self._plan.queries[outcome.number].asking, reasons)
                self._note_change(outcome, self._plan.queries[outcome.number].asking)
                continue
            if isinstance(outcome, IamOutcome) and outcome.error is None:
                self._fail_by_iam(outcome)
            else:
                self._fail(self._own, reasons)
            self._note_change(outcome, self._own)
        return {
            "account_id": self._plan.name.number,
            **_arns(shared),
            "actions": [] if not shared else printable_lines(line for each in shared for line in _actions(each)),
            "changed": any(_is_changed(each) for each in shared),
            "failed": bool(lines),
            "msg": printable(" ".join(lines)),
        }

    def _fail_by_iam(self, outcome: IamOutcome) -> None:
        """An operator fails the hosts that name it, all else those of the account."""
        self._fail(self._own, [f"{outcome.place}: {line}" for line in iam_differs(outcome)])
        for failure in outcome.iam.failures if outcome.iam else ():
            hosts = self._plan.operators.get(failure.resource_id, self._own)
            self._fail(hosts, [f"{outcome.place}: {line}" for line in in_sentences([failure])])

    def _fail(self, hosts: Iterable[str], reasons: Sequence[str]) -> None:
        for host in hosts if reasons else ():
            self._hosts.setdefault(host, _Host()).reasons += reasons

    def _note_change(self, outcome: Outcome, hosts: Collection[str]) -> None:
        """What hosts share is one change, which counts for the first of them."""
        if hosts and _is_changed(outcome):
            self._hosts.setdefault(min(hosts), _Host()).changed = True


def _counts(outcome: DeliveryOutcome, plan: DeliveryPlan) -> Counter[str]:
    """What became of flow logs. A delivery that failed before any has failed for all its targets."""
    if outcome.error is not None and not outcome.entries:
        return Counter(failed=len(plan.hosts))
    failed = outcome.failures()
    counts = Counter(entry.action for entry in outcome.entries if entry.resource_id not in failed)
    counts["failed"] = len(failed)
    return counts


def _changed(outcome: DeliveryOutcome) -> set[str]:
    """The targets whose flow log or log group changed."""
    done = [action.subject for part in (outcome.flow_logs, outcome.error) if part for action in part.actions]
    entries = [entry.resource_id for entry in outcome.entries if entry.action != "unchanged"]
    groups = outcome.log_groups.result.get("log_groups") or [] if outcome.log_groups else []
    targets = [target for group in groups if group["action"] not in ("unchanged", "failed") for target in group["resource_ids"]]
    return {*done, *entries, *targets}


def _failed_targets(outcome: DeliveryOutcome) -> tuple[dict[str, list[str]], list[str]]:
    """Target -> why it failed, and what failed for all hosts of the delivery."""
    shared = [] if outcome.error is None else [outcome.error.message]
    shared += unseen_records(outcome)
    groups = outcome.log_groups.result.get("log_groups") or [] if outcome.log_groups else []
    targets = {group["log_group_name"]: group["resource_ids"] for group in groups}
    failed: dict[str, list[str]] = {}
    for failure in [*outcome.failures().values(), *outcome.unproven()]:
        for target in targets.get(failure.resource_id, [failure.resource_id]):
            failed.setdefault(target, []).extend(in_sentences([failure]))
    stray = [target for target in failed if target not in outcome.hosts]
    # Nobody's failure is everybody's rather than unheard.
    shared += [line for target in stray for line in failed[target]]
    return failed, [f"{outcome.place}: {line}" for line in shared]


def _is_changed(outcome: Outcome) -> bool:
    return any(part.changed for part in outcome.parts().values() if part is not None)


def _actions(outcome: Outcome) -> list[str]:
    """What was done, not what IAM that is only compared differs in."""
    if isinstance(outcome, IamOutcome) and outcome.differs:
        return []
    return [line for part in outcome.parts().values() if part is not None for line in part.sentences]


def _arns(outcomes: Sequence[Outcome]) -> dict[str, str | None]:
    iam = next((each.iam.result for each in outcomes if isinstance(each, IamOutcome) and each.iam), {})
    return {f"{part}_arn": (iam.get(part) or {}).get("arn") for part in ("role", "policy")}
