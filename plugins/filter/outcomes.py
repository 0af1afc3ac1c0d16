# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections import Counter
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Mapping
from typing import Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.netops.flow_logs.plugins.module_utils._errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import in_sentences

# In the order in which they are counted up.
_ACTIONS = ("created", "replaced", "retagged", "deleted", "unchanged")


def summary_lines(outcomes: Sequence[Mapping[str, Any]], mood: str = "was") -> List[str]:
    """For each account what became of its IAM, for each delivery a line of counts and one for each target that changed.

    mood is "was" for what was done and "would be" for what check mode found.
    """
    _require_list(outcomes)
    return [line for outcome in outcomes for line in _summary(outcome, mood)]


def failure_lines(outcomes: Sequence[Mapping[str, Any]]) -> List[str]:
    """A line for each account, delivery and target that failed, with what to do; empty when all went well."""
    _require_list(outcomes)
    return [f"{_place(outcome)}: {line}" for outcome in outcomes for line in _failures(outcome)]


def _require_list(outcomes: Any) -> None:
    if isinstance(outcomes, (str, Mapping)) or not isinstance(outcomes, Sequence):
        raise AnsibleFilterError(
            f"takes the list of outcomes that the role flow_logs collects, not {type(outcomes).__name__}"
        )


def _place(outcome: Mapping[str, Any]) -> str:
    account = _account(outcome)
    return f"{outcome['delivery']['label']} ({account})" if "delivery" in outcome else account


def _account(outcome: Mapping[str, Any]) -> str:
    """The account's number out of the role's ARN, or what the account is called while that is not known."""
    arn = str(outcome.get("iam", {}).get("role", {}).get("arn", ""))
    return arn.split(":")[4] if arn.count(":") >= 5 else str(outcome["account"]["label"])


def _summary(outcome: Mapping[str, Any], mood: str) -> List[str]:
    if "error" in outcome:
        skipped = [] if "delivery" in outcome else outcome["account"].get("deliveries", [])
        return [f"{_place(outcome)}: FAILED", *(f"  {delivery['label']}: not done" for delivery in skipped)]
    if "delivery" not in outcome:
        return [f"{_place(outcome)}: {action}" for action in outcome["iam"]["actions"]]
    logs = outcome["flow_logs"]["flow_logs"]
    failures = _by_target(outcome)
    counts = Counter(log["action"] for log in logs if log["resource_id"] not in failures)
    counts["failed"] = len(failures)
    counted = ", ".join(f"{counts[action]} {action}" for action in (*_ACTIONS, "failed") if counts[action])
    lines = [f"{_place(outcome)}: {counted}"]
    hosts: Mapping[str, str] = outcome["delivery"]["hosts"]
    for log in logs:
        if log["action"] != "unchanged" and log["resource_id"] not in failures:
            flow_log = log.get("flow_log_id", "a flow log")
            target = _named(hosts, log["resource_id"])
            lines.append(f"  {target}: {flow_log} {mood} {log['action']}, to {log['log_group_name']}")
    return lines + [f"  {_named(hosts, resource_id)}: FAILED" for resource_id in failures]


def _named(hosts: Mapping[str, str], resource_id: str) -> str:
    host = hosts.get(resource_id, resource_id)
    return resource_id if host == resource_id else f"{host} ({resource_id})"


def _by_target(outcome: Mapping[str, Any]) -> Dict[str, Mapping[str, str]]:
    """Failures of log groups and flow logs; a target that failed in both is told once."""
    failures: Dict[str, Mapping[str, str]] = {}
    for part in ("log_groups", "flow_logs"):
        for failure in outcome[part].get("failures") or []:
            failures.setdefault(failure["resource_id"], failure)
    return failures


def _failures(outcome: Mapping[str, Any]) -> List[str]:
    if "error" in outcome:
        error = outcome["error"]
        return [str(error.get("msg") or error.get("stderr") or error)]
    if "delivery" not in outcome:
        return []
    hosts = outcome["delivery"]["hosts"]
    return in_sentences(
        [
            Failure(_named(hosts, resource_id), failure["code"], failure["message"], failure.get("hint", ""))
            for resource_id, failure in _by_target(outcome).items()
        ]
    )


class FilterModule:
    """What the role needs to say what it did."""

    def filters(self) -> Dict[str, Callable[..., List[str]]]:
        return {"summary_lines": summary_lines, "failure_lines": failure_lines}
