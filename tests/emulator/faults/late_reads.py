# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads that show what was there some seconds ago."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..behaviours import GoOn
from ..behaviours import around
from ..errors import Answer
from ..errors import AwsError
from ..log_group_names import group_meant
from ..request import Request

# The parts of moto's state that lag, by service.
_PARTS = {
    "ec2": ("flow_logs", "tags"),
    "iam": ("roles", "managed_policies", "users", "groups"),
    "logs": ("groups", "query_definitions"),
}
State = dict[str, Any]


class Past:
    """Copies of moto's state with the time at which they were made, oldest first, by backend."""

    def __init__(self) -> None:
        self.copies: dict[int, list[tuple[float, State]]] = {}


@around("ec2:*", "iam:*", "logs:*", cites="1.8 5.3 6.4")
def reads_are_late(request: Request, go_on: GoOn) -> Answer:
    """Reads show the state of some seconds ago."""
    lag, call = request.world.scenario.lag, request.call
    if lag is None or call.service not in lag.services:
        return go_on()
    backend = getattr(request, call.service)
    then = _state_then(request, backend, lag.seconds)
    if call.mutates:
        if lag.unseen_by_writes and not call.by_test:
            _must_be_seen(request, then)
        answer = go_on()
        request.world.memory(Past).copies[id(backend)].append(
            (request.world.clock.now(), _copied(backend, call.service))
        )
        return answer
    if call.by_test or then is None or request.world.random.random() >= lag.share:
        return go_on()
    with _put_back_to(backend, then):
        return go_on()


def _state_then(request: Request, backend: Any, seconds: float) -> State | None:
    """The copy that was current that long ago; None when nothing has changed since."""
    copies = request.world.memory(Past).copies
    if id(backend) not in copies:
        copies[id(backend)] = [(float("-inf"), _copied(backend, request.call.service))]
    kept = copies[id(backend)]
    then = request.world.clock.now() - seconds
    while len(kept) > 1 and kept[1][0] <= then:
        kept.pop(0)
    return kept[0][1] if len(kept) > 1 else None


def _copied(backend: Any, service: str) -> State:
    if service == "logs":
        # moto has none of its own.
        vars(backend).setdefault("query_definitions", {})
    state = {part: _copy_of(getattr(backend, part), service) for part in _PARTS[service]}
    if service == "logs":
        state["tagger"] = copy.deepcopy(backend.tagger)
    return state


def _copy_of(container: Any, service: str) -> Any:
    """A copy whose entries don't change with the original. moto never changes a flow log, but everything else."""
    twin = copy.copy(container)
    for key, value in container.items():
        if isinstance(value, dict):
            twin[key] = dict(value)
        elif service != "ec2":
            twin[key] = _twin(value)
    return twin


def _twin(thing: Any) -> Any:
    twin = copy.copy(thing)
    for name, value in vars(twin).items():
        if isinstance(value, dict):
            setattr(twin, name, dict(value))
        elif isinstance(value, list):
            setattr(twin, name, [copy.copy(entry) for entry in value])
    return twin


@contextmanager
def _put_back_to(backend: Any, state: State) -> Iterator[None]:
    present = {name: getattr(backend, name) for name in state}
    vars(backend).update(state)
    try:
        yield
    finally:
        vars(backend).update(present)


def _must_be_seen(request: Request, then: State | None) -> None:
    """Raises AwsError when the call changes something that did not exist then."""
    if then is None or request.call.operation.startswith("Create"):
        return
    role, policy = request.arguments.get("RoleName"), request.arguments.get("PolicyArn", "")
    if request.call.service == "iam":
        if role and role not in {entry.name for entry in then["roles"].values()}:
            raise AwsError("NoSuchEntity", f"The role with name {role} cannot be found.", 404)
        if f":{request.account}:" in policy and policy not in then["managed_policies"]:
            raise AwsError("NoSuchEntity", f"Policy {policy} does not exist or is not attachable.", 404)
    group = group_meant(request.arguments) if request.call.service == "logs" else ""
    if group and group not in then["groups"]:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    query_id = request.arguments.get("queryDefinitionId")
    if query_id and query_id not in then["query_definitions"]:
        raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
