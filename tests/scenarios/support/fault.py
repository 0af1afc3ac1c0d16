# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fault, and what each module makes of it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage

_GONE = "NoSuchEntity"
Deed = Callable[[Stage], None]


def nothing(_stage: Stage) -> None:
    """Leaves everything as it is."""


def errors_of(result: Result) -> list[str]:
    """Outcomes of the calls that were refused, or not answered. A read that finds nothing in IAM is no error."""
    return [call.outcome for call in result.calls if call.outcome != "ok" and (call.mutates or call.outcome != _GONE)]


def met_an_error(stage: Stage, result: Result) -> bool:
    """A call was refused, or not answered."""
    return errors_of(result) != []


def met_time(stage: Stage, result: Result) -> bool:
    """The module waited."""
    return sum(stage.slept) > 0


def met_a_state(stage: Stage, result: Result) -> bool:
    """The fault is in what the module finds: before() made sure of it."""
    return True


@dataclass(frozen=True)
class Cell:
    """What one subject makes of one fault.

    words: what the page says. fails: AWS's error codes with which it fails; empty when it succeeds. hint: what the
    message has to say then. before: what is different in the account, done before the first run. during: done before
    the real run, after the one in check mode. heal: how the fault passes, beside the scenario. proof: how to tell that
    the module met the fault at all. finished: False when there is something left to do after a run that succeeded.
    foretold: False when the real run does more than check mode could know, without an error.
    """

    words: str
    fails: tuple[str, ...] = ()
    hint: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    before: Deed = nothing
    during: Deed = nothing
    heal: Deed = nothing
    proof: Callable[[Stage, Result], bool] = met_an_error
    finished: bool = True
    foretold: bool = True
    warns: str = ""

    @property
    def shown(self) -> str:
        return f"fails: {self.words}" if self.fails else self.words


NOT_CONCERNED = Cell("not concerned")


@dataclass(frozen=True)
class Fault:
    """A row of the tables, with a cell for each subject. section: of docs/aws-behaviour.md."""

    name: str
    section: str
    scenario: Callable[[], Scenario]
    flow_log_iam: Cell = NOT_CONCERNED
    log_group: Cell = NOT_CONCERNED
    flow_log: Cell = NOT_CONCERNED
    flow_log_removal: Cell = NOT_CONCERNED
    log_group_removal: Cell = NOT_CONCERNED
    flow_log_iam_removal: Cell = NOT_CONCERNED
    flow_log_iam_info: Cell = NOT_CONCERNED
    insights_queries: Cell = NOT_CONCERNED
    insights_queries_removal: Cell = NOT_CONCERNED

    def cell(self, subject: str) -> Cell:
        found: Cell = getattr(self, subject)
        return found

    def concerns(self, subjects: Iterable[str]) -> bool:
        """True for a row that says something about one of them."""
        return any(self.cell(subject) is not NOT_CONCERNED for subject in subjects)
