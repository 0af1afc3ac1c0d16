# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""An account at work: its plan, its credentials, its session, and a voice to tell how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Optional

from ansible_collections.netops.flow_logs.plugins.plugin_utils._assumed_role import assume
from ansible_collections.netops.flow_logs.plugins.plugin_utils._in_process import InProcessModule
from ansible_collections.netops.flow_logs.plugins.plugin_utils._in_process import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._in_process import Session

Outcome = Dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True)
class DeliveryPlan:
    """label, hosts and project as the gathering gave them; the others are options of modules, validated."""

    label: str
    hosts: Dict[str, str]
    log_group: Dict[str, Any]
    flow_log: Dict[str, Any]
    remove_log_groups: bool = False
    project: Optional[str] = None
    # Seconds to wait for records; None does not wait.
    verify_timeout: Optional[float] = None


@dataclass(frozen=True)
class QueriesPlan:
    """A folder of saved queries, with the options of insights_queries, validated."""

    label: str
    options: Dict[str, Any]


@dataclass(frozen=True)
class AccountPlan:
    """assume_role: options of amazon.aws.sts_assume_role, None to use the credentials as they are."""

    label: str
    state: str
    iam: Dict[str, Any]
    deliveries: List[DeliveryPlan]
    queries: List[QueriesPlan] = field(default_factory=list)
    assume_role: Optional[Dict[str, Any]] = None
    iam_info: Dict[str, Any] = field(default_factory=dict)
    remove_iam: bool = False
    # False: IAM is compared with what was asked for, and never written.
    manage_iam: bool = True
    removal_wait: float = 0


@dataclass(frozen=True)
class Mode:
    check: bool
    diff: bool


class Account:
    """The account at work: its session, its credentials, and a voice."""

    def __init__(self, plan: AccountPlan, mode: Mode, models: Models, say: Say) -> None:
        self.plan = plan
        self.mode = mode
        self.say = say
        self.session = Session(models)
        self.keys: Dict[str, Any] = {}

    def run(self, program: Callable[[InProcessModule], None], options: Dict[str, Any], **more: Any) -> Dict[str, Any]:
        """The result of a module's program with these options and the account's credentials."""
        params = {**options, **self.keys, **more}
        return InProcessModule(params, self.session, self.mode.check, self.mode.diff, self._tell_progress).end(program)

    def _tell_progress(self, line: str) -> None:
        self.say(f"{self.plan.label}: {line}")

    def tell(self, delivery: DeliveryPlan, text: str) -> None:
        self.say(f"{delivery.label} ({self.plan.label}): {text}")

    def outcome(self, delivery: Optional[DeliveryPlan] = None, **results: Any) -> Outcome:
        return outcome(self.plan, delivery, **results)

    def failed_assumption(self) -> Optional[Outcome]:
        """Assumes the account's role; the outcome of that when it fails."""
        if self.plan.assume_role is None or self.keys:
            return None
        answer = self.run(assume, self.plan.assume_role)
        if answer.get("failed"):
            return self.outcome(error=answer)
        self.keys = answer["keys"]
        return None


def outcome(plan: AccountPlan, delivery: Optional[DeliveryPlan] = None, **results: Any) -> Outcome:
    """What became of a delivery, or of what all deliveries of an account share."""
    told: Outcome = {"account": {"label": plan.label}, **{part: _told(result) for part, result in results.items()}}
    if delivery is None:
        told["account"]["deliveries"] = [{"label": other.label} for other in plan.deliveries]
    else:
        told["delivery"] = {"label": delivery.label, "hosts": delivery.hosts}
    return told


def _told(result: Any) -> Any:
    """A module's result as it goes on to Ansible: what stayed as it was is counted, as thousands of entries take their time."""
    if not isinstance(result, dict):
        return result
    failed = {failure["resource_id"] for failure in result.get("failures") or []}
    lists = {key: result[key] for key in ("flow_logs", "log_groups", "queries") if isinstance(result.get(key), list)}
    changed = {key: [entry for entry in entries if entry["action"] != "unchanged"] for key, entries in lists.items()}
    same = [
        entry
        for entries in lists.values()
        for entry in entries
        if entry["action"] == "unchanged" and entry.get("resource_id") not in failed
    ]
    return {**result, **changed, **({"unchanged": len(same)} if lists else {})}


def counted(entries: List[Dict[str, Any]], noun: str) -> str:
    """12 flow logs, 3 created"""
    counts: Dict[str, int] = {}
    for entry in entries:
        counts[entry["action"]] = counts.get(entry["action"], 0) + 1
    plural = "" if len(entries) == 1 else "s"
    return ", ".join(
        [f"{len(entries)} {noun}{plural}", *(f"{count} {action}" for action, count in sorted(counts.items()))]
    )
