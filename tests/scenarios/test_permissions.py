# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every playbook succeeds under its documented policy, and fails without any one of its actions with a message that names it.

The policies are docs/policies/*.json; the emulator lets the caller do what they say, and nothing more.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Session
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import CALLER
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import OTHER_ACCOUNT
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import POLICIES
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import Operator
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import Told
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import actions
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import document
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import in_account
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import together
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import without
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import ELSEWHERE
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import SITUATIONS
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import Scene
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import Situation
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage

LOOK_INTO_POLICY = "iam:GetPolicyVersion"
EACH_ACTION = [
    pytest.param(situation, action, id=f"{situation}: {action}")
    for situation in SITUATIONS
    for action in situation.actions
]


@pytest.fixture(scope="session")
def models() -> Models:
    return Models()


@pytest.fixture(scope="session")
def session(models: Models) -> Session:
    return Session(models)


@pytest.fixture
def operator(stage: Stage, models: Models, session: Session) -> Operator:
    return Operator(stage, models, session)


def _arranged(operator: Operator, situation: Situation) -> Scene:
    operator.may_everything()
    scene = Scene(operator)
    situation.arrange(scene)
    return scene


def _may(operator: Operator, situation: Situation, lacking: str = "") -> None:
    at_stake = document(situation.document)
    operator.may(without(at_stake, lacking), *(document(name) for name in situation.others))


def _succeeds(situation: Situation, scene: Scene) -> None:
    told = situation.run(scene)
    _failed_as_expected(situation, told)
    situation.proof(scene)


def _failed_as_expected(situation: Situation, told: Told) -> None:
    """With nothing, unless IAM differs."""
    assert len(told.failures) == bool(situation.differs), told.failures
    assert situation.differs in "".join(told.failures)


def _is_at_rest(situation: Situation, scene: Scene) -> None:
    told = situation.run(scene)
    _failed_as_expected(situation, told)
    assert not told.changed


def _naming(lines: list[str], action: str) -> bool:
    """iam:GetPolicy is another one than iam:GetPolicyVersion."""
    return any(re.search(rf"{action}\b", line) for line in lines)


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_the_documented_policy_is_enough(operator: Operator, situation: Situation) -> None:
    scene = _arranged(operator, situation)
    _may(operator, situation)
    _succeeds(situation, scene)
    _is_at_rest(situation, scene)


@pytest.mark.parametrize(("situation", "action"), EACH_ACTION)
def test_without_one_action(operator: Operator, situation: Situation, action: str) -> None:
    """It says which, and the next run under the whole policy completes what was begun."""
    scene = _arranged(operator, situation)
    _may(operator, situation, lacking=action)
    told = situation.run(scene)
    if situation.warns:
        assert told.failures == [] and _naming(told.said, action), told.said
        situation.proof(scene)
        return
    assert _naming(told.failures, action), told.said
    _may(operator, situation)
    _succeeds(situation, scene)
    _is_at_rest(situation, scene)


def test_every_action_of_every_document_is_needed_somewhere() -> None:
    """The inventory plugin's document is tested with the plugin itself, tests/functional/test_permissions.py.

    Nobody who runs a playbook has the documents of the boundary and of the operators' policy: tests/scenarios/test_escalations.py.
    """
    tested = {(situation.document, action) for situation in (*SITUATIONS, ELSEWHERE) for action in situation.actions}
    documented = {path.stem for path in POLICIES.glob("*.json")} - {"inventory", "boundary", "pass-role"}
    written = {(name, action) for name in documented for action in actions(document(name))}
    assert tested | {("remove", LOOK_INTO_POLICY)} == written


def test_whoever_may_not_look_into_the_policy_waits_for_records(operator: Operator) -> None:
    """A role that may create no log groups brings none back, so nothing has to be waited for."""
    scene = Scene(operator)
    scene.targets = [scene.cloud.vpc("web")]
    waited = []
    for policy in (document("remove"), without(document("remove"), LOOK_INTO_POLICY)):
        operator.may_everything()
        assert operator.apply(*scene.targets, least_privilege=True).failures == []
        operator.may(policy)
        operator.stage.slept.clear()
        assert operator.remove(*scene.targets, remove_log_groups=True).failures == []
        assert (scene.cloud.flow_logs(), scene.cloud.log_groups()) == ([], {})
        waited.append(60 in operator.stage.slept)
    assert waited == [False, True]


def _in_the_other_account(operator: Operator, here: dict[str, Any]) -> None:
    there = in_account(document("apply"), OTHER_ACCOUNT)
    operator.stage.aws.scenario.policies = {CALLER: here, "*:assumed-role/NetworkOperations/*": there}


def test_a_role_of_another_account_is_assumed(operator: Operator) -> None:
    """The caller may do nothing but that, the role what the playbook needs."""
    scene = _arranged(operator, ELSEWHERE)
    _in_the_other_account(operator, without(document("assume-role"), "sts:AssumeRole"))
    told = ELSEWHERE.run(scene)
    assert _naming(told.failures, "sts:AssumeRole")
    _in_the_other_account(operator, document("assume-role"))
    _succeeds(ELSEWHERE, scene)
    _is_at_rest(ELSEWHERE, scene)


@pytest.mark.parametrize("situation", [each for each in SITUATIONS if each.document == "apply"], ids=str)
def test_the_report_s_policy_is_enough_for_apply_in_check_mode(operator: Operator, situation: Situation) -> None:
    scene = _arranged(operator, situation)
    operator.may(document("report"))
    before = len(operator.stage.aws.calls.mutating)
    told = operator.apply(*scene.targets, check=True)
    assert told.failures == []
    assert len(operator.stage.aws.calls.mutating) == before


def test_the_reads_are_enough_for_a_removal_in_check_mode(operator: Operator) -> None:
    (everything,) = [each for each in SITUATIONS if (each.document, each.name) == ("remove-iam", "everything")]
    scene = _arranged(operator, everything)
    reads = together([document("remove"), document("remove-iam")])
    for action in actions(reads):
        if not action.split(":")[1].startswith(("Get", "List", "Describe")):
            reads = without(reads, action)
    operator.may(reads)
    told = operator.remove(*scene.targets, check=True, remove_log_groups=True, remove_iam=True, insights_queries=True)
    assert told.failures == [] and told.changed
    assert len(scene.cloud.flow_logs()) == len(scene.targets)
