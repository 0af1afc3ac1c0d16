# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module flow_log with state absent from options to result, on an EC2 in memory."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal_work import FlowLogRemovalWork
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import FakeEc2
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import fails
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import refuses
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

VPC, SUBNET, ENI = "vpc-00000001", "subnet-00000001", "eni-00000001"
MANY = [f"vpc-{number:08x}" for number in range(1, 1001)]
OPTIONS = {
    "resource_ids": None,
    "log_group_name": None,
    "flow_log_ids": None,
    "lookup": "destination",
    "traffic_type": None,
    "take_over": False,
    "expected_account_id": None,
}
_FILTERED = {"resource-id": "ResourceId", "flow-log-id": "FlowLogId"}


class Ec2(FakeEc2):
    """It has a network interface in a subnet in a VPC as well, and what was deleted may show for some more looks."""

    def __init__(self) -> None:
        super().__init__()
        self.shown_after_deletion = 0
        self._deleted: dict[str, tuple[dict[str, Any], int]] = {}

    def describe_flow_logs(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("DescribeFlowLogs", request))
        [wanted] = request["Filters"]
        gone = [log for log, looks in self._deleted.values() if looks > 0]
        self._deleted = {each: (log, looks - 1) for each, (log, looks) in self._deleted.items()}
        member = _FILTERED[wanted["Name"]]
        assert 0 < len(wanted["Values"]) <= 200
        return {"FlowLogs": [log for log in [*self.logs.values(), *gone] if log[member] in wanted["Values"]]}

    def delete_flow_logs(self, **request: Any) -> dict[str, Any]:
        before = dict(self.logs)
        answer = super().delete_flow_logs(**request)
        for flow_log_id in set(before) - set(self.logs):
            self._deleted[flow_log_id] = (before[flow_log_id], self.shown_after_deletion)
        return answer

    def describe_vpcs(self, **request: Any) -> dict[str, Any]:
        return self._resources("DescribeVpcs", "Vpcs", request, {"VpcId": VPC})

    def describe_subnets(self, **request: Any) -> dict[str, Any]:
        return self._resources("DescribeSubnets", "Subnets", request, {"SubnetId": SUBNET, "VpcId": VPC})

    def describe_network_interfaces(self, **request: Any) -> dict[str, Any]:
        eni = {"NetworkInterfaceId": ENI, "SubnetId": SUBNET, "VpcId": VPC}
        return self._resources("DescribeNetworkInterfaces", "NetworkInterfaces", request, eni)

    def _resources(self, operation: str, key: str, request: dict[str, Any], entry: dict[str, str]) -> dict[str, Any]:
        self.calls.append((operation, request))
        [wanted] = request["Filters"]
        return {key: [entry] if set(entry.values()) & set(wanted["Values"]) else []}

    @property
    def names(self) -> list[str]:
        return [name for name, _request in self.calls]


@pytest.fixture
def ec2() -> Ec2:
    return Ec2()


@pytest.fixture
def module(ec2: Ec2, in_turn: None) -> Any:
    def module(check_mode: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        fake = FakeModule({**OPTIONS, **options}, {"ec2": ec2}, check_mode=check_mode, diff=diff)
        with pytest.raises(Ended) as ended:
            run(fake, lambda: FlowLogRemovalWork(fake))
        return {**ended.value.result, "warnings": fake.warnings}

    return module


def shown(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["flow_log_id"], each["action"]) for each in answer["flow_logs"]]


# The calls.


def test_it_looks_deletes_and_looks_whether_it_is_gone(ec2: Ec2, module: Any, clock: Clock) -> None:
    flow_log_id = ec2.add(VPC)

    answer = module(resource_ids=[VPC], log_group_name="/x")

    assert shown(answer) == [(flow_log_id, "deleted")]
    assert (answer["failed"], answer["changed"], len(answer["actions"])) == (False, True, 1)
    assert ec2.names == ["DescribeFlowLogs", "DeleteFlowLogs", "DescribeFlowLogs"]
    assert sum(clock.slept) == 0


def test_check_mode_foretells_what_a_run_does_and_a_second_run_finds_nothing_to_do(ec2: Ec2, module: Any) -> None:
    ec2.add(VPC)
    ec2.add(VPC, LogGroupName="/other")
    options = {"resource_ids": [VPC], "log_group_name": "/x", "diff": True}

    foretold = module(check_mode=True, **options)
    assert ec2.names == ["DescribeFlowLogs"]
    done = module(**options)
    assert foretold == done

    ec2.calls.clear()
    again = module(**options)
    assert (again["changed"], again["actions"], again["flow_logs"]) == (False, [], [])
    assert again["diff"] == {
        "before": {"flow_logs": [], "covered_by": []},
        "after": {"flow_logs": [], "covered_by": []},
    }
    # No deletion of an empty list, and nothing to wait for.
    assert ec2.names == ["DescribeFlowLogs"]


def test_the_diff_has_what_goes_and_nothing_else(ec2: Ec2, module: Any) -> None:
    flow_log_id = ec2.add(VPC)

    diff = module(resource_ids=[VPC], log_group_name="/x", diff=True)["diff"]

    assert [each["flow_log_id"] for each in diff["before"]["flow_logs"]] == [flow_log_id]
    assert diff["after"] == {"flow_logs": [], "covered_by": []}


def test_a_vpc_has_no_owner_to_look_for(ec2: Ec2, module: Any) -> None:
    module(resource_ids=[VPC], log_group_name="/x", check_mode=True)

    assert ec2.names == ["DescribeFlowLogs"]


@pytest.mark.parametrize("template", ["/x", "/{resource_name}", "/{vpc_id}"])
def test_a_network_interface_is_read_once_for_its_owners_and_its_name(ec2: Ec2, module: Any, template: str) -> None:
    module(resource_ids=[ENI], log_group_name=template, check_mode=True)

    assert ec2.names == ["DescribeNetworkInterfaces", "DescribeFlowLogs"]
    [request] = [request for name, request in ec2.calls if name == "DescribeFlowLogs"]
    assert sorted(request["Filters"][0]["Values"]) == sorted([ENI, SUBNET, VPC])


def test_ids_need_no_resources(ec2: Ec2, module: Any) -> None:
    flow_log_id = ec2.add(ENI, LogGroupName="/whatever")

    answer = module(flow_log_ids=[flow_log_id, "fl-0123456789abcdef0"])

    assert shown(answer) == [(flow_log_id, "deleted")]
    assert ec2.names == ["DescribeFlowLogs", "DeleteFlowLogs", "DescribeFlowLogs"]


def test_a_thousand_cost_a_dozen_calls(ec2: Ec2, module: Any) -> None:
    """Filters take 200 values, a deletion a thousand ids."""
    for resource_id in MANY:
        ec2.add(resource_id)

    answer = module(resource_ids=MANY, log_group_name="/x")

    assert len(answer["actions"]) == 1000
    assert ec2.names == ["DescribeFlowLogs"] * 5 + ["DeleteFlowLogs"] + ["DescribeFlowLogs"] * 5


# Reads that are late.


def test_it_ends_once_aws_no_longer_lists_it(ec2: Ec2, module: Any, clock: Clock) -> None:
    ec2.add(VPC)
    ec2.shown_after_deletion = 3

    answer = module(resource_ids=[VPC], log_group_name="/x")

    assert (answer["failed"], answer["changed"]) == (False, True)
    assert 0 < sum(clock.slept) <= 10
    assert module(resource_ids=[VPC], log_group_name="/x")["changed"] is False


def test_it_does_not_wait_for_ever(ec2: Ec2, module: Any, clock: Clock) -> None:
    flow_log_id = ec2.add(VPC)
    ec2.shown_after_deletion = 1000

    answer = module(resource_ids=[VPC], log_group_name="/x")

    assert (answer["failed"], shown(answer)) == (False, [(flow_log_id, "deleted")])
    assert 10 <= sum(clock.slept) <= 60


# What fails.


def test_what_aws_refuses_is_a_failure_and_the_others_go(ec2: Ec2, module: Any) -> None:
    first, second = ec2.add(VPC), ec2.add("vpc-00000002")
    ec2.on("DeleteFlowLogs", refuses("400", "Not this one.", [first]))

    answer = module(resource_ids=[VPC, "vpc-00000002"], log_group_name="/x", diff=True)

    assert answer["failed"]
    assert [(each["resource_id"], each["code"], each["message"]) for each in answer["failures"]] == [
        (VPC, "400", "Not this one.")
    ]
    assert shown(answer) == [(first, "unchanged"), (second, "deleted")]
    assert [sentence for sentence in answer["actions"] if second in sentence] == answer["actions"]
    assert [each["flow_log_id"] for each in answer["diff"]["before"]["flow_logs"]] == [second]
    # What could not be deleted is not waited for.
    assert ec2.calls[-1][1]["Filters"][0]["Values"] == [second]


def test_where_all_are_refused_nothing_has_changed(ec2: Ec2, module: Any) -> None:
    flow_log_id = ec2.add(VPC)
    ec2.on("DeleteFlowLogs", fails("UnauthorizedOperation", "You are not authorized."))

    answer = module(resource_ids=[VPC], log_group_name="/x", diff=True)

    assert answer["failed"]
    assert (answer["changed"], answer["actions"]) == (False, [])
    assert shown(answer) == [(flow_log_id, "unchanged")]
    assert answer["diff"]["before"] == answer["diff"]["after"]
    assert "lacks the permission" in answer["msg"]


def test_one_that_somebody_else_deletes_meanwhile_is_fine(ec2: Ec2, module: Any) -> None:
    flow_log_id = ec2.add(VPC)
    ec2.on("DeleteFlowLogs", refuses("InvalidFlowLogId.NotFound", "not found", [flow_log_id]))

    assert module(resource_ids=[VPC], log_group_name="/x")["failed"] is False


@pytest.mark.parametrize("gone", ["vpc-0badbad0", "subnet-0badbad0", "eni-0badbad0"])
def test_a_resource_that_is_gone_is_told_and_no_failure(ec2: Ec2, module: Any, gone: str) -> None:
    kept = ec2.add(VPC, LogGroupName=f"/{VPC}")

    answer = module(resource_ids=[gone, VPC], log_group_name="/{resource_name}")

    assert (answer["failed"], shown(answer)) == (False, [(kept, "deleted")])
    [warning] = answer["warnings"]
    assert gone in warning and "Nothing to remove there." in warning
    # Nobody looks for it twice.
    reads = [name for name in ec2.names if name not in ("DescribeFlowLogs", "DeleteFlowLogs")]
    assert len(set(reads)) == len(reads)


def test_the_flow_logs_of_a_resource_that_is_gone_go_where_the_group_is_known(ec2: Ec2, module: Any) -> None:
    flow_log_id = ec2.add("eni-0badbad0")

    assert shown(module(resource_ids=["eni-0badbad0"], log_group_name="/x")) == [(flow_log_id, "deleted")]


def test_where_the_group_is_not_known_they_need_their_ids(ec2: Ec2, module: Any) -> None:
    flow_log_id = ec2.add("eni-0badbad0")

    answer = module(resource_ids=["eni-0badbad0"], log_group_name="/{resource_name}")

    [failure] = answer["failures"]
    assert (failure["resource_id"], failure["code"]) == ("eni-0badbad0", "ResourceGone")
    assert f"flow_log_ids: [{flow_log_id}]" in failure["hint"]
    assert (answer["changed"], answer["warnings"]) == (False, [])
    assert shown(module(flow_log_ids=[flow_log_id])) == [(flow_log_id, "deleted")]


# Options.


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"resource_ids": [VPC]}, "needs log_group_name, or flow_log_ids", id="to where?"),
        pytest.param({"resource_ids": ["sg-00000001"], "log_group_name": "/x"}, "'sg-00000001'", id="no target"),
        pytest.param({"flow_log_ids": ["fl-1", "vpc-00000001"]}, "'fl-1', 'vpc-00000001'", id="no ids of flow logs"),
        pytest.param({"resource_ids": [VPC], "log_group_name": "/{what}"}, "{what}", id="a placeholder of one's own"),
        pytest.param({"resource_ids": [VPC], "log_group_name": "/a b"}, "'/a b'", id="a name that is none"),
        pytest.param(
            {"resource_ids": [VPC], "log_group_name": "/x", "expected_account_id": "210987654321"},
            "123456789012",
            id="the credentials of another account",
        ),
    ],
)
def test_wrong_options_end_the_module_without_a_call(
    ec2: Ec2, module: Any, options: dict[str, Any], complaint: str
) -> None:
    answer = module(**options)

    assert answer["failed"] is True
    assert complaint in answer["msg"]
    assert ec2.calls == []


@pytest.mark.parametrize("options", [{"resource_ids": [], "log_group_name": "/x"}, {"flow_log_ids": []}])
def test_an_empty_list_is_nothing_to_do(ec2: Ec2, module: Any, options: dict[str, Any]) -> None:
    answer = module(**options)

    assert (answer["failed"], answer["changed"], answer["flow_logs"]) == (False, False, [])
    assert ec2.calls == []
