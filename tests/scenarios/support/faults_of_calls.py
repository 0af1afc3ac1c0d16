# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can happen to any call: late reads, throttling, broken connections, missing permissions."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import region_denied
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Break
from ansible_collections.netops.flow_logs.tests.emulator.scenario import RegionsOff
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Throttle
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import NOT_CONCERNED
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_a_state
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_time

# Every call of the modules that changes something, each by itself.
WRITES = (
    "ec2:CreateFlowLogs",
    "ec2:DeleteFlowLogs",
    "ec2:CreateTags",
    "iam:CreatePolicy",
    "iam:CreateRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:AttachRolePolicy",
    "iam:TagRole",
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
    "logs:UntagResource",
    "logs:DeleteLogGroup",
    "logs:PutQueryDefinition",
    "logs:DeleteQueryDefinition",
    "iam:DetachRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:DeleteRole",
    "iam:DeletePolicy",
    "iam:DetachUserPolicy",
)


def _each_write_once(when: str, how: str) -> Callable[[], Scenario]:
    return lambda: Scenario(breaks=[Break([name], when=when, how=how, times=1) for name in WRITES])


def _everywhere(
    name: str,
    section: str,
    scenario: Callable[[], Scenario],
    cell: Cell,
    removal: Cell | None = None,
    info: Cell = NOT_CONCERNED,
) -> Fault:
    """removal is None where it has the same cell."""
    gone = removal or cell
    return Fault(
        name,
        section,
        scenario,
        flow_log_iam=cell,
        log_group=cell,
        flow_log=cell,
        flow_log_removal=gone,
        log_group_removal=gone,
        flow_log_iam_removal=gone,
        flow_log_iam_info=info,
        insights_queries=cell,
        insights_queries_removal=gone,
    )


_AGAIN = Cell("tries again, then done")
_NOTHING_TWICE = Cell("tries again; nothing is done twice")
_NOT_ENABLED = Cell("says to enable the region", fails=("OptInRequired",), hint="enable it, or leave it out")
# Every module asks first whose the credentials are.
_NO_CREDENTIALS_THERE = Cell(
    "says to check the keys, and that the region is enabled", fails=("InvalidClientTokenId",), hint="that the region is enabled"
)
_GONE = Cell("tries again; what is gone is gone")


def _of_chance(words: str) -> Cell:
    return Cell(words, proof=met_a_state)


def _throttled(code: str) -> Cell:
    return Cell("says to run it again", fails=(code,), hint="run it again")


def _denied(code: str) -> Cell:
    return Cell("says which permission is missing", fails=(code,), hint="lacks the permission")


OF_CALLS = (
    Fault(
        "reads are 2 s late",
        "1.8, 5.3, 6.4, 6.5",
        lambda: scenario_named("lag"),
        flow_log_iam=Cell("done", proof=met_a_state),
        log_group=Cell("done", proof=met_a_state),
        flow_log=Cell("looks again until it shows", proof=met_time),
        flow_log_removal=Cell("looks again until it is gone", proof=met_time),
        log_group_removal=Cell("done", proof=met_a_state),
        flow_log_iam_removal=Cell("done", proof=met_a_state),
        flow_log_iam_info=Cell("done", proof=met_a_state),
        insights_queries=Cell("looks again until they show", proof=met_time),
        insights_queries_removal=Cell("done", proof=met_a_state),
    ),
    Fault(
        "reads are 2 s late, and writes don't find yet either",
        "1.8, 5.3, 6.4, 6.5",
        lambda: scenario_named("lag-writes"),
        flow_log_iam=Cell("tries again until IAM agrees with itself", proof=met_time),
        log_group=Cell("tries again until the new group is found", proof=met_time),
        flow_log=Cell("looks again until it shows", proof=met_time),
        flow_log_removal=Cell("looks again until it is gone", proof=met_time),
        log_group_removal=Cell("done", proof=met_a_state),
        flow_log_iam_removal=Cell("done", proof=met_a_state),
        flow_log_iam_info=Cell("done", proof=met_a_state),
        insights_queries=Cell("looks again until they show", proof=met_time),
        insights_queries_removal=Cell("done", proof=met_a_state),
    ),
    _everywhere(
        "AWS's request rates",
        "7.1, 7.2",
        lambda: scenario_named("rates"),
        _of_chance("done, within the rates"),
        info=_of_chance("done, within the rates"),
    ),
    _everywhere(
        "30 % of all calls are throttled",
        "7.1, 7.2",
        lambda: Scenario(throttles=[Throttle(share=0.3)]),
        _AGAIN,
        info=_AGAIN,
    ),
    Fault(
        "all calls are throttled for ever",
        "7.1, 7.2",
        lambda: Scenario(throttles=[Throttle(["ec2:*", "iam:*", "logs:*"])]),
        flow_log_iam=_throttled("Throttling"),
        log_group=_throttled("ThrottlingException"),
        flow_log=_throttled("RequestLimitExceeded"),
        flow_log_removal=_throttled("RequestLimitExceeded"),
        log_group_removal=_throttled("ThrottlingException"),
        flow_log_iam_removal=_throttled("Throttling"),
        flow_log_iam_info=_throttled("Throttling"),
        insights_queries=_throttled("ThrottlingException"),
        insights_queries_removal=_throttled("ThrottlingException"),
    ),
    Fault(
        "all writes are throttled for ever",
        "7.1, 7.2",
        lambda: Scenario(throttles=[Throttle(list(WRITES))]),
        flow_log_iam=_throttled("Throttling"),
        log_group=_throttled("ThrottlingException"),
        flow_log=_throttled("RequestLimitExceeded"),
        flow_log_removal=_throttled("RequestLimitExceeded"),
        log_group_removal=_throttled("ThrottlingException"),
        flow_log_iam_removal=_throttled("Throttling"),
        insights_queries=_throttled("ThrottlingException"),
        insights_queries_removal=_throttled("ThrottlingException"),
    ),
    _everywhere("the connection breaks before each write", "7.3", _each_write_once("before", "drop"), _AGAIN),
    _everywhere(
        "the connection breaks after each write, which took effect",
        "7.3, 1.3",
        _each_write_once("after", "drop"),
        _NOTHING_TWICE,
        _GONE,
    ),
    _everywhere("HTTP 500 before each write", "7.3", _each_write_once("before", "500"), _AGAIN),
    _everywhere(
        "HTTP 500 after each write, which took effect",
        "7.3, 1.3",
        _each_write_once("after", "500"),
        _NOTHING_TWICE,
        _GONE,
    ),
    _everywhere(
        "one call in twenty gets no answer, in half the cases after it took effect",
        "7.3",
        lambda: scenario_named("dropped"),
        _of_chance("tries again; nothing is done twice"),
        _of_chance("tries again; what is gone is gone"),
        _of_chance("tries again, then done"),
    ),
    _everywhere(
        "one call in twenty gets HTTP 500, in half the cases after it took effect",
        "7.3",
        lambda: scenario_named("errors"),
        _of_chance("tries again; nothing is done twice"),
        _of_chance("tries again; what is gone is gone"),
        _of_chance("tries again, then done"),
    ),
    _everywhere(
        "no write gets an answer",
        "7.3",
        lambda: Scenario(breaks=[Break([name]) for name in WRITES]),
        Cell("says what was done and to run it again", fails=("NoAnswer",), hint="run it again"),
    ),
    Fault(
        "nothing may be changed",
        "1.5",
        lambda: scenario_named("read-only"),
        flow_log_iam=_denied("AccessDenied"),
        log_group=_denied("AccessDeniedException"),
        flow_log=Cell("says which permission is missing", fails=("UnauthorizedOperation",), hint="the permission"),
        flow_log_removal=_denied("UnauthorizedOperation"),
        log_group_removal=_denied("AccessDeniedException"),
        flow_log_iam_removal=_denied("AccessDenied"),
        insights_queries=_denied("AccessDeniedException"),
        insights_queries_removal=_denied("AccessDeniedException"),
    ),
    Fault(
        "the account has not enabled the region",
        "1.5",
        lambda: Scenario(refusals=region_denied(REGION, "OptInRequired")),
        log_group=Cell("says to enable the region", fails=("UnrecognizedClientException",), hint="region"),
        flow_log=_NOT_ENABLED,
        flow_log_removal=_NOT_ENABLED,
        log_group_removal=Cell("says to enable the region", fails=("UnrecognizedClientException",), hint="region"),
        flow_log_iam_removal=_NOT_ENABLED,
        flow_log_iam_info=_NOT_ENABLED,
        insights_queries=Cell("says to enable the region", fails=("UnrecognizedClientException",), hint="region"),
        insights_queries_removal=Cell(
            "says to enable the region", fails=("UnrecognizedClientException",), hint="region"
        ),
    ),
    Fault(
        "the account has not enabled the region, and EC2 says `AuthFailure`",
        "11.1",
        lambda: Scenario(regions_off=[RegionsOff([REGION])]),
        flow_log_iam=_NO_CREDENTIALS_THERE,
        log_group=_NO_CREDENTIALS_THERE,
        flow_log=_NO_CREDENTIALS_THERE,
        flow_log_removal=_NO_CREDENTIALS_THERE,
        log_group_removal=_NO_CREDENTIALS_THERE,
        flow_log_iam_removal=_NO_CREDENTIALS_THERE,
        flow_log_iam_info=_NO_CREDENTIALS_THERE,
        insights_queries=_NO_CREDENTIALS_THERE,
        insights_queries_removal=_NO_CREDENTIALS_THERE,
    ),
    _everywhere(
        "young roles, lag, throttling, aborted writes, dropped connections and small pages together",
        "all",
        lambda: scenario_named("rough"),
        _of_chance("done, in a while"),
        info=_of_chance("done, in a while"),
    ),
)
