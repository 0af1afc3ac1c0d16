# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Creating many flow logs by few calls, so that one bad target never stops the others.

AWS may answer for a list of resources with an entry in Unsuccessful or with an error for the whole call, and after an
error some of the list may exist all the same. So: look what is there, set aside what the error names, send the rest
again, halve it when the error names nobody.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.bounds import OutOfBounds
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import hint_for
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import is_unassumable_role
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import chunks
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import Voice
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import nowhere

from . import api
from .confirm import LOOKS
from .confirm import NOT_CONFIRMED
from .confirm import Answered
from .confirm import Unsuccessful
from .value import FlowLog

# AWS refuses a further flow log beside the one that is there; compared without regard to case, as all codes are.
_ALREADY_EXISTS = "flowlogalreadyexists"
_SECOND_REFUSED = (_ALREADY_EXISTS, "flowlogslimitexceeded")
# The caller's problem, most likely: the same for every target.
_DENIED = ("unauthorizedoperation", "accessdenied", "authfailure")
# Seconds between looks while a flow log that exists (or was just deleted) does not show that yet.
_LAG = (0.5, 1.0, 2.0)
# Seconds between tries while a new role can't be assumed yet.
_ROLE_WAIT = 5.0


@dataclass(frozen=True)
class Batch:
    """Flow logs that one request creates: equal but for their resource. old_ids: flow logs that are none of them."""

    request: Mapping[str, Any]
    tags: Mapping[str, str]
    wanted: Mapping[str, FlowLog]
    old_ids: frozenset[str] = frozenset()


@dataclass
class Outcome:
    """Resource ids by what became of them. refused: AWS allows no second flow log beside the old one."""

    made: set[str] = field(default_factory=set)
    refused: dict[str, Failure] = field(default_factory=dict)
    failed: dict[str, Failure] = field(default_factory=dict)

    def add(self, other: Outcome) -> Outcome:
        self.made |= other.made
        self.refused.update(other.refused)
        self.failed.update(other.failed)
        return self


@dataclass
class Creator:
    """wait_timeout: seconds to wait for a role that can't be assumed yet."""

    client: Any
    wait_timeout: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    tell: Voice = field(default_factory=lambda: Voice(nowhere))

    def create(self, batch: Batch) -> Outcome:
        """Creates all of the batch that AWS lets us create."""
        return self._create(batch, list(batch.wanted), self.clock() + self.wait_timeout)

    def _create(self, batch: Batch, ids: Sequence[str], deadline: float) -> Outcome:
        if not ids:
            return Outcome()
        try:
            answer = self._send(batch, ids, deadline)
        except AwsError as error:
            return self._after_error(batch, list(ids), error, deadline)
        outcome = Outcome()
        for entry in answer.refused.values():
            self._sort_in(outcome, batch, entry.resource_id, entry.code, entry.message)
        outcome.made = {resource_id for resource_id in ids if resource_id not in answer.refused}
        if not answer.confirms(len(outcome.made)):
            self._look_for(batch, outcome, answer)
        return self._adopt(batch, outcome)

    def _look_for(self, batch: Batch, outcome: Outcome, answer: Answered) -> None:
        """What AWS does not confirm counts as made only where it is seen."""
        expected, seen = sorted(outcome.made), set()
        for pause in LOOKS:
            self.sleep(pause)
            try:
                seen |= self.made(batch, [resource_id for resource_id in expected if resource_id not in seen])
            except AwsError:
                break
            if len(seen) == len(expected):
                break
        message = f"AWS did not confirm that the flow log was created: {answer.doubt(len(expected))}"
        hint = hint_for(NOT_CONFIRMED, message)
        outcome.failed.update({each: Failure(each, NOT_CONFIRMED, message, hint) for each in expected if each not in seen})
        outcome.made = seen

    def _send(self, batch: Batch, ids: Sequence[str], deadline: float) -> Answered:
        """One request, again while its role can't be assumed yet, which AWS says in either of two ways."""
        whole = Answered()
        pending = list(ids)
        while True:
            try:
                answer: Answered = api.create_flow_logs(self.client, pending, batch.request, batch.tags)
            except AwsError as error:
                if not is_unassumable_role(error.reason) or self.clock() + _ROLE_WAIT > deadline:
                    if len(pending) == len(ids):
                        raise
                    # The others have had their answer already.
                    refusals = {one: Unsuccessful(one, error.code or "NoAnswer", error.reason) for one in pending}
                    return whole.add(Answered(refusals))
                self._wait_for_role()
                continue
            waiting = [entry.resource_id for entry in answer.refused.values() if is_unassumable_role(entry.message)]
            whole.add(answer)
            if not waiting or self.clock() + _ROLE_WAIT > deadline:
                return whole
            for resource_id in waiting:
                del whole.refused[resource_id]
            pending = waiting
            self._wait_for_role()

    def _wait_for_role(self) -> None:
        self.tell("waiting for IAM: the role can't be assumed yet")
        self.sleep(_ROLE_WAIT)

    def _after_error(self, batch: Batch, ids: list[str], error: AwsError, deadline: float) -> Outcome:
        """The call failed as a whole: find out for whom."""
        if error.code.lower() in _SECOND_REFUSED:
            return self._after_refusal(batch, ids, error, deadline)
        outcome = Outcome()
        try:
            outcome.made = self.made(batch, ids)
        except AwsError:
            return self._all_failed(batch, outcome, ids, error)
        rest = [resource_id for resource_id in ids if resource_id not in outcome.made]
        if len(rest) < 2 or self._is_everybodys(batch, rest, error):
            return self._all_failed(batch, outcome, rest, error)
        # Ids are of two lengths: one may begin like another.
        mentioned = set(re.findall(r"[a-z]+-[0-9a-f]+", error.reason))
        named = [resource_id for resource_id in rest if resource_id in mentioned]
        if named and (len(named) < len(rest) or _blames_ids(error.code)):
            others = [resource_id for resource_id in rest if resource_id not in named]
            return self._all_failed(batch, outcome, named, error).add(self._create(batch, others, deadline))
        return self._halves(batch, rest, deadline, outcome)

    def _after_refusal(self, batch: Batch, ids: list[str], error: AwsError, deadline: float) -> Outcome:
        """Somebody else may have made the same ones: adopt those. Old ones in the way are the caller's decision."""
        outcome = Outcome()
        rest = ids
        # Others' new flow logs may not show yet; old ones in the way and a used-up limit do not go away by waiting.
        patient = not batch.old_ids and error.code.lower() == _ALREADY_EXISTS
        for pause in (0.0, *_LAG) if patient else (0.0,):
            self.sleep(pause)
            try:
                outcome.made |= self.made(batch, rest)
            except AwsError:
                return self._all_failed(batch, outcome, rest, error)
            rest = [resource_id for resource_id in rest if resource_id not in outcome.made]
            if len(rest) < len(ids):
                return outcome.add(self._create(batch, rest, deadline))
        if len(rest) == 1 or (batch.old_ids and self._all_in_the_way(batch, rest, error)):
            for resource_id in rest:
                self._sort_in(outcome, batch, resource_id, error.code, error.reason)
            return outcome if batch.old_ids else _final(outcome)
        return self._halves(batch, rest, deadline, outcome)

    def _all_in_the_way(self, batch: Batch, ids: list[str], error: AwsError) -> bool:
        """True when every old flow log is in the way of its new one, to go by the first and the last alone.

        The flow logs of a batch had the same settings and get the same ones; a limit is each resource's own.
        """
        if error.code.lower() != _ALREADY_EXISTS:
            return False
        return all(self._refused_alone(batch, resource_id, (_ALREADY_EXISTS,)) for resource_id in (ids[0], ids[-1]))

    def _halves(self, batch: Batch, ids: list[str], deadline: float, outcome: Outcome) -> Outcome:
        middle = len(ids) // 2
        for half in (ids[:middle], ids[middle:]):
            outcome.add(self._create(batch, half, deadline))
        return outcome

    def _is_everybodys(self, batch: Batch, ids: list[str], error: AwsError) -> bool:
        """True when singling out makes no sense: no answer, one role for all, or the caller lacks the permission.

        A denial can still be one target's (a shared VPC), so it is asked about the first and the last alone.
        """
        if error.code.lower() in _DENIED:
            return all(self._refused_alone(batch, resource_id, _DENIED) for resource_id in (ids[0], ids[-1]))
        return is_callers_problem(error) or is_unassumable_role(error.reason)

    def _refused_alone(self, batch: Batch, resource_id: str, codes: tuple[str, ...]) -> bool:
        """True when the call for this one resource fails with one of the codes; when it does not, it is made."""
        try:
            api.create_flow_logs(self.client, [resource_id], batch.request, batch.tags)
        except AwsError as error:
            return error.code.lower() in codes
        return False

    def _adopt(self, batch: Batch, outcome: Outcome) -> Outcome:
        """Refused because it exists already: as good as made when it is the one that is wanted."""
        if outcome.refused and not batch.old_ids:
            try:
                made = self.made(batch, list(outcome.refused))
            except AwsError:
                made = set()
            outcome.made |= made
            outcome.failed.update({key: value for key, value in outcome.refused.items() if key not in made})
            outcome.refused = {}
        return outcome

    def made(self, batch: Batch, ids: Sequence[str]) -> set[str]:
        """Those of the resources that have the flow log that is wanted, whoever made it."""
        return {log.resource_id for log in self.find(batch.wanted, ids, batch.old_ids)}

    def find(self, wanted: Mapping[str, FlowLog], ids: Sequence[str], old_ids: frozenset[str]) -> list[FlowLog]:
        """The resources' flow logs that are as wanted."""
        if not ids:
            return []
        return [
            log
            for log in api.describe_flow_logs(self.client, ids)
            if log.flow_log_id not in old_ids and is_as_wanted(log, wanted[log.resource_id])
        ]

    def _sort_in(self, outcome: Outcome, batch: Batch, resource_id: str, code: str, message: str) -> None:
        hint = _hint(batch, code, message)
        kind = outcome.refused if code.lower() in _SECOND_REFUSED else outcome.failed
        kind[resource_id] = Failure(resource_id, code, message, hint)

    def _all_failed(self, batch: Batch, outcome: Outcome, ids: Sequence[str], error: AwsError) -> Outcome:
        hint = _hint(batch, error.code, error.reason)
        for resource_id in ids:
            outcome.failed[resource_id] = Failure(resource_id, error.code or "NoAnswer", error.reason, hint)
        return outcome


def _hint(batch: Batch, code: str, message: str) -> str:
    """A denial names all that the call needs, as EC2 does not tell what of it the caller lacks."""
    actions = ["ec2:CreateFlowLogs", "ec2:CreateTags"] if batch.tags else ["ec2:CreateFlowLogs"]
    return hint_for(code, message, actions, batch.request.get("DeliverLogsPermissionArn"))


def is_unanswered(error: AwsError) -> bool:
    """True where nothing of AWS's says what became of the call."""
    return not error.code or isinstance(error.exception, OutOfBounds)


def is_callers_problem(error: AwsError) -> bool:
    """True for an error that has nothing to do with the resources: no answer of AWS's, no permission, held back too long."""
    code = error.code.lower()
    return is_unanswered(error) or code in _DENIED or "throttl" in code or code == "requestlimitexceeded"


def _final(outcome: Outcome) -> Outcome:
    """Nobody decides on refusals where there is no old flow log: they are failures."""
    outcome.failed.update(outcome.refused)
    outcome.refused = {}
    return outcome


def _blames_ids(code: str) -> bool:
    """True for codes that speak of the ids that the message names (EC2's list of error codes)."""
    return code.lower().endswith((".notfound", ".malformed"))


def is_as_wanted(log: FlowLog, wanted: FlowLog) -> bool:
    """True for the same destination and settings, whatever the tags and the id."""
    same_place = log.destination == wanted.destination and log.to_nowhere == wanted.to_nowhere
    return same_place and log.settings() == wanted.settings()


@dataclass(frozen=True)
class Creation:
    """One flow log to create; old: those of the same resource that it replaces."""

    request: Mapping[str, Any]
    tags: Mapping[str, str]
    wanted: FlowLog
    old: tuple[FlowLog, ...] = ()

    def likeness(self) -> str:
        """Equal for those that one request may create, and that AWS will answer alike."""
        old = [sorted(log.settings().items()) for log in self.old]
        return repr((sorted(self.request.items()), sorted(self.tags.items()), old))


def batches(creations: Sequence[Creation]) -> list[Batch]:
    """Groups creations into requests of as many resources as AWS takes."""
    groups: dict[str, list[Creation]] = {}
    for creation in creations:
        groups.setdefault(creation.likeness(), []).append(creation)
    return [_batch(part) for group in groups.values() for part in chunks(group, api.CREATE_AT_ONCE)]


def _batch(creations: Sequence[Creation]) -> Batch:
    return Batch(
        request=creations[0].request,
        tags=creations[0].tags,
        wanted={creation.wanted.resource_id: creation.wanted for creation in creations},
        old_ids=frozenset(log.flow_log_id for creation in creations for log in creation.old),
    )
