# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources for which CreateFlowLogs or DeleteFlowLogs fails."""

from __future__ import annotations

from ansible_collections.netops.flow_logs.tests.emulator.calls import Call
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import denied
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.scenario import BadResource
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Refusal
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_a_state
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import GROUP
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TAGS

NO_VPC = "vpc-0123456789abcdef0"
_ORDERED = "the others are done; "


def _one_is_bad(code: str, message: str, as_exception: bool = False) -> Scenario:
    """Without a pattern of its own: the scene puts in the one that is hit."""
    return Scenario(bad_resources=[BadResource(["nobody"], code=code, message=message, as_exception=as_exception)])


def _hit_the_first(stage: Stage) -> None:
    stage.aws.scenario.bad_resources[0].resources = [stage.targets[0]]


def _hit_the_replaced_one(stage: Stage) -> None:
    stage.aws.scenario.bad_resources[0].resources = [stage.targets[1]]


def _name_one_that_is_not_there(stage: Stage) -> None:
    stage.options["resource_ids"] = [NO_VPC, *stage.targets]


def _leave_it_out(stage: Stage) -> None:
    stage.options["resource_ids"] = stage.targets


def _somebody_else_is_faster(stage: Stage) -> None:
    """Just before the first CreateFlowLogs somebody makes the same flow log of the first target."""
    waiting = [stage.targets[0]]

    def act(call: Call, when: str) -> None:
        if call.operation == "CreateFlowLogs" and when == "before" and waiting:
            stage.cloud.flow_log(waiting.pop(), LogGroupName=GROUP, tags=TAGS)

    stage.aws.on_call = act


def _somebody_deletes_the_old_one(stage: Stage) -> None:
    """Just before DeleteFlowLogs somebody deletes the old flow log."""
    (old,) = [entry["FlowLogId"] for entry in stage.cloud.flow_logs([stage.targets[1]])]
    waiting = [old]

    def act(call: Call, when: str) -> None:
        if call.operation == "DeleteFlowLogs" and when == "before" and waiting:
            stage.cloud.client("ec2").delete_flow_logs(FlowLogIds=[waiting.pop()])

    stage.aws.on_call = act


def _only_the_first_two(stage: Stage) -> None:
    """The third has somebody else's flow log, which is all that it may have."""
    stage.options["resource_ids"] = stage.targets[:2]


def _missing(name: str, section: str, scenario: str) -> Fault:
    return Fault(
        name,
        section,
        lambda: scenario_named(scenario),
        flow_log=Cell(
            f"{_ORDERED}says to check the id",
            fails=("InvalidVpcID.NotFound",),
            hint="check the id",
            before=_name_one_that_is_not_there,
            heal=_leave_it_out,
        ),
    )


def _bad(name: str, section: str, code: str, message: str, as_exception: bool, words: str, hint: str) -> Fault:
    return Fault(
        name,
        section,
        lambda: _one_is_bad(code, message, as_exception),
        flow_log=Cell(f"{_ORDERED}{words}", fails=(code,), hint=hint, during=_hit_the_first),
    )


_NO_DESTINATION = "LogDestination: {resource_id} does not exist"
_DENIED = "Access Denied for LogDestination: {resource_id}. Please check LogDestination permission"
_FORMAT = "Unrecognized field in LogFormat for {resource_id}"

OF_RESOURCES = (
    _missing("one of the VPCs does not exist, said in `Unsuccessful`", "1.4", "plain"),
    _missing("the same, as an error for the whole call", "1.5", "exceptions"),
    _missing("the same, with the resources before it done", "1.5", "partial"),
    _bad(
        "one resource is refused with code `400`, in `Unsuccessful`",
        "1.4",
        "400",
        _DENIED,
        False,
        "AWS's words for the one",
        "please check LogDestination permission",
    ),
    _bad(
        "one resource is refused with a code of EC2's list, in `Unsuccessful`",
        "1.4",
        "InvalidParameter",
        _FORMAT,
        False,
        "says to check `log_format`",
        "check the field names",
    ),
    _bad(
        "the same, as an error that names the resource",
        "1.5",
        "InvalidParameter",
        _FORMAT,
        True,
        "says to check `log_format`",
        "check the field names",
    ),
    _bad(
        "one resource is refused by an error that names nobody",
        "1.5",
        "InvalidParameter",
        "Bad LogFormat",
        True,
        "says to check `log_format`",
        "check the field names",
    ),
    Fault(
        "the new flow log of a replacement is refused",
        "4",
        lambda: _one_is_bad("InvalidParameter", _FORMAT),
        flow_log=Cell(
            "the old one stays; says why",
            fails=("InvalidParameter",),
            hint="check the field names",
            during=_hit_the_replaced_one,
        ),
    ),
    Fault(
        "somebody else makes the same flow log at the same moment",
        "1.6",
        Scenario,
        flow_log=Cell("takes that one", during=_somebody_else_is_faster),
    ),
    Fault(
        "AWS allows one flow log per resource and destination",
        "1.6, 4",
        lambda: scenario_named("strict-identity"),
        flow_log=Cell("replaces the other way round: deletes, creates"),
    ),
    Fault(
        "the old flow log of a replacement counts as the limit",
        "1.7, 4",
        lambda: scenario_named("limit"),
        flow_log=Cell("replaces the other way round: deletes, creates", before=_only_the_first_two),
    ),
    Fault(
        "somebody else's flow log counts as the limit",
        "1.7",
        lambda: scenario_named("limit"),
        flow_log=Cell(
            f"{_ORDERED}says to delete one or to raise the quota",
            fails=("FlowLogsLimitExceeded",),
            hint="delete one that nobody needs, or ask for a higher quota",
        ),
    ),
    Fault(
        "somebody deletes the old flow log during its replacement",
        "3",
        Scenario,
        flow_log=Cell("fine: it had to go", during=_somebody_deletes_the_old_one, proof=met_a_state),
    ),
    Fault(
        "the old flow log can't be deleted",
        "3",
        lambda: Scenario(refusals=denied("ec2:DeleteFlowLogs")),
        flow_log=Cell(
            "the new one is in place; says which permission is missing, and the next run deletes the old one",
            fails=("UnauthorizedOperation",),
            hint="lacks the permission",
        ),
    ),
    Fault(
        "the delete call fails for one flow log",
        "3",
        lambda: Scenario(refusals=[Refusal(["ec2:DeleteFlowLogs"], code="InternalFailure", message="Sorry.")]),
        flow_log=Cell(
            "the new one is in place, and the next run deletes the old one",
            fails=("InternalFailure",),
            hint="run it again",
        ),
    ),
)
