# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role beside other tools and on an account that refuses a part: log groups first, what is recorded twice, telemetry rules, holes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Session
from ansible_collections.netops.flow_logs.tests.emulator import Refusal
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import Operator
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import Told
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import document
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import without
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import KEY
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import Scene
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators_work import make_key
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage

WEB, BACK = "/aws/shop/vpc/web/flowlogs", "/aws/shop/vpc/back/flowlogs"
KMS = ("InvalidParameterException", "The specified KMS key does not exist or is not allowed to be used with Arn")


@pytest.fixture(scope="session")
def models() -> Models:
    return Models()


@pytest.fixture(scope="session")
def session(models: Models) -> Session:
    return Session(models)


@pytest.fixture
def operator(stage: Stage, models: Models, session: Session) -> Operator:
    return Operator(stage, models, session)


@pytest.fixture
def web(stage: Stage) -> str:
    return stage.cloud.vpc("web")


@pytest.fixture
def back(stage: Stage) -> str:
    return stage.cloud.vpc("back")


def refuse(stage: Stage, operation: str, code: str = "AccessDeniedException", message: str = "no", **more: Any) -> None:
    stage.aws.scenario.refusals.append(Refusal([operation], code=code, message=message, **more))


def owners(stage: Stage) -> list[str]:
    return sorted(log["ResourceId"] for log in stage.cloud.flow_logs())


def once(told: Told, words: str) -> str:
    """The one line that has the words."""
    (line,) = [line for line in dict.fromkeys(told.said) if words in line]
    return line


# Groups before flow logs.


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        ("logs:CreateLogGroup", *KMS),
        ("logs:CreateLogGroup", "AccessDeniedException", "no"),
        ("logs:CreateLogGroup", "LimitExceededException", "Resource limit exceeded."),
        ("logs:PutRetentionPolicy", "AccessDeniedException", "no"),
    ],
    ids=["key", "denied", "limit", "retention"],
)
@pytest.mark.parametrize("least_privilege", [False, True])
def test_no_flow_log_to_a_log_group_that_could_not_be_made(
    operator: Operator, stage: Stage, web: str, operation: str, code: str, message: str, least_privilege: bool
) -> None:
    """AWS would make the group itself with the first records, without key and retention."""
    make_key(Scene(operator))
    refuse(stage, operation, code, message)

    asked = {"retention_in_days": "30", "kms_key_id": KEY, "least_privilege": least_privilege}
    told = operator.apply(web, **asked)

    assert owners(stage) == []
    (failure,) = told.failures
    assert web in failure and code in failure and message.rstrip(".") in failure and WEB in failure
    assert "No flow log is created" in failure
    stage.aws.scenario.refusals.clear()
    assert operator.apply(web, **asked).failures == []
    assert owners(stage) == [web]
    assert stage.cloud.log_groups()[WEB]["retentionInDays"] == 30


def test_the_others_of_the_delivery_are_done(operator: Operator, stage: Stage, web: str, back: str) -> None:
    refuse(stage, "logs:CreateLogGroup", *KMS, times=1)

    told = operator.apply(web, back)

    (left,) = {web, back} - set(owners(stage))
    (failure,) = told.failures
    assert left in failure and len(owners(stage)) == 1


def test_a_flow_log_that_is_there_is_left_alone(operator: Operator, stage: Stage, web: str) -> None:
    """Its log group can't be changed as asked: a replacement would be a new flow log to it."""
    assert operator.apply(web, retention_in_days="30").failures == []
    before = stage.cloud.flow_log_of(web)
    refuse(stage, "logs:PutRetentionPolicy")

    (failure,) = operator.apply(web, retention_in_days="90", traffic_type="REJECT", tags={"a": "b"}).failures

    assert web in failure and WEB in failure
    after = stage.cloud.flow_log_of(web)
    assert (after["FlowLogId"], after["TrafficType"], after["Tags"]) == (before["FlowLogId"], "ALL", {})


def test_nobody_waits_for_records_of_a_log_group_that_failed(operator: Operator, stage: Stage, web: str) -> None:
    assert operator.apply(web).failures == []
    refuse(stage, "logs:PutRetentionPolicy")

    (failure,) = operator.apply(web, retention_in_days="90", verify_delivery=True, verify_timeout=600).failures

    assert "NoRecordsYet" not in failure
    assert sum(stage.slept) < 600


# Recorded twice.


def test_a_new_name_leaves_a_flow_log_and_apply_and_removal_say_so(operator: Operator, stage: Stage, web: str) -> None:
    assert operator.apply(web).failures == []
    old = stage.cloud.flow_log_of(web)["FlowLogId"]
    stage.cloud.client("ec2").create_tags(Resources=[web], Tags=[{"Key": "Name", "Value": "front"}])

    for told in (operator.apply(web, check=True), operator.apply(web), operator.apply(web)):
        line = once(told, "paid twice")
        assert web in line and old in line and WEB in line and "left over" in line
        assert told.failures == []

    removed = operator.remove(web)
    assert old in once(removed, "goes on") and WEB in once(removed, "goes on")
    again = operator.remove(web)
    assert (again.changed, again.failures) == (False, [])
    assert once(again, "nothing to remove") and old in once(again, "goes on")
    assert "nothing to do" not in "".join(again.said)


def test_somebody_else_s_flow_log_counts_as_well(operator: Operator, stage: Stage, web: str) -> None:
    assert operator.apply(web).failures == []
    theirs = stage.cloud.flow_log(web, LogGroupName="/somebody/elses", TrafficType="REJECT")

    line = once(operator.apply(web), "paid twice")

    assert theirs in line and "rejected traffic" in line and "left over" in line


def test_what_a_target_lies_in_counts_as_well(operator: Operator, stage: Stage, web: str) -> None:
    subnet = stage.cloud.subnet(web, "front")
    assert "paid twice" not in "".join(operator.apply(web).said)

    line = once(operator.apply(web, subnet), "paid twice")

    assert subnet in line and f"of {web}" in line


def test_what_the_same_run_removes_does_not_go_on(operator: Operator, stage: Stage, web: str) -> None:
    stage.cloud.client("logs").create_log_group(logGroupName=BACK)
    assert operator.apply(web).failures == []

    told = operator.remove(web)

    assert "goes on" not in "".join(told.said)


# Telemetry rules.


def test_a_rule_s_flow_log_is_left_to_the_rule(operator: Operator, stage: Stage, web: str, back: str) -> None:
    rules = stage.cloud.flow_log_of_rule(web, WEB)

    for check in (True, False):
        (failure,) = operator.apply(web, back, check=check).failures
        assert web in failure and rules in failure and "ManagedByTelemetryRule" in failure
        assert "flow_logs_take_over" in failure
    assert owners(stage) == sorted([web, back])
    (failure,) = operator.remove(web, back).failures
    assert rules in failure and "ManagedByTelemetryRule" in failure
    assert [log["FlowLogId"] for log in stage.cloud.flow_logs()] == [rules]


def test_taken_over_it_becomes_ours(operator: Operator, stage: Stage, web: str) -> None:
    rules = stage.cloud.flow_log_of_rule(web, WEB)

    assert operator.apply(web, take_over=True).failures == []

    ours = stage.cloud.flow_log_of(web)
    assert ours["FlowLogId"] != rules and ours["Tags"] == {} and ours["DeliverLogsPermissionArn"]
    again = operator.apply(web)
    assert (again.failures, again.changed) == ([], False)


def test_taken_over_and_removed(operator: Operator, stage: Stage, web: str) -> None:
    stage.cloud.flow_log_of_rule(web, WEB)

    assert operator.remove(web, take_over=True).failures == []

    assert stage.cloud.flow_logs() == []


def test_one_to_another_group_is_recorded_twice(operator: Operator, stage: Stage, web: str) -> None:
    rules = stage.cloud.flow_log_of_rule(web, f"/aws/vpc/{web}")

    told = operator.apply(web)

    assert told.failures == [] and len(owners(stage)) == 2
    assert f"{rules} was made by a CloudWatch telemetry rule" in once(told, "paid twice")


def test_a_replacement_without_room_puts_the_vpc_back_under_record(operator: Operator, stage: Stage, web: str) -> None:
    """AWS takes no second one: the rule's goes first, and what comes back in its place is ours."""
    assert operator.setup(web).failures == []
    stage.clock.advance(3600)
    stage.cloud.flow_log_of_rule(web, WEB)
    stage.aws.scenario.flow_logs_per_resource = 1

    assert operator.apply(web, take_over=True).failures == []

    assert stage.cloud.flow_log_of(web)["Tags"] == {}


# Holes.


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        ("logs:GetLogEvents", "Newest records"),
        ("logs:DescribeLogStreams", "Log streams"),
        ("logs:DescribeLogGroups", "Log groups"),
        ("ec2:DescribeSubnets", "Subnets"),
        ("ec2:DescribeNetworkInterfaces", "Network interfaces"),
        ("iam:ListRolePolicies", "Policies of roles"),
    ],
)
def test_what_can_t_be_read_costs_nothing_but_itself(
    operator: Operator, stage: Stage, web: str, operation: str, what: str
) -> None:
    """A region is lost by nothing that it can be told without."""
    stage.cloud.eni(stage.cloud.subnet(web))
    assert operator.apply(web).failures == []
    stage.aws.deliver()
    stage.aws.scenario.late_stream_times = True
    operator.may(without(document("report"), operation))

    model = operator.model(web)

    assert web in {target["resource_id"] for target in model["targets"]}
    assert [log["resource_id"] for log in model["flow_logs"]] == [web]
    holes = [entry for entry in model["not_read"] if entry["message"].startswith(what)]
    assert len(holes) == 1 and operation in holes[0]["message"], json.dumps(model["not_read"])
    things = ("Subnets", "Network interfaces")
    assert holes[0]["severity"] == ("error" if what in things else "warning")
    assert [entry for entry in model["not_read"] if entry["what"] == "the region"] == []


def test_log_groups_that_can_t_be_read_are_not_taken_for_missing(operator: Operator, stage: Stage, web: str) -> None:
    assert operator.apply(web).failures == []
    operator.may(without(document("report"), "logs:DescribeLogGroups"))

    model = operator.model(web)

    (log,) = model["flow_logs"]
    assert log["delivery"]["log_group_exists"] is None
    assert "could not be seen" in log["delivery"]["message"]
    assert "missing_log_group" not in {finding["kind"] for finding in model["findings"]}


def test_the_report_says_what_is_recorded_twice_and_by_whom(operator: Operator, stage: Stage, web: str) -> None:
    assert operator.apply(web).failures == []
    rules = stage.cloud.flow_log_of_rule(web, f"/aws/vpc/{web}")
    stage.aws.deliver()

    model = operator.model(web)

    (entry,) = [finding for finding in model["findings"] if finding["kind"] == "recorded_twice"]
    assert (entry["severity"], entry["subject"]) == ("warning", web)
    assert rules in entry["message"] and "paid more than once" in entry["message"]
    assert {log["flow_log_id"]: log["managed_by_rule"] for log in model["flow_logs"]}[rules] is True
