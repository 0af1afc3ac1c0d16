# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import LogGroup
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.removal import Current
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.removal import Removal
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.removal import plan_removal

A, B = "/aws/shop/a", "/aws/shop/b"
NAMES = {A: ("vpc-00000001",), B: ("vpc-00000002", "vpc-00000003")}


def remove(
    *groups: LogGroup, writers: dict[str, list[FlowLog]] | None = None, ignored: frozenset[str] = frozenset()
) -> Plan:
    return plan_removal(Removal(NAMES, ignored), Current({group.name: group for group in groups}, writers or {}))


def log(flow_log_id: str, name: str = A) -> FlowLog:
    return FlowLog("vpc-00000001", log_group(name), flow_log_id=flow_log_id)


def shown(plan: Plan) -> list[tuple[str, str]]:
    return [(entry["log_group_name"], entry["action"]) for entry in plan.after["log_groups"]]


def refusal_of(plan: Plan) -> Failure:
    [failure] = plan.refusals
    return failure


def test_groups_that_exist_go_and_the_others_are_gone_already() -> None:
    plan = remove(LogGroup(B))

    assert [(step.kind, step.arguments) for step in plan.steps] == [("delete_log_group", {"logGroupName": B})]
    assert shown(plan) == [(B, "deleted")]
    assert plan.refusals == ()
    assert [entry["action"] for entry in plan.before["log_groups"]] == ["unchanged"]
    assert plan.after["log_groups"][0]["resource_ids"] == ["vpc-00000002", "vpc-00000003"]


def test_nothing_there_is_nothing_to_do() -> None:
    plan = remove()

    assert (plan.steps, plan.refusals, plan.before, plan.after) == ((), (), {"log_groups": []}, {"log_groups": []})


def test_the_sentence_says_that_the_records_go() -> None:
    empty, full = remove(LogGroup(A), LogGroup(B, facts={"stored_bytes": 4711})).steps

    assert empty.sentence == f"delete log group {A} with its records"
    assert full.sentence == f"delete log group {B} with its records (4711 bytes)"


def test_a_protected_group_is_kept_and_the_other_goes() -> None:
    plan = remove(LogGroup(A, deletion_protection=True), LogGroup(B))

    failure = refusal_of(plan)
    assert (failure.resource_id, failure.code) == (A, "DeletionProtected")
    assert "deletion_protection: false" in failure.hint
    assert shown(plan) == [(A, "unchanged"), (B, "deleted")]
    assert [step.subject for step in plan.steps] == [B]


def test_a_group_that_flow_logs_publish_to_is_kept() -> None:
    plan = remove(LogGroup(A), LogGroup(B), writers={A: [log("fl-1"), log("fl-2")]})

    failure = refusal_of(plan)
    assert (failure.resource_id, failure.code) == (A, "LogGroupInUse")
    assert "fl-1 of vpc-00000001, fl-2 of vpc-00000001 still publish to it" in failure.message
    assert shown(plan) == [(A, "unchanged"), (B, "deleted")]


def test_flow_logs_that_are_to_be_ignored_do_not_stand_in_the_way() -> None:
    writers = {A: [log("fl-1"), log("fl-2")]}

    all_ignored = remove(LogGroup(A), writers=writers, ignored=frozenset({"fl-1", "fl-2"}))
    assert (all_ignored.refusals, shown(all_ignored)) == ((), [(A, "deleted")])
    failure = refusal_of(remove(LogGroup(A), writers=writers, ignored=frozenset({"fl-1"})))
    assert "fl-2 of vpc-00000001 still publishes to it" in failure.message and "fl-1" not in failure.message


def test_protection_comes_first() -> None:
    """It stands in the way also when the flow logs are gone."""
    plan = remove(LogGroup(A, deletion_protection=True), writers={A: [log("fl-1")]})

    assert refusal_of(plan).code == "DeletionProtected"


def test_of_many_flow_logs_ten_are_named() -> None:
    failure = refusal_of(remove(LogGroup(A), writers={A: [log(f"fl-{number:02}") for number in range(12)]}))

    assert "fl-09" in failure.message and "fl-10" not in failure.message
    assert "and 2 more still publish to it" in failure.message


def test_ten_flow_logs_are_all_named() -> None:
    failure = refusal_of(remove(LogGroup(A), writers={A: [log(f"fl-{number:02}") for number in range(10)]}))

    assert "fl-09 of" in failure.message and "more" not in failure.message
