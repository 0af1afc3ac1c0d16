# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The insights_queries module's four chapters."""

from __future__ import annotations

import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from typing import NamedTuple

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Conflict
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group import api as log_group_api
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import GroupTemplate
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import Resolve
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import resolve

from . import api
from .plan import PUT
from .plan import Current
from .plan import Definition
from .plan import plan_queries
from .plan import require_answerable
from .plan import wish_from_options
from .removal import plan_removal

# Pauses between looks for queries that were saved just now: about as long as reads of AWS lag behind.
_LOOKS = (0.0, 0.5, 1.0, 2.0, 4.0)
_GONE = "ResourceNotFoundException"
# While options are checked, nobody has been asked yet whose account it is.
_UNKNOWN = {"account_id": "0" * 12, "region": ""}


class _Outcome(NamedTuple):
    """What became of a step. definition_id: of the query that was saved. again: another look helps."""

    failure: Failure | None = None
    definition_id: str = ""
    again: bool = False


class InsightsQueriesWork(Work):
    """Options are checked before the first call, names before the first write."""

    def __init__(self, module: Any, names: Resolve = resolve) -> None:
        options = module.params
        template = GroupTemplate(options["log_group_name"], options["resource_ids"])
        self._check(options)
        account = account_of(module)
        region = region_of(module)
        self.client = client(module, "logs")
        # Reads may show for a while what is gone.
        self.deleted: set[str] = set()
        groups = template.groups(account, region, lambda: client(module, "ec2"), names)
        self.missing = (*groups.missing, *groups.illegal)
        facts = {"account_id": account.account_id, "region": region}
        self.wish = replace(wish_from_options(options, facts), log_group_names=frozenset(groups.names))

    def _check(self, options: Mapping[str, Any]) -> None:
        require_answerable(wish_from_options(options, _UNKNOWN))

    def observe(self) -> Current:
        definitions = self._definitions()
        if self.wish.purge:
            return Current(definitions)
        all_of_them = Current(definitions).all()
        besides = {name for each in all_of_them for name in each.log_group_names} - self.wish.log_group_names
        there = frozenset(log_group_api.find_log_groups(self.client, sorted(besides)))
        return Current(definitions, there, self._others(all_of_them))

    def _others(self, definitions: Sequence[Definition]) -> bool:
        """Of interest for removals only."""
        return False

    def _definitions(self) -> dict[str, list[Definition]]:
        found: dict[str, list[Definition]] = {}
        for definition in api.find_queries(self.client, f"{self.wish.folder}/"):
            if definition.name in self.wish.scope and definition.definition_id not in self.deleted:
                found.setdefault(definition.name, []).append(definition)
        return found

    def plan(self, current: Current) -> Plan:
        plan = plan_queries(self.wish, current)
        return Plan(plan.before, plan.after, plan.steps, self.missing, plan.warnings)

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        outcomes = side_by_side(self._carry_out, plan.steps)
        failed = {step.subject for step, outcome in zip(plan.steps, outcomes) if outcome.failure}
        done.failures += [outcome.failure for outcome in outcomes if outcome.failure]
        done.steps += [step for step, outcome in zip(plan.steps, outcomes) if not (outcome.failure or outcome.again)]
        saved = {step.subject: outcome.definition_id for step, outcome in zip(plan.steps, outcomes)}
        if any(outcome.again for outcome in outcomes):
            raise Conflict("Again and again AWS does not find queries that it has listed: somebody else deletes them.")
        if any(step.kind == PUT and "queryDefinitionId" not in step.arguments for step in plan.steps):
            self._look_for({saved[step.subject] for step in plan.steps} - {""})
        entries = [_with_id(entry, saved) for entry in plan.after["queries"] if not _keys(entry) & failed]
        kept = [{**entry, "action": "failed"} for entry in plan.before["queries"] if _keys(entry) & failed]
        return {**plan.after, "queries": [*entries, *kept]}

    def _carry_out(self, step: Step) -> _Outcome:
        try:
            if step.kind == PUT:
                return _Outcome(definition_id=api.put_query(self.client, **step.arguments))
            if api.delete_query(self.client, **step.arguments):
                words = "AWS answered that it did not delete the query, and not why."
                return _Outcome(Failure(step.subject, "NotDeleted", words, "Run it again."))
            self.deleted.add(step.subject)
        except AwsError as error:
            if error.code == _GONE and "queryDefinitionId" in step.arguments:
                return _Outcome(again=True)
            text = f"{error.message}: {error.reason}"
            return _Outcome(Failure(step.subject, error.code or "NoAnswer", text, error.hint))
        return _Outcome()

    def _look_for(self, saved: set[str]) -> None:
        """Waits until the saved queries show, and looks whether somebody else has saved the same ones meanwhile."""
        for pause in _LOOKS:
            if pause:
                time.sleep(pause)
            definitions = self._definitions()
            if saved <= {each.definition_id for each in Current(definitions).all()}:
                break
        if any(len(each) > 1 for each in definitions.values()):
            raise Conflict("Somebody else saves the same queries at the same time, again and again.")


class InsightsQueriesRemovalWork(InsightsQueriesWork):
    """The same for state absent."""

    def _check(self, options: Mapping[str, Any]) -> None:
        wish_from_options(options, _UNKNOWN)

    def _others(self, definitions: Sequence[Definition]) -> bool:
        if all(definition.log_group_names for definition in definitions):
            return False
        return bool(api.has_other_groups(self.client, self.wish.beginning, self.wish.log_group_names))

    def plan(self, current: Current) -> Plan:
        return plan_removal(self.wish, current)


def _keys(entry: Mapping[str, Any]) -> set[str]:
    """What steps have for their subject."""
    return {entry["name"], entry.get("query_definition_id", entry["name"])}


def _with_id(entry: dict[str, Any], saved: Mapping[str, str]) -> dict[str, Any]:
    """The planned entry with the id that AWS gave it."""
    given = saved.get(entry["name"])
    return {**entry, "query_definition_id": given} if given else entry
