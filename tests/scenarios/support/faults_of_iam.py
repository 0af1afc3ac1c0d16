# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where IAM is strict."""

from __future__ import annotations

import json

from ansible_collections.netops.flow_logs.tests.emulator.calls import Call
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Refusal
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_a_state
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import in_another_case
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import more_versions
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST


def _in_another_case(stage: Stage) -> None:
    stage.cloud.client("iam").delete_role(RoleName=ROLE)
    stage.cloud.role(ROLE.upper(), Path="/network/")
    stage.cloud.policy(POLICY.upper(), Path="/network/")


def _five_versions(stage: Stage) -> None:
    stage.cloud.policy()
    for _number in range(4):
        _one_more_version(stage)


def _one_more_version(stage: Stage) -> None:
    stage.cloud.client("iam").create_policy_version(
        PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True
    )


def _put_the_oldest_in_force(stage: Stage) -> None:
    """Just before it is deleted somebody puts the oldest version in force."""
    waiting = [True]

    def act(call: Call, when: str) -> None:
        if call.operation == "DeletePolicyVersion" and when == "before" and waiting:
            waiting.clear()
            version = call.parameters["VersionId"]
            stage.cloud.client("iam").set_default_policy_version(PolicyArn=POLICY_ARN, VersionId=version)

    stage.aws.on_call = act


def _take_the_place_of_the_new_version(stage: Stage) -> None:
    """Just before the new version is made somebody else makes one."""
    waiting = [True]

    def act(call: Call, when: str) -> None:
        if call.operation == "CreatePolicyVersion" and when == "before" and waiting:
            waiting.clear()
            _one_more_version(stage)

    stage.aws.on_call = act


def _make_the_policy_first(stage: Stage) -> None:
    """Just before the policy is made somebody else makes it."""
    waiting = [True]

    def act(call: Call, when: str) -> None:
        if call.operation == "CreatePolicy" and when == "before" and waiting:
            waiting.clear()
            stage.cloud.policy()

    stage.aws.on_call = act


def _without_role(stage: Stage) -> None:
    stage.cloud.client("iam").delete_role(RoleName=ROLE)


def _make_the_role_first(stage: Stage) -> None:
    """Just before the role is made somebody else makes it."""
    waiting = [True]

    def act(call: Call, when: str) -> None:
        if call.operation == "CreateRole" and when == "before" and waiting:
            waiting.clear()
            stage.cloud.role(trust=TRUST)

    stage.aws.on_call = act


def _quota(operation: str, message: str) -> Scenario:
    return Scenario(refusals=[Refusal([f"iam:{operation}"], code="LimitExceeded", message=message, status=409)])


OF_IAM = (
    Fault(
        "role and policy are there in another case and path",
        "5.2",
        Scenario,
        flow_log_iam=Cell("corrects those", before=_in_another_case, proof=met_a_state),
        flow_log_iam_removal=Cell("removes those", before=in_another_case, proof=met_a_state),
    ),
    Fault(
        "the policy has five versions already",
        "5.2",
        Scenario,
        flow_log_iam=Cell("the oldest that is not in force makes room", before=_five_versions, proof=met_a_state),
        flow_log_iam_removal=Cell("deletes the versions first", before=more_versions, proof=met_a_state),
    ),
    Fault(
        "the version that is to make room has just been put in force (`DeleteConflict`)",
        "5.2",
        Scenario,
        flow_log_iam=Cell("looks again, takes another", before=_five_versions, during=_put_the_oldest_in_force),
    ),
    Fault(
        "somebody else takes the place of the new version",
        "5.2",
        Scenario,
        flow_log_iam=Cell(
            "looks again, makes room again", before=_five_versions, during=_take_the_place_of_the_new_version
        ),
    ),
    Fault(
        "somebody else makes the same policy at the same moment",
        "5.3",
        Scenario,
        flow_log_iam=Cell("looks again, then corrects that one", during=_make_the_policy_first),
    ),
    Fault(
        "somebody else makes the same role at the same moment",
        "5.3",
        Scenario,
        flow_log_iam=Cell("looks again, then corrects that one", before=_without_role, during=_make_the_role_first),
    ),
    Fault(
        "two writers on one role at the same moment (`ConcurrentModification`)",
        "5.3",
        lambda: Scenario(
            refusals=[
                Refusal(
                    ["iam:Attach*", "iam:Update*", "iam:Detach*", "iam:Delete*"],
                    code="ConcurrentModification",
                    message="Try again.",
                    times=3,
                )
            ]
        ),
        flow_log_iam=Cell("tries again, then done"),
        flow_log_iam_removal=Cell("tries again, then done"),
    ),
    Fault(
        "the account has as many roles as it may",
        "5.2",
        lambda: _quota("CreateRole", "Cannot exceed quota for RolesPerAccount: 1000"),
        flow_log_iam=Cell(
            "says to remove some or to raise the quota",
            fails=("LimitExceeded",),
            hint="ask AWS for a higher quota",
            before=_without_role,
        ),
    ),
)
