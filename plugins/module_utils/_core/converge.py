# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""From desired state to result: the only place that knows check mode, diff, success and failure.

Each module brings one object with four chapters: observe (read AWS), plan (pure), apply (write), result.
"""

from __future__ import annotations

import random
import time
from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable
from typing import ClassVar

from ansible.module_utils.ansible_release import __version__ as CORE_VERSION

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError

from .diff import differences
from .errors import Conflict
from .errors import Failure
from .errors import FlowLogsError
from .errors import in_sentences
from .errors import with_hint
from .hints import hint_of
from .plan import Plan
from .plan import Step
from .secrets import cleaned
from .secrets import known_secrets
from .secrets import remember_surroundings
from .secrets import secrets_of_options
from .text import LONGEST_ERROR
from .text import limited
from .text import printable
from .text import printable_lines
from .text import printable_throughout

# The list of failures goes by the name of failed, too: any list that is not empty makes Ansible take the result for a
# failure. ansible-core 2.21 and later insist on a boolean there and warn about anything else.
_FAILED_IS_BOOLEAN = tuple(int(part) for part in CORE_VERSION.split(".")[:2]) >= (2, 21)

# Kinds of failures that the message tells; the list has them all.
_KINDS = 5

# Rounds of look, plan, apply when others change the same resources at the same time. IAM needs seconds to agree.
ROUNDS = 12


@dataclass
class Done:
    """What was really written, filled in while applying, so that it is known also when something fails midway."""

    steps: list[Step] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Work(ABC):
    """What a module brings. Everything but plan may raise FlowLogsError or amazon.aws' AnsibleAWSError.

    usual: field of an entry -> the value that goes without saying in a diff.
    """

    usual: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def observe(self) -> Any:
        """The current state, read from AWS."""

    @abstractmethod
    def plan(self, current: Any) -> Plan:
        """The steps from the current state to the desired one. Pure; raises InvalidInput to refuse everything."""

    def foretell(self, plan: Plan, current: Any) -> Plan:
        """The plan without what AWS would refuse, as far as that can be looked up.

        For check mode: whoever applies the plan is told by AWS, without a further call.
        """
        return plan

    @abstractmethod
    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        """Carries the steps out, noting each in done; returns the state afterwards in the shape of plan.after.

        Raises Conflict when somebody else was faster and another look helps.
        """


def run(module: Any, make_work: Callable[[], Work]) -> None:
    """Runs the work and ends the module."""
    withhold(module)
    done = Done()
    before: dict[str, Any] = {}
    try:
        work = make_work()
        plan, before, after = _converge(module, work, done)
    except FlowLogsError as error:
        return _fail(module, done, {"msg": str(error)})
    except AnsibleAWSError as error:
        return _fail(module, done, _of_aws_error(error))
    failures = [*plan.refusals, *done.failures]
    steps = list(plan.steps) if module.check_mode else done.steps
    answer = {**plan.notes, **after, "changed": bool(steps), "actions": _sentences(steps)}
    if module._diff:
        old, new = differences(_shown(before, plan), _shown(after, plan), work.usual)
        answer["diff"] = printable_throughout({"before": old, "after": new})
    hand_on(module, steps)
    for warning in printable_lines([*plan.warnings, *done.warnings]):
        module.warn(warning)
    if failures:
        answer["failures"] = _as_results(failures)
        answer["failed"] = True if _FAILED_IS_BOOLEAN else answer["failures"]
        answer["msg"] = printable(_summary(failures))
    module.exit_json(**answer)


def hand_on(module: Any, steps: Sequence[Step]) -> None:
    """Gives the steps as data to whoever runs the module in the same process. A module by itself has its sentences only."""
    take = getattr(module, "take_steps", None)
    if callable(take):
        take(steps)


def withhold(module: Any) -> None:
    """Has Ansible blot the password of endpoint_url out of all that it adds to a result, such as the module's arguments."""
    hidden = getattr(module, "no_log_values", None)
    if hidden is not None:
        hidden.update(secrets_of_options(module.params), known_secrets())


def answer(module: Any, read: Callable[[], dict[str, Any]]) -> None:
    """Ends a module that only reads, with what read() returns."""
    withhold(module)
    try:
        result = read()
    except FlowLogsError as error:
        return _fail(module, Done(), {"msg": str(error)})
    except AnsibleAWSError as error:
        return _fail(module, Done(), _of_aws_error(error))
    module.exit_json(changed=False, **result)


def _converge(module: Any, work: Work, done: Done) -> tuple[Plan, dict[str, Any], dict[str, Any]]:
    first: dict[str, Any] | None = None
    for attempt in range(ROUNDS):
        # What failed in a round that is done again counts only if it fails again.
        done.failures.clear()
        done.warnings.clear()
        current = work.observe()
        plan = work.plan(current)
        if module.check_mode:
            plan = work.foretell(plan, current)
        first = plan.before if first is None else first
        if module.check_mode or not plan.steps:
            return plan, first, plan.after
        try:
            return plan, first, _apply(work, plan, done)
        except Conflict:
            if attempt == ROUNDS - 1:
                raise
            time.sleep(random.uniform(0.2, 1.0) * min(attempt + 1, 5))
    raise Conflict("The resources keep changing under this module. Run it again when the others are done.")


def _apply(work: Work, plan: Plan, done: Done) -> dict[str, Any]:
    """Applies the plan; what was done is told in the plan's order, whichever thread was first."""
    order = {(step.kind, step.subject): number for number, step in enumerate(plan.steps)}
    earlier = len(done.steps)
    try:
        return work.apply(plan, done)
    finally:
        done.steps[earlier:] = sorted(done.steps[earlier:], key=lambda step: order[step.kind, step.subject])


def _of_aws_error(error: AnsibleAWSError) -> dict[str, Any]:
    msg = f"{error.message}: {limited(str(error.exception))}" if error.exception else str(error.message)
    reported = (getattr(error.exception, "response", None) or {}).get("Error") or {}
    code, message = str(reported.get("Code") or ""), str(reported.get("Message") or "")
    action = getattr(error, "action", "")
    hint = hint_of(error.exception, [action] if action else [])
    answer: dict[str, Any] = {"msg": with_hint(msg, hint)}
    if reported:
        answer["error"] = {"code": limited(code), "message": printable(limited(message, LONGEST_ERROR)), "hint": hint}
    return answer


def _fail(module: Any, done: Done, answer: dict[str, Any]) -> None:
    """Ends the module, saying what had been done before the failure."""
    if done.failures:
        answer["failures"] = _as_results(done.failures)
        answer["msg"] += f" Besides, {_summary(done.failures)}."
    if done.steps:
        hand_on(module, done.steps)
        answer["actions"] = _sentences(done.steps)
        answer["msg"] += (
            f" Before that: {'; '.join(answer['actions'])}. Run it again when the cause is mended: it goes on from here."
        )
    answer["msg"] = printable(answer["msg"])
    remember_surroundings()
    secrets = secrets_of_options(module.params)
    withhold(module)
    module.fail_json(changed=bool(done.steps), **cleaned(answer, secrets))


def _sentences(steps: list[Step]) -> list[str]:
    return printable_lines(step.sentence for step in steps)


def _as_results(failures: list[Failure]) -> list[dict[str, str]]:
    """The id is data; what is said of it is for people."""
    return [
        {key: value if key == "resource_id" else printable(value) for key, value in failure.as_result().items()}
        for failure in failures
    ]


def _summary(failures: list[Failure]) -> str:
    kinds = in_sentences(failures)
    more = " | and more, see failures" if len(kinds) > _KINDS else ""
    return f"{len(failures)} failed: {' | '.join(kinds[:_KINDS])}{more}"


def _shown(result: dict[str, Any], plan: Plan) -> dict[str, Any]:
    return {key: type(value)() if key in plan.not_in_diff else value for key, value in result.items() if key not in plan.notes}
