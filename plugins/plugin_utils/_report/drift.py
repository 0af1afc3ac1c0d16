# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Where an estate differs from the inventory's wishes: what applying them would come to, found in check mode. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import with_note
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import IamOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Outcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import QueriesOutcome

from .commands import Commands
from .estate import Audit
from .estate import Entry
from .findings import finding

# (account, region, what is called so)
Key = tuple[str, str, str]


def drift(audits: Iterable[Audit], told: Sequence[Entry], commands: Commands) -> list[Entry]:
    """Differences that no other finding tells already: those of told are mended by the same command."""
    known = {(str(entry["account_id"]), str(entry["region"]), entry["subject"]) for entry in told}
    found: list[Entry] = []
    for audit in audits:
        delivered = [outcome for outcome in audit.outcomes if isinstance(outcome, DeliveryOutcome)]
        found += [entry for outcome in audit.outcomes for entry in _of_iam(audit, outcome, commands)]
        found += [entry for outcome in audit.outcomes for entry in _of_queries(audit, outcome, commands)]
        for wished, outcome in zip(audit.wished, delivered):
            # Of a region that can't be read, that is told and enough.
            if audit.regions.get(wished.region, {}).get("failed"):
                continue
            found += _of_delivery(_Delivery(audit, wished, outcome, known, commands))
    return found


class _Delivery:
    """One delivery, what applying it would come to, and what is told of it already."""

    def __init__(
        self, audit: Audit, wished: Any, outcome: DeliveryOutcome, known: set[Key], commands: Commands
    ) -> None:
        self.wished = wished
        self.outcome = outcome
        self.commands = commands
        self._known = known
        self.stamp = {"account_id": audit.account_id, "account": audit.label, "region": wished.region}

    def is_told(self, *subjects: str) -> bool:
        return any((str(self.stamp["account_id"]), self.wished.region, subject) in self._known for subject in subjects)

    def differs(self, resource_id: str, message: str, **more: Any) -> Entry:
        host = self.wished.hosts.get(resource_id)
        command = with_note(self.commands.apply([host])) if host else {}
        return finding(
            "drift",
            self.stamp,
            resource_id,
            message,
            **{"project": self.wished.project, "subject_name": host or resource_id, **command, **more},
        )


def _of_delivery(delivery: _Delivery) -> list[Entry]:
    if delivery.outcome.error is not None:
        message = f"Applying the inventory would fail: {delivery.outcome.error.message}"
        return [delivery.differs(delivery.wished.label, message, severity="error")]
    refused = _refused(delivery)
    return [*refused.values(), *_flow_logs(delivery, set(refused)), *_log_groups(delivery)]


def _refused(delivery: _Delivery) -> dict[str, Entry]:
    """Targets that can't be served as they are: they don't exist, most often."""
    return {
        resource_id: delivery.differs(
            resource_id,
            f"Applying the inventory would fail: {failure.message} {failure.hint}".rstrip(),
            severity="error",
            command=None,
            command_note=None,
        )
        for resource_id, failure in delivery.outcome.failures().items()
    }


def _flow_logs(delivery: _Delivery, refused: set[str]) -> list[Entry]:
    logs = delivery.outcome.flow_logs
    if logs is None:
        return []
    found = []
    for log in logs.result.get("flow_logs", []):
        resource_id, replaced = log["resource_id"], log.get("replaced_flow_log_ids", [])
        ids = [*replaced, log.get("flow_log_id", "")]
        if log["action"] == "unchanged" or resource_id in refused or delivery.is_told(resource_id, *ids):
            continue
        own = [action.sentence for action in logs.of(resource_id)]
        message = "; ".join(own) or f"its flow log would be {log['action']}"
        found.append(delivery.differs(resource_id, f"The inventory asks for more: {message}."))
    return found


def _log_groups(delivery: _Delivery) -> list[Entry]:
    """A group that is to be made with the flow logs to it belongs to these; one that differs is told by itself."""
    groups = delivery.outcome.log_groups
    if groups is None:
        return []
    found = []
    for group in groups.result.get("log_groups", []):
        name = group["log_group_name"]
        if group["action"] in ("unchanged", "created") or delivery.is_told(name):
            continue
        known = delivery.wished.hosts
        hosts = [known[resource_id] for resource_id in group["resource_ids"] if resource_id in known]
        command = with_note(delivery.commands.apply(hosts or sorted(set(known.values()))))
        own = [action.sentence for action in groups.of(name)]
        message = f"The inventory asks for more: {'; '.join(own) or group['action']}."
        found.append(delivery.differs(name, message, **command))
    return found


def _of_iam(audit: Audit, outcome: Outcome, commands: Commands) -> list[Entry]:
    stamp = {"account_id": audit.account_id, "account": audit.label, "region": None}
    if not isinstance(outcome, IamOutcome) or outcome.iam is None or not outcome.iam.actions:
        return []
    hosts = sorted({host for wished in audit.wished for host in wished.hosts.values()})
    message = f"IAM differs from what the inventory asks for: {'; '.join(outcome.iam.sentences)}."
    converge = commands.apply if audit.manage_iam else commands.setup
    note = "IAM is an account's: any host of the account will do."
    usable = next((host for host in hosts if converge([host]).text), None)
    more = with_note(converge([usable] if usable else hosts[:1]), note, note)
    return [finding("drift", stamp, audit.iam_names["role_name"], message, **more)]


def _of_queries(audit: Audit, outcome: Outcome, commands: Commands) -> list[Entry]:
    """A folder of saved queries, which may belong to several deliveries."""
    if not isinstance(outcome, QueriesOutcome):
        return []
    stamp = {"account_id": audit.account_id, "account": audit.label, "region": None}
    label = outcome.label
    if outcome.error is not None:
        message = f"Saving the queries would fail: {outcome.error.message}"
        return [finding("drift", stamp, label, message, severity="error")]
    actions = outcome.queries.sentences if outcome.queries else []
    if not actions:
        return []
    command = with_note(commands.apply(sorted({host for wished in audit.wished for host in wished.hosts.values()})))
    return [finding("drift", stamp, label, f"The inventory asks for more: {'; '.join(actions)}.", **command)]
