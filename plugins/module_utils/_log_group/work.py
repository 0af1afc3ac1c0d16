# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The log_group module's four chapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import ClassVar

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import supports
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Conflict
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import tag_wish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import Progress
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import voice_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import LOGS
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import refuse_rule_tag
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import GroupTemplate
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import Resolve
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import resolve

from . import api
from .plan import LogGroup
from .plan import from_aws
from .plan import plan_groups
from .plan import require_key_arn
from .plan import to_result
from .plan import wish_from_options

_ALREADY_THERE = "ResourceAlreadyExistsException"


@dataclass
class _Outcome:
    """What became of one group's steps. again: another look helps."""

    steps: list[Step] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    again: bool = False


class LogGroupWork(Work):
    """Options are checked before the first call, names before the first write.

    seen: what observe() has returned before for the same options, in place of the first look.
    """

    usual: ClassVar[Mapping[str, Any]] = {"log_group_class": "STANDARD"}

    def __init__(
        self, module: Any, names: Resolve = resolve, seen: dict[str, LogGroup] | None = None
    ) -> None:
        options = module.params
        self.seen = seen
        template = GroupTemplate(options["log_group_name"], options["resource_ids"])
        refuse_rule_tag(options["tags"])
        tags = tag_wish(options["tags"], options["purge_tags"], LOGS)
        wish_from_options(options, {}, tags)
        self.account = account_of(module)
        self.region = region_of(module)
        if options["kms_key_id"]:
            require_key_arn(options["kms_key_id"], self.region, self.account.partition)
        self.client = client(module, "logs")
        self.tell = voice_of(module)
        groups = template.groups(self.account, self.region, lambda: client(module, "ec2"), names)
        self.missing = (*groups.missing, *groups.illegal)
        self.wish = wish_from_options(options, groups.names, tags)
        if self.wish.deletion_protection is not None:
            _require_protection(self.client)

    def observe(self) -> dict[str, LogGroup]:
        seen, self.seen = self.seen, None
        if seen is not None:
            return seen
        found = api.find_log_groups(self.client, list(self.wish.names))
        groups = {name: from_aws(group) for name, group in found.items()}
        if self.wish.tags.tags is None:
            return groups
        names = sorted(groups)
        progress = Progress(len(names), "log groups looked at", self.tell)
        tags = side_by_side(lambda name: self._tags(name, progress), names)
        return {name: from_aws(found[name], own) for name, own in zip(names, tags)}

    def _tags(self, name: str, progress: Progress) -> dict[str, str]:
        tags: dict[str, str] = api.list_tags(self.client, self._arn(name))
        progress.step()
        return tags

    def plan(self, current: dict[str, LogGroup]) -> Plan:
        arns = {name: self._arn(name) for name in self.wish.names}
        plan = plan_groups(self.wish, current, arns, COMPARISON)
        return Plan(plan.before, plan.after, plan.steps, self.missing, plan.warnings)

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        by_name: dict[str, list[Step]] = {}
        for step in plan.steps:
            by_name.setdefault(step.subject, []).append(step)
        progress = Progress(len(by_name), "log groups", self.tell)
        outcomes = side_by_side(lambda steps: self._apply_one(steps, progress), by_name.values())
        for outcome in outcomes:
            done.steps += outcome.steps
            done.failures += outcome.failures
        if any(outcome.again for outcome in outcomes):
            raise Conflict("Somebody else created the same log groups at the same time, again and again.")
        return self._read_back(plan, {failure.resource_id for failure in done.failures})

    def _apply_one(self, steps: list[Step], progress: Progress) -> _Outcome:
        """Carries out one group's steps in their order, until one fails."""
        outcome = _Outcome()
        for step in steps:
            try:
                api.DEEDS[step.kind](self.client, **step.arguments)
            except AwsError as error:
                outcome.again = error.code == _ALREADY_THERE
                if not outcome.again:
                    text = f"{error.message}: {error.reason}"
                    outcome.failures.append(Failure(step.subject, error.code or "NoAnswer", text, error.hint))
                break
            outcome.steps.append(step)
        progress.step()
        return outcome

    def _read_back(self, plan: Plan, failed: set[str]) -> dict[str, Any]:
        """What was planned, with what AWS adds (creation time); of groups that failed, what is there now."""
        found = api.find_log_groups(self.client, sorted({step.subject for step in plan.steps}))
        answer = []
        for entry in plan.after["log_groups"]:
            name = entry["log_group_name"]
            seen = from_aws(found[name]) if name in found else None
            if name not in failed:
                answer.append({**entry, **(seen.facts if seen else {})})
            elif seen:
                answer.append(to_result(seen, "failed", tuple(entry["resource_ids"])))
        return {"log_groups": answer}

    def _arn(self, name: str) -> str:
        return self.account.log_group_arn(self.region, name)


def _require_protection(logs: Any) -> None:
    if not supports(logs, "CreateLogGroup", "deletionProtectionEnabled"):
        raise InvalidInput(
            "deletion_protection needs botocore 1.41.3 or later: the installed one does not know it. Upgrade boto3 and botocore."
        )
