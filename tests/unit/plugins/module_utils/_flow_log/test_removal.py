# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import Destination
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal import Removal
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal import plan_removal
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog

VPC, SUBNET, ENI = "vpc-00000001", "subnet-00000001", "eni-00000001"
GROUP, OTHER = log_group("/aws/shop/vpc/flowlogs"), log_group("/somebody/elses")
ARCHIVE = Destination("s3", "arn:aws:s3:::archive")
OWNERS = {SUBNET: (VPC,), ENI: (SUBNET, VPC)}


def log(flow_log_id: str, resource_id: str, destination: Destination = GROUP, traffic_type: str = "ALL") -> FlowLog:
    return FlowLog(resource_id, destination, traffic_type, flow_log_id=flow_log_id)


def remove(*targets: str, current: Iterable[FlowLog] = (), **how: Any) -> Plan:
    """The plan for the flow logs of these resources to the group."""
    return plan_removal(Removal(dict.fromkeys(targets, GROUP), **how), list(current), OWNERS)


def doomed(plan: Plan) -> list[str]:
    return [step.subject for step in plan.steps]


def covering(plan: Plan) -> list[tuple[str, str, str]]:
    return [(each["resource_id"], each["flow_log_id"], each["owner_id"]) for each in plan.after["covered_by"]]


def refusal_of(plan: Plan) -> Failure:
    assert plan.steps == ()
    [failure] = plan.refusals
    return failure


def test_the_flow_log_to_the_group_goes_and_those_to_other_places_stay() -> None:
    logs = [log("fl-1", VPC), log("fl-2", VPC, OTHER), log("fl-3", VPC, ARCHIVE), log("fl-4", "vpc-00000002")]

    plan = remove(VPC, current=logs)

    assert doomed(plan) == ["fl-1"]
    assert plan.steps[0].sentence == f"delete flow log fl-1 of {VPC} to {GROUP.name}"
    assert (plan.refusals, plan.warnings) == ((), ())


def test_by_destination_every_traffic_type_goes() -> None:
    logs = [log("fl-1", VPC, traffic_type="ACCEPT"), log("fl-2", VPC, traffic_type="REJECT")]

    assert doomed(remove(VPC, current=logs)) == ["fl-1", "fl-2"]


def test_a_traffic_type_counts_with_its_lookup_only() -> None:
    logs = [log("fl-1", VPC, traffic_type="ACCEPT"), log("fl-2", VPC, traffic_type="REJECT")]

    assert doomed(remove(VPC, current=logs, traffic_type="REJECT")) == ["fl-1", "fl-2"]
    assert doomed(remove(VPC, current=logs, traffic_type="REJECT", lookup="traffic_type")) == ["fl-2"]


def test_each_resource_has_its_own_group() -> None:
    """As a template has it: the other's group is none of a resource's business."""
    first, second = log_group("/first"), log_group("/second")
    logs = [log("fl-1", VPC, first), log("fl-2", VPC, second), log("fl-3", SUBNET, first), log("fl-4", SUBNET, second)]

    plan = plan_removal(Removal({VPC: first, SUBNET: second}), logs, {})

    assert doomed(plan) == ["fl-1", "fl-4"]


def test_what_is_not_there_needs_nothing() -> None:
    plan = remove(VPC, ENI, current=[log("fl-2", VPC, OTHER)])

    assert (plan.steps, plan.refusals) == ((), ())
    assert plan.before["flow_logs"] == plan.after["flow_logs"] == []


def test_the_result_has_what_goes_and_before_it_as_it_is() -> None:
    plan = remove(VPC, current=[log("fl-1", VPC), log("fl-2", VPC, OTHER)])

    [before], [after] = plan.before["flow_logs"], plan.after["flow_logs"]
    assert (before["action"], after["action"]) == ("unchanged", "deleted")
    assert {**before, "action": "deleted"} == after
    assert (after["flow_log_id"], after["log_group_name"]) == ("fl-1", GROUP.name)


# Covered by an owner.


@pytest.mark.parametrize(("target", "owner"), [(ENI, VPC), (ENI, SUBNET), (SUBNET, VPC)])
def test_an_owners_flow_log_is_never_removed_through_what_it_covers(target: str, owner: str) -> None:
    plan = remove(target, current=[log("fl-1", owner)])

    failure = refusal_of(plan)
    assert (failure.resource_id, failure.code) == (target, "CoveredByOwner")
    assert f"fl-1 of {owner}" in failure.message
    assert f"there: {owner} owns it" in failure.hint
    assert covering(plan) == [(target, "fl-1", owner)]
    # The failure says it: a warning would say it twice.
    assert plan.warnings == ()


def test_all_owners_are_named() -> None:
    failure = refusal_of(remove(ENI, current=[log("fl-1", VPC), log("fl-2", SUBNET)]))

    assert f"fl-2 of {SUBNET} and fl-1 of {VPC}" in failure.message
    assert all(f"there: {owner} owns it" in failure.hint for owner in (VPC, SUBNET))


def test_where_its_own_goes_the_owners_is_a_warning() -> None:
    plan = remove(ENI, current=[log("fl-1", VPC), log("fl-2", ENI)])

    assert doomed(plan) == ["fl-2"]
    assert plan.refusals == ()
    assert covering(plan) == [(ENI, "fl-1", VPC)]
    [warning] = plan.warnings
    assert warning.startswith(f"{ENI} is still recorded by fl-1 of {VPC}, to {GROUP.name}.")
    assert f"there: {VPC} owns it" in warning


@pytest.mark.parametrize("elsewhere", [OTHER, ARCHIVE], ids=["another group", "S3"])
def test_an_owners_flow_log_to_elsewhere_is_told_and_no_failure(elsewhere: Destination) -> None:
    plan = remove(ENI, current=[log("fl-1", VPC, elsewhere)])

    assert (plan.steps, plan.refusals) == ((), ())
    assert covering(plan) == [(ENI, "fl-1", VPC)]
    [cover] = plan.after["covered_by"]
    assert cover["log_destination_type"] == elsewhere.kind
    assert elsewhere.name in (cover.get("log_group_name"), cover.get("log_destination"))
    [warning] = plan.warnings
    assert elsewhere.name in warning


def test_an_owners_flow_log_of_another_traffic_type_is_no_failure() -> None:
    logs = [log("fl-1", VPC, traffic_type="ACCEPT")]

    plan = remove(ENI, current=logs, lookup="traffic_type", traffic_type="REJECT")
    assert (plan.refusals, covering(plan)) == ((), [(ENI, "fl-1", VPC)])

    same = remove(ENI, current=logs, lookup="traffic_type", traffic_type="ACCEPT")
    assert refusal_of(same).code == "CoveredByOwner"


def test_an_owner_that_goes_along_is_no_complaint() -> None:
    plan = remove(ENI, VPC, SUBNET, current=[log("fl-1", VPC), log("fl-2", SUBNET)])

    assert doomed(plan) == ["fl-1", "fl-2"]
    assert (plan.refusals, plan.warnings, covering(plan)) == ((), (), [])


def test_of_two_owners_the_one_that_stays_is_named() -> None:
    plan = remove(ENI, VPC, current=[log("fl-1", VPC), log("fl-2", SUBNET)])

    assert doomed(plan) == ["fl-1"]
    [failure] = plan.refusals
    assert (failure.resource_id, failure.code) == (ENI, "CoveredByOwner")
    assert f"fl-2 of {SUBNET}" in failure.message and VPC not in failure.message


def test_a_bad_target_does_not_stop_the_others() -> None:
    plan = remove(ENI, "eni-00000002", current=[log("fl-1", VPC), log("fl-2", "eni-00000002")])

    assert doomed(plan) == ["fl-2"]
    assert [failure.resource_id for failure in plan.refusals] == [ENI]


def test_a_flow_log_that_stays_is_one_warning_however_many_it_records() -> None:
    enis = [f"eni-{number:08}" for number in range(1, 13)]
    logs = [log("fl-0", VPC), *(log(f"fl-{number}", eni) for number, eni in enumerate(enis, start=1))]

    plan = plan_removal(Removal(dict.fromkeys(enis, GROUP)), logs, dict.fromkeys(enis, (VPC,)))

    assert len(plan.after["covered_by"]) == len(plan.steps) == 12
    [warning] = plan.warnings
    assert warning.startswith(f"{', '.join(enis[:10])} and 2 more are still recorded by fl-0 of {VPC}")


def test_ten_that_stay_recorded_are_all_named() -> None:
    enis = [f"eni-{number:08}" for number in range(1, 11)]
    logs = [log("fl-0", VPC), *(log(f"fl-{number}", eni) for number, eni in enumerate(enis, start=1))]

    [warning] = plan_removal(Removal(dict.fromkeys(enis, GROUP)), logs, dict.fromkeys(enis, (VPC,))).warnings

    assert warning.startswith(f"{', '.join(enis)} are still recorded by fl-0 of {VPC}")


# A resource that is gone.


def test_of_a_resource_that_is_gone_nothing_is_left_to_do() -> None:
    plan = plan_removal(Removal({VPC: None}), [], {})

    assert (plan.steps, plan.refusals) == ((), ())


def test_a_flow_log_of_a_resource_that_is_gone_needs_its_id() -> None:
    """Its name tag has gone with it, so nobody knows which group was meant."""
    failure = refusal_of(plan_removal(Removal({VPC: None}), [log("fl-1", VPC), log("fl-2", VPC, OTHER)], {}))

    assert (failure.resource_id, failure.code) == (VPC, "ResourceGone")
    assert "fl-1, fl-2" in failure.message
    assert "flow_log_ids: [fl-1, fl-2]" in failure.hint


# By id.


def by_id(*ids: str, current: Iterable[FlowLog], targets: Iterable[str] = ()) -> Plan:
    return plan_removal(Removal(dict.fromkeys(targets), frozenset(ids)), list(current), {})


def test_by_id_any_destination_goes() -> None:
    plan = by_id("fl-1", "fl-2", "fl-gone", current=[log("fl-1", VPC, ARCHIVE), log("fl-2", ENI, OTHER)])

    assert doomed(plan) == ["fl-1", "fl-2"]
    assert plan.after["flow_logs"][0]["log_destination"] == ARCHIVE.name
    assert (plan.refusals, plan.warnings, plan.after["covered_by"]) == ((), (), [])


def test_by_id_with_resources_a_flow_log_of_another_one_is_refused() -> None:
    plan = by_id("fl-1", "fl-2", current=[log("fl-1", VPC), log("fl-2", ENI)], targets=[ENI])

    assert doomed(plan) == ["fl-2"]
    [failure] = plan.refusals
    assert (failure.resource_id, failure.code) == ("fl-1", "NotTheOwner")
    assert f"of {VPC}" in failure.message
    assert f"resource_ids: [{VPC}]" in failure.hint


def test_by_id_nothing_else_of_the_resource_goes() -> None:
    assert doomed(by_id("fl-1", current=[log("fl-1", VPC), log("fl-2", VPC)], targets=[VPC])) == ["fl-1"]


# Any estate.

TARGETS = st.lists(st.sampled_from([VPC, SUBNET, ENI]), unique=True)
ESTATES = st.lists(
    st.tuples(
        st.sampled_from([VPC, SUBNET, ENI, "vpc-00000002"]),
        st.sampled_from([GROUP, OTHER, ARCHIVE]),
        st.sampled_from(["ALL", "ACCEPT", "REJECT"]),
    ),
    max_size=8,
).map(lambda rows: [log(f"fl-{number}", *row) for number, row in enumerate(rows)])


@given(targets=TARGETS, estate=ESTATES, lookup=st.sampled_from(["destination", "traffic_type"]))
def test_only_what_was_asked_for_goes_and_all_of_it(targets: list[str], estate: list[FlowLog], lookup: str) -> None:
    plan = remove(*targets, current=estate, lookup=lookup, traffic_type="REJECT")

    meant = {
        each.flow_log_id
        for each in estate
        if each.resource_id in targets
        and each.destination == GROUP
        and (lookup == "destination" or each.traffic_type == "REJECT")
    }
    assert set(doomed(plan)) == meant
    assert len(plan.steps) == len(meant)
    # Whoever is recorded through an owner afterwards is told so.
    left = [each for each in estate if each.flow_log_id not in meant]
    assert {(resource_id, flow_log_id) for resource_id, flow_log_id, _owner in covering(plan)} == {
        (target, each.flow_log_id) for target in targets for each in left if each.resource_id in OWNERS.get(target, ())
    }
    for failure in plan.refusals:
        assert not any(step.arguments["flow_log"].resource_id == failure.resource_id for step in plan.steps)
