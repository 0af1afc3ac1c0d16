# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test switches on: faults, and a choice wherever nobody knows what AWS does."""

from __future__ import annotations

import copy
import dataclasses
import random
from dataclasses import dataclass
from dataclasses import field
from fnmatch import fnmatchcase
from typing import Any

from .calls import Call

OWN_POLICIES = "own"


@dataclass
class Fault:
    """Where and how often a fault strikes. The lists hold patterns, such as logs:* or eu-*.

    share is the fraction of the calls, times how many calls at most. callers match the caller's ARN or access key.
    """

    operations: list[str] = field(default_factory=lambda: ["*"])
    accounts: list[str] = field(default_factory=lambda: ["*"])
    regions: list[str] = field(default_factory=lambda: ["*"])
    callers: list[str] = field(default_factory=lambda: ["*"])
    share: float = 1.0
    times: int | None = None

    def strikes(self, call: Call, dice: random.Random) -> bool:
        """True when this call is hit; counts it."""
        if self.times == 0 or not self._meets(call):
            return False
        if self.share < 1.0 and dice.random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def _meets(self, call: Call) -> bool:
        return (
            matches(self.operations, call.name)
            and matches(self.accounts, call.account)
            and matches(self.regions, call.region)
            and (matches(self.callers, call.caller) or matches(self.callers, call.access_key))
        )


@dataclass
class Refusal(Fault):
    """The call is answered with an error and has no effect."""

    code: str = "AccessDenied"
    message: str = "Not authorized."
    status: int = 400


@dataclass
class RegionsOff:
    """Regions that accounts have not enabled. code: EC2's answer, AuthFailure or OptInRequired; the others have one each."""

    regions: list[str]
    accounts: list[str] = field(default_factory=lambda: ["*"])
    code: str = "AuthFailure"


@dataclass
class Throttle(Fault):
    """The call is throttled, in the words of its service."""


@dataclass
class Break(Fault):
    """The connection is closed without an answer, or HTTP 500 comes back; before or after the call took effect."""

    when: str = "before"
    how: str = "drop"


@dataclass
class PassRoleDenied(Fault):
    """The caller may not pass the role to the flow-log service; an encoded message says so."""

    operations: list[str] = field(default_factory=lambda: ["ec2:CreateFlowLogs"])
    roles: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class BadResource:
    """CreateFlowLogs fails for these resources: in Unsuccessful, or as an exception that names the resource.

    share is the fraction of the resources that match; the same ones each time. message may name {resource_id}.
    """

    resources: list[str] = field(default_factory=lambda: ["*"])
    code: str = "400"
    message: str = "Access Denied for LogDestination: {resource_id}. Please check LogDestination permission"
    share: float = 1.0
    times: int | None = None
    as_exception: bool = False

    def strikes(self, resource_id: str, seed: int) -> bool:
        """True when this resource is hit; counts it."""
        if self.times == 0 or not matches(self.resources, resource_id):
            return False
        if self.share < 1.0 and random.Random(f"{seed} {resource_id}").random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Lag:
    """Reads show what was there some seconds ago.

    share is the fraction of reads that do. unseen_by_writes: calls that change something which reads don't show yet
    fail as if it did not exist.
    """

    seconds: float = 2.0
    services: list[str] = field(default_factory=lambda: ["ec2", "iam", "logs"])
    share: float = 1.0
    unseen_by_writes: bool = False


@dataclass
class Resurrection:
    """Records in flight create a deleted log group again, after_seconds later.

    They are in flight while a flow log to the group exists, and within_seconds after it was deleted.
    """

    within_seconds: float = 60.0
    after_seconds: float = 0.0


@dataclass
class Scenario:
    """All that can be switched. The plain one has no faults."""

    # For everything that happens by chance.
    seed: int = 0
    # Added to each call.
    delay_ms: float = 0.0

    # Choices: docs/aws-behaviour.md section 9 lists what is not known about AWS.
    # What makes two flow logs of a resource the same: destination; that and traffic_type; that and format (and interval).
    identity: str = "traffic_type"
    # Resources or flow logs that don't exist: "unsuccessful" or "exception".
    missing: str = "unsuccessful"
    # After an exception for one of several ids, whether those before it are done all the same.
    partial_effect: bool = False
    # The most that a listing gives at a time; None: as much as AWS gives.
    page_size: int | None = None
    # Whether a flow log's Access error goes away once records can be delivered again.
    delivery_errors_clear: bool = True

    refusals: list[Refusal] = field(default_factory=list)
    regions_off: list[RegionsOff] = field(default_factory=list)
    throttles: list[Throttle] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    pass_role_denied: list[PassRoleDenied] = field(default_factory=list)
    bad_resources: list[BadResource] = field(default_factory=list)
    # Caller's ARN or access key, or a pattern of them -> policy document: it may do that and nothing more; or OWN_POLICIES:
    # what the policies and the permissions boundary of the user or role allow. All others may do everything.
    policies: dict[str, Any] = field(default_factory=dict)
    lag: Lag | None = None
    resurrection: Resurrection | None = None
    # Whether the listing of log streams lacks the times of their newest events.
    late_stream_times: bool = False
    # Request rates as a multiple of AWS's; 0: no limit.
    rates: float = 0.0
    # Seconds for which a new role can't be assumed, nor a role by a new trust.
    role_delay: float = 0.0
    # Where CreateFlowLogs says that the role can't be assumed: "exception" or "unsuccessful".
    unassumable: str = "exception"
    # Two writes on one log group within so many milliseconds abort the second; 0: never.
    conflict_window_ms: float = 0.0
    # How many flow logs a resource may have; None: any number.
    flow_logs_per_resource: int | None = None

    def fresh(self) -> Scenario:
        """A copy whose faults count their times from here."""
        return copy.deepcopy(self)

    def with_(self, other: Scenario) -> Scenario:
        """Both: lists are joined, and where they differ from the plain scenario the other one wins."""
        plain = Scenario()
        merged = self.fresh()
        for entry in dataclasses.fields(self):
            value = copy.deepcopy(getattr(other, entry.name))
            if isinstance(value, list):
                getattr(merged, entry.name).extend(value)
            elif value != getattr(plain, entry.name):
                setattr(merged, entry.name, value)
        return merged

    def as_dict(self) -> dict[str, Any]:
        """As scenario_from takes it."""
        return dataclasses.asdict(self)


_PARTS: dict[str, type] = {
    "refusals": Refusal,
    "regions_off": RegionsOff,
    "throttles": Throttle,
    "breaks": Break,
    "pass_role_denied": PassRoleDenied,
    "bad_resources": BadResource,
    "lag": Lag,
    "resurrection": Resurrection,
}


def scenario_from(values: dict[str, Any]) -> Scenario:
    """A scenario from what was JSON. Raises ValueError for names that do not exist."""
    try:
        return Scenario(**{name: _part(name, value) for name, value in values.items()})
    except TypeError as error:
        raise ValueError(str(error)) from error


def _part(name: str, value: Any) -> Any:
    kind = _PARTS.get(name)
    if kind is None or value is None:
        return value
    if isinstance(value, list):
        return [entry if isinstance(entry, kind) else kind(**entry) for entry in value]
    return value if isinstance(value, kind) else kind(**value)


def matches(patterns: list[str], value: str) -> bool:
    """Whether one of the patterns, such as eu-* or *, fits."""
    return any(fnmatchcase(value, pattern) for pattern in patterns)
