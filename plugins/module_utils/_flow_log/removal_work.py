# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The flow_log module's four chapters for state absent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from typing import ClassVar

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import describe_resources
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import owners_in
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_flow_log_ids
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import Resolve
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import resolve
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import placeholders

from . import api
from .delete import delete_flow_logs
from .destination import Destination
from .destination import log_group
from .log_format import DEFAULT_LOG_FORMAT
from .removal import REMAINING
from .removal import Removal
from .removal import going
from .removal import plan_removal
from .removal import remaining_warning
from .value import FlowLog

# Seconds between looks for flow logs that were just deleted and still show: half a minute in all.
_GONE_AFTER = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)


class FlowLogRemovalWork(Work):
    """Options are checked before the first call, names and account before the first write.

    warns: whether flow logs that go on are a warning, too; the result has them anyway.
    """

    usual: ClassVar[Mapping[str, Any]] = {"log_destination_type": "cloud-watch-logs", "log_format": DEFAULT_LOG_FORMAT}

    def __init__(self, module: Any, names: Resolve = resolve, warns: bool = True) -> None:
        options = module.params
        self.warns = warns
        self.targets = parse_targets(options["resource_ids"] or [])
        self.flow_log_ids = parse_flow_log_ids(options["flow_log_ids"])
        template = _template(options)
        account = account_of(module)
        region = region_of(module)
        self.client = client(module, "ec2")
        self.owners: dict[str, tuple[str, ...]] = {}
        self.gone: list[Failure] = []
        self.illegal: tuple[Failure, ...] = ()
        destinations: dict[str, Destination | None] = dict.fromkeys(
            (target.resource_id for target in self.targets), None
        )
        if template is not None:
            resolved = names(template, self.targets, account, region, lambda: self.client)
            destinations.update({resource_id: log_group(name) for resource_id, name in resolved.names.items()})
            self.owners = _owners(self.client, self.targets, resolved.known)
            self.gone = list(resolved.missing)
            self.illegal = resolved.illegal
            for failure in self.illegal:
                # None would stand for a target whose flow logs go by their ids.
                del destinations[failure.resource_id]
        self.removal = Removal(
            destinations,
            self.flow_log_ids,
            options["lookup"],
            options["traffic_type"],
            take_over=options["take_over"],
        )
        self._seen: list[FlowLog] | None = None

    def look(self) -> frozenset[str]:
        """Ids of the flow logs that are to go; what was seen counts for the next observation."""
        self._seen = self.observe()
        return going(self.removal, self._seen)

    def beside(self, also_going: frozenset[str]) -> FlowLogRemovalWork:
        """The same work in a run that removes these flow logs elsewhere."""
        self.removal = replace(self.removal, also_going=also_going)
        return self

    def observe(self) -> list[FlowLog]:
        if self._seen is not None:
            seen, self._seen = self._seen, None
            return seen
        if self.flow_log_ids is not None:
            return api.describe_flow_logs_by_id(self.client, sorted(self.flow_log_ids))
        ids = dict.fromkeys(self.removal.destinations)
        ids.update(dict.fromkeys(owner for owners in self.owners.values() for owner in owners))
        return api.describe_flow_logs(self.client, list(ids))

    def plan(self, current: list[FlowLog]) -> Plan:
        plan = plan_removal(self.removal, current, self.owners)
        refused = {failure.resource_id for failure in plan.refusals}
        gone = tuple(
            f"{failure.message} Nothing to remove there." for failure in self.gone if failure.resource_id not in refused
        )
        left = remaining_warning(plan.notes.get(REMAINING, ())) if self.warns else ()
        return replace(plan, refusals=(*self.illegal, *plan.refusals), warnings=(*gone, *plan.warnings, *left))

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        logs: list[FlowLog] = [step.arguments["flow_log"] for step in plan.steps]
        failed = delete_flow_logs(self.client, {log.flow_log_id: log.resource_id for log in logs})
        done.failures += failed.values()
        done.steps += [step for step in plan.steps if step.subject not in failed]
        self._await_gone([log for log in logs if log.flow_log_id not in failed])
        entries = [
            {**entry, "action": "unchanged"} if entry["flow_log_id"] in failed else entry
            for entry in plan.after["flow_logs"]
        ]
        return {**plan.after, "flow_logs": entries}

    def _await_gone(self, logs: Sequence[FlowLog]) -> None:
        """Waits until AWS no longer lists them, so that whoever looks next finds nothing left to do.

        EC2's reads lag behind its writes. After half a minute it is left at that: they are deleted all the same.
        """
        left = [log.flow_log_id for log in logs]
        for pause in _GONE_AFTER:
            if not left:
                break
            time.sleep(pause)
            left = [log.flow_log_id for log in api.describe_flow_logs_by_id(self.client, left)]


def _template(options: Mapping[str, Any]) -> str | None:
    """The log groups whose flow logs are to go; None when they go by their ids. Raises InvalidInput."""
    template: str | None = options["log_group_name"]
    if options["flow_log_ids"] is not None:
        return None
    if template is None:
        raise InvalidInput(
            "state absent with resource_ids needs log_group_name, or flow_log_ids: flow logs to other destinations are not"
            " to go with it."
        )
    placeholders(template)
    return template


def _owners(ec2: Any, targets: Sequence[Target], known: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """Resource id -> the subnet and the VPC that it is in, for subnets and interfaces that exist."""
    inner = [target for target in targets if target.prefix != "vpc"]
    unread = [target for target in inner if target.resource_id not in known]
    facts = {**known, **(describe_resources(ec2, unread) if unread and not known else {})}
    return {
        target.resource_id: owners_in(target.resource_id, facts[target.resource_id])
        for target in inner
        if target.resource_id in facts
    }
