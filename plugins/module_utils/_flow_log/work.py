# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The flow_log module's four chapters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from typing import ClassVar

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import tag_wish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import voice_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import EC2
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import refuse_rule_tag
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import describe_resources
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import owners_in
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import Resolve
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import missing
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import resolve
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import placeholders

from . import api
from .apply import Applied
from .apply import apply_steps
from .apply import read_back
from .destination import log_group
from .log_format import DEFAULT_LOG_FORMAT
from .log_format import normalise
from .plan import TWICE
from .plan import Wish
from .plan import plan_flow_logs
from .plan import same_flow_logs
from .twice import Twice
from .twice import warning_of
from .value import FlowLog
from .value import to_result

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):role/.+")


def wish_from_options(options: dict[str, Any]) -> Wish:
    """The wish from the module's options. Raises InvalidInput."""
    refuse_rule_tag(options["tags"])
    role_arn = options["role_arn"]
    if role_arn is not None and not _ROLE_ARN.fullmatch(role_arn):
        raise InvalidInput(
            f"role_arn {role_arn!r} is no ARN of an IAM role. It looks like"
            " arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs."
        )
    settings = {
        "traffic_type": options["traffic_type"],
        "max_aggregation_interval": options["max_aggregation_interval"],
        "log_format": normalise(options["log_format"]),
        "role_arn": role_arn,
    }
    return Wish(
        settings={name: value for name, value in settings.items() if value is not None},
        tags=tag_wish(options["tags"], options["purge_tags"], EC2),
        lookup=options["lookup"],
        allow_replace=options["allow_replace"],
        take_over=options["take_over"],
    )


class FlowLogWork(Work):
    """Options are checked before the first call, names and account before the first write.

    barred: resource id -> why nothing of it may be touched, as its log group could not be made as asked. warns: whether what is
    recorded twice is a warning, too; the result has it anyway. seen: what observe() has returned before for the same options, in
    place of the first look.
    """

    usual: ClassVar[Mapping[str, Any]] = {"log_destination_type": "cloud-watch-logs", "log_format": DEFAULT_LOG_FORMAT}

    def __init__(
        self,
        module: Any,
        names: Resolve = resolve,
        barred: Mapping[str, Failure] | None = None,
        warns: bool = True,
        seen: list[FlowLog] | None = None,
    ) -> None:
        options = module.params
        self.seen = seen
        targets = parse_targets(options["resource_ids"])
        template = options["log_group_name"]
        placeholders(template)
        self.wish = wish_from_options(options)
        self.wait_timeout = options["wait_timeout"]
        self.tell = voice_of(module)
        self.account = account_of(module)
        _require_own_role(options["role_arn"], self.account.account_id)
        self.region = region_of(module)
        self.client = client(module, "ec2")
        resolved = names(template, targets, self.account, self.region, lambda: self.client)
        self.missing = (*resolved.missing, *resolved.illegal)
        self.known = set(resolved.known)
        self.barred = barred or {}
        self.warns = warns
        self.destinations = {
            target: log_group(resolved.names[target.resource_id])
            for target in targets
            if target.resource_id in resolved.names
        }
        # What a target lies in records it, too. Nothing is read for that alone.
        self.owners = {
            target.resource_id: owners_in(target.resource_id, resolved.known[target.resource_id])
            for target in self.destinations
            if target.resource_id in resolved.known
        }

    def observe(self) -> list[FlowLog]:
        seen, self.seen = self.seen, None
        if seen is not None:
            return seen
        ids = dict.fromkeys(target.resource_id for target in self.destinations)
        ids.update(dict.fromkeys(owner for owners in self.owners.values() for owner in owners))
        return api.describe_flow_logs(self.client, list(ids))

    def plan(self, current: list[FlowLog]) -> Plan:
        plan = plan_flow_logs(self.wish, self.destinations, current, COMPARISON, self.barred, self.owners)
        self.twice: list[Twice] = list(plan.notes[TWICE])
        entries = [each.as_result() for each in self.twice]
        warnings = (*plan.warnings, *(warning_of(entries) if self.warns else ()))
        return replace(plan, refusals=(*self.missing, *plan.refusals), warnings=warnings, notes={TWICE: entries})

    def foretell(self, plan: Plan, current: list[FlowLog]) -> Plan:
        """Without targets that do not exist, where a template that names no resource gave no reason to read them."""
        new = {entry["resource_id"] for entry in plan.after["flow_logs"] if entry["action"] == "created"} - self.known
        unsure = [target for target in self.destinations if target.resource_id in new]
        try:
            known = describe_resources(self.client, unsure) if unsure else {}
        except AwsError as error:
            warning = f"Whether {unsure[0].resource_id} and other targets of new flow logs exist could not be seen: {error.reason}"
            return replace(plan, warnings=(*plan.warnings, warning))
        gone = {target for target in unsure if target.resource_id not in known}
        if not gone:
            return plan
        self.missing = (*self.missing, *(missing(target, self.account, self.region) for target in unsure if target in gone))
        self.destinations = {
            target: destination for target, destination in self.destinations.items() if target not in gone
        }
        return self.plan(current)

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        applied = Applied(done.steps)
        try:
            apply_steps(self.client, plan.steps, self.wait_timeout, applied, self.tell)
        finally:
            done.failures += applied.failures.values()
        failed = set(applied.failures)
        seen, invisible = read_back(self.client, plan.steps, failed)
        if invisible:
            done.warnings.append(
                f"AWS accepted flow logs of {', '.join(invisible)}, but does not show them yet: their flow_log_id is missing."
            )
        entries = [_after(entry, seen) for entry in plan.after["flow_logs"] if entry["resource_id"] not in failed]
        # A target that failed is not what was planned for it.
        twice = [each.seen(seen) for each in self.twice if not (each.is_planned and each.resource_id in failed)]
        return {"flow_logs": [*entries, *self._left(failed)], TWICE: [each.as_result() for each in twice]}

    def _left(self, failed: set[str]) -> list[dict[str, Any]]:
        """What the targets that failed have now: the old flow log, one that was put back, both, or none."""
        now = api.describe_flow_logs(self.client, sorted(failed)) if failed else []
        return [
            to_result(log, "unchanged")
            for target, destination in self.destinations.items()
            if target.resource_id in failed
            for log in same_flow_logs(self.wish, target, destination, now)
        ]


def _after(entry: dict[str, Any], seen: dict[str, FlowLog]) -> dict[str, Any]:
    """The planned entry with what AWS adds."""
    resource_id = entry["resource_id"]
    if resource_id not in seen:
        return entry
    # Tags are shown as they were set: a read may still lag behind.
    log = replace(seen[resource_id], tags=entry["tags"])
    return to_result(log, entry["action"], tuple(entry.get("replaced_flow_log_ids", ())))


def _require_own_role(role_arn: Any, account_id: str) -> None:
    match = _ROLE_ARN.fullmatch(role_arn or "")
    if match and match.group("account") != account_id:
        raise InvalidInput(
            f"role_arn {role_arn} is of account {match.group('account')}, but the credentials belong to {account_id}:"
            " flow logs of a log group need a role of their own account."
        )
