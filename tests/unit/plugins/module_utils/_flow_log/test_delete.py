# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.bounds import CallTimeout
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.delete import delete_flow_logs
from ansible_collections.netops.flow_logs.tests.unit.support.clients import retrying
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import FakeEc2
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import Rule
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import fails
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import refuses
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import times

NOT_FOUND = "These flow log ids in the input list are not found: [TotalCount: 1] {id}"
DENIED = "You are not authorized to perform this operation."


@pytest.fixture
def ec2() -> FakeEc2:
    return FakeEc2()


def some(ec2: FakeEc2, count: int) -> dict[str, str]:
    """Flow log id -> its resource."""
    return {ec2.add(f"vpc-{number:08}"): f"vpc-{number:08}" for number in range(1, count + 1)}


def delete(ec2: FakeEc2, owners: dict[str, str]) -> dict[str, Failure]:
    return delete_flow_logs(retrying(ec2), owners)


def test_all_go_by_one_call(ec2: FakeEc2) -> None:
    owners = some(ec2, 3)

    assert delete(ec2, owners) == {}
    assert ec2.logs == {}
    assert ec2.sent("DeleteFlowLogs", "FlowLogIds") == [sorted(owners)]


def test_nothing_costs_no_call(ec2: FakeEc2) -> None:
    """AWS refuses an empty list."""
    assert delete(ec2, {}) == {}
    assert ec2.calls == []


def test_a_call_has_a_thousand_at_most(ec2: FakeEc2) -> None:
    owners = some(ec2, 2001)

    assert delete(ec2, owners) == {}
    assert sorted(len(ids) for ids in ec2.sent("DeleteFlowLogs", "FlowLogIds")) == [1, 1000, 1000]
    assert ec2.logs == {}


@pytest.mark.parametrize("code", ["400", "InvalidParameterValue", "UnauthorizedOperation"])
def test_what_aws_lists_as_unsuccessful_is_the_failure_of_that_one(ec2: FakeEc2, code: str) -> None:
    first, second, third = owners = some(ec2, 3)
    ec2.on("DeleteFlowLogs", refuses(code, "No, not this one.", [second]))

    failures = delete(ec2, owners)

    assert list(ec2.logs) == [second]
    assert list(failures) == [second]
    failure = failures[second]
    assert (failure.resource_id, failure.code, failure.message) == (owners[second], code, "No, not this one.")
    assert ec2.count("DeleteFlowLogs") == 1
    assert first not in ec2.logs and third not in ec2.logs


@pytest.mark.parametrize("code", ["InvalidFlowLogId.NotFound", "InvalidFlowLogID.NotFound"])
@pytest.mark.parametrize("way", [refuses, fails], ids=["in Unsuccessful", "as an exception"])
def test_one_that_is_gone_already_is_fine(ec2: FakeEc2, way: Any, code: str) -> None:
    """EC2 spells some codes in two ways."""
    first, second, third = owners = some(ec2, 3)
    del ec2.logs[second]
    ec2.on("DeleteFlowLogs", way(code, NOT_FOUND, [second]))

    assert delete(ec2, owners) == {}
    assert ec2.logs == {}
    assert first and third


def test_one_that_fails_the_call_does_not_stop_the_others(ec2: FakeEc2) -> None:
    _first, second, _third = owners = some(ec2, 3)
    ec2.on("DeleteFlowLogs", fails("InvalidParameter", "{id} can't be deleted.", [second]))

    failures = delete(ec2, owners)

    assert list(ec2.logs) == [second]
    assert [(failure.resource_id, failure.code) for failure in failures.values()] == [
        (owners[second], "InvalidParameter")
    ]


@pytest.mark.parametrize(
    ("rule", "code", "hint"),
    [
        pytest.param(fails("UnauthorizedOperation", DENIED), "UnauthorizedOperation", "lacks the permission", id="no"),
        pytest.param(fails("RequestLimitExceeded", "Wait."), "RequestLimitExceeded", "again", id="too fast"),
    ],
)
def test_an_error_that_no_single_flow_log_causes_is_not_tried_on_each(
    ec2: FakeEc2, rule: Rule, code: str, hint: str
) -> None:
    owners = some(ec2, 30)
    ec2.on("DeleteFlowLogs", rule)

    failures = delete(ec2, owners)

    assert set(failures) == set(owners)
    assert {failure.code for failure in failures.values()} == {code}
    assert all(hint in failure.hint for failure in failures.values())
    assert set(map(len, ec2.sent("DeleteFlowLogs", "FlowLogIds"))) == {30}


def test_throttling_passes(ec2: FakeEc2) -> None:
    owners = some(ec2, 3)
    ec2.on("DeleteFlowLogs", times(3, fails("RequestLimitExceeded", "Wait.")))

    assert delete(ec2, owners) == {}
    assert ec2.logs == {}


class Vague(FakeEc2):
    """Refuses the flow logs that it keeps, naming others. It is asked by ids of flow logs."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        super().__init__()
        self.keeps: set[str] = set()
        self.entries = list(entries)

    def delete_flow_logs(self, **request: Any) -> dict[str, Any]:
        gone = [flow_log_id for flow_log_id in request["FlowLogIds"] if flow_log_id not in self.keeps]
        if gone:
            super().delete_flow_logs(FlowLogIds=gone)
        return {"Unsuccessful": self.entries}

    def describe_flow_logs(self, **request: Any) -> dict[str, Any]:
        [values] = [each["Values"] for each in request["Filters"]]
        return {"FlowLogs": [log for log in self.logs.values() if log["FlowLogId"] in values]}


NO = {"Error": {"Code": "400", "Message": "Not this one."}}


@pytest.mark.parametrize("named", [{}, {"ResourceId": ""}, {"ResourceId": "fl-0000dead"}])
def test_a_refusal_that_names_nobody_fails_what_is_still_there(
    named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    ec2 = Vague({**NO, **named})
    first, second = owners = some(ec2, 2)
    ec2.keeps = {second}

    failures = delete(ec2, owners)

    assert list(failures) == [second]
    assert (failures[second].resource_id, failures[second].code) == (owners[second], "NotConfirmed")
    assert "400: Not this one" in failures[second].message
    assert first not in ec2.logs
    assert sum(pauses) < 5


def test_the_refusal_of_a_single_one_is_its_own() -> None:
    ec2 = Vague(NO)
    [only] = owners = some(ec2, 1)
    ec2.keeps = {only}

    assert delete(ec2, owners)[only].message == "Not this one."


def test_what_was_deleted_though_no_answer_came_is_no_failure(ec2: FakeEc2) -> None:
    first, second = owners = some(ec2, 2)

    def half_done(request: dict[str, Any]) -> None:
        ec2.logs.pop(first, None)
        raise CallTimeout("No complete answer came.")

    ec2.on("DeleteFlowLogs", half_done)

    failures = delete(ec2, owners)

    assert list(failures) == [second]
    assert failures[second].message == "No complete answer came."


def test_where_ec2_answers_nothing_at_all_each_counts_as_still_there(ec2: FakeEc2) -> None:
    owners = some(ec2, 2)

    def silent(_request: dict[str, Any]) -> None:
        raise CallTimeout("No complete answer came.")

    ec2.on("DeleteFlowLogs", silent)
    ec2.on("DescribeFlowLogs", silent)

    assert list(delete(ec2, owners)) == sorted(owners)
    assert (ec2.count("DeleteFlowLogs"), ec2.count("DescribeFlowLogs")) == (1, 1)
