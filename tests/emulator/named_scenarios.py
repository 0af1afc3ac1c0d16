# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenarios by name. The names can be joined: "lag,throttling" is both."""

from __future__ import annotations

import json
from collections.abc import Callable

from .scenario import BadResource
from .scenario import Break
from .scenario import Lag
from .scenario import PassRoleDenied
from .scenario import Refusal
from .scenario import Resurrection
from .scenario import Scenario
from .scenario import Throttle
from .scenario import scenario_from

ABORTED = "A conflicting operation is currently in progress against this resource. Please try again."


def denied(*operations: str) -> list[Refusal]:
    """The caller lacks the permission for these operations, such as ec2:CreateFlowLogs or iam:*."""
    message = "You are not authorized to perform this operation."
    return [
        Refusal([name], code=_denied_code(name), message=message, status=_denied_status(name)) for name in operations
    ]


def region_denied(region: str, code: str = "AuthFailure") -> list[Refusal]:
    """A region that the account has not enabled: AuthFailure or OptInRequired (EC2's list of error codes)."""
    message = {
        "AuthFailure": "AWS was not able to validate the provided access credentials",
        "OptInRequired": "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
    }[code]
    token = "The security token included in the request is invalid."
    return [
        Refusal(["ec2:*"], regions=[region], code=code, message=message, status=401),
        Refusal(["logs:*"], regions=[region], code="UnrecognizedClientException", message=token),
    ]


def aborted(share: float = 1.0, times: int | None = None) -> Refusal:
    """Somebody else is changing the same log group."""
    names = ("Create*", "DeleteLogGroup", "PutLogGroup*", "*RetentionPolicy", "TagResource", "UntagResource", "*KmsKey")
    operations = [f"logs:{name}" for name in names]
    return Refusal(operations, share=share, times=times, code="OperationAbortedException", message=ABORTED)


SCENARIOS: dict[str, tuple[str, Callable[[], Scenario]]] = {
    "plain": ("no faults; the corrections only", Scenario),
    "small-pages": ("listings of two entries a page", lambda: Scenario(page_size=2)),
    "exceptions": ("what is missing fails the whole call, with nothing done", lambda: Scenario(missing="exception")),
    "partial": (
        "what is missing fails the whole call, but the ids before it are done",
        lambda: Scenario(missing="exception", partial_effect=True),
    ),
    "strict-identity": (
        "one flow log per resource and destination, whatever it records",
        lambda: Scenario(identity="destination"),
    ),
    "young-role": ("a role can't be assumed for its first 8 seconds", lambda: Scenario(role_delay=8)),
    "young-role-listed": (
        "the same, reported in Unsuccessful",
        lambda: Scenario(role_delay=8, unassumable="unsuccessful"),
    ),
    "pass-role-denied": ("nobody may pass a role", lambda: Scenario(pass_role_denied=[PassRoleDenied()])),
    "unsuccessful": ("a tenth of the resources is refused", lambda: Scenario(bad_resources=[BadResource(share=0.1)])),
    "limit": ("one flow log per resource at most", lambda: Scenario(flow_logs_per_resource=1)),
    "lag": ("reads are 2 seconds late", lambda: Scenario(lag=Lag())),
    "lag-writes": ("the same, and writes don't see yet either", lambda: Scenario(lag=Lag(unseen_by_writes=True))),
    "rates": ("AWS's request rates", lambda: Scenario(rates=1.0)),
    "throttling": ("a fifth of all calls is throttled", lambda: Scenario(throttles=[Throttle(share=0.2)])),
    "conflicts": (
        "a tenth of the writes on log groups is aborted, and any two within 20 ms",
        lambda: Scenario(refusals=[aborted(0.1)], conflict_window_ms=20),
    ),
    "dropped": (
        "one call in twenty gets no answer, in half the cases after it took effect",
        lambda: Scenario(breaks=[Break(share=0.025), Break(share=0.025, when="after")]),
    ),
    "errors": (
        "one call in twenty gets HTTP 500, in half the cases after it took effect",
        lambda: Scenario(breaks=[Break(share=0.025, how="500"), Break(share=0.025, how="500", when="after")]),
    ),
    "read-only": (
        "nothing may be changed",
        lambda: Scenario(
            refusals=denied(
                *(f"ec2:{verb}*" for verb in ("Create", "Delete")),
                *(f"logs:{verb}*" for verb in ("Create", "Delete", "Put", "Tag", "Untag", "Associate", "Disassociate")),
                *(f"iam:{verb}*" for verb in ("Create", "Delete", "Put", "Update", "Attach", "Detach", "Tag", "Untag")),
            )
        ),
    ),
    "resurrection": (
        "records in flight create deleted log groups again",
        lambda: Scenario(resurrection=Resurrection()),
    ),
    "rough": (
        "young roles, lag, throttling, aborted writes, dropped connections and small pages together",
        lambda: scenario_named("young-role,lag,throttling,conflicts,dropped,small-pages"),
    ),
}


def scenario_named(text: str) -> Scenario:
    """The scenario of a name, of several joined by commas, or of a JSON object. Raises ValueError."""
    if text.lstrip().startswith("{"):
        return scenario_from(json.loads(text))
    joined = Scenario()
    for name in text.split(","):
        if name.strip() not in SCENARIOS:
            raise ValueError(f"no scenario {name.strip()!r}; there are: {', '.join(SCENARIOS)}")
        joined = joined.with_(SCENARIOS[name.strip()][1]())
    return joined


def _denied_code(name: str) -> str:
    return {"ec2": "UnauthorizedOperation", "logs": "AccessDeniedException"}.get(name.split(":")[0], "AccessDenied")


def _denied_status(name: str) -> int:
    return 400 if name.startswith("logs:") else 403
