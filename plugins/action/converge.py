# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from functools import partial
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Mapping
from typing import Optional

from ansible import context
from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.amazon.aws.plugins.module_utils.botocore import check_sdk_version_supported
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleBotocoreError
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import Account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import AccountPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import Mode
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import Outcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import outcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account_apply import apply
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account_remove import remove
from ansible_collections.netops.flow_logs.plugins.plugin_utils._collector import patient_collector
from ansible_collections.netops.flow_logs.plugins.plugin_utils._deliveries import gather
from ansible_collections.netops.flow_logs.plugins.plugin_utils._deliveries import shortened
from ansible_collections.netops.flow_logs.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.netops.flow_logs.plugins.plugin_utils._host_variables import read_wishes
from ansible_collections.netops.flow_logs.plugins.plugin_utils._in_process import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._module_defaults import with_module_defaults
from ansible_collections.netops.flow_logs.plugins.plugin_utils._outcomes import failure_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._outcomes import results
from ansible_collections.netops.flow_logs.plugins.plugin_utils._outcomes import summary_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._plans import account_plans
from ansible_collections.netops.flow_logs.plugins.plugin_utils._side_processes import Broken
from ansible_collections.netops.flow_logs.plugins.plugin_utils._side_processes import side_by_side


class ActionModule(ActionBase):
    """All hosts of the batch at once, in this process and one more for each further account."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        self._require_sdk()
        os.environ.update(self._environment())
        mode = Mode(bool(self._task.check_mode), bool(self._task.diff))
        with patient_collector():
            plans = self._plans(task_vars or {})
            answers = side_by_side(_jobs(plans, mode), self._forks(), self._tell)
        for answer in answers:
            if isinstance(answer, Broken) and answer.trace:
                self._display.vvv(answer.trace)
        outcomes = [entry for plan, answer in zip(plans, answers) for entry in _outcomes_of(plan, answer)]
        return {**result, **_as_result(outcomes, mode), "targets": _count_targets(plans)}

    def _require_sdk(self) -> None:
        try:
            check_sdk_version_supported(warn=self._display.warning)
        except AnsibleBotocoreError as error:
            raise AnsibleActionFail(
                f"{error} The role works in the Python that runs Ansible: install boto3 and botocore there."
            ) from error

    def _plans(self, variables: Dict[str, Any]) -> List[AccountPlan]:
        spec = self._task.args.get("argument_spec")
        if not isinstance(spec, Mapping):
            raise AnsibleActionFail("argument_spec has to be the options of the role's argument specification.")
        if boolean(self._task.args.get("whole_play", False)):
            hosts = variables["ansible_play_hosts"]
            variables = {**variables, "ansible_play_batch": hosts, "play_hosts": hosts}
        reader = HostVariables(self._task, self._templar, variables, list(spec))
        wishes, problems = read_wishes(reader, spec, variables["ansible_play_batch"])
        for warning in reader.misspelt():
            self._display.warning(warning)
        try:
            accounts = gather(wishes, problems)
        except InvalidInput as error:
            raise AnsibleActionFail(str(error)) from None
        plans, wrong = account_plans(accounts, with_module_defaults(self._task, self._templar))
        if wrong:
            raise AnsibleActionFail(shortened(wrong))
        return plans

    def _environment(self) -> Dict[str, str]:
        """What the play's keyword environment sets, as modules would get it."""
        merged: Dict[str, Any] = {}
        for part in self._task.environment or []:
            merged.update(self._templar.template(part) or {})
        return {str(name): str(value) for name, value in merged.items()}

    def _forks(self) -> int:
        return int(context.CLIARGS.get("forks") or 5)

    def _tell(self, line: str) -> None:
        self._display.display(f"  {line}")


def _jobs(plans: List[AccountPlan], mode: Mode) -> List[Callable[[Callable[[str], None]], List[Outcome]]]:
    if not plans:
        return []
    models = Models()
    return [partial(_work, plan, mode, models) for plan in plans]


def _work(plan: AccountPlan, mode: Mode, models: Models, say: Callable[[str], None]) -> List[Outcome]:
    program = remove if plan.state == "absent" else apply
    return program(Account(plan, mode, models, say))


def _outcomes_of(plan: AccountPlan, answer: Any) -> List[Outcome]:
    if isinstance(answer, Broken):
        return [outcome(plan, error={"msg": f"The work on the account broke off, which is a bug: {answer}"})]
    outcomes: List[Outcome] = answer
    return outcomes


def _as_result(outcomes: List[Outcome], mode: Mode) -> Dict[str, Any]:
    found = results(outcomes)
    failures = failure_lines(outcomes)
    result: Dict[str, Any] = {
        "changed": any(part.get("changed") for part in found),
        "outcomes": outcomes,
        "summary": summary_lines(outcomes, "would be" if mode.check else "was"),
        "failures": failures,
    }
    warnings = list(dict.fromkeys(warning for part in found for warning in part.get("warnings", [])))
    if warnings:
        result["warnings"] = warnings
    if mode.diff:
        result["diff"] = [
            part["diff"] for part in found if part.get("diff", {}).get("before") != part.get("diff", {}).get("after")
        ]
    return result


def _count_targets(plans: List[AccountPlan]) -> int:
    return sum(len(delivery.hosts) for plan in plans for delivery in plan.deliveries)
