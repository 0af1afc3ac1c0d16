# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is peculiar about destinations, log groups and listings."""

from __future__ import annotations

import json

from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import key_policy_statement
from ansible_collections.netops.flow_logs.tests.emulator.calls import Call
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import aborted
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Refusal
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_a_state
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import GROUP

_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
_ACCOUNT_POLICY = {"policyName": "keep", "policyType": "RETENTION_POLICY"}


def _replace_by_one_to(stage: Stage, destination: str) -> None:
    """The second target's flow log was made by ARN."""
    ec2 = stage.cloud.client("ec2")
    ec2.delete_flow_logs(FlowLogIds=[entry["FlowLogId"] for entry in stage.cloud.flow_logs([stage.targets[1]])])
    stage.cloud.flow_log(stage.targets[1], LogDestination=destination, TrafficType="ALL", tags=stage.options["tags"])


def _by_arn(stage: Stage) -> None:
    _replace_by_one_to(stage, _ARN)


def _by_arn_with_asterisk(stage: Stage) -> None:
    _replace_by_one_to(stage, f"{_ARN}:*")


def _account_decides(stage: Stage) -> None:
    document = json.dumps({"retentionInDays": 90, "enforcementMode": "RETROACTIVE"})
    stage.cloud.client("logs").put_account_policy(**_ACCOUNT_POLICY, policyDocument=document)


def _account_no_longer_decides(stage: Stage) -> None:
    stage.cloud.client("logs").delete_account_policy(**_ACCOUNT_POLICY)


def _a_key_that_refuses(stage: Stage) -> None:
    """As KMS makes it: for the account alone."""
    stage.options["kms_key_id"] = stage.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]


def _the_key_admits_cloudwatch_logs(stage: Stage) -> None:
    policy = {"Version": "2012-10-17", "Statement": [key_policy_statement("aws", REGION, ACCOUNT)]}
    key = stage.options["kms_key_id"].rsplit("/", 1)[1]
    stage.cloud.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


def _somebody_else_is_faster(stage: Stage) -> None:
    """Just before the first CreateLogGroup somebody makes the group."""
    waiting = [True]

    def act(call: Call, when: str) -> None:
        if call.operation == "CreateLogGroup" and when == "before" and waiting:
            waiting.clear()
            stage.cloud.client("logs").create_log_group(logGroupName=call.parameters["logGroupName"])

    stage.aws.on_call = act


OF_DESTINATIONS = (
    Fault(
        "a flow log made by the ARN of its log group",
        "2.2",
        Scenario,
        flow_log=Cell("taken for what it is", before=_by_arn, proof=met_a_state),
    ),
    Fault(
        "a flow log made by an ARN that ends in `:*`, which delivers nowhere",
        "2.3",
        Scenario,
        flow_log=Cell("replaced", before=_by_arn_with_asterisk, proof=met_a_state),
    ),
    Fault(
        "listings of two entries a page",
        "2.1, 5.3, 6.4, 6.5",
        lambda: scenario_named("small-pages"),
        flow_log_iam=Cell("reads all pages", proof=met_a_state),
        log_group=Cell("reads all pages", proof=met_a_state),
        flow_log=Cell("reads all pages", proof=met_a_state),
        flow_log_removal=Cell("reads all pages", proof=met_a_state),
        log_group_removal=Cell("reads all pages", proof=met_a_state),
        flow_log_iam_removal=Cell("reads all pages", proof=met_a_state),
        flow_log_iam_info=Cell("reads all pages", proof=met_a_state),
        insights_queries=Cell("reads all pages", proof=met_a_state),
        insights_queries_removal=Cell("reads all pages", proof=met_a_state),
    ),
    Fault(
        "the account's own policy decides on retention",
        "6.2",
        Scenario,
        log_group=Cell(
            "leaves retention alone and warns",
            options={"retention_in_days": 90},
            before=_account_decides,
            proof=met_a_state,
            warns="decides on the retention",
        ),
    ),
    Fault(
        "the KMS key's policy does not let CloudWatch Logs use the key",
        "6.3",
        Scenario,
        log_group=Cell(
            "prints the statement that the key's policy lacks",
            fails=("AccessDeniedException",),
            hint='"Service": "logs.eu-west-1.amazonaws.com"',
            before=_a_key_that_refuses,
            heal=_the_key_admits_cloudwatch_logs,
        ),
    ),
    Fault(
        "somebody else makes the same log group at the same moment",
        "6.1",
        Scenario,
        log_group=Cell("looks again, then corrects that one", during=_somebody_else_is_faster),
    ),
    Fault(
        "writes on a log group are aborted now and then",
        "6.1",
        lambda: Scenario(refusals=[aborted(times=3)]),
        log_group=Cell("tries again, then done"),
        log_group_removal=Cell("tries again, then done"),
    ),
    Fault(
        "a tenth of the writes on log groups is aborted, and any two within 20 ms",
        "6.1",
        lambda: scenario_named("conflicts"),
        log_group=Cell("tries again, then done", proof=met_a_state),
        log_group_removal=Cell("tries again, then done", proof=met_a_state),
    ),
    Fault(
        "writes on log groups are always aborted",
        "6.1",
        lambda: Scenario(refusals=[aborted()]),
        log_group=Cell("says to run it again", fails=("OperationAbortedException",), hint="run it again"),
        log_group_removal=Cell("says to run it again", fails=("OperationAbortedException",), hint="run it again"),
    ),
    Fault(
        "the account has as many log groups as it may",
        "6.1",
        lambda: Scenario(
            refusals=[
                Refusal(["logs:CreateLogGroup"], code="LimitExceededException", message="Resource limit exceeded.")
            ]
        ),
        log_group=Cell(
            "the others are done; says to remove some or to raise the quota",
            fails=("LimitExceededException",),
            hint="remove what is no longer needed, or ask AWS for a higher quota",
        ),
    ),
)
