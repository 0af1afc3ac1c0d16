# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Where an estate differs from the inventory's wishes: what applying them would come to, found in check mode. Pure."""

from __future__ import annotations

import re
from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Sequence
from typing import Set
from typing import Tuple

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import with_note
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_commands import Commands
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_estate import Audit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_estate import Entry
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_findings import finding

# (account, region, what is called so)
Key = Tuple[str, str, str]


def drift(audits: Iterable[Audit], told: Sequence[Entry], commands: Commands) -> List[Entry]:
    """Differences that no other finding tells already: those of told are mended by the same command."""
    known = {(str(entry["account_id"]), str(entry["region"]), entry["subject"]) for entry in told}
    found: List[Entry] = []
    for audit in audits:
        delivered = [outcome for outcome in audit.outcomes if "delivery" in outcome]
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
        self, audit: Audit, wished: Any, outcome: Mapping[str, Any], known: Set[Key], commands: Commands
    ) -> None:
        self.wished = wished
        self.outcome = outcome
        self.commands = commands
        self._known = known
        self.stamp = {"account_id": audit.account_id, "account": audit.label, "region": wished.region}

    def is_told(self, *subjects: str) -> bool:
        return any((str(self.stamp["account_id"]), self.wished.region, subject) in self._known for subject in subjects)

    def steps(self, part: str) -> Mapping[str, List[str]]:
        """The sentences of the part's steps, by each word in them: steps name their resource, flow log or log group."""
        found: Dict[str, List[str]] = {}
        for sentence in self.part(part).get("actions", []):
            for word in dict.fromkeys(re.findall(r"[^\s,:]+", sentence)):
                found.setdefault(word, []).append(sentence)
        return found

    def part(self, name: str) -> Mapping[str, Any]:
        return self.outcome.get(name) or {}

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


def _of_delivery(delivery: _Delivery) -> List[Entry]:
    if "error" in delivery.outcome:
        message = f"Applying the inventory would fail: {_message(delivery.outcome['error'])}"
        return [delivery.differs(delivery.wished.label, message, severity="error")]
    refused = _refused(delivery)
    return [*refused.values(), *_flow_logs(delivery, set(refused)), *_log_groups(delivery)]


def _refused(delivery: _Delivery) -> Dict[str, Entry]:
    """Targets that can't be served as they are: they don't exist, most often."""
    return {
        failure["resource_id"]: delivery.differs(
            failure["resource_id"],
            f"Applying the inventory would fail: {failure['message']} {failure.get('hint', '')}".rstrip(),
            severity="error",
            command=None,
            command_note=None,
        )
        for part in ("log_groups", "flow_logs")
        for failure in delivery.part(part).get("failures") or []
    }


def _flow_logs(delivery: _Delivery, refused: Set[str]) -> List[Entry]:
    steps = delivery.steps("flow_logs")
    found = []
    for log in delivery.part("flow_logs").get("flow_logs", []):
        resource_id, replaced = log["resource_id"], log.get("replaced_flow_log_ids", [])
        ids = [*replaced, log.get("flow_log_id", "")]
        if log["action"] == "unchanged" or resource_id in refused or delivery.is_told(resource_id, *ids):
            continue
        # New tags are a step of the flow log, all else of the resource.
        own = dict.fromkeys(text for name in (resource_id, *ids) for text in steps.get(name, ()))
        message = "; ".join(own) or f"its flow log would be {log['action']}"
        found.append(delivery.differs(resource_id, f"The inventory asks for more: {message}."))
    return found


def _log_groups(delivery: _Delivery) -> List[Entry]:
    """A group that is to be made with the flow logs to it belongs to these; one that differs is told by itself."""
    steps = delivery.steps("log_groups")
    found = []
    for group in delivery.part("log_groups").get("log_groups", []):
        name = group["log_group_name"]
        if group["action"] in ("unchanged", "created") or delivery.is_told(name):
            continue
        known = delivery.wished.hosts
        hosts = [known[resource_id] for resource_id in group["resource_ids"] if resource_id in known]
        command = with_note(delivery.commands.apply(hosts or sorted(set(known.values()))))
        message = f"The inventory asks for more: {'; '.join(steps.get(name, ())) or group['action']}."
        found.append(delivery.differs(name, message, **command))
    return found


def _of_iam(audit: Audit, outcome: Mapping[str, Any], commands: Commands) -> List[Entry]:
    stamp = {"account_id": audit.account_id, "account": audit.label, "region": None}
    if "delivery" in outcome or "folder" in outcome or "iam" not in outcome or not outcome["iam"]["actions"]:
        return []
    hosts = sorted({host for wished in audit.wished for host in wished.hosts.values()})
    message = f"IAM differs from what the inventory asks for: {'; '.join(outcome['iam']['actions'])}."
    converge = commands.apply if audit.manage_iam else commands.setup
    note = "IAM is an account's: any host of the account will do."
    usable = next((host for host in hosts if converge([host]).text), None)
    more = with_note(converge([usable] if usable else hosts[:1]), note, note)
    return [finding("drift", stamp, audit.iam_names["role_name"], message, **more)]


def _of_queries(audit: Audit, outcome: Mapping[str, Any], commands: Commands) -> List[Entry]:
    """A folder of saved queries, which may belong to several deliveries."""
    if "folder" not in outcome:
        return []
    stamp = {"account_id": audit.account_id, "account": audit.label, "region": None}
    label = outcome["folder"]["label"]
    if "error" in outcome:
        message = f"Saving the queries would fail: {_message(outcome['error'])}"
        return [finding("drift", stamp, label, message, severity="error")]
    actions = outcome["insights_queries"]["actions"]
    if not actions:
        return []
    command = with_note(commands.apply(sorted({host for wished in audit.wished for host in wished.hosts.values()})))
    return [finding("drift", stamp, label, f"The inventory asks for more: {'; '.join(actions)}.", **command)]


def _message(error: Mapping[str, Any]) -> str:
    return str(error.get("msg") or error)
