# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from datetime import timezone
from typing import Any

from ansible import context
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Mode
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.audit import Audit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.audit import audit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.gc_tuning import patient_collector
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import AccountPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import Broken
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import Problems
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.commands import Commands
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.files import FILES
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.files import write
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.findings import KINDS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.findings import SEVERITIES
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.model import matching
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.model import report
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.model import unknown_words
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.summary import finding_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.summary import summary_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.findings import host_findings
from ansible_collections.netops.flow_logs.plugins.plugin_utils._role_action import RoleAction

_SPEC: dict[str, Any] = {
    "argument_spec": {"type": "dict", "required": True},
    "whole_play": {"type": "bool", "default": False},
    "call_timeout": {"type": "float"},
    "fail_each_host": {"type": "bool"},
    "account_timeout": {"type": "float"},
    "progress": {"type": "bool"},
    "templates": {"type": "path", "required": True},
    "title": {"type": "str", "default": "Flow logs"},
    "directory": {"type": "path", "default": "flow-logs-report"},
    "formats": {"type": "list", "elements": "str", "choices": list(FILES), "default": ["html", "json"]},
    "fail_on": {"type": "list", "elements": "str", "default": []},
}
# Nothing is ever written: where the account differs from the inventory is found out in check mode.
_READ_ONLY = Mode(check=True, diff=False)


class ActionModule(RoleAction):
    """Reads the accounts of all hosts; nothing in AWS is written."""

    BYPASS_HOST_LOOP = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        self._require_known_tags(variables)
        options = self._options()
        self._prepare()
        with patient_collector():
            plans, problems = self._plans(variables)
            answers = self._each(plans, _READ_ONLY, lambda _plan: audit)
        audits = [_broken(plan, each) if isinstance(each, Broken) else each for plan, each in zip(plans, answers)]
        commands = Commands(_inventory(), variables.get("groups") or ())
        model = report(audits, options["title"], datetime.now(timezone.utc), commands, problems.causes())
        found = self._as_result(model, options, problems)
        matches = matching(model, options["fail_on"])
        lines = {each["id"]: finding_lines([each])[0] for each in matches}
        hosts = host_findings(model, problems.as_result(), matches, lines, self._hosts)
        found["hosts"] = hosts.results
        recap = self._recap(found, False, found["failures"], variables, finding_lines(hosts.of_no_host))
        return {**result, "changed": False, **found, **recap}

    def _options(self) -> dict[str, Any]:
        outcome = ArgumentSpecValidator(_SPEC).validate(self._task.args)
        if outcome.error_messages:
            raise AnsibleActionFail(printable("; ".join(outcome.error_messages)))
        options: dict[str, Any] = outcome.validated_parameters
        wrong = unknown_words(options["fail_on"])
        if wrong:
            known = ", ".join([*SEVERITIES, *KINDS])
            raise AnsibleActionFail(
                f"flow_logs_report_fail_on: {printable(', '.join(wrong))}: there is no such finding, but {known}."
            )
        return options

    def _as_result(self, model: dict[str, Any], options: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
        files = [] if self._task.check_mode else _written(model, options)
        return {
            "totals": model["totals"],
            "coverage": model["coverage"],
            "findings": model["findings"],
            "not_read": model["not_read"],
            "files": files,
            "summary": summary_lines(model, files),
            "failed_hosts": problems.as_result(),
            "failures": [*problems.lines(), *finding_lines(matching(model, options["fail_on"]))],
        }


def _written(model: Mapping[str, Any], options: Mapping[str, Any]) -> list[str]:
    """The report's files. Raises AnsibleActionFail where they can't be written."""
    directory = options["directory"]
    try:
        return [str(path) for path in write(model, directory, options["formats"], options["templates"])]
    except OSError as error:
        raise AnsibleActionFail(
            printable(
                f"The report can't be written to {directory}: {error.strerror or error}. Set flow_logs_report_directory."
            )
        ) from error


def _broken(plan: AccountPlan, answer: Broken) -> Audit:
    names = {key: plan.iam[key] for key in ("role_name", "policy_name")}
    error = {"msg": f"Reading the account broke off, which is a bug: {answer}"}
    return Audit(plan.label, None, {}, names, error=error)


def _inventory() -> list[str]:
    """What was given as -i; nothing where Ansible's configuration names the inventory."""
    given = context.CLIARGS.get("inventory") or ()
    return [str(source) for source in given]
