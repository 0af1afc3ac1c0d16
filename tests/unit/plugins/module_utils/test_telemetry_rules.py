# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a CloudWatch telemetry rule looks after is left to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import RULE_TAG
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import is_managed
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import refuse_rule_tag
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import TWICE
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import plan_flow_logs
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal import REMAINING
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal import Removal
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal import plan_removal
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import creatable_tags
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import LogGroup
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import Wish as GroupWish
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import plan_groups
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target

VPC = Target("vpc-00000001", "vpc")
GROUP, OTHER = log_group("/aws/vpc/vpc-00000001"), log_group("/other")
ROLE = "arn:aws:iam::123456789012:role/r"
RULES = FlowLog(VPC.resource_id, GROUP, tags={RULE_TAG: "true", "owner": "security"}, flow_log_id="fl-rule")
OURS = FlowLog(VPC.resource_id, GROUP, role_arn=ROLE, flow_log_id="fl-ours")


def plan(*current: FlowLog, take_over: bool = False, tags: TagWish | None = None, **settings: Any) -> Plan:
    a_wish = Wish({"role_arn": ROLE, **settings}, tags or TagWish(), take_over=take_over)
    return plan_flow_logs(a_wish, {VPC: GROUP}, current, COMPARISON)


def remove(*current: FlowLog, take_over: bool = False, ids: frozenset[str] | None = None) -> Plan:
    return plan_removal(Removal({VPC.resource_id: GROUP}, ids, take_over=take_over), current, {})


@pytest.mark.parametrize("value", ["true", "True", " true "])
def test_the_tag_says_so(value: str) -> None:
    assert is_managed({RULE_TAG: value}) and not is_managed({RULE_TAG: "false"}) and not is_managed({})


def test_it_is_never_taken_for_ours() -> None:
    a_plan = plan(RULES)

    (failure,) = a_plan.refusals
    assert a_plan.steps == ()
    assert (failure.resource_id, failure.code) == (VPC.resource_id, "ManagedByTelemetryRule")
    assert "fl-rule" in failure.message and "telemetry rule" in failure.message
    assert "take_over" in failure.hint and "log_group_name" in failure.hint


def test_one_to_another_group_stands_in_nobody_s_way() -> None:
    a_plan = plan(replace(RULES, destination=OTHER))

    assert ([step.kind for step in a_plan.steps], a_plan.refusals) == (["create"], ())


@pytest.mark.parametrize("tags", [TagWish(), TagWish({"a": "b"}, purge=False), TagWish({"a": "b"})])
def test_taken_over_it_is_replaced_without_its_tag(tags: TagWish) -> None:
    (step,) = plan(RULES, take_over=True, tags=tags).steps

    change = step.arguments["change"]
    assert (step.kind, change.surplus_ids) == ("replace", ("fl-rule",))
    assert RULE_TAG not in creatable_tags(change.wanted) and change.wanted.role_arn == ROLE
    assert "managed_by_rule from True to False" in step.sentence


def test_ours_goes_on_beside_it() -> None:
    """A rule that makes one later is no reason to fail, nor to have ours deleted."""
    a_plan = plan(RULES, OURS)

    assert (a_plan.steps, a_plan.refusals) == ((), ())
    assert [(entry["flow_log_id"], entry["action"]) for entry in a_plan.after["flow_logs"]] == [("fl-ours", "unchanged")]
    (twice,) = a_plan.notes[TWICE]
    assert "change the rule" in twice.as_result()["hint"] and "flow_log_ids: [fl-ours]" not in twice.as_result()["hint"]


def test_taken_over_it_is_surplus_where_ours_is_there() -> None:
    (step,) = plan(RULES, OURS, take_over=True).steps

    assert (step.kind, step.arguments["change"].surplus_ids) == ("delete_surplus", ("fl-rule",))


def test_without_a_role_nothing_can_take_its_place() -> None:
    a_plan = plan_flow_logs(Wish(take_over=True), {VPC: GROUP}, [RULES], COMPARISON)

    (failure,) = a_plan.refusals
    assert (a_plan.steps, failure.code) == ((), "RoleArnRequired")


def test_removal_leaves_it() -> None:
    by_group, by_id = remove(RULES), remove(RULES, ids=frozenset(["fl-rule"]))

    for a_plan, subject in ((by_group, VPC.resource_id), (by_id, "fl-rule")):
        (failure,) = a_plan.refusals
        assert (a_plan.steps, failure.resource_id, failure.code) == ((), subject, "ManagedByTelemetryRule")
        assert "take_over" in failure.hint
    for ids in (None, frozenset(["fl-rule"])):
        assert [step.subject for step in remove(RULES, ids=ids, take_over=True).steps] == ["fl-rule"]


def test_removal_takes_ours_and_says_that_the_rule_s_goes_on() -> None:
    a_plan = remove(OURS, RULES)

    assert ([step.subject for step in a_plan.steps], a_plan.refusals) == (["fl-ours"], ())
    (left,) = a_plan.notes[REMAINING]
    assert (left["flow_log_id"], left["managed_by_rule"]) == ("fl-rule", True)
    assert "take_over: true" in left["hint"]


def test_the_tag_of_a_log_group_stays_whatever_is_purged() -> None:
    group = LogGroup("/x", tags={RULE_TAG: "true", "old": "1"})
    wish = GroupWish({"/x": ()}, tags=TagWish({"new": "2"}, purge=True))

    a_plan = plan_groups(wish, {"/x": group}, {"/x": "arn"}, COMPARISON)

    assert [step.arguments.get("tagKeys") for step in a_plan.steps if step.kind == "untag_resource"] == [["old"]]
    assert a_plan.after["log_groups"][0]["tags"] == {RULE_TAG: "true", "new": "2"}


def test_nobody_sets_the_tag() -> None:
    with pytest.raises(InvalidInput, match="can't be set"):
        refuse_rule_tag({RULE_TAG: "true"})
    refuse_rule_tag({"a": "b"})
    refuse_rule_tag(None)
