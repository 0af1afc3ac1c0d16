# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Carrying out the plan for flow logs without a gap in the records.

Order: create; replace (the new one first, then the old one goes); delete what is surplus; tags; look again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core import stop
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import chunks
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import Progress
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import Voice
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import nowhere
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import without_rule_tag

from . import api
from .create import Batch
from .create import Creation
from .create import Creator
from .create import Outcome
from .create import batches
from .create import is_as_wanted
from .create import is_callers_problem
from .delete import delete_flow_logs
from .plan import CREATE
from .plan import DELETE_SURPLUS
from .plan import REPLACE
from .plan import RETAG
from .plan import Change
from .value import FlowLog
from .value import creatable_tags
from .value import create_request

# Seconds between looks for flow logs that were just created and do not show yet: half a minute in all.
_VISIBLE_AFTER = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass
class Applied:
    """Steps that were carried out, and what failed, by resource id."""

    steps: list[Step] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)

    def fail(self, failure: Failure) -> None:
        self.failures.setdefault(failure.resource_id, failure)


def apply_steps(
    client: Any, steps: Sequence[Step], wait_timeout: float, applied: Applied, tell: Voice | None = None
) -> None:
    """Carries the steps out, noting each in applied as soon as it is done, and telling of waits."""
    by_kind: dict[str, list[Step]] = {}
    for step in steps:
        by_kind.setdefault(step.kind, []).append(step)
    creator = Creator(client, wait_timeout, tell=tell or Voice(nowhere))
    _create(creator, by_kind.get(CREATE, []), applied)
    _replace(creator, by_kind.get(REPLACE, []), applied)
    _delete_old(client, by_kind.get(DELETE_SURPLUS, []), applied)
    _retag(client, by_kind.get(RETAG, []), applied)


def _change(step: Step) -> Change:
    change: Change = step.arguments["change"]
    return change


def _batches(steps: Sequence[Step]) -> list[Batch]:
    changes = [_change(step) for step in steps]
    return batches(
        [
            Creation(
                request=create_request(change.wanted, change.target),
                tags=creatable_tags(change.wanted),
                wanted=change.wanted,
                old=change.surplus,
            )
            for change in changes
        ]
    )


def _created(creator: Creator, steps: Sequence[Step], noun: str) -> list[Outcome]:
    progress = Progress(len(steps), noun, creator.tell)

    def create(batch: Batch) -> Outcome:
        outcome = creator.create(batch)
        progress.step(len(batch.wanted))
        return outcome

    return side_by_side(create, _batches(steps))


def _create(creator: Creator, steps: Sequence[Step], applied: Applied) -> Outcome:
    outcome = Outcome()
    for part in _created(creator, steps, "flow logs created"):
        outcome.add(part)
    applied.steps += [step for step in steps if step.subject in outcome.made]
    for failure in outcome.failed.values():
        applied.fail(failure)
    return outcome


def _replace(creator: Creator, steps: Sequence[Step], applied: Applied) -> None:
    """Creates the new ones beside the old ones, then deletes the old ones; where AWS refuses that, one by one."""
    outcome = Outcome()
    for part in _created(creator, steps, "flow logs replaced"):
        outcome.add(part)
    for failure in outcome.failed.values():
        applied.fail(failure)
    _delete_old(creator.client, [step for step in steps if step.subject in outcome.made], applied)
    in_the_way = [step for step in steps if step.subject in outcome.refused]
    side_by_side(lambda step: _replace_in_place(creator, step, applied), in_the_way)


def _replace_in_place(creator: Creator, step: Step, applied: Applied) -> None:
    """Delete, create; and when the new one is refused, put the old ones back.

    Each target by itself, eight side by side: should this be killed, no more than these are without a flow log until the next run. A
    run that is ended in other ways waits for them, and begins no further one.
    """
    with stop.section():
        _delete_then_create(creator, step, applied)


def _delete_then_create(creator: Creator, step: Step, applied: Applied) -> None:
    change = _change(step)
    failures = delete_flow_logs(creator.client, {log.flow_log_id: log.resource_id for log in change.surplus})
    gone = [log for log in change.surplus if log.flow_log_id not in failures]
    if failures:
        _undo(creator, step, gone, next(iter(failures.values())), applied)
        return
    # No waiting for a role here: while we wait, nothing is recorded.
    impatient = replace(creator, wait_timeout=0)
    outcome = _insist(impatient, change.wanted, change)
    if change.wanted.resource_id in outcome.made:
        applied.steps.append(step)
        return
    _undo(creator, step, gone, {**outcome.failed, **outcome.refused}[change.wanted.resource_id], applied)


def _undo(creator: Creator, step: Step, gone: Sequence[FlowLog], failure: Failure, applied: Applied) -> None:
    """Puts back what was deleted, and notes the failure with what became of it."""
    if not gone:
        applied.fail(failure)
        return
    lost = _put_back(creator, _change(step), gone)
    applied.fail(_with_loss(failure, lost))
    fate = "" if lost else " and create it again as it was"
    deleted = " and ".join(log.flow_log_id for log in gone)
    applied.steps.append(replace(step, sentence=f"delete {deleted} of {step.subject}{fate}"))


def _insist(creator: Creator, wanted: FlowLog, change: Change) -> Outcome:
    """Creates one flow log where an old one was deleted a moment ago and may still be in the way."""
    outcome = Outcome()
    for pause in _VISIBLE_AFTER:
        creator.sleep(pause)
        batch = Batch(
            create_request(wanted, change.target),
            creatable_tags(wanted),
            {wanted.resource_id: wanted},
            frozenset(change.surplus_ids),
        )
        outcome = creator.create(batch)
        if not outcome.refused:
            break
    return outcome


def _put_back(creator: Creator, change: Change, gone: Sequence[FlowLog]) -> list[FlowLog]:
    """Creates the old flow logs again as they were; returns those for which that failed."""
    outcomes = [(old, _insist(creator, _as_it_was(old, change), change)) for old in gone]
    return [old for old, outcome in outcomes if old.resource_id not in outcome.made]


def _as_it_was(old: FlowLog, change: Change) -> FlowLog:
    """A telemetry rule's flow log has no role, with which nobody but the rule can make one: it comes back as ours."""
    if not old.managed_by_rule:
        return replace(old, flow_log_id="")
    return replace(old, flow_log_id="", role_arn=change.wanted.role_arn, tags=without_rule_tag(old.tags))


def _with_loss(failure: Failure, lost: Sequence[FlowLog]) -> Failure:
    """The failure of the new flow log, with what became of the old one."""
    if not lost:
        return replace(failure, message=f"{failure.message} The old flow log was put back.")
    listed = ", ".join(f"{old.flow_log_id} ({old.settings()})" for old in lost)
    return replace(
        failure,
        message=f"{failure.message} The old flow log was deleted first and could not be put back: {listed}.",
        hint=f"{failure.hint} Run it again: the resource has no flow log now.".strip(),
    )


def _delete_old(client: Any, steps: Sequence[Step], applied: Applied) -> None:
    owners = {log.flow_log_id: log.resource_id for step in steps for log in _change(step).surplus}
    failed = set()
    for failure in delete_flow_logs(client, owners).values():
        message = f"The new flow log is in place, but the old one could not be deleted: {failure.message}"
        applied.fail(replace(failure, message=message, hint=failure.hint or "Run it again: it deletes the old one."))
        failed.add(failure.resource_id)
    for step in steps:
        if step.subject not in failed:
            applied.steps.append(step)
        elif step.kind == REPLACE:
            # Half of it was done, and that half is a change.
            sentence = f"create a flow log of {step.subject} beside {' and '.join(_change(step).surplus_ids)}"
            applied.steps.append(replace(step, sentence=sentence))


def _retag(client: Any, steps: Sequence[Step], applied: Applied) -> None:
    """Flow logs with the same change of tags share a call."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        if step.subject not in applied.failures:
            key = repr((sorted(_change(step).tags_to_set.items()), _change(step).tags_to_unset))
            groups.setdefault(key, []).append(step)
    for group in groups.values():
        for part in chunks(group, api.TAG_AT_ONCE):
            _retag_some(client, part, applied)


def _retag_some(client: Any, steps: Sequence[Step], applied: Applied) -> None:
    """One call for all; where that fails each by itself, as one that is gone fails the call for the others."""
    ids = [_change(step).wanted.flow_log_id for step in steps]
    change = _change(steps[0])
    try:
        if change.tags_to_unset:
            api.delete_tags(client, ids, change.tags_to_unset)
        if change.tags_to_set:
            api.create_tags(client, ids, change.tags_to_set)
    except AwsError as error:
        if len(steps) > 1 and not is_callers_problem(error):
            for step in steps:
                _retag_some(client, [step], applied)
            return
        for step in steps:
            text = f"{error.message}: {error.reason}"
            applied.fail(Failure(step.subject, error.code or "NoAnswer", text, error.hint))
        return
    applied.steps += steps


def read_back(client: Any, steps: Sequence[Step], failed: set[str]) -> tuple[dict[str, FlowLog], list[str]]:
    """Resource id -> its flow log as AWS shows it now, for the steps' targets, and those that do not show in time.

    EC2's reads lag behind its writes, so it looks again until all that was created is there.
    """
    wanted = {step.subject: _change(step).wanted for step in steps if step.subject not in failed}
    old_ids: frozenset[str] = frozenset(flow_log_id for step in steps for flow_log_id in _change(step).surplus_ids)
    seen: dict[str, FlowLog] = {}
    for pause in _VISIBLE_AFTER:
        missing = [resource_id for resource_id in wanted if resource_id not in seen]
        if not missing:
            break
        time.sleep(pause)
        for log in api.describe_flow_logs(client, missing):
            if log.flow_log_id not in old_ids and is_as_wanted(log, wanted[log.resource_id]):
                seen[log.resource_id] = log
    return seen, [resource_id for resource_id in wanted if resource_id not in seen]
