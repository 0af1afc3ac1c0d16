# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The log_group module's four chapters for state absent."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import api as flow_log_api
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_flow_log_ids
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import GroupTemplate
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import Resolve
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import resolve

from . import api
from .plan import from_aws
from .removal import Current
from .removal import Removal
from .removal import plan_removal
from .removal import protected

# DeleteLogGroup's answers for a group that is protected (botocore's model lists both for the protection).
_PROTECTED = ("ValidationException", "InvalidOperationException")


class LogGroupRemovalWork(Work):
    """Options are checked before the first call, names before the first write."""

    def __init__(self, module: Any, names: Resolve = resolve) -> None:
        options = module.params
        ignored = parse_flow_log_ids(options["ignored_flow_log_ids"]) or frozenset()
        template = GroupTemplate(options["log_group_name"], options["resource_ids"])
        account = account_of(module)
        self.ec2 = client(module, "ec2")
        self.client = client(module, "logs")
        groups = template.groups(account, region_of(module), lambda: self.ec2, names)
        self.gone = groups.missing
        self.illegal = groups.illegal
        self.removal = Removal(groups.names, ignored)

    def observe(self) -> Current:
        found = api.find_log_groups(self.client, list(self.removal.names))
        writers: dict[str, list[FlowLog]] = {}
        for log in flow_log_api.describe_flow_logs_to(self.ec2, sorted(found)):
            writers.setdefault(log.destination.name, []).append(log)
        return Current({name: from_aws(group) for name, group in found.items()}, writers)

    def plan(self, current: Current) -> Plan:
        plan = plan_removal(self.removal, current)
        gone = tuple(
            f"{failure.message} The name of its log group can't be told: should the group still be there, give its name."
            for failure in self.gone
        )
        return Plan(plan.before, plan.after, plan.steps, (*self.illegal, *plan.refusals), gone)

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        failures = side_by_side(self._delete, plan.steps)
        failed = {failure.resource_id for failure in failures if failure}
        done.failures += [failure for failure in failures if failure]
        done.steps += [step for step in plan.steps if step.subject not in failed]
        return {
            "log_groups": [
                {**entry, "action": "failed"} if entry["log_group_name"] in failed else entry
                for entry in plan.after["log_groups"]
            ]
        }

    def _delete(self, step: Step) -> Failure | None:
        try:
            api.delete_log_group(self.client, **step.arguments)
        except AwsError as error:
            if error.code in _PROTECTED:
                return protected(step.subject)
            text = f"{error.message}: {error.reason}"
            return Failure(step.subject, error.code or "NoAnswer", text, error.hint)
        return None
