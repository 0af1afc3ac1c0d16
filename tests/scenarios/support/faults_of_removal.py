# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in the way of a removal, and who comes in between."""

from __future__ import annotations

import json
from collections.abc import Callable

from ansible_collections.netops.flow_logs.tests.emulator.calls import Call
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import region_denied
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Refusal
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Deed
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_a_state
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_resources import NO_VPC
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import PASS_ROLE_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import pass_role_document
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import remove_everything
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import take_the_role_apart
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import ELSEWHERE
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import GROUP
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_removal import LogGroupRemoval

_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
_LOOK_AGAIN = "looks again, then done"


def _just_before(operation: str, deed: Deed, about: Callable[[Stage], str] = lambda _stage: "") -> Deed:
    """Somebody does it just before the first call of the operation that speaks of this thing."""

    def during(stage: Stage) -> None:
        waiting = [True]

        def act(call: Call, when: str) -> None:
            if call.operation == operation and when == "before" and waiting and about(stage) in str(call.parameters):
                waiting.clear()
                deed(stage)

        stage.aws.on_call = act

    return during


# Flow logs.


def _remove_a_card_too(stage: Stage) -> None:
    """A card in the VPC that is none of the targets, and has a flow log to the group."""
    (owner,) = {entry["ResourceId"] for entry in stage.flow_logs()} - set(stage.targets)
    eni = stage.cloud.eni(stage.cloud.subnet(owner))
    stage.options["resource_ids"] = [eni, *stage.targets]


def _remove_one_that_is_not_there_too(stage: Stage) -> None:
    stage.options["resource_ids"] = [NO_VPC, *stage.targets]


def _leave_it_out(stage: Stage) -> None:
    stage.options["resource_ids"] = stage.targets


def _made_by(destination: str) -> Deed:
    """The third target gets a flow log by the ARN of its group."""
    return lambda stage: stage.cloud.flow_log(stage.targets[2], LogDestination=destination)


def _delete_one(stage: Stage) -> None:
    ours = [entry for entry in stage.cloud.flow_logs(stage.targets) if entry["LogGroupName"] == GROUP]
    stage.cloud.client("ec2").delete_flow_logs(FlowLogIds=[ours[0]["FlowLogId"]])


def _one_is_gone(name: str, section: str, scenario: str) -> Fault:
    return Fault(
        name,
        section,
        lambda: scenario_named(scenario),
        flow_log_removal=Cell(
            "fine: it had to go", during=_just_before("DeleteFlowLogs", _delete_one), proof=met_a_state
        ),
    )


# Log groups.


def _first_group(stage: Stage) -> str:
    return LogGroupRemoval().name(stage.targets[0])


def _set_protection(on: bool) -> Deed:
    return lambda stage: stage.cloud.client("logs").put_log_group_deletion_protection(
        logGroupIdentifier=_first_group(stage), deletionProtectionEnabled=on
    )


def _publish_to_it(stage: Stage) -> None:
    stage.cloud.role(trust=TRUST)
    stage.cloud.flow_log(stage.cloud.vpc(), LogGroupName=_first_group(stage))


def _publish_no_more(stage: Stage) -> None:
    ids = [entry["FlowLogId"] for entry in stage.flow_logs() if entry["LogGroupName"] == _first_group(stage)]
    stage.cloud.client("ec2").delete_flow_logs(FlowLogIds=ids)


def _delete_the_group(stage: Stage) -> None:
    stage.cloud.client("logs").delete_log_group(logGroupName=_first_group(stage))


# IAM.


def _use_it_elsewhere(stage: Stage) -> None:
    there = stage.cloud.elsewhere(region=ELSEWHERE)
    there.flow_log(there.vpc(), LogGroupName=GROUP)


def _use_it_no_more(stage: Stage) -> None:
    there = stage.cloud.elsewhere(region=ELSEWHERE)
    there.client("ec2").delete_flow_logs(FlowLogIds=[entry["FlowLogId"] for entry in there.flow_logs()])


def _trust(*statements: dict[str, object]) -> Deed:
    document = json.dumps({**TRUST, "Statement": [*statements]})
    return lambda stage: stage.cloud.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)


_trust_others_too = _trust(*TRUST["Statement"], *EC2_TRUST["Statement"])
_trust_the_service = _trust(*TRUST["Statement"])


def _give_it_to_alice(stage: Stage) -> None:
    stage.cloud.client("iam").attach_user_policy(UserName="alice", PolicyArn=POLICY_ARN)


def _give_the_role_another(stage: Stage) -> None:
    theirs = f"arn:aws:iam::{ACCOUNT}:policy/theirs"
    stage.cloud.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=theirs)


def _one_more_version(stage: Stage) -> None:
    document = json.dumps(pass_role_document())
    stage.cloud.client("iam").create_policy_version(
        PolicyArn=PASS_ROLE_ARN, PolicyDocument=document, SetAsDefault=False
    )


def _put_it_in_an_instance_profile(stage: Stage) -> None:
    iam = stage.cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName=ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)


def _comes_between(name: str, operation: str, deed: Deed, words: str, section: str = "5.3") -> Fault:
    return Fault(name, section, Scenario, flow_log_iam_removal=Cell(words, during=_just_before(operation, deed)))


def _another_region_is_denied() -> Callable[[], Scenario]:
    return lambda: Scenario(refusals=region_denied(ELSEWHERE, "OptInRequired"))


OF_REMOVAL = (
    Fault(
        "a network interface whose VPC's flow log records it is among the targets",
        "3",
        Scenario,
        flow_log_removal=Cell(
            "the others are done; names the VPC and its flow log, which stays",
            fails=("CoveredByOwner",),
            hint=" there: vpc-",
            before=_remove_a_card_too,
            heal=_leave_it_out,
        ),
    ),
    Fault(
        "one of the targets does not exist",
        "2.1",
        Scenario,
        flow_log_removal=Cell("nothing to do there", before=_remove_one_that_is_not_there_too, proof=met_a_state),
    ),
    Fault(
        "a flow log to remove was made by the ARN of its log group",
        "2.2",
        Scenario,
        flow_log_removal=Cell("removed", before=_made_by(_ARN), proof=met_a_state),
    ),
    Fault(
        "a flow log to remove was made by an ARN that ends in `:*`, which delivers nowhere",
        "2.3",
        Scenario,
        flow_log_removal=Cell("removed", before=_made_by(f"{_ARN}:*"), proof=met_a_state),
    ),
    _one_is_gone("somebody else removes one of the flow logs at the same moment, said in `Unsuccessful`", "3", "plain"),
    _one_is_gone("the same, as an error for the whole call with nothing done", "3", "exceptions"),
    _one_is_gone("the same, with the flow logs before it removed", "3", "partial"),
    Fault(
        "the delete call fails for every flow log",
        "3",
        lambda: Scenario(refusals=[Refusal(["ec2:DeleteFlowLogs"], code="InvalidParameterValue", message="Sorry.")]),
        flow_log_removal=Cell("AWS's words", fails=("InvalidParameterValue",), hint="sorry."),
    ),
    Fault(
        "a log group is protected from deletion",
        "6.1",
        Scenario,
        log_group_removal=Cell(
            "the others are done; says how to lift the protection",
            fails=("DeletionProtected",),
            hint="deletion_protection: false",
            before=_set_protection(True),
            heal=_set_protection(False),
        ),
    ),
    Fault(
        "a log group gets protected at the last moment",
        "6.1",
        Scenario,
        log_group_removal=Cell(
            "the others are done; says how to lift the protection",
            fails=("DeletionProtected",),
            hint="deletion_protection: false",
            during=_just_before("DeleteLogGroup", _set_protection(True), _first_group),
            heal=_set_protection(False),
        ),
    ),
    Fault(
        "a flow log publishes to a log group",
        "3",
        Scenario,
        log_group_removal=Cell(
            "the others are done; names the flow log and its resource",
            fails=("LogGroupInUse",),
            hint="remove these flow logs first",
            before=_publish_to_it,
            heal=_publish_no_more,
        ),
    ),
    Fault(
        "somebody else deletes the same log group at the same moment",
        "6.1",
        Scenario,
        log_group_removal=Cell(
            "fine: it had to go", during=_just_before("DeleteLogGroup", _delete_the_group), proof=met_a_state
        ),
    ),
    Fault(
        "a flow log in another region uses the role",
        "5.3",
        Scenario,
        flow_log_iam_removal=Cell(
            "keeps everything; names the flow log, its resource and region",
            fails=("RoleInUse",),
            hint=f"in {ELSEWHERE}",
            before=_use_it_elsewhere,
            heal=_use_it_no_more,
        ),
        flow_log_iam_info=Cell("names it", before=_use_it_elsewhere, proof=met_a_state),
    ),
    Fault(
        "another region is denied",
        "1.5",
        _another_region_is_denied(),
        flow_log_iam_removal=Cell(
            "keeps everything; names the region", fails=("RegionsNotRead",), hint=f"{ELSEWHERE} (OptInRequired"
        ),
        flow_log_iam_info=Cell("names the region; whether the role is orphaned is null", finished=False),
    ),
    Fault(
        "the role trusts somebody else, too",
        "5.1",
        Scenario,
        flow_log_iam_removal=Cell(
            "keeps everything; says whom",
            fails=("RoleOfOthers",),
            hint="Service:ec2.amazonaws.com",
            before=_trust_others_too,
            heal=_trust_the_service,
        ),
    ),
    Fault(
        "a user has the policy, too",
        "5.3",
        Scenario,
        flow_log_iam_removal=Cell(
            "keeps the policy and warns", before=_give_it_to_alice, proof=met_a_state, warns="user/alice"
        ),
    ),
    Fault(
        "the role is in an instance profile, as the console makes it for EC2",
        "5.3",
        Scenario,
        flow_log_iam_removal=Cell("takes it out first", before=_put_it_in_an_instance_profile, proof=met_a_state),
    ),
    Fault(
        "somebody has deleted the role by hand",
        "5.3",
        Scenario,
        flow_log_iam_removal=Cell("removes the policies", before=take_the_role_apart, proof=met_a_state),
    ),
    _comes_between(
        "somebody else removes everything at the same moment",
        "DetachRolePolicy",
        remove_everything,
        "fine: it had to go",
    ),
    _comes_between(
        "somebody gives the role another policy at the last moment (`DeleteConflict`)",
        "DeleteRole",
        _give_the_role_another,
        _LOOK_AGAIN,
    ),
    _comes_between(
        "somebody gives a user the policy at the last moment (`DeleteConflict`)",
        "DeletePolicy",
        _give_it_to_alice,
        "looks again, keeps the policy and warns",
    ),
    _comes_between(
        "the operators' policy gets a version at the last moment (`DeleteConflict`)",
        "DetachUserPolicy",
        _one_more_version,
        _LOOK_AGAIN,
        "5.2",
    ),
)
