# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which flow logs to create, replace, retag or leave alone: the decision, one target at a time. Pure.

Chapters: what is wished for, which flow logs are the same one (identity), what becomes of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Comparison
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import MANAGED
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import without_rule_tag
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target

from .destination import Destination
from .twice import recorded_twice
from .value import IMMUTABLE
from .value import FlowLog
from .value import carried_over
from .value import to_result

BY_DESTINATION = "destination"
BY_TRAFFIC_TYPE = "traffic_type"

# The key of the result that has what is recorded twice.
TWICE = "recorded_twice"

# Step kinds.
CREATE = "create"
REPLACE = "replace"
DELETE_SURPLUS = "delete_surplus"
RETAG = "retag"


@dataclass(frozen=True)
class Wish:
    """settings has only the options that were given: the others are left alone on a flow log that exists."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    tags: TagWish = TagWish()
    lookup: str = BY_DESTINATION
    allow_replace: bool = True
    # Whether a flow log of a CloudWatch telemetry rule may be replaced like any other.
    take_over: bool = False


@dataclass(frozen=True)
class Change:
    """What becomes of one target.

    wanted: how its flow log looks afterwards; without a flow_log_id it has to be created.
    surplus: flow logs that go once wanted is there.
    """

    target: Target
    wanted: FlowLog
    surplus: tuple[FlowLog, ...] = ()
    tags_to_set: Mapping[str, str] = field(default_factory=dict)
    tags_to_unset: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """The action as the module's result names it."""
        if self.surplus:
            return "replaced"
        if not self.wanted.flow_log_id:
            return "created"
        return "retagged" if self.tags_to_set or self.tags_to_unset else "unchanged"

    @property
    def surplus_ids(self) -> tuple[str, ...]:
        return tuple(log.flow_log_id for log in self.surplus)


class Refusal(Exception):
    """Nothing can be planned for one target; carries its Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def same_flow_logs(wish: Wish, target: Target, destination: Destination, current: Sequence[FlowLog]) -> list[FlowLog]:
    """Identity: the flow logs that count as the one that is wished for; anything else is somebody else's."""
    return [
        log
        for log in current
        if log.resource_id == target.resource_id
        and log.destination == destination
        and (wish.lookup != BY_TRAFFIC_TYPE or log.traffic_type == wish.settings["traffic_type"])
    ]


def differing(wish: Wish, log: FlowLog) -> list[str]:
    """Names of the wished settings that the flow log does not have; a rule's is never as wished."""
    differ = [name for name, value in wish.settings.items() if getattr(log, name) != value]
    differ = ["managed_by_rule", *differ] if log.managed_by_rule else differ
    return ["log_group_name", *differ] if log.to_nowhere else differ


def plan_change(
    wish: Wish, target: Target, destination: Destination, current: Sequence[FlowLog], compare: Comparison
) -> Change:
    """The change for one target. Raises Refusal."""
    same = _without_rules(wish, target, same_flow_logs(wish, target, destination, current))
    if not same:
        return Change(target, _new(wish, target, destination, compare))
    best = same[0]
    if len(same) > 1:
        _refuse_ambiguous(wish, target, same)
        # An interrupted replacement leaves two: the one that fits best stays, of equal ones the oldest.
        best = min(
            same, key=lambda log: (len(differing(wish, log)), str(log.facts.get("CreationTime", "")), log.flow_log_id)
        )
    others = tuple(log for log in same if log is not best)
    fields = differing(wish, best)
    _refuse_replacement(wish, target, best, fields, others)
    tags = wish.tags.merged(best.tags, compare)
    if fields:
        _require_role(wish, target, destination, best)
        facts = carried_over(best.facts)
        # Tags that begin with aws: only AWS can give, and it does not give them to the new flow log. By the tag of a telemetry rule
        # the rule's role might delete it.
        own_tags = {key: value for key, value in without_rule_tag(tags).items() if not key.startswith("aws:")}
        wanted = replace(best, flow_log_id="", tags=own_tags, facts=facts, to_nowhere=False, **dict(wish.settings))
        return Change(target, wanted, (best, *others))
    to_set, to_unset = wish.tags.changes(best.tags, compare)
    return Change(target, replace(best, tags=tags), others, to_set, tuple(to_unset))


def _require_role(wish: Wish, target: Target, destination: Destination, old: FlowLog | None = None) -> None:
    """A new flow log needs a role, also in place of a telemetry rule's, which has none."""
    if not destination.needs_role or wish.settings.get("role_arn") or (old and old.role_arn):
        return
    message = f"{target.resource_id} has no flow log to {destination.name} yet, and a new one needs role_arn."
    if old:
        message = f"{old.flow_log_id} of {target.resource_id} has no role, and the new one in its place needs role_arn."
    raise Refusal(
        Failure(
            target.resource_id,
            "RoleArnRequired",
            message,
            "Give role_arn, the ARN of the role that netops.flow_logs.flow_log_iam returns.",
        )
    )


def _without_rules(wish: Wish, target: Target, same: list[FlowLog]) -> list[FlowLog]:
    """A flow log that a telemetry rule looks after is not ours to change, unless we are told so; ours beside it goes on."""
    managed = [log.flow_log_id for log in same if log.managed_by_rule]
    if not managed or wish.take_over:
        return same
    own = [log for log in same if not log.managed_by_rule]
    if own:
        return own
    raise Refusal(
        Failure(
            target.resource_id,
            MANAGED,
            f"{' and '.join(managed)} of {target.resource_id} to {same[0].destination.name} belongs to a CloudWatch telemetry rule, by"
            " which AWS makes flow logs for the VPCs of an account or organization. It was left as it is.",
            "Choose another log_group_name, or exclude the VPC from the rule. To replace the rule's flow log, set take_over to true"
            " (flow_logs_take_over).",
        )
    )


def _new(wish: Wish, target: Target, destination: Destination, compare: Comparison) -> FlowLog:
    _require_role(wish, target, destination)
    return FlowLog(target.resource_id, destination, tags=wish.tags.merged({}, compare), **dict(wish.settings))


def _refuse_ambiguous(wish: Wish, target: Target, same: Sequence[FlowLog]) -> None:
    """Which of several to keep must not be a guess: they may differ only in what is wished for."""
    open_fields = [
        name for name in IMMUTABLE if name not in wish.settings and len({getattr(log, name) for log in same}) > 1
    ]
    if open_fields:
        listed = ", ".join(f"{log.flow_log_id} ({_shown(log, open_fields)})" for log in same)
        raise Refusal(
            Failure(
                target.resource_id,
                "AmbiguousFlowLogs",
                f"{target.resource_id} has {len(same)} flow logs to {same[0].destination.name}: {listed}.",
                f"Say which one is meant by giving {' and '.join(open_fields)}; flow logs of different traffic types may"
                " share a log group with lookup=traffic_type.",
            )
        )


def _refuse_replacement(
    wish: Wish, target: Target, best: FlowLog, fields: Sequence[str], others: Sequence[FlowLog]
) -> None:
    if wish.allow_replace or not (fields or others):
        return
    if fields:
        what = f"{best.flow_log_id} of {target.resource_id} differs in {', '.join(fields)} ({_from_to(wish, best, fields)})"
    else:
        surplus = ", ".join(log.flow_log_id for log in others)
        what = f"{target.resource_id} has further flow logs to the same destination ({surplus})"
    raise Refusal(
        Failure(
            target.resource_id,
            "ReplaceNotAllowed",
            f"{what}; a flow log can only be replaced, and allow_replace is false.",
            "Set allow_replace to true, or leave out the options that differ.",
        )
    )


def _shown(log: FlowLog, fields: Sequence[str]) -> str:
    return ", ".join(f"{name} {getattr(log, name)}" for name in fields)


def _from_to(wish: Wish, log: FlowLog, fields: Sequence[str]) -> str:
    values: dict[str, tuple[Any, Any]] = {
        "log_group_name": (f"{log.destination.name}:*", log.destination.name),
        "managed_by_rule": (True, False),
    }
    values.update({name: (getattr(log, name), value) for name, value in wish.settings.items()})
    return ", ".join(f"{name} from {values[name][0]} to {values[name][1]}" for name in fields)


def plan_flow_logs(
    wish: Wish,
    destinations: Mapping[Target, Destination],
    current: Sequence[FlowLog],
    compare: Comparison,
    barred: Mapping[str, Failure] | None = None,
    owners: Mapping[str, tuple[str, ...]] | None = None,
) -> Plan:
    """The plan for all targets; a target that is refused does not stop the others.

    barred: resource id -> why nothing of it may be touched. owners: resource id -> the subnet and VPC that it lies in, as far as
    they were read; current has their flow logs, too.
    """
    by_resource: dict[str, list[FlowLog]] = {}
    for log in current:
        by_resource.setdefault(log.resource_id, []).append(log)
    planned = _Planned(wish, compare, barred or {})
    for target, destination in destinations.items():
        own = by_resource.get(target.resource_id, [])
        by_resource[target.resource_id] = planned.add(target, destination, own)
    twice = recorded_twice([target.resource_id for target in destinations], by_resource, owners or {})
    return Plan(
        {"flow_logs": planned.before},
        {"flow_logs": planned.after},
        tuple(planned.steps),
        tuple(planned.refusals),
        notes={TWICE: twice},
    )


class _Planned:
    """What becomes of the targets, gathered one by one."""

    def __init__(self, wish: Wish, compare: Comparison, barred: Mapping[str, Failure]) -> None:
        self._wish, self._compare, self._barred = wish, compare, barred
        self.before: list[dict[str, Any]] = []
        self.after: list[dict[str, Any]] = []
        self.steps: list[Step] = []
        self.refusals: list[Failure] = []

    def add(self, target: Target, destination: Destination, own: Sequence[FlowLog]) -> list[FlowLog]:
        """The target's flow logs as they are afterwards, the one that was asked for first."""
        same = same_flow_logs(self._wish, target, destination, own)
        now = [to_result(log, "unchanged") for log in same]
        self.before += now
        try:
            change = self._change(target, destination, own)
        except Refusal as refusal:
            self.refusals.append(refusal.failure)
            self.after += now
            return list(own)
        self.after.append(to_result(change.wanted, change.action, change.surplus_ids))
        self.steps += _steps(self._wish, change)
        gone = {*change.surplus_ids, change.wanted.flow_log_id}
        return [change.wanted, *(log for log in own if log.flow_log_id not in gone)]

    def _change(self, target: Target, destination: Destination, own: Sequence[FlowLog]) -> Change:
        if target.resource_id in self._barred:
            raise Refusal(self._barred[target.resource_id])
        return plan_change(self._wish, target, destination, own, self._compare)


def _steps(wish: Wish, change: Change) -> list[Step]:
    resource_id, argument = change.target.resource_id, {"change": change}
    place = change.wanted.destination.name
    if not change.wanted.flow_log_id and not change.surplus:
        return [Step(CREATE, resource_id, f"create a flow log of {resource_id} to {place}", argument)]
    if not change.wanted.flow_log_id:
        best = change.surplus[0]
        what = _from_to(wish, best, differing(wish, best))
        sentence = f"replace {' and '.join(change.surplus_ids)} of {resource_id} to {place}: {what}"
        return [Step(REPLACE, resource_id, sentence, argument)]
    steps = []
    if change.surplus:
        sentence = (
            f"delete {' and '.join(change.surplus_ids)} of {resource_id}, which {change.wanted.flow_log_id} replaces"
        )
        steps.append(Step(DELETE_SURPLUS, resource_id, sentence, argument))
    if change.tags_to_set or change.tags_to_unset:
        names = ", ".join([*sorted(change.tags_to_set), *change.tags_to_unset])
        steps.append(Step(RETAG, resource_id, f"change the tags {names} of {change.wanted.flow_log_id}", argument))
    return steps
