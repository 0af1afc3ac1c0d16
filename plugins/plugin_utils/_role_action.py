# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What the role's actions share: the variables of all hosts, made into plans, and accounts worked on side by side."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from typing import Any
from typing import Callable

from ansible import context
from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.amazon.aws.plugins.module_utils.botocore import check_sdk_version_supported
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleBotocoreError
from ansible_collections.netops.flow_logs.plugins.module_utils._core import bounds
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import ACCOUNT_TIMEOUT_VARIABLE
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import Patience
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import account_timeout
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import with_patience
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import plain_url
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import without_secrets
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Mode
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.identify import Identified
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.planning import account_plans
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.planning import connection_of
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import AccountPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import Broken
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.processes import in_processes
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import KEEPS_RUN_ONCE
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import environments_around
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import is_for_the_first_host
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import gather
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.module_defaults import with_module_defaults
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import Problems
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.variables import HostVariables
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.variables import read_wishes
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.recap import Surroundings
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.recap import recap_of

# Tags that the role's tasks have, and those that Ansible knows.
_TAGS = frozenset(["all", "always", "flow_logs", "tagged"])
# Asked while ansible-playbook reads this file: what works for it later has no standard error of its own.
AT_TERMINAL = sys.stderr is not None and sys.stderr.isatty()

_PLAYBOOKS = {"present": "netops.flow_logs.apply", "absent": "netops.flow_logs.remove"}
# What is done with one account.
Program = Callable[[Account], Any]


class RoleAction(ActionBase):
    """All hosts of the batch at once, and each account in a process of its own."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _read_models: Models | None = None
    # All that are looked at.
    _hosts: Sequence[str] = ()
    # The role's variables of the hosts, each set of them once.
    _settings: Mapping[int, Mapping[str, Any]] = {}

    def _prepare(self) -> None:
        """Raises AnsibleActionFail without the SDK."""
        try:
            check_sdk_version_supported(warn=self._display.warning)
        except AnsibleBotocoreError as error:
            raise AnsibleActionFail(
                f"{error} The role works in the Python that runs Ansible: install boto3 and botocore there."
            ) from error
        os.environ.update(self._environment())

    def _set_timeouts(self) -> None:
        """Raises AnsibleActionFail for a time limit that is none."""
        for option, variable in (("call_timeout", bounds.TIMEOUT_VARIABLE), ("account_timeout", ACCOUNT_TIMEOUT_VARIABLE)):
            seconds = self._of_the_run(option)
            if seconds is not None:
                os.environ[variable] = str(seconds)
        try:
            bounds.call_timeout()
            account_timeout()
        except InvalidInput as error:
            raise AnsibleActionFail(str(error)) from None

    def _each(self, plans: list[AccountPlan], mode: Mode, program: Callable[[AccountPlan], Program]) -> list[Any]:
        """What the program returned for each account, Broken where it broke."""
        jobs = [partial(_work, program(plan), plan, mode, self._models()) for plan in plans]
        answers = in_processes(jobs, self._forks(), self._tell)
        for answer in answers:
            if isinstance(answer, Broken) and answer.trace:
                self._display.vvv("\n".join(printable_lines(without_secrets(answer.trace).splitlines())))
        return answers

    def _plans(self, variables: dict[str, Any]) -> tuple[list[AccountPlan], Problems]:
        """What is to be done, and which hosts are left out of it because something is wrong with them."""
        spec = self._task.args.get("argument_spec")
        if not isinstance(spec, Mapping):
            raise AnsibleActionFail("argument_spec has to be the options of the role's argument specification.")
        if boolean(self._task.args.get("whole_play", False)):
            hosts = variables["ansible_play_hosts"]
            variables = {**variables, "ansible_play_batch": hosts, "play_hosts": hosts}
        self._hosts = variables["ansible_play_batch"]
        reader = HostVariables(self._task, self._templar, variables, spec)
        wishes, problems = read_wishes(reader, spec, variables["ansible_play_batch"])
        try:
            warnings = reader.misspelt(any(wish.settings.get("flow_logs_state") == "absent" for wish in wishes))
        except InvalidInput as error:
            raise AnsibleActionFail(printable(error)) from None
        for warning in warnings:
            self._display.warning(printable(warning))
        self._require_the_same_for_all(reader, [host for host in variables["ansible_play_batch"] if host not in problems])
        self._require_state(wishes, problems)
        self._settings = {id(wish.settings): wish.settings for wish in wishes}
        self._set_timeouts()
        self._warn_of_passwords(wishes)
        with_defaults = with_module_defaults(self._task, self._templar)
        identified = Identified(self._models, partial(connection_of, with_defaults))
        gathered = gather(wishes, problems, identified)
        plans = account_plans(
            gathered.accounts, with_defaults, gathered.problems, identified.closed, identified.homes
        )
        return plans, gathered.problems

    def _warn_of_passwords(self, wishes: list[HostWish]) -> None:
        addresses = {str(wish.settings.get("flow_logs_endpoint_url") or "") for wish in wishes}
        if any(plain_url(address)[1] for address in addresses):
            self._display.warning(
                "flow_logs_endpoint_url has a user name or a password. Calls to AWS use neither, so they are left out, also of the"
                " report's commands. Take them out of the variable."
            )

    def _require_the_same_for_all(self, reader: HostVariables, hosts: list[str]) -> None:
        """module_defaults and environment are worked out once. Raises AnsibleActionFail where they would differ by host."""
        # The task's own environment has been worked out for the first host already; what the task is in has it as it was written.
        environment = [*environments_around(self._task), self._task.get_play().environment]
        written = {"module_defaults": self._task.module_defaults, "environment": environment}
        for keyword, texts in written.items():
            differing = reader.differ_in(texts or [], hosts)
            if differing:
                raise AnsibleActionFail(
                    f"{keyword} of the play speaks of {', '.join(differing)}, which differs from host to host. All hosts are done"
                    " together: set the role's variables instead, which each host has by itself. Nothing was done."
                )

    def _require_state(self, wishes: list[HostWish], problems: Problems) -> None:
        """A playbook does what its name says: whoever wants the opposite says so by the other playbook."""
        state = self._task.args.get("state")
        for wish in wishes if state else ():
            if wish.settings["flow_logs_state"] != state:
                problems.add(
                    [wish.host],
                    f"flow_logs_state is {wish.settings['flow_logs_state']}, which this playbook does not do: use"
                    f" {_PLAYBOOKS[wish.settings['flow_logs_state']]}. Nothing was done.",
                )
        wishes[:] = [wish for wish in wishes if wish.host not in problems]

    def _models(self) -> Models:
        """AWS's service models, read once and only when somebody is to be asked for something."""
        if self._read_models is None:
            self._read_models = Models()
        return self._read_models

    def _is_all_or_nothing(self, problems: Problems) -> bool:
        """With any_errors_fatal nothing is written when a problem is known before."""
        return bool(problems) and bool(self._task.any_errors_fatal)

    def _recap(
        self,
        found: Mapping[str, Any],
        any_changed: bool,
        failures: Sequence[str],
        variables: Mapping[str, Any],
        of_no_host: Sequence[str] = (),
    ) -> dict[str, Any]:
        """What the result says to the task that gives each host its own. found: the result, with its hosts."""
        here = self._surroundings(variables)
        if here.first_only and len(variables["ansible_play_batch"]) > 1:
            self._display.warning(
                "The role is included with run_once, so Ansible knows the result of one host only. Leave run_once out of what includes it: the"
                " role does all hosts at once by itself."
            )
        recap = recap_of(found["hosts"], any_changed, failures, here, of_no_host).with_diff(found.get("diff") or ())
        return {
            "changed": recap.task_changed,
            "any_changed": any_changed,
            "recap": recap.as_result(str(variables.get("flow_logs_hosts") or "all")),
        }

    def _surroundings(self, variables: Mapping[str, Any]) -> Surroundings:
        arguments = self._task.args
        whole_play = boolean(arguments.get("whole_play", False))
        one_of_several = len(variables["ansible_play_batch"]) < len(variables["ansible_play_hosts"])
        return Surroundings(
            whole_play=whole_play,
            first_only=not whole_play and is_for_the_first_host(self._task, self._templar),
            answer_is_kept=not whole_play and one_of_several and KEEPS_RUN_ONCE,
            fail_each=boolean(self._of_the_run("fail_each_host", True)),
            most_changed=int(self._of_the_run("count_changed_hosts", 100)),
        )

    def _of_the_run(self, option: str, default: Any = None) -> Any:
        """A setting that can only be one for all: the option of the task, or else the largest value that a host has."""
        name = f"flow_logs_{option}"
        values = [settings[name] for settings in self._settings.values() if settings.get(name) is not None]
        return self._task.args.get(option, max(values, default=default))

    def _require_known_tags(self, variables: Mapping[str, Any]) -> None:
        """A playbook that does nothing for a misspelt tag would look like one that has nothing to do. Raises AnsibleActionFail."""
        chosen = set(variables.get("ansible_run_tags") or ["all"])
        if boolean(self._task.args.get("whole_play", False)) and not chosen & _TAGS:
            raise AnsibleActionFail(
                f"--tags {printable(','.join(sorted(chosen)))}: this playbook has no such tag. Nothing was done. Leave --tags out, and choose"
                " targets with --limit."
            )

    def _environment(self) -> dict[str, str]:
        """What the play's keyword environment sets, as modules would get it."""
        merged: dict[str, Any] = {}
        for part in self._task.environment or []:
            merged.update(self._templar.template(part) or {})
        return {str(name): str(value) for name, value in merged.items()}

    def _forks(self) -> int:
        return int(context.CLIARGS.get("forks") or 5)

    def _tell(self, line: str) -> None:
        """Progress. The standard output belongs to the callback, and may be no terminal: then the log has it alone."""
        if boolean(self._of_the_run("progress", True)):
            self._display.display(f"  {printable(line)}", stderr=AT_TERMINAL, log_only=not AT_TERMINAL)


def _work(program: Program, plan: AccountPlan, mode: Mode, models: Models, say: Callable[[str], None]) -> Any:
    with with_patience(Patience(account_timeout())):
        return program(Account(plan, mode, models, say))
