# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.bounds import CallTimeout
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import api
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.apply import Applied
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.apply import apply_steps
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.apply import read_back
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import plan_flow_logs
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import client_error
from ansible_collections.netops.flow_logs.tests.unit.support.clients import retrying
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import ALREADY_EXISTS
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import UNASSUMABLE
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import FakeEc2
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import fails
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import refuses
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import times

ROLE = "arn:aws:iam::123456789012:role/r"
OLD_SETTINGS = {
    "TrafficType": "ACCEPT",
    "MaxAggregationInterval": 60,
    "LogFormat": "${version}",
    "DeliverLogsPermissionArn": ROLE,
}
NO_TAGS = TagWish()
FIRST, SECOND, THIRD = IDS = ["vpc-00000001", "vpc-00000002", "vpc-00000003"]


class Run:
    """Reads what an EC2 has, plans and applies a wish, and keeps what came of it."""

    def __init__(self, ec2: FakeEc2, wish: Wish, ids: list[str], wait_timeout: float = 120) -> None:
        self.client = retrying(ec2)
        destinations = dict.fromkeys(parse_targets(ids), log_group("/x"))
        plan = plan_flow_logs(wish, destinations, api.describe_flow_logs(self.client, ids), COMPARISON)
        assert plan.refusals == ()
        self.steps = plan.steps
        ec2.calls.clear()
        self.applied = Applied()
        apply_steps(self.client, plan.steps, wait_timeout, self.applied)
        self.failures = self.applied.failures

    @property
    def sentences(self) -> list[str]:
        return [step.sentence for step in self.applied.steps]


def wish(tags: TagWish = NO_TAGS, **settings: Any) -> Wish:
    return Wish({"role_arn": ROLE, **settings}, tags)


@pytest.fixture
def ec2() -> FakeEc2:
    return FakeEc2()


def settings_of(ec2: FakeEc2, resource_id: str) -> list[dict[str, Any]]:
    return [{name: log.get(name) for name in OLD_SETTINGS} for log in ec2.of(resource_id)]


# Creating and retagging.


def test_flow_logs_are_created_with_their_tags_and_no_empty_call_is_made(ec2: FakeEc2) -> None:
    run = Run(ec2, wish(TagWish({"a": "b"})), IDS)

    assert run.failures == {}
    assert run.applied.steps == list(run.steps)
    assert [name for name, _request in ec2.calls] == ["CreateFlowLogs"]
    assert [log["Tags"] for log in ec2.logs.values()] == [[{"Key": "a", "Value": "b"}]] * 3


def test_kinds_of_resources_are_created_by_calls_of_their_own(ec2: FakeEc2) -> None:
    run = Run(ec2, wish(), ["vpc-00000001", "subnet-00000001", "eni-00000001"])

    assert run.failures == {}
    assert sorted(ec2.sent("CreateFlowLogs", "ResourceType")) == ["NetworkInterface", "Subnet", "VPC"]


def test_a_failure_is_told_and_the_others_are_done(ec2: FakeEc2) -> None:
    ec2.on("CreateFlowLogs", refuses("InvalidVpcId.NotFound", "Unknown resource", [SECOND]))

    run = Run(ec2, wish(), IDS)

    assert set(run.failures) == {SECOND}
    assert [step.subject for step in run.applied.steps] == [FIRST, THIRD]


def test_equal_changes_of_tags_share_their_calls(ec2: FakeEc2) -> None:
    ids = [ec2.add(each, DeliverLogsPermissionArn=ROLE, Tags=[{"Key": "old", "Value": "1"}]) for each in IDS]

    run = Run(ec2, wish(TagWish({"a": "b"})), IDS)

    assert run.failures == {}
    assert ec2.calls == [
        ("DeleteTags", {"Resources": ids, "Tags": [{"Key": "old"}]}),
        ("CreateTags", {"Resources": ids, "Tags": [{"Key": "a", "Value": "b"}]}),
    ]


def test_tags_of_two_hundred_flow_logs_go_in_a_call(ec2: FakeEc2) -> None:
    ids = [f"vpc-{number:08}" for number in range(201)]
    for each in ids:
        ec2.add(each, DeliverLogsPermissionArn=ROLE)

    Run(ec2, wish(TagWish({"a": "b"})), ids)

    assert [len(resources) for resources in ec2.sent("CreateTags", "Resources")] == [200, 1]


def test_a_flow_log_that_is_gone_does_not_keep_the_others_from_their_tags(ec2: FakeEc2) -> None:
    ids = [ec2.add(each, DeliverLogsPermissionArn=ROLE) for each in IDS]
    ec2.on("CreateTags", times(1, lambda request: ec2.logs.pop(ids[1]) and None))

    run = Run(ec2, wish(TagWish({"a": "b"})), IDS)

    assert set(run.failures) == {SECOND}
    assert run.failures[SECOND].code == "InvalidFlowLogId.NotFound"
    assert [ec2.of(each)[0]["Tags"] for each in (FIRST, THIRD)] == [[{"Key": "a", "Value": "b"}]] * 2
    assert [step.subject for step in run.applied.steps] == [FIRST, THIRD]


def test_who_may_not_tag_is_told_so_for_all_by_one_call(ec2: FakeEc2) -> None:
    for each in IDS:
        ec2.add(each, DeliverLogsPermissionArn=ROLE)
    ec2.on("CreateTags", fails("UnauthorizedOperation", "You are not authorized to perform this operation."))

    run = Run(ec2, wish(TagWish({"a": "b"})), IDS)

    assert set(run.failures) == set(IDS)
    assert ec2.count("CreateTags") == 1


# Replacing: the new one first.


def with_old(ec2: FakeEc2, **more: Any) -> list[str]:
    return [ec2.add(each, **{**OLD_SETTINGS, **more}) for each in IDS]


def test_a_replacement_creates_first_and_then_deletes(ec2: FakeEc2) -> None:
    old = with_old(ec2)

    run = Run(ec2, wish(traffic_type="ALL"), IDS)

    assert run.failures == {}
    assert run.applied.steps == list(run.steps)
    assert [name for name, _request in ec2.calls] == ["CreateFlowLogs", "DeleteFlowLogs"]
    assert ec2.sent("DeleteFlowLogs", "FlowLogIds") == [old]
    assert [settings_of(ec2, each) for each in IDS] == [[{**OLD_SETTINGS, "TrafficType": "ALL"}]] * 3
    assert ec2.uncovered == set()


def test_a_new_one_that_fails_leaves_the_old_one_in_place(ec2: FakeEc2) -> None:
    with_old(ec2)
    ec2.on("CreateFlowLogs", refuses("400", "Access Denied", [SECOND]))

    run = Run(ec2, wish(traffic_type="ALL"), IDS)

    assert set(run.failures) == {SECOND}
    assert settings_of(ec2, SECOND) == [OLD_SETTINGS]
    assert ec2.uncovered == set()


def test_a_role_that_cant_be_assumed_yet_is_waited_for_before_anything_is_deleted(ec2: FakeEc2, clock: Clock) -> None:
    with_old(ec2)
    ec2.on("CreateFlowLogs", times(2, fails("InvalidParameter", UNASSUMABLE)))

    run = Run(ec2, wish(traffic_type="ALL"), IDS)

    assert (run.failures, ec2.uncovered) == ({}, set())
    assert sum(clock.slept) == 10


# Replacing where AWS refuses a second one.

WAYS = pytest.mark.parametrize(
    "way", [pytest.param(fails, id="as an exception"), pytest.param(refuses, id="in a list")]
)


def one_at_a_time(ec2: FakeEc2, way: Any, code: str = "FlowLogAlreadyExists", only: list[str] | None = None) -> None:
    """EC2 takes no flow log beside another one of the same resource."""

    def rule(request: dict[str, Any]) -> Any:
        taken = [each for each in request["ResourceIds"] if ec2.of(each) and (only is None or each in only)]
        return way(code, ALREADY_EXISTS, taken)(request)

    ec2.on("CreateFlowLogs", rule)


@WAYS
@pytest.mark.parametrize("code", ["FlowLogAlreadyExists", "FlowLogsLimitExceeded"])
def test_where_a_second_one_is_refused_the_old_one_goes_first(ec2: FakeEc2, way: Any, code: str) -> None:
    with_old(ec2)
    one_at_a_time(ec2, way, code)

    run = Run(ec2, wish(traffic_type="ALL"), IDS)

    assert run.failures == {}
    assert sorted(step.subject for step in run.applied.steps) == IDS
    assert [settings_of(ec2, each) for each in IDS] == [[{**OLD_SETTINGS, "TrafficType": "ALL"}]] * 3


@WAYS
def test_those_that_can_stand_side_by_side_are_never_without_a_flow_log(ec2: FakeEc2, way: Any) -> None:
    with_old(ec2)
    one_at_a_time(ec2, way, only=[SECOND])

    run = Run(ec2, wish(traffic_type="ALL"), IDS)

    assert run.failures == {}
    assert ec2.uncovered == {SECOND}


@WAYS
def test_an_old_one_that_is_deleted_but_still_in_the_way_for_a_moment_is_waited_for(
    ec2: FakeEc2, way: Any, clock: Clock
) -> None:
    ec2.add(FIRST, **OLD_SETTINGS)
    ec2.on("CreateFlowLogs", times(3, way("FlowLogAlreadyExists", ALREADY_EXISTS)))

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    assert run.failures == {}
    assert len(ec2.of(FIRST)) == 1
    assert 0 < sum(clock.slept) < 30


def refused_new_one(ec2: FakeEc2, **old: Any) -> Run:
    """A replacement that can't stand beside the old one, and that EC2 does not take when that is gone either."""
    ec2.add(FIRST, **{**OLD_SETTINGS, **old})
    one_at_a_time(ec2, fails)

    def no_traffic_of_all_kinds(request: dict[str, Any]) -> None:
        if request["TrafficType"] == "ALL":
            raise client_error("InvalidParameter", "It can't be done.")

    ec2.on("CreateFlowLogs", no_traffic_of_all_kinds)
    return Run(ec2, wish(traffic_type="ALL"), [FIRST])


def test_when_the_new_one_is_refused_the_old_one_is_put_back_as_it_was(ec2: FakeEc2) -> None:
    tags = [{"Key": "owner", "Value": "me"}, {"Key": "aws:x", "Value": "y"}]
    carried = {"DestinationOptions": {"FileFormat": "parquet"}}

    run = refused_new_one(ec2, Tags=tags, **carried)

    [back] = ec2.of(FIRST)
    assert settings_of(ec2, FIRST) == [OLD_SETTINGS]
    assert back["DestinationOptions"] == carried["DestinationOptions"]
    assert back["Tags"] == [{"Key": "owner", "Value": "me"}]
    assert run.failures[FIRST].code == "InvalidParameter"
    assert "It can't be done. The old flow log was put back." in run.failures[FIRST].message


def test_a_put_back_counts_as_a_change_and_is_told(ec2: FakeEc2) -> None:
    run = refused_new_one(ec2)

    assert run.sentences == [f"delete fl-00000001 of {FIRST} and create it again as it was"]


def test_nobody_waits_for_a_role_while_there_is_no_flow_log(ec2: FakeEc2, clock: Clock) -> None:
    ec2.add(FIRST, **OLD_SETTINGS)
    one_at_a_time(ec2, fails)

    def unassumable_new_role(request: dict[str, Any]) -> None:
        if request["DeliverLogsPermissionArn"] != ROLE:
            raise client_error("InvalidParameter", UNASSUMABLE)

    ec2.on("CreateFlowLogs", unassumable_new_role)

    run = Run(ec2, wish(role_arn=ROLE + "-2"), [FIRST])

    assert UNASSUMABLE in run.failures[FIRST].message
    assert settings_of(ec2, FIRST) == [OLD_SETTINGS]
    assert sum(clock.slept) == 0


def test_what_could_not_be_put_back_is_told_with_all_its_settings(ec2: FakeEc2) -> None:
    ec2.add(FIRST, **OLD_SETTINGS)
    ec2.on("CreateFlowLogs", times(1, fails("FlowLogsLimitExceeded", "Too many.")))
    ec2.on("CreateFlowLogs", fails("InvalidParameter", "It can't be done."))

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    failure = run.failures[FIRST]
    assert ec2.of(FIRST) == []
    assert "could not be put back" in failure.message
    for value in ("fl-00000001", "ACCEPT", "60", "${version}", ROLE):
        assert value in failure.message
    assert "has no flow log now" in failure.hint
    assert run.sentences == [f"delete fl-00000001 of {FIRST}"]


def test_what_is_lost_is_told_also_when_ec2_stops_answering_after_the_deletion(ec2: FakeEc2) -> None:
    ec2.add(FIRST, **OLD_SETTINGS)
    one_at_a_time(ec2, fails)

    def no_more_answers(request: dict[str, Any]) -> None:
        if ec2.count("DeleteFlowLogs"):
            raise client_error("RequestLimitExceeded", "Request limit exceeded.")

    ec2.on("CreateFlowLogs", no_more_answers)
    ec2.on("DescribeFlowLogs", no_more_answers)

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    assert "fl-00000001" in run.failures[FIRST].message
    assert "could not be put back" in run.failures[FIRST].message
    assert run.sentences == [f"delete fl-00000001 of {FIRST}"]


def test_a_deletion_without_an_answer_that_was_done_all_the_same_leaves_no_gap(ec2: FakeEc2) -> None:
    old = ec2.add(FIRST, **OLD_SETTINGS)
    one_at_a_time(ec2, fails)

    def unanswered(_request: dict[str, Any]) -> None:
        del ec2.logs[old]
        raise CallTimeout("No complete answer came.")

    ec2.on("DeleteFlowLogs", times(1, unanswered))

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    assert run.failures == {}
    assert [log["TrafficType"] for log in ec2.of(FIRST)] == ["ALL"]


def test_one_that_cant_be_deleted_stays_and_is_told(ec2: FakeEc2) -> None:
    ec2.add(FIRST, **OLD_SETTINGS)
    one_at_a_time(ec2, fails)
    ec2.on("DeleteFlowLogs", fails("UnauthorizedOperation", "You are not authorized to perform this operation."))

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    assert run.failures[FIRST].code == "UnauthorizedOperation"
    assert run.sentences == []
    assert settings_of(ec2, FIRST) == [OLD_SETTINGS]


def test_of_several_old_ones_that_are_in_the_way_none_goes_untold(ec2: FakeEc2) -> None:
    ids = [ec2.add(FIRST, **{**OLD_SETTINGS, "TrafficType": each}) for each in ("ACCEPT", "REJECT")]
    one_at_a_time(ec2, fails)
    ec2.on("DeleteFlowLogs", refuses("InternalFailure", "Try again.", [ids[1]]))

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    assert set(run.failures) == {FIRST}
    # Either the one that went is back, or it is told that it went.
    types = {log["TrafficType"] for log in ec2.of(FIRST)}
    assert types == {"ACCEPT", "REJECT"} or ids[0] in " ".join(run.sentences)


# Deleting old ones.


def gone(ec2: FakeEc2, flow_log_id: str, way: Any) -> None:
    """The flow log is deleted by somebody else between our look and our call; EC2 says so for the whole call or for it."""

    def rule(request: dict[str, Any]) -> Any:
        ec2.logs.pop(flow_log_id, None)
        return way("InvalidFlowLogId.NotFound", "not found: " + flow_log_id, [flow_log_id])(request)

    ec2.on("DeleteFlowLogs", rule)


@WAYS
def test_an_old_one_that_is_gone_already_is_fine_and_the_others_are_deleted(ec2: FakeEc2, way: Any) -> None:
    old = with_old(ec2)
    gone(ec2, old[1], way)

    run = Run(ec2, wish(traffic_type="ALL"), IDS)

    assert run.failures == {}
    assert run.applied.steps == list(run.steps)
    assert [settings_of(ec2, each) for each in IDS] == [[{**OLD_SETTINGS, "TrafficType": "ALL"}]] * 3


@WAYS
def test_an_old_one_that_cant_be_deleted_after_the_new_one_is_there_is_told(ec2: FakeEc2, way: Any) -> None:
    old = with_old(ec2)
    ec2.on("DeleteFlowLogs", way("OperationNotPermitted", "It can't be deleted.", [old[1]]))

    run = Run(ec2, wish(traffic_type="ALL"), IDS)

    assert set(run.failures) == {SECOND}
    assert "new flow log is in place" in run.failures[SECOND].message
    assert "It can't be deleted." in run.failures[SECOND].message
    assert run.failures[SECOND].hint
    assert f"create a flow log of {SECOND} beside {old[1]}" in run.sentences
    assert [len(ec2.of(each)) for each in IDS] == [1, 2, 1]


def test_who_may_not_delete_is_told_so_for_all_by_few_calls(ec2: FakeEc2) -> None:
    ids = [f"vpc-{number:08}" for number in range(20)]
    for each in ids:
        ec2.add(each, **OLD_SETTINGS)
    ec2.on("DeleteFlowLogs", fails("UnauthorizedOperation", "You are not authorized to perform this operation."))

    run = Run(ec2, wish(traffic_type="ALL"), ids)

    assert set(run.failures) == set(ids)
    assert ec2.count("DeleteFlowLogs") <= 3


def test_a_surplus_one_goes_and_the_right_one_stays(ec2: FakeEc2) -> None:
    ec2.add(FIRST, **OLD_SETTINGS)
    new = ec2.add(FIRST, **{**OLD_SETTINGS, "TrafficType": "ALL"})

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    assert run.failures == {}
    assert [name for name, _request in ec2.calls] == ["DeleteFlowLogs"]
    assert list(ec2.logs) == [new]


def test_a_surplus_one_that_cant_be_deleted_is_no_change(ec2: FakeEc2) -> None:
    for traffic_type in ("ACCEPT", "ALL"):
        ec2.add(FIRST, **{**OLD_SETTINGS, "TrafficType": traffic_type})
    ec2.on("DeleteFlowLogs", fails("OperationNotPermitted", "It can't be deleted."))

    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])

    assert set(run.failures) == {FIRST}
    assert run.sentences == []


# Looking again.


def look(ec2: FakeEc2, run: Run) -> tuple[list[str], list[str]]:
    seen, invisible = read_back(run.client, run.steps, set(run.failures))
    return sorted(seen), invisible


def test_what_was_made_is_read_back_at_once_and_nobody_waits(ec2: FakeEc2, clock: Clock) -> None:
    run = Run(ec2, wish(), IDS)

    assert look(ec2, run) == (IDS, [])
    assert sum(clock.slept) == 0
    assert ec2.count("DescribeFlowLogs") == 1


def test_what_does_not_show_yet_is_looked_for_again(ec2: FakeEc2, clock: Clock) -> None:
    ec2.lag = 2
    run = Run(ec2, wish(), [FIRST])

    assert look(ec2, run) == ([FIRST], [])
    assert 0 < sum(clock.slept) < 30


def test_what_never_shows_is_told_after_half_a_minute(ec2: FakeEc2, clock: Clock) -> None:
    ec2.lag = 100
    run = Run(ec2, wish(), [FIRST])

    assert look(ec2, run) == ([], [FIRST])
    assert sum(clock.slept) <= 30


def test_the_old_one_that_still_shows_is_not_taken_for_the_new_one(ec2: FakeEc2) -> None:
    old = ec2.add(FIRST, **OLD_SETTINGS)
    ghost = dict(ec2.logs[old])
    run = Run(ec2, wish(traffic_type="ALL"), [FIRST])
    ec2.logs[old] = ghost

    seen, _invisible = read_back(run.client, run.steps, set())

    assert seen[FIRST].flow_log_id != old


def test_nothing_to_look_for_costs_no_call(ec2: FakeEc2) -> None:
    run = Run(ec2, wish(), [FIRST])
    ec2.calls.clear()
    steps: tuple[Step, ...] = run.steps

    assert read_back(run.client, steps, {FIRST}) == ({}, [])
    assert ec2.calls == []
