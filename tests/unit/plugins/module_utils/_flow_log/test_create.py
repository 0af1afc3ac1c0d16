# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import Batch
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import Creation
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import Creator
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import Outcome
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import batches
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import create_request
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import client_error
from ansible_collections.netops.flow_logs.tests.unit.support.clients import retrying
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import ALREADY_EXISTS
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import UNASSUMABLE
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import FakeEc2
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import Rule
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import fails
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import refuses
from ansible_collections.netops.flow_logs.tests.unit.support.ec2 import times

ROLE = "arn:aws:iam::123456789012:role/r"
IDS = [f"vpc-{number:08}" for number in range(1, 9)]
FIRST, SECOND, THIRD = IDS[:3]


def log(resource_id: str, **settings: Any) -> FlowLog:
    return FlowLog(resource_id, log_group("/x"), role_arn=ROLE, **settings)


def batch(ids: list[str], old_ids: frozenset[str] = frozenset()) -> Batch:
    request = create_request(log(ids[0]), Target(ids[0], "vpc"))
    return Batch(request, {}, {resource_id: log(resource_id) for resource_id in ids}, old_ids)


def in_aws(ec2: FakeEc2, resource_id: str, **settings: Any) -> str:
    """A flow log of the resource just as it is wanted, but for the settings given."""
    request = dict(create_request(log(resource_id), Target(resource_id, "vpc")))
    del request["ResourceType"]
    return ec2.add(resource_id, **{**request, **settings})


@pytest.fixture
def ec2() -> FakeEc2:
    return FakeEc2()


@pytest.fixture
def create(ec2: FakeEc2, clock: Clock) -> Any:
    def create(ids: list[str], wait_timeout: float = 120, old_ids: frozenset[str] = frozenset()) -> Outcome:
        creator = Creator(retrying(ec2), wait_timeout, clock.now, clock.sleep)
        return creator.create(batch(ids, old_ids))

    return create


def test_all_are_made_by_one_call(ec2: FakeEc2, create: Any) -> None:
    assert create(IDS) == Outcome(made=set(IDS))
    assert ec2.sent("CreateFlowLogs", "ResourceIds") == [IDS]


# The role.

BOTH_WAYS = pytest.mark.parametrize(
    "unassumable",
    [
        pytest.param(fails("InvalidParameter", UNASSUMABLE), id="as an exception"),
        pytest.param(refuses("400", UNASSUMABLE), id="in Unsuccessful"),
        pytest.param(refuses("InvalidParameter", UNASSUMABLE), id="in Unsuccessful under its name"),
    ],
)


@BOTH_WAYS
def test_a_role_that_cant_be_assumed_yet_is_waited_for(
    ec2: FakeEc2, create: Any, clock: Clock, unassumable: Rule
) -> None:
    ec2.on("CreateFlowLogs", times(3, unassumable))

    assert create(IDS) == Outcome(made=set(IDS))
    assert sum(clock.slept) == 15
    assert {each["ResourceId"] for each in ec2.logs.values()} == set(IDS)


@BOTH_WAYS
@pytest.mark.parametrize(("wait_timeout", "tries"), [(0, 1), (4, 1), (5, 2), (60, 13)])
def test_a_role_that_never_can_be_fails_at_the_timeout_with_what_to_do(
    ec2: FakeEc2, create: Any, clock: Clock, unassumable: Rule, wait_timeout: int, tries: int
) -> None:
    ec2.on("CreateFlowLogs", unassumable)

    outcome = create(IDS, wait_timeout)

    assert set(outcome.failed) == set(IDS)
    assert outcome.failed[FIRST].message == UNASSUMABLE
    assert "flow_log_iam" in outcome.failed[FIRST].hint
    assert "wait_timeout" in outcome.failed[FIRST].hint
    assert ec2.count("CreateFlowLogs") == tries
    assert sum(clock.slept) <= wait_timeout


def test_only_those_for_which_the_role_failed_are_sent_again(ec2: FakeEc2, create: Any) -> None:
    ec2.on(
        "CreateFlowLogs", times(1, refuses("400", UNASSUMABLE, [FIRST])), refuses("InvalidVpcId.NotFound", "?", [THIRD])
    )

    outcome = create([FIRST, SECOND, THIRD])

    assert outcome.made == {FIRST, SECOND}
    assert set(outcome.failed) == {THIRD}
    assert ec2.sent("CreateFlowLogs", "ResourceIds") == [[FIRST, SECOND, THIRD], [FIRST]]


# Permissions.

DENIED = "You are not authorized to perform this operation. Encoded authorization failure message: Zm9v"
NAMED = (
    "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/bob is not authorized to"
    " perform: ec2:CreateFlowLogs on resource: arn:aws:ec2:eu-west-1:123456789012:vpc/{id} because no identity-based"
    " policy allows the ec2:CreateFlowLogs action."
)


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        pytest.param(DENIED, json.dumps(pass_role_document(ROLE)), id="in general words"),
        pytest.param(NAMED, "lacks the permission ec2:CreateFlowLogs", id="naming the permission and a resource"),
    ],
)
def test_who_may_create_none_is_told_so_for_all_by_few_calls(
    ec2: FakeEc2, create: Any, message: str, advice: str
) -> None:
    ec2.on("CreateFlowLogs", fails("UnauthorizedOperation", message))

    outcome = create(IDS)

    assert set(outcome.failed) == set(IDS)
    assert {failure.code for failure in outcome.failed.values()} == {"UnauthorizedOperation"}
    assert advice in outcome.failed[FIRST].hint
    assert ec2.count("CreateFlowLogs") == 3


@pytest.mark.parametrize(
    "message", [pytest.param(DENIED, id="in general words"), pytest.param(NAMED, id="naming a resource")]
)
def test_one_that_may_not_be_logged_does_not_stop_the_others(ec2: FakeEc2, create: Any, message: str) -> None:
    ec2.on("CreateFlowLogs", fails("UnauthorizedOperation", message, [THIRD]))

    outcome = create(IDS)

    assert set(outcome.failed) == {THIRD}
    assert outcome.made == set(IDS) - {THIRD}
    assert all(len(ec2.of(resource_id)) == 1 for resource_id in outcome.made)


# One bad one among many.


def test_entries_in_unsuccessful_fail_those_and_only_those(ec2: FakeEc2, create: Any) -> None:
    ec2.on("CreateFlowLogs", refuses("400", "Access Denied for LogDestination: b.", [SECOND]))

    outcome = create(IDS)

    assert outcome.made == set(IDS) - {SECOND}
    assert (outcome.failed[SECOND].code, outcome.failed[SECOND].message) == (
        "400",
        "Access Denied for LogDestination: b.",
    )
    assert ec2.count("CreateFlowLogs") == 1


def test_an_id_that_an_error_names_fails_and_the_others_are_made(ec2: FakeEc2, create: Any) -> None:
    ec2.on("CreateFlowLogs", fails("InvalidVpcID.NotFound", "The vpc ID '{id}' does not exist", [THIRD]))

    outcome = create(IDS)

    assert outcome.made == set(IDS) - {THIRD}
    assert outcome.failed[THIRD].code == "InvalidVpcID.NotFound"
    assert "Check the id" in outcome.failed[THIRD].hint
    assert ec2.sent("CreateFlowLogs", "ResourceIds") == [IDS, [each for each in IDS if each != THIRD]]


def test_those_that_an_error_left_behind_as_made_are_not_sent_again(ec2: FakeEc2, create: Any) -> None:
    def makes_the_first_and_fails(request: dict[str, Any]) -> None:
        in_aws(ec2, FIRST)
        fails("InvalidVpcID.NotFound", "The vpc ID '{id}' does not exist", [THIRD])(request)

    ec2.on("CreateFlowLogs", times(1, makes_the_first_and_fails))

    outcome = create([FIRST, SECOND, THIRD])

    assert outcome.made == {FIRST, SECOND}
    assert set(outcome.failed) == {THIRD}
    assert ec2.sent("CreateFlowLogs", "ResourceIds") == [[FIRST, SECOND, THIRD], [SECOND]]


def test_several_bad_ones_that_errors_name_one_after_another_all_fail(ec2: FakeEc2, create: Any) -> None:
    bad = IDS[1::2]
    ec2.on("CreateFlowLogs", fails("InvalidVpcID.NotFound", "The vpc ID '{id}' does not exist", bad))

    outcome = create(IDS)

    assert (outcome.made, set(outcome.failed)) == (set(IDS) - set(bad), set(bad))


def test_an_id_that_a_general_error_names_fails_without_halving(ec2: FakeEc2, create: Any) -> None:
    ec2.on("CreateFlowLogs", fails("InvalidParameter", "Invalid Resource id {id} for resource-type VPC", [SECOND]))

    outcome = create(IDS)

    assert (outcome.made, set(outcome.failed)) == (set(IDS) - {SECOND}, {SECOND})
    assert ec2.count("CreateFlowLogs") == 2


@pytest.mark.parametrize("code", ["InvalidParameterValue", "FlowLogAlreadyExists"])
def test_when_the_look_after_an_error_fails_too_the_first_error_is_told(
    ec2: FakeEc2, create: Any, clock: Clock, code: str
) -> None:
    ec2.on("CreateFlowLogs", fails(code, "The first error."))

    def no_look(request: dict[str, Any]) -> None:
        raise client_error("UnauthorizedOperation", "You may not look.", "DescribeFlowLogs")

    ec2.on("DescribeFlowLogs", no_look)

    outcome = create([FIRST, SECOND])

    assert {each: failure.message for each, failure in outcome.failed.items()} == {
        FIRST: "The first error.",
        SECOND: "The first error.",
    }
    assert ec2.count("CreateFlowLogs") == 1
    assert sum(clock.slept) == 0


def test_several_that_one_error_names_together_fail_together(ec2: FakeEc2, create: Any) -> None:
    ids = ", ".join(IDS)
    ec2.on("CreateFlowLogs", fails("InvalidVpcID.NotFound", f"The vpc IDs '{ids}' do not exist"))

    outcome = create(IDS)

    assert set(outcome.failed) == set(IDS)
    assert ec2.count("CreateFlowLogs") == 1


def test_three_hundred_that_are_all_gone_and_named_one_by_one_can_be_told(ec2: FakeEc2, create: Any) -> None:
    ids = [f"vpc-{number:08}" for number in range(300)]
    ec2.on("CreateFlowLogs", fails("InvalidVpcID.NotFound", "The vpc ID '{id}' does not exist"))

    assert set(create(ids).failed) == set(ids)


def test_an_error_that_names_nobody_is_traced_by_halves(ec2: FakeEc2, create: Any) -> None:
    ec2.on("CreateFlowLogs", fails("InvalidParameterValue", "Something is wrong", [SECOND]))

    outcome = create(IDS)

    assert outcome.made == set(IDS) - {SECOND}
    assert set(outcome.failed) == {SECOND}
    # Eight in halves: one call, then two for each of three levels.
    assert ec2.count("CreateFlowLogs") == 7


def test_an_error_that_names_nobody_and_holds_for_all_fails_all(ec2: FakeEc2, create: Any) -> None:
    ec2.on("CreateFlowLogs", fails("InvalidParameterValue", "Value at 'logFormat' has an invalid format"))

    outcome = create(IDS)

    assert set(outcome.failed) == set(IDS)
    assert "log_format" in outcome.failed[FIRST].hint


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "EC2ThrottledException"])
def test_calls_that_are_held_back_to_the_end_are_not_halved_into_more_calls(
    ec2: FakeEc2, create: Any, code: str
) -> None:
    ec2.on("CreateFlowLogs", fails(code, "Request limit exceeded."))

    outcome = create(IDS)

    assert set(outcome.failed) == set(IDS)
    assert ec2.count("CreateFlowLogs") == 10
    assert "held back" in outcome.failed[FIRST].hint


# Somebody else's.

WAYS = pytest.mark.parametrize(
    "way", [pytest.param(fails, id="as an exception"), pytest.param(refuses, id="in a list")]
)


@WAYS
def test_one_that_somebody_else_just_made_is_adopted_and_the_rest_made(ec2: FakeEc2, create: Any, way: Any) -> None:
    made: list[str] = []

    def somebody_is_faster(request: dict[str, Any]) -> Any:
        if not made:
            made.append(in_aws(ec2, SECOND))
            return way("FlowLogAlreadyExists", ALREADY_EXISTS, [SECOND])(request)
        return None

    ec2.on("CreateFlowLogs", somebody_is_faster)

    assert create([FIRST, SECOND, THIRD]) == Outcome(made={FIRST, SECOND, THIRD})
    assert [len(ec2.of(each)) for each in (FIRST, SECOND, THIRD)] == [1, 1, 1]


def test_one_that_exists_but_does_not_show_yet_is_looked_for_again(ec2: FakeEc2, create: Any, clock: Clock) -> None:
    ec2.lag = 2
    in_aws(ec2, FIRST)

    assert create([FIRST]) == Outcome(made={FIRST})
    assert 0 < sum(clock.slept) < 5


@WAYS
def test_one_that_is_not_the_same_is_not_adopted(ec2: FakeEc2, create: Any, way: Any) -> None:
    in_aws(ec2, SECOND, LogFormat="${version}")
    ec2.on("CreateFlowLogs", way("FlowLogAlreadyExists", ALREADY_EXISTS, [SECOND]))

    outcome = create([FIRST, SECOND, THIRD])

    assert outcome.made == {FIRST, THIRD}
    assert outcome.failed[SECOND].code == "FlowLogAlreadyExists"
    assert outcome.refused == {}


@WAYS
def test_a_used_up_limit_is_a_failure_of_its_resource_and_not_waited_for(
    ec2: FakeEc2, create: Any, clock: Clock, way: Any
) -> None:
    ec2.on(
        "CreateFlowLogs", way("FlowLogsLimitExceeded", "The maximum number of flow logs has been reached.", [SECOND])
    )

    outcome = create(IDS)

    assert outcome.made == set(IDS) - {SECOND}
    assert "as many flow logs as AWS allows" in outcome.failed[SECOND].hint
    assert sum(clock.slept) == 0


# Beside an old one.


@WAYS
@pytest.mark.parametrize("code", ["FlowLogAlreadyExists", "FlowLogsLimitExceeded", "flowlogalreadyexists"])
def test_only_those_whose_old_one_is_in_the_way_are_handed_back(ec2: FakeEc2, create: Any, way: Any, code: str) -> None:
    old_ids = frozenset(in_aws(ec2, each, TrafficType="REJECT") for each in IDS)
    ec2.on("CreateFlowLogs", way(code, ALREADY_EXISTS, [THIRD]))

    outcome = create(IDS, old_ids=old_ids)

    assert outcome.made == set(IDS) - {THIRD}
    assert set(outcome.refused) == {THIRD}
    assert outcome.failed == {}


def test_where_all_old_ones_are_in_the_way_few_calls_tell(ec2: FakeEc2, create: Any) -> None:
    old_ids = frozenset(in_aws(ec2, each, TrafficType="REJECT") for each in IDS)
    ec2.on("CreateFlowLogs", fails("FlowLogAlreadyExists", ALREADY_EXISTS))

    outcome = create(IDS, old_ids=old_ids)

    assert set(outcome.refused) == set(IDS)
    assert ec2.count("CreateFlowLogs") == 3


def test_an_old_one_is_never_taken_for_the_new_one(ec2: FakeEc2, create: Any) -> None:
    old_id = in_aws(ec2, FIRST)

    outcome = create([FIRST], old_ids=frozenset({old_id}))

    assert outcome.made == set()
    assert set(outcome.refused) == {FIRST}


# Batches.


def creation(target: Target, tags: dict[str, str], old: tuple[FlowLog, ...] = (), **settings: Any) -> Creation:
    wanted = log(target.resource_id, **settings)
    return Creation(create_request(wanted, target), tags, wanted, old)


def test_a_request_takes_three_hundred_resources() -> None:
    made = batches([creation(Target(f"vpc-{number:08}", "vpc"), {}) for number in range(601)])

    assert [len(each.wanted) for each in made] == [300, 300, 1]
    assert len({resource_id for each in made for resource_id in each.wanted}) == 601


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(creation(Target("subnet-00000001", "subnet"), {"a": "b"}), id="another kind of resource"),
        pytest.param(creation(Target(SECOND, "vpc"), {"a": "c"}), id="other tags"),
        pytest.param(creation(Target(SECOND, "vpc"), {"a": "b"}, traffic_type="REJECT"), id="other settings"),
        pytest.param(creation(Target(SECOND, "vpc"), {"a": "b"}, (log(SECOND),)), id="an old one to replace"),
    ],
)
def test_a_request_of_its_own_is_needed_for(other: Creation) -> None:
    assert len(batches([creation(Target(FIRST, "vpc"), {"a": "b"}), other])) == 2


def test_equal_ones_share_a_request_and_it_knows_all_their_old_ones() -> None:
    old = [log(each, traffic_type="REJECT", flow_log_id=f"fl-{each}") for each in (FIRST, SECOND)]

    [made] = batches([creation(Target(each.resource_id, "vpc"), {}, (each,)) for each in old])

    assert list(made.wanted) == [FIRST, SECOND]
    assert made.old_ids == {f"fl-{FIRST}", f"fl-{SECOND}"}


# Answers that do not confirm what was asked for.


class Vague(FakeEc2):
    """Answers differently from what it does. forgets: resources of which it makes nothing, without a word."""

    def __init__(self) -> None:
        super().__init__()
        self.forgets: set[str] = set()
        self.changes: dict[str, Any] = {}

    def create_flow_logs(self, **request: Any) -> dict[str, Any]:
        kept = [resource_id for resource_id in request["ResourceIds"] if resource_id not in self.forgets]
        answer = super().create_flow_logs(**{**request, "ResourceIds": kept})
        # As botocore has it: without a member that the answer lacks.
        return {name: value for name, value in {**answer, **self.changes}.items() if value is not None}


def entry(resource_id: str | None = None, code: str = "400", message: str = "No bucket.") -> dict[str, Any]:
    named = {} if resource_id is None else {"ResourceId": resource_id}
    return {**named, "Error": {"Code": code, "Message": message}}


@pytest.fixture
def vague(monkeypatch: pytest.MonkeyPatch) -> Vague:
    return Vague()


def created(ec2: Vague, clock: Clock, ids: list[str]) -> Outcome:
    return Creator(retrying(ec2), 0, clock.now, clock.sleep).create(batch(ids))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Unsuccessful": [entry()]}, id="a refusal of nobody"),
        pytest.param({"Unsuccessful": [entry("vpc-0000dead")]}, id="a refusal of another"),
        pytest.param({"Unsuccessful": [entry(""), entry("")]}, id="two of nobody"),
        pytest.param({}, id="fewer ids than resources"),
        pytest.param({"FlowLogIds": None, "Unsuccessful": None}, id="neither list"),
        pytest.param({"FlowLogIds": []}, id="no ids"),
        pytest.param({"FlowLogIds": ["fl-0", "fl-0"]}, id="one id twice"),
        pytest.param({"FlowLogIds": ["", "fl-0"]}, id="an id that is none"),
    ],
)
def test_what_is_not_confirmed_is_made_only_where_it_is_seen(vague: Vague, clock: Clock, changes: dict[str, Any]) -> None:
    vague.forgets, vague.changes = {SECOND}, changes

    outcome = created(vague, clock, [FIRST, SECOND])

    assert outcome.made == {FIRST}
    assert list(outcome.failed) == [SECOND]
    failure = outcome.failed[SECOND]
    assert failure.code == "NotConfirmed"
    assert "AWS did not confirm that the flow log was created" in failure.message
    assert ("400: No bucket" in failure.message) == ("Unsuccessful" in changes and changes["Unsuccessful"] is not None)
    assert "Run it again" in failure.hint
    assert sum(clock.slept) < 5


def test_what_is_not_confirmed_and_there_is_made(vague: Vague, clock: Clock) -> None:
    vague.changes = {"FlowLogIds": None}
    vague.lag = 2

    assert created(vague, clock, IDS) == Outcome(made=set(IDS))


def test_what_is_not_confirmed_and_cant_be_read_is_a_failure(vague: Vague, clock: Clock) -> None:
    vague.changes = {"FlowLogIds": []}

    def unreadable(_request: dict[str, Any]) -> None:
        raise client_error("UnauthorizedOperation", "no")

    vague.on("DescribeFlowLogs", unreadable)

    assert set(created(vague, clock, [FIRST, SECOND]).failed) == {FIRST, SECOND}


def test_the_refusal_of_a_single_one_is_its_own(vague: Vague, clock: Clock) -> None:
    vague.forgets, vague.changes = {FIRST}, {"Unsuccessful": [entry()]}

    outcome = created(vague, clock, [FIRST])

    assert (outcome.failed[FIRST].code, outcome.failed[FIRST].message) == ("400", "No bucket.")
    assert vague.count("DescribeFlowLogs") == 0


def test_a_refusal_that_comes_twice_is_one(vague: Vague, clock: Clock) -> None:
    vague.forgets, vague.changes = {FIRST}, {"Unsuccessful": [entry(FIRST), entry(FIRST, "500")]}

    outcome = created(vague, clock, [FIRST, SECOND])

    assert (outcome.made, outcome.failed[FIRST].code) == ({SECOND}, "400")


def test_a_refusal_for_a_role_that_names_nobody_ends(vague: Vague, clock: Clock) -> None:
    vague.forgets, vague.changes = {FIRST, SECOND}, {"Unsuccessful": [entry(message=UNASSUMABLE)]}

    outcome = Creator(retrying(vague), 60, clock.now, clock.sleep).create(batch([FIRST, SECOND]))

    assert set(outcome.failed) == {FIRST, SECOND}
    assert UNASSUMABLE.rstrip(".") in outcome.failed[FIRST].message
    assert vague.count("CreateFlowLogs") == 1
