# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module flow_log from options to result, on an EC2 in memory."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.work import FlowLogWork
from ansible_collections.netops.flow_logs.tests.unit.support.clients import client_error
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import ALREADY_EXISTS
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import FakeEc2
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import fails
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import refuses
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import times
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

FIRST, SECOND, THIRD = IDS = ["vpc-00000001", "vpc-00000002", "vpc-00000003"]
ROLE = "arn:aws:iam::123456789012:role/r"
OPTIONS = {
    "resource_ids": IDS,
    "log_group_name": "/x",
    "role_arn": ROLE,
    "traffic_type": None,
    "max_aggregation_interval": None,
    "log_format": None,
    "lookup": "destination",
    "allow_replace": True,
    "take_over": False,
    "wait_timeout": 120,
    "expected_account_id": None,
    "tags": None,
    "purge_tags": True,
}
WRITES = {"CreateFlowLogs", "DeleteFlowLogs", "CreateTags", "DeleteTags"}


@pytest.fixture
def ec2() -> FakeEc2:
    return FakeEc2()


@pytest.fixture
def module(ec2: FakeEc2) -> Any:
    def module(check_mode: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        fake = FakeModule({**OPTIONS, **options}, {"ec2": ec2}, check_mode=check_mode, diff=diff)
        with pytest.raises(Ended) as ended:
            run(fake, lambda: FlowLogWork(fake))
        return {**ended.value.result, "warnings": fake.warnings}

    return module


def shown(answer: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(each["resource_id"], each["action"], each.get("flow_log_id")) for each in answer["flow_logs"]]


def writes(ec2: FakeEc2) -> list[str]:
    return [name for name, _request in ec2.calls if name in WRITES]


SCENARIOS = [
    pytest.param({}, {}, ["created"], ["CreateFlowLogs"], id="create"),
    pytest.param({"TrafficType": "ALL"}, {}, ["unchanged"], [], id="leave alone"),
    pytest.param(
        {"TrafficType": "ALL"},
        {"traffic_type": "REJECT"},
        ["replaced"],
        ["CreateFlowLogs", "DeleteFlowLogs"],
        id="replace",
    ),
    pytest.param({"TrafficType": "ALL"}, {"tags": {"a": "b"}}, ["retagged"], ["CreateTags"], id="retag"),
]


@pytest.mark.parametrize(("existing", "options", "actions", "calls"), SCENARIOS)
def test_check_mode_foretells_what_a_run_then_does_and_a_second_run_finds_nothing_to_do(
    ec2: FakeEc2, module: Any, existing: dict[str, str], options: dict[str, Any], actions: list[str], calls: list[str]
) -> None:
    if existing:
        ec2.add(FIRST, DeliverLogsPermissionArn=ROLE, **existing)
    options = {"resource_ids": [FIRST], **options}

    foretold = module(check_mode=True, diff=True, **options)
    assert writes(ec2) == []

    done = module(diff=True, **options)
    assert writes(ec2) == calls
    assert [each["action"] for each in done["flow_logs"]] == actions
    assert (foretold["actions"], foretold["changed"]) == (done["actions"], done["changed"])

    def lasting(answer: dict[str, Any]) -> list[dict[str, Any]]:
        return [{key: value for key, value in each.items() if key != "flow_log_id"} for each in answer["flow_logs"]]

    assert lasting(foretold) == lasting(done)

    again = module(diff=True, **options)
    assert (again["changed"], again["actions"]) == (False, [])
    assert again["diff"] == {"before": {"flow_logs": []}, "after": {"flow_logs": []}}
    assert writes(ec2) == calls


def test_new_flow_logs_are_returned_with_their_ids(ec2: FakeEc2, module: Any) -> None:
    answer = module()

    assert shown(answer) == [(each, "created", ec2.of(each)[0]["FlowLogId"]) for each in IDS]


def test_a_flow_log_that_does_not_show_in_time_is_returned_without_its_id_and_with_a_warning(
    ec2: FakeEc2, module: Any
) -> None:
    ec2.lag = 100

    answer = module(resource_ids=[FIRST])

    assert shown(answer) == [(FIRST, "created", None)]
    [warning] = answer["warnings"]
    assert FIRST in warning


def test_one_bad_target_does_not_stop_the_others(ec2: FakeEc2, module: Any) -> None:
    ec2.on("CreateFlowLogs", fails("InvalidVpcID.NotFound", "The vpc ID '{id}' does not exist", [SECOND]))

    answer = module()

    assert [each["resource_id"] for each in answer["failures"]] == [SECOND]
    assert answer["failed"]
    assert answer["changed"] is True
    assert [each for each, _action, _id in shown(answer)] == [FIRST, THIRD]


# Of a target that failed, the result has what is there now.


def test_when_the_new_one_failed_the_old_one_is_shown(ec2: FakeEc2, module: Any) -> None:
    old = ec2.add(FIRST, TrafficType="ALL", DeliverLogsPermissionArn=ROLE)
    ec2.on("CreateFlowLogs", refuses("400", "Access Denied"))

    answer = module(resource_ids=[FIRST], traffic_type="REJECT")

    assert shown(answer) == [(FIRST, "unchanged", old)]
    assert answer["changed"] is False


def test_when_the_old_one_was_put_back_its_new_id_is_shown(ec2: FakeEc2, module: Any) -> None:
    old = ec2.add(FIRST, TrafficType="ALL", DeliverLogsPermissionArn=ROLE)

    def no_rejects(request: dict[str, Any]) -> None:
        if ec2.of(FIRST):
            raise client_error("FlowLogAlreadyExists", ALREADY_EXISTS)
        if request["TrafficType"] == "REJECT":
            raise client_error("InvalidParameter", "It can't be done.")

    ec2.on("CreateFlowLogs", no_rejects)

    answer = module(resource_ids=[FIRST], traffic_type="REJECT")

    [back] = ec2.of(FIRST)
    assert back["FlowLogId"] != old
    assert [flow_log_id for _each, _action, flow_log_id in shown(answer)] == [back["FlowLogId"]]
    assert answer["changed"] is True
    assert "put back" in answer["msg"]


def test_when_the_old_one_is_lost_none_is_shown(ec2: FakeEc2, module: Any) -> None:
    ec2.add(FIRST, TrafficType="ALL", DeliverLogsPermissionArn=ROLE)
    ec2.on("CreateFlowLogs", times(1, fails("FlowLogsLimitExceeded", "Too many.")), fails("InvalidParameter", "No."))

    answer = module(resource_ids=[FIRST], traffic_type="REJECT")

    assert answer["flow_logs"] == []
    assert answer["changed"] is True
    assert "could not be put back" in answer["msg"]


def test_when_the_old_one_could_not_be_deleted_both_are_shown(ec2: FakeEc2, module: Any) -> None:
    ec2.add(FIRST, TrafficType="ALL", DeliverLogsPermissionArn=ROLE)
    ec2.on("DeleteFlowLogs", fails("OperationNotPermitted", "It can't be deleted."))

    answer = module(resource_ids=[FIRST], traffic_type="REJECT")

    assert sorted(flow_log_id for _each, _action, flow_log_id in shown(answer)) == sorted(ec2.logs)
    assert answer["changed"] is True


def test_an_interrupted_replacement_is_completed_by_the_next_run(ec2: FakeEc2, module: Any) -> None:
    ec2.add(FIRST, TrafficType="ALL", DeliverLogsPermissionArn=ROLE)
    ec2.on("DeleteFlowLogs", times(1, fails("OperationNotPermitted", "It can't be deleted.")))
    module(resource_ids=[FIRST], traffic_type="REJECT")

    answer = module(resource_ids=[FIRST], traffic_type="REJECT")

    [left] = ec2.of(FIRST)
    assert left["TrafficType"] == "REJECT"
    assert shown(answer) == [(FIRST, "replaced", left["FlowLogId"])]


# Before any call that writes.


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"resource_ids": ["web"]}, "'web'", id="an id that is none"),
        pytest.param({"log_group_name": "/aws/{name}"}, "{name}", id="an unknown placeholder"),
        pytest.param({"role_arn": "Flow-Logs-Role"}, "'Flow-Logs-Role'", id="a role's name in place of its ARN"),
        pytest.param(
            {"role_arn": "arn:aws:iam::210987654321:role/r"}, "of account 210987654321", id="a role of another account"
        ),
        pytest.param({"log_format": "${version},"}, "log_format", id="a format that is none"),
        pytest.param({"tags": {"aws:x": "y"}}, "aws:", id="a tag that belongs to AWS"),
        pytest.param({"expected_account_id": "210987654321"}, "123456789012", id="the credentials of another account"),
    ],
)
def test_wrong_options_end_the_module_without_a_call_to_ec2(
    ec2: FakeEc2, module: Any, options: dict[str, Any], complaint: str
) -> None:
    answer = module(**options)

    assert answer["failed"] is True
    assert complaint in answer["msg"]
    assert ec2.calls == []


def test_a_format_of_several_lines_is_sent_as_one(ec2: FakeEc2, module: Any) -> None:
    module(resource_ids=[FIRST], log_format="${version}\n${action}\n")

    assert ec2.sent("CreateFlowLogs", "LogFormat") == ["${version} ${action}"]


def test_a_thousand_targets_cost_fourteen_calls_and_five_to_see_that_all_is_well(ec2: FakeEc2, module: Any) -> None:
    ids = [f"vpc-{number:08}" for number in range(1000)]

    module(resource_ids=ids)
    # Five looks, four creations, and five looks to read back.
    assert len(ec2.calls) == 14
    assert ec2.count("CreateFlowLogs") == 4

    ec2.calls.clear()
    assert module(resource_ids=ids)["changed"] is False
    assert len(ec2.calls) == 5
