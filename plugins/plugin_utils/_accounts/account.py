# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""An account at work: its plan, its credentials, its session, and a voice to tell how far it is."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import Voice
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import nowhere

from .assumed_role import assume
from .assumed_role import is_of_the_region
from .module_stand_in import InProcessModule
from .module_stand_in import Models
from .module_stand_in import Session
from .outcomes import AccountName
from .outcomes import DeliveryOutcome
from .outcomes import IamOutcome
from .outcomes import Returned
from .outcomes import flow_log_entries
from .outcomes import returned
from .plans import AccountPlan
from .plans import DeliveryPlan
from .plans import WayPlan
from .plans import failed_account

Say = Callable[[str], None]


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
        self.keys: dict[int, dict[str, Any]] = {}
        self.closed: dict[int, dict[str, Any]] = {}
        self._homes: dict[int, str | None] = {}
        # By the label of the part that is at work.
        self.voices: dict[str, Voice] = {}

    def silent(self, plan: AccountPlan) -> Account:
        """The same account, entered as far as this one, with another plan and no voice."""
        other = copy.copy(self)
        other.plan, other.say, other.voices = plan, nowhere, {}
        return other

    @property
    def open_ways(self) -> list[int]:
        return [number for number in range(len(self.plan.ways)) if number not in self.closed]

    @property
    def deliveries(self) -> list[DeliveryPlan]:
        """Those that can be reached."""
        return [delivery for delivery in self.plan.deliveries if delivery.way not in self.closed]

    def run(
        self, program: Callable[[InProcessModule], None], options: dict[str, Any], way: int = 0, **more: Any
    ) -> dict[str, Any]:
        """The result of a module's program with these options and the credentials of a way."""
        return self.run_with_steps(program, options, way, **more).result

    def run_with_steps(
        self,
        program: Callable[[InProcessModule], None],
        options: dict[str, Any],
        way: int = 0,
        label: str = "",
        **more: Any,
    ) -> Returned:
        """The same, and what was done as data. label: of the part that its progress is told of."""
        params = {**options, **self.keys.get(way, {}), **more}
        voice = self.voices.setdefault(label, Voice(partial(self.tell, label)))
        module = InProcessModule(params, self.session, self.mode.check, self.mode.diff, voice)
        module.known_account = self.plan.ways[way].account
        result = module.end(program)
        return returned(result, module.steps)

    def converge(
        self,
        make_work: Callable[[InProcessModule], Work],
        options: dict[str, Any],
        way: int = 0,
        label: str = "",
        **more: Any,
    ) -> Returned:
        """What a module returns that does this work."""
        return self.run_with_steps(lambda module: run(module, lambda: make_work(module)), options, way, label, **more)

    def tell(self, label: str, text: str) -> None:
        """label: of a delivery or a folder; empty for what the account does as a whole."""
        self.say(f"{label} ({self.name}): {text}" if label else f"{self.name}: {text}")

    def tell_done(self, label: str, entries: list[dict[str, Any]], noun: str) -> None:
        """That a part is done. In check mode nothing is."""
        if not self.mode.check:
            self.tell(label, counted(entries, noun))

    @property
    def name(self) -> AccountName:
        return self.plan.name

    def failed(self, error: Returned) -> IamOutcome:
        """The outcome of the account when nothing can be done in it."""
        return failed_account(self.plan, error)

    def delivery(self, plan: DeliveryPlan, **parts: Any) -> DeliveryOutcome:
        """What became of a delivery. Parts are what modules returned, by the names of the outcome's fields."""
        logs: Returned | None = parts.get("flow_logs")
        return DeliveryOutcome(
            self.name,
            label=plan.label,
            number=plan.number,
            region=plan.flow_log.get("region") or self._region(plan),
            hosts=plan.hosts,
            entries=flow_log_entries(logs) if logs is not None else (),
            **{name: part and part.in_short() for name, part in parts.items()},
        )

    def _region(self, plan: DeliveryPlan) -> str | None:
        """That of the profile or the environment; no call."""
        found = self.run(
            lambda module: answer(module, lambda: {"region": module.region}), plan.flow_log, plan.way
        )
        region = found.get("region")
        return str(region) if region else None

    def failed_entry(self) -> IamOutcome | None:
        """Goes all ways; the outcome of that when none leads into the account."""
        for number, way in enumerate(self.plan.ways):
            if number in self.keys or number in self.closed:
                continue
            answer = self._enter(number, way)
            if answer.get("failed"):
                self.closed[number] = answer
            elif answer:
                self.keys[number] = answer["keys"]
        return None if self.open_ways else self.failed(Returned(self.closed[0]))

    def _enter(self, number: int, way: WayPlan) -> dict[str, Any]:
        """The keys of the role that the way assumes, nothing where it assumes none, or why it leads nowhere."""
        if way.error is not None or way.assume_role is None:
            return way.error or {}
        answer: dict[str, Any] = {}
        for region in way.regions:
            self._homes[number] = region
            answer = self.run(assume, {**way.assume_role, **self._home(number)}, number)
            if not is_of_the_region(answer):
                break
        return answer

    def _home(self, way: int) -> dict[str, str]:
        """The region that answered, for what has none of its own."""
        region = self._homes.get(way)
        return {} if region is None else {"region": region}

    def iam_options(self, way: int) -> dict[str, Any]:
        """Options of flow_log_iam."""
        return {**self.plan.ways[way].iam, **self._home(way)}

    def iam_info_options(self, way: int) -> dict[str, Any]:
        """Options of flow_log_iam_info."""
        return {**self.plan.ways[way].iam_info, **self._home(way)}

    def unreachable(self) -> list[DeliveryOutcome]:
        """What becomes of the deliveries whose way leads nowhere, while others do."""
        return [
            self.delivery(plan, error=Returned(self.closed[plan.way]))
            for plan in self.plan.deliveries
            if plan.way in self.closed
        ]


def counted(entries: list[dict[str, Any]], noun: str) -> str:
    """12 flow logs, 3 created"""
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry["action"]] = counts.get(entry["action"], 0) + 1
    plural = "" if len(entries) == 1 else "s"
    return ", ".join(
        [f"{len(entries)} {noun}{plural}", *(f"{count} {action}" for action, count in sorted(counts.items()))]
    )
