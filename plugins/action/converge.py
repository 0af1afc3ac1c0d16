# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Mode
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.apply import apply
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.gc_tuning import patient_collector
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.iam import setup
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Outcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import AccountPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import failed_account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import Broken
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import Problems
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.hosts import host_results
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import diffs
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import failure_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import results
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import summary_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import total_line
from ansible_collections.netops.flow_logs.plugins.plugin_utils._role_action import Program
from ansible_collections.netops.flow_logs.plugins.plugin_utils._role_action import RoleAction


class ActionModule(RoleAction):
    """Gives all hosts their flow logs, or removes them."""

    # Ansible then runs it once whatever the task says, and refuses strategies that would run it for each host.
    BYPASS_HOST_LOOP = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        self._require_known_tags(variables)
        self._prepare()
        mode = Mode(bool(self._task.check_mode), bool(self._task.diff))
        with patient_collector():
            plans, problems = self._plans(variables)
            stopped = self._is_all_or_nothing(problems)
            answers = [] if stopped else self._each(plans, mode, self._program)
        done = [(plan, _outcomes_of(plan, answer)) for plan, answer in zip(plans, answers)]
        outcomes = [outcome for _plan, own in done for outcome in own]
        found = {
            **_as_result(outcomes, problems, mode),
            **host_results(done, problems.as_result(), self._hosts),
            "targets": _count_targets(plans),
        }
        if not self._is_iam_only():
            found["summary"].append(total_line(found["totals"], mode.check, len(problems)))
        if stopped:
            found["summary"].append("Nothing was written, as any_errors_fatal is set.")
        return {**result, **found, **self._recap(found, found["changed"], found["failures"], variables)}

    def _is_iam_only(self) -> bool:
        return bool(boolean(self._task.args.get("iam_only", False)))

    def _program(self, plan: AccountPlan) -> Program:
        if self._is_iam_only():
            return setup
        if plan.state != "absent":
            return apply
        # Imported only where it is needed: Ansible compiles the files of a collection again in each run.
        from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.remove import remove

        return remove


def _outcomes_of(plan: AccountPlan, answer: Any) -> list[Outcome]:
    if isinstance(answer, Broken):
        return [failed_account(plan, Returned({"msg": f"The work on the account broke off, which is a bug: {answer}"}))]
    outcomes: list[Outcome] = answer
    return outcomes


def _as_result(outcomes: list[Outcome], problems: Problems, mode: Mode) -> dict[str, Any]:
    found = results(outcomes)
    failures = [*problems.lines(), *failure_lines(outcomes)]
    result: dict[str, Any] = {
        "changed": any(part.get("changed") for part in found),
        "outcomes": [outcome.as_result() for outcome in outcomes],
        "failed_hosts": problems.as_result(),
        "summary": [
            *summary_lines(outcomes, "would be" if mode.check else "was"),
            *problems.left_out(),
        ],
        "failures": failures,
    }
    warnings = list(dict.fromkeys(printable_lines(each for part in found for each in part.get("warnings", []))))
    if warnings:
        result["warnings"] = warnings
    if mode.diff:
        result["diff"] = diffs(outcomes)
    return result


def _count_targets(plans: list[AccountPlan]) -> int:
    return sum(len(delivery.hosts) for plan in plans for delivery in plan.deliveries)
