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
from typing import Tuple

from ansible_collections.netops.flow_logs.plugins.plugin_utils._assumed_role import assume
from ansible_collections.netops.flow_logs.plugins.plugin_utils._assumed_role import is_of_the_region
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
    # Number of the way that leads to its targets.
    way: int = 0


@dataclass(frozen=True)
class QueriesPlan:
    """A folder of saved queries, with the options of insights_queries, validated."""

    label: str
    options: Dict[str, Any]
    way: int = 0


@dataclass(frozen=True)
class WayPlan:
    """A way into the account, with the options of modules that are an account's and not a delivery's, validated.

    assume_role: options of amazon.aws.sts_assume_role, None to use the credentials as they are. regions: where to ask for what
    has no region, one after the other while one can't answer. account: number and partition, where they are known. error: why the
    way leads nowhere, as a module returns it.
    """

    iam: Dict[str, Any]
    iam_info: Dict[str, Any]
    assume_role: Optional[Dict[str, Any]] = None
    regions: Tuple[Optional[str], ...] = (None,)
    account: Optional[Tuple[str, str]] = None
    error: Optional[Dict[str, Any]] = None


@dataclass(frozen=True)
class AccountPlan:
    """One account, however many ways lead into it."""

    label: str
    state: str
    ways: List[WayPlan]
    deliveries: List[DeliveryPlan]
    queries: List[QueriesPlan] = field(default_factory=list)
    remove_iam: bool = False
    # False: IAM is compared with what was asked for, and never written.
    manage_iam: bool = True
    removal_wait: float = 0

    @property
    def iam(self) -> Dict[str, Any]:
        """Options of flow_log_iam, by the first way."""
        return self.ways[0].iam


@dataclass(frozen=True)
class Mode:
    check: bool
    diff: bool


class Account:
    """The account at work: its session, its credentials, and a voice.

    keys: number of a way -> the connection options of the role that was assumed for it. closed: number of a way that leads
    nowhere -> why, as a module returns it.
    """

    def __init__(self, plan: AccountPlan, mode: Mode, models: Models, say: Say) -> None:
        self.plan = plan
        self.mode = mode
        self.say = say
        self.session = Session(models)
        self.keys: Dict[int, Dict[str, Any]] = {}
        self.closed: Dict[int, Dict[str, Any]] = {}
        self._homes: Dict[int, Optional[str]] = {}

    @property
    def open_ways(self) -> List[int]:
        return [number for number in range(len(self.plan.ways)) if number not in self.closed]

    @property
    def deliveries(self) -> List[DeliveryPlan]:
        """Those that can be reached."""
        return [delivery for delivery in self.plan.deliveries if delivery.way not in self.closed]

    def run(
        self, program: Callable[[InProcessModule], None], options: Dict[str, Any], way: int = 0, **more: Any
    ) -> Dict[str, Any]:
        """The result of a module's program with these options and the credentials of a way."""
        params = {**options, **self.keys.get(way, {}), **more}
        module = InProcessModule(params, self.session, self.mode.check, self.mode.diff, self._tell_progress)
        module.known_account = self.plan.ways[way].account
        return module.end(program)

    def _tell_progress(self, line: str) -> None:
        self.say(f"{self.plan.label}: {line}")

    def tell(self, delivery: DeliveryPlan, text: str) -> None:
        self.say(f"{delivery.label} ({self.plan.label}): {text}")

    def outcome(self, delivery: Optional[DeliveryPlan] = None, **results: Any) -> Outcome:
        return outcome(self.plan, delivery, **results)

    def failed_entry(self) -> Optional[Outcome]:
        """Goes all ways; the outcome of that when none leads into the account."""
        for number, way in enumerate(self.plan.ways):
            if number in self.keys or number in self.closed:
                continue
            answer = self._enter(number, way)
            if answer.get("failed"):
                self.closed[number] = answer
            elif answer:
                self.keys[number] = answer["keys"]
        return None if self.open_ways else self.outcome(error=self.closed[0])

    def _enter(self, number: int, way: WayPlan) -> Dict[str, Any]:
        """The keys of the role that the way assumes, nothing where it assumes none, or why it leads nowhere."""
        if way.error is not None or way.assume_role is None:
            return way.error or {}
        answer: Dict[str, Any] = {}
        for region in way.regions:
            self._homes[number] = region
            answer = self.run(assume, {**way.assume_role, **self._home(number)}, number)
            if not is_of_the_region(answer):
                break
        return answer

    def _home(self, way: int) -> Dict[str, str]:
        """The region that answered, for what has none of its own."""
        region = self._homes.get(way)
        return {} if region is None else {"region": region}

    def iam_options(self, way: int) -> Dict[str, Any]:
        """Options of flow_log_iam."""
        return {**self.plan.ways[way].iam, **self._home(way)}

    def iam_info_options(self, way: int) -> Dict[str, Any]:
        """Options of flow_log_iam_info."""
        return {**self.plan.ways[way].iam_info, **self._home(way)}

    def unreachable(self) -> List[Outcome]:
        """What becomes of the deliveries whose way leads nowhere, while others do."""
        return [
            self.outcome(delivery, error=self.closed[delivery.way])
            for delivery in self.plan.deliveries
            if delivery.way in self.closed
        ]


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
