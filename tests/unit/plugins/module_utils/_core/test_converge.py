# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import converge as _run
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Conflict
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import client_error
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

Doing = Callable[[Plan, Done], None]


def step(subject: str) -> Step:
    return Step("make", subject, f"make {subject}")


def failure(subject: str) -> Failure:
    return Failure(subject, "Code", "Words.", "Do.")


@dataclass
class Things(Work):
    """Work on things that either exist or not; doings replace the first attempts to make them."""

    wanted: list[str]
    existing: list[str] = field(default_factory=list)
    refusals: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    doings: list[Doing] = field(default_factory=list)
    attempts: int = 0

    def observe(self) -> list[str]:
        return list(self.existing)

    def plan(self, current: list[str]) -> Plan:
        missing = tuple(step(each) for each in self.wanted if each not in current)
        return Plan({"things": current}, {"things": self.wanted}, missing, self.refusals, self.warnings)

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        self.attempts += 1
        if self.doings:
            self.doings.pop(0)(plan, done)
        else:
            for each in plan.steps:
                self.make(each, done)
        return {"things": list(self.existing)}

    def make(self, a_step: Step, done: Done) -> None:
        self.existing.append(a_step.subject)
        done.steps.append(a_step)


def result(work: Things, **mode: bool) -> dict[str, Any]:
    with pytest.raises(Ended) as ended:
        run(FakeModule(**mode), lambda: work)
    return ended.value.result


def test_what_is_missing_is_made_and_told() -> None:
    work = Things(["a", "b"], ["a"])

    assert result(work) == {"failed": False, "changed": True, "actions": ["make b"], "things": ["a", "b"]}


def test_what_is_there_is_no_change_and_nothing_is_applied() -> None:
    work = Things(["a"], ["a"])

    assert result(work) == {"failed": False, "changed": False, "actions": [], "things": ["a"]}
    assert work.attempts == 0


def test_check_mode_foretells_the_same_and_applies_nothing() -> None:
    checked = Things(["a"])

    assert result(checked, check_mode=True) == result(Things(["a"]))
    assert (checked.attempts, checked.existing) == (0, [])


def test_there_is_a_diff_in_diff_mode_only() -> None:
    assert "diff" not in result(Things(["a"]))
    assert result(Things(["a"]), diff=True)["diff"] == {"before": {"things": []}, "after": {"things": ["a"]}}


def test_the_diff_is_the_same_in_check_mode() -> None:
    assert result(Things(["a"]), diff=True, check_mode=True)["diff"] == result(Things(["a"]), diff=True)["diff"]


def test_the_diff_leaves_out_what_stays_of_a_list() -> None:
    diff = result(Things(["a", "b"], ["a"]), diff=True)["diff"]

    assert diff == {"before": {"things": []}, "after": {"things": ["b"]}}


def test_warnings_of_the_plan_and_of_the_doing_reach_the_user() -> None:
    module = FakeModule()
    work = Things(["a"], warnings=("planned",), doings=[lambda plan, done: done.warnings.append("done")])

    with pytest.raises(Ended):
        run(module, lambda: work)

    assert module.warnings == ["planned", "done"]


# Text that others wrote.

FORGED = "b\nPLAY RECAP ***\x9b2J\u202e"
SHOWN = "b\\nPLAY RECAP ***\\x9b2J\\u202e"


def test_whatever_names_hold_what_is_said_is_one_line_and_data_stay_what_they_are() -> None:
    module = FakeModule(diff=True)
    work = Things([FORGED], refusals=(Failure(FORGED, "Code", FORGED, FORGED),), warnings=(FORGED,))

    with pytest.raises(Ended) as ended:
        run(module, lambda: work)

    answer = ended.value.result
    assert answer["things"] == [FORGED]
    assert answer["actions"] == [f"make {SHOWN}"]
    assert answer["msg"] == f"1 failed: {SHOWN}: Code: {SHOWN}. {SHOWN}"
    assert answer["failures"] == [{"resource_id": FORGED, "code": "Code", "message": SHOWN, "hint": SHOWN}]
    assert answer["diff"]["after"] == {"things": [SHOWN]}
    assert module.warnings == [SHOWN]


def test_an_error_that_echoes_a_name_is_one_line() -> None:
    work = Things(["a", FORGED])

    def half(plan: Plan, done: Done) -> None:
        work.make(plan.steps[1], done)
        raise AwsError("Failed to make it", client_error("Nonsense", f"No {FORGED}"))

    work.doings = [half]
    answer = result(work)

    assert is_printable(answer["msg"]) and answer["msg"].count(SHOWN) == 2
    assert answer["error"]["message"] == f"No {SHOWN}"
    assert answer["actions"] == [f"make {SHOWN}"]


def test_a_refused_option_is_shown_on_one_line() -> None:
    def refuse() -> Work:
        raise InvalidInput(f"{FORGED} can't be.")

    with pytest.raises(Ended) as ended:
        run(FakeModule(), refuse)

    assert ended.value.result["msg"] == f"{SHOWN} can't be."


# Others who change the same things.


def conflict(plan: Plan, done: Done) -> None:
    raise Conflict("Somebody else made it.")


def test_a_conflict_leads_to_another_look_and_what_is_there_by_then_is_left_alone(clock: Clock) -> None:
    work = Things(["a"])

    def somebody_else_makes_it(plan: Plan, done: Done) -> None:
        work.existing.append("a")
        raise Conflict("Somebody else made it.")

    work.doings = [somebody_else_makes_it]

    assert result(work)["changed"] is False
    assert work.attempts == 1
    assert 0 < sum(clock.slept) < 5


def test_what_was_done_before_a_conflict_is_told_and_the_diff_begins_with_the_first_look() -> None:
    work = Things(["a", "b"])

    def half(plan: Plan, done: Done) -> None:
        work.make(plan.steps[0], done)
        raise Conflict("Somebody else made it.")

    work.doings = [half]
    answer = result(work, diff=True)

    assert answer["actions"] == ["make a", "make b"]
    assert answer["diff"] == {"before": {"things": []}, "after": {"things": ["a", "b"]}}


def test_a_failure_of_a_round_that_is_done_again_counts_only_if_it_happens_again() -> None:
    def fails_and_conflicts(plan: Plan, done: Done) -> None:
        done.failures.append(failure("a"))
        done.warnings.append("stale")
        raise Conflict("Somebody else made it.")

    module = FakeModule()
    with pytest.raises(Ended) as ended:
        run(module, lambda: Things(["a"], doings=[fails_and_conflicts]))

    assert ended.value.result["failed"] is False
    assert "failures" not in ended.value.result
    assert module.warnings == []


def test_conflicts_without_end_fail_in_the_end(clock: Clock) -> None:
    work = Things(["a"], doings=[conflict] * 100)

    answer = result(work)

    assert answer["failed"] is True
    assert "Somebody else made it." in answer["msg"]
    assert work.attempts == _run.ROUNDS
    assert sum(clock.slept) < 60


# Failures.


@pytest.mark.parametrize(
    ("work", "things", "actions"),
    [
        pytest.param(Things(["a"], refusals=(failure("b"),)), ["a"], ["make a"], id="refused by the plan"),
        pytest.param(
            Things(["a"], doings=[lambda plan, done: done.failures.append(failure("b"))]), [], [], id="while applying"
        ),
    ],
)
def test_targets_that_fail_are_listed_beside_what_was_done(work: Things, things: list[str], actions: list[str]) -> None:
    answer = result(work)

    assert answer["failures"] == [{"resource_id": "b", "code": "Code", "message": "Words.", "hint": "Do."}]
    assert answer["failed"]
    assert answer["msg"] == "1 failed: b: Code: Words. Do."
    assert (answer["things"], answer["actions"], answer["changed"]) == (things, actions, bool(actions))


def test_refusals_fail_in_check_mode_too() -> None:
    assert result(Things(["a"], refusals=(failure("b"),)), check_mode=True)["failed"]


@pytest.mark.parametrize(("core_is_new", "failed"), [(True, True), (False, "the list")])
def test_failed_is_what_the_core_takes(monkeypatch: pytest.MonkeyPatch, core_is_new: bool, failed: Any) -> None:
    monkeypatch.setattr(_run, "_FAILED_IS_BOOLEAN", core_is_new)

    answer = result(Things([], refusals=(failure("b"),)))

    assert answer["failed"] == (True if failed is True else answer["failures"])


def test_the_message_counts_the_targets_and_tells_one_cause_once() -> None:
    answer = result(Things([], refusals=(failure("b"), failure("c"))))

    assert answer["msg"] == "2 failed: b, c: Code: Words. Do."
    assert [each["resource_id"] for each in answer["failures"]] == ["b", "c"]


def test_the_message_stays_readable_when_many_fail_each_for_a_reason_of_its_own() -> None:
    refusals = tuple(Failure(f"vpc-{number}", "Code", f"fl-{number} is in the way.") for number in range(300))

    answer = result(Things([], refusals=refusals))

    assert answer["msg"].startswith("300 failed: vpc-0: Code: fl-0 is in the way.")
    assert len(answer["msg"]) < 3000
    assert len(answer["failures"]) == 300


def test_wrong_options_end_the_module_before_anything_is_done() -> None:
    def make_work() -> Work:
        raise InvalidInput("This can't be.")

    with pytest.raises(Ended) as ended:
        run(FakeModule(), make_work)

    assert ended.value.result == {"failed": True, "changed": False, "msg": "This can't be."}


def aws_error(plan: Plan, done: Done) -> None:
    raise AwsError("Failed to make it", client_error("AccessDenied", "You may not."))


def test_an_error_of_aws_ends_the_module_with_its_code_its_words_and_what_to_do() -> None:
    answer = result(Things(["a"], doings=[aws_error]))

    assert answer["failed"] is True
    assert answer["changed"] is False
    assert (answer["error"]["code"], answer["error"]["message"]) == ("AccessDenied", "You may not.")
    assert "lacks the permission" in answer["error"]["hint"]
    assert answer["msg"].startswith("Failed to make it: ")
    assert answer["msg"].endswith(answer["error"]["hint"])
    assert "Before that" not in answer["msg"]


def test_an_error_midway_says_what_was_done_before_it() -> None:
    work = Things(["a", "b"])

    def half(plan: Plan, done: Done) -> None:
        work.make(plan.steps[0], done)
        aws_error(plan, done)

    work.doings = [half]
    answer = result(work)

    assert answer["failed"] is True
    assert (answer["changed"], answer["actions"]) == (True, ["make a"])
    assert "You may not." in answer["msg"]
    assert "Before that: make a." in answer["msg"]


def test_an_error_midway_does_not_hide_which_targets_had_failed() -> None:
    def fails_and_breaks(plan: Plan, done: Done) -> None:
        done.failures.append(failure("a"))
        aws_error(plan, done)

    answer = result(Things(["a", "b"], doings=[fails_and_breaks]))

    assert [each["resource_id"] for each in answer["failures"]] == ["a"]
    assert "You may not." in answer["msg"]
    assert "a: Code: Words." in answer["msg"]


def test_what_was_done_is_told_in_the_plans_order_whatever_came_first() -> None:
    work = Things(["a", "b", "c"])

    def backwards(plan: Plan, done: Done) -> None:
        for each in reversed(plan.steps):
            work.make(each, done)

    work.doings = [backwards]

    assert result(work)["actions"] == ["make a", "make b", "make c"]
