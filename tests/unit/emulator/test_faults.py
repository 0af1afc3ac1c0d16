# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults: off until a scenario switches them on."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.exceptions import ConnectionClosedError

from ansible_collections.netops.flow_logs.tests.emulator import BadResource
from ansible_collections.netops.flow_logs.tests.emulator import Break
from ansible_collections.netops.flow_logs.tests.emulator import Lag
from ansible_collections.netops.flow_logs.tests.emulator import PassRoleDenied
from ansible_collections.netops.flow_logs.tests.emulator import Refusal
from ansible_collections.netops.flow_logs.tests.emulator import Resurrection
from ansible_collections.netops.flow_logs.tests.emulator import Scenario
from ansible_collections.netops.flow_logs.tests.emulator import Throttle
from ansible_collections.netops.flow_logs.tests.emulator import aborted
from ansible_collections.netops.flow_logs.tests.emulator import denied
from ansible_collections.netops.flow_logs.tests.emulator import region_denied
from ansible_collections.netops.flow_logs.tests.emulator.scenario import RegionsOff
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import policy
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import refused
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import trust


def _codes(call: Callable[[], Any], times: int) -> Counter[str]:
    """How the calls end."""
    outcomes: Counter[str] = Counter()
    for _number in range(times):
        try:
            call()
            outcomes["ok"] += 1
        except ClientError as error:
            outcomes[error.response["Error"]["Code"]] += 1
    return outcomes


# denied, refused


@pytest.mark.parametrize(
    ("operation", "service", "call", "expected"),
    [
        ("ec2:DescribeFlowLogs", "ec2", lambda client: client.describe_flow_logs(), ("UnauthorizedOperation", 403)),
        ("iam:List*", "iam", lambda client: client.list_roles(), ("AccessDenied", 403)),
        ("logs:*", "logs", lambda client: client.describe_log_groups(), ("AccessDeniedException", 400)),
        ("sts:*", "sts", lambda client: client.get_caller_identity(), ("AccessDenied", 403)),
    ],
)
def test_denied_operations(
    estate: Estate, operation: str, service: str, call: Callable[[Any], Any], expected: tuple[str, int]
) -> None:
    estate.aws.use(Scenario(refusals=denied(operation)))
    assert refused(lambda: call(estate.client(service)))[::2] == expected
    # Not for the test itself, which looks at what there is.
    call(estate.client(service, by_test=True))


@pytest.mark.parametrize("answer", ["AuthFailure", "OptInRequired"])
def test_a_region_that_is_not_enabled(estate: Estate, answer: str) -> None:
    estate.aws.use(Scenario(refusals=region_denied("af-south-1", answer)))
    assert refused(lambda: estate.client("ec2", "af-south-1").describe_vpcs())[::2] == (answer, 401)
    assert code(lambda: estate.client("logs", "af-south-1").describe_log_groups()) == "UnrecognizedClientException"
    estate.ec2.describe_vpcs()


@pytest.mark.parametrize("ec2_says", ["AuthFailure", "OptInRequired"])
def test_a_region_that_is_off(estate: Estate, ec2_says: str) -> None:
    estate.aws.use(Scenario(regions_off=[RegionsOff(["af-*"], ["123*"], ec2_says)]))
    token = "The security token included in the request is invalid."
    assert refused(lambda: estate.client("ec2", "af-south-1").describe_vpcs())[::2] == (ec2_says, 401)
    logs = estate.client("logs", "af-south-1")
    assert refused(logs.describe_log_groups) == ("UnrecognizedClientException", token, 400)
    sts = estate.client("sts", "af-south-1")
    assert refused(sts.get_caller_identity) == ("InvalidClientTokenId", token, 403)
    # Not in the others, not for other accounts, and not for the test itself.
    estate.client("sts").get_caller_identity()
    estate.client("ec2", "af-south-1", account="210987654321").describe_vpcs()
    estate.client("ec2", "af-south-1", by_test=True).describe_vpcs()
    listed = {entry["RegionName"] for entry in estate.ec2.describe_regions()["Regions"]}
    assert "af-south-1" not in listed
    assert "eu-west-1" in listed
    every = {entry["RegionName"] for entry in estate.ec2.describe_regions(AllRegions=True)["Regions"]}
    assert "af-south-1" in every


def test_accounts_and_times(estate: Estate) -> None:
    refusal = Refusal(["iam:*"], accounts=["2*"], times=2, code="ServiceFailure", message="no", status=500)
    estate.aws.use(Scenario(refusals=[refusal]))
    other = estate.client("iam", account="210987654321")
    assert _codes(other.list_roles, 4) == {"ServiceFailure": 2, "ok": 2}
    assert _codes(estate.iam.list_roles, 1) == {"ok": 1}


def test_refuse(estate: Estate) -> None:
    estate.aws.refuse("logs:CreateLogGroup", "LimitExceededException", "Resource limit exceeded.")
    create = partial(estate.logs.create_log_group, logGroupName=GROUP)
    assert refused(create) == ("LimitExceededException", "Resource limit exceeded.", 400)
    create()


def test_pass_role_denied(estate: Estate) -> None:
    estate.role()
    vpc = estate.vpc()
    estate.aws.use(Scenario(pass_role_denied=[PassRoleDenied(callers=["*:user/moto"])]))
    got, message, status = refused(lambda: estate.create(vpc))
    assert (got, status) == ("UnauthorizedOperation", 403)
    reason = json.loads(base64.urlsafe_b64decode(message.rsplit(" ", 1)[1]))
    assert (reason["action"], reason["resource"]) == ("iam:PassRole", ROLE_ARN)
    estate.aws.use(Scenario(pass_role_denied=[PassRoleDenied(callers=["*:user/alice"])]))
    estate.create(vpc)


# resources that are refused


def test_bad_resources_in_unsuccessful(estate: Estate) -> None:
    estate.role()
    good, bad = estate.vpc(), estate.vpc()
    estate.aws.use(Scenario(bad_resources=[BadResource([bad], times=1)]))
    answer = estate.create(good, bad)
    ((resource_id, error),) = [(entry["ResourceId"], entry["Error"]) for entry in answer["Unsuccessful"]]
    assert (resource_id, error["Code"], bad in error["Message"]) == (bad, "400", True)
    assert [entry["ResourceId"] for entry in estate.flow_logs()] == [good]
    estate.create(bad)


def test_bad_resources_as_exceptions(estate: Estate) -> None:
    estate.role()
    good, bad = estate.vpc(), estate.vpc()
    fault = BadResource([bad], code="UnauthorizedOperation", message="Not on {resource_id}", as_exception=True)
    estate.aws.use(Scenario(bad_resources=[fault]))
    assert refused(lambda: estate.create(good, bad))[:2] == ("UnauthorizedOperation", f"Not on {bad}")
    assert estate.flow_logs() == []


def test_a_share_of_the_resources_is_bad_and_always_the_same(estate: Estate) -> None:
    estate.role()
    vpcs = [estate.vpc() for _number in range(30)]
    estate.aws.use(Scenario(bad_resources=[BadResource(share=0.5)]))
    first = {entry["ResourceId"] for entry in estate.create(*vpcs)["Unsuccessful"]}
    assert 2 < len(first) < 28
    again = estate.create(*sorted(first))
    assert ({entry["ResourceId"] for entry in again["Unsuccessful"]}, again["FlowLogIds"]) == (first, [])


def test_the_limit_of_a_resource(estate: Estate) -> None:
    estate.role()
    estate.aws.use("limit")
    vpc = estate.vpc()
    estate.create(vpc)
    assert code(lambda: estate.create(vpc, LogGroupName="other")) == "FlowLogsLimitExceeded"


# rates


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "burst", "refill", "expected"),
    [
        ("ec2", "describe_flow_logs", {}, 100, 20, ("RequestLimitExceeded", 503)),
        ("ec2", "describe_network_interfaces", {}, 50, 10, ("RequestLimitExceeded", 503)),
        ("ec2", "describe_network_interfaces", {"MaxResults": 5}, 100, 20, ("RequestLimitExceeded", 503)),
        ("logs", "describe_log_groups", {}, 10, 10, ("ThrottlingException", 400)),
        ("logs", "list_tags_for_resource", {"resourceArn": GROUP_ARN}, 5, 5, ("ThrottlingException", 400)),
        ("iam", "get_role", {"RoleName": ROLE}, 100, 20, ("Throttling", 400)),
    ],
)
def test_request_rates(
    estate: Estate,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    burst: int,
    refill: int,
    expected: tuple[str, int],
) -> None:
    estate.role()
    estate.client("logs", by_test=True).create_log_group(logGroupName=GROUP)
    # A fifth of the rates, for a fifth of the calls.
    estate.aws.use(Scenario(rates=0.2))
    burst, refill = burst // 5, refill // 5
    call = getattr(estate.client(service), operation)
    assert _codes(lambda: call(**arguments), burst) == {"ok": burst}
    assert refused(lambda: call(**arguments))[::2] == expected
    estate.clock.advance(1)
    assert _codes(lambda: call(**arguments), refill + 1) == {"ok": refill, expected[0]: 1}


def test_writes_have_a_smaller_bucket_and_each_region_its_own(estate: Estate) -> None:
    estate.aws.use("rates")
    delete = partial(estate.ec2.delete_flow_logs, FlowLogIds=["fl-0"])
    assert _codes(delete, 51) == {"ok": 50, "RequestLimitExceeded": 1}
    estate.client("ec2", "us-east-1").delete_flow_logs(FlowLogIds=["fl-0"])


def test_rates_can_be_a_fraction(estate: Estate) -> None:
    estate.aws.use(Scenario(rates=0.1))
    assert _codes(estate.ec2.describe_flow_logs, 11) == {"ok": 10, "RequestLimitExceeded": 1}


def test_throttling_by_chance_repeats_with_the_seed(estate: Estate) -> None:
    def outcomes(seed: int) -> list[str]:
        estate.aws.forget()
        estate.aws.use(Scenario(seed=seed, throttles=[Throttle(share=0.3)]))
        _codes(estate.iam.list_roles, 40)
        return [call.outcome for call in estate.aws.calls]

    first = outcomes(1)
    assert 4 <= first.count("Throttling") <= 20
    assert outcomes(1) == first != outcomes(2)


# log groups: conflicts, resurrection


def test_aborted_writes(estate: Estate) -> None:
    estate.aws.use(Scenario(refusals=[aborted(times=1)]))
    create = partial(estate.logs.create_log_group, logGroupName=GROUP)
    assert code(create) == "OperationAbortedException"
    create()


def test_two_writes_on_one_group_at_a_time(estate: Estate) -> None:
    estate.aws.use(Scenario(conflict_window_ms=20))
    estate.logs.create_log_group(logGroupName=GROUP)
    estate.logs.create_log_group(logGroupName="another")
    tag = partial(estate.logs.tag_resource, resourceArn=GROUP_ARN, tags={"a": "b"})
    assert code(tag) == "OperationAbortedException"
    assert estate.logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    estate.clock.advance(0.021)
    tag()


def _group_with_flow_log(estate: Estate) -> str:
    estate.role()
    estate.logs.create_log_group(logGroupName=GROUP, tags={"a": "b"})
    estate.logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    return str(estate.create(estate.vpc())["FlowLogIds"][0])


def test_records_in_flight_bring_a_group_back(estate: Estate) -> None:
    estate.aws.use(Scenario(resurrection=Resurrection(within_seconds=60, after_seconds=5)))
    flow_log = _group_with_flow_log(estate)
    estate.ec2.delete_flow_logs(FlowLogIds=[flow_log])
    estate.clock.advance(30)
    estate.logs.delete_log_group(logGroupName=GROUP)
    assert estate.groups() == {}
    estate.clock.advance(5)
    assert "retentionInDays" not in estate.groups()[GROUP]
    assert estate.logs.list_tags_for_resource(resourceArn=GROUP_ARN)["tags"] == {}


@pytest.mark.parametrize("reason", ["late", "role gone", "may not create"])
def test_a_group_stays_deleted(estate: Estate, reason: str) -> None:
    estate.aws.use("resurrection")
    flow_log = _group_with_flow_log(estate)
    estate.ec2.delete_flow_logs(FlowLogIds=[flow_log])
    if reason == "late":
        estate.clock.advance(61)
    elif reason == "may not create":
        document = policy("logs:CreateLogStream", "logs:PutLogEvents")
        estate.iam.put_role_policy(RoleName=ROLE, PolicyName="deliver", PolicyDocument=document)
    else:
        estate.iam.delete_role_policy(RoleName=ROLE, PolicyName="deliver")
        estate.iam.delete_role(RoleName=ROLE)
    estate.logs.delete_log_group(logGroupName=GROUP)
    assert estate.groups() == {}


def test_a_live_flow_log_brings_its_group_back(estate: Estate) -> None:
    estate.aws.use("resurrection")
    _group_with_flow_log(estate)
    estate.clock.advance(3600)
    estate.logs.delete_log_group(logGroupName=GROUP)
    assert list(estate.groups()) == [GROUP]


# delivery


def test_records_create_the_group_when_the_role_may(estate: Estate) -> None:
    estate.role()
    estate.create(estate.vpc())
    assert estate.groups() == {}
    estate.aws.deliver()
    (stream,) = estate.logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert stream["logStreamName"].startswith("eni-")
    assert estate.flow_logs()[0]["DeliverLogsStatus"] == "SUCCESS"


@pytest.mark.parametrize(("clears", "status"), [(True, "SUCCESS"), (False, "FAILED")])
def test_a_role_that_may_not_write(estate: Estate, clears: bool, status: str) -> None:
    estate.aws.scenario.delivery_errors_clear = clears
    estate.role(may=())
    estate.logs.create_log_group(logGroupName=GROUP)
    managed = estate.iam.create_policy(
        PolicyName="send", PolicyDocument=policy("logs:CreateLogStream", "logs:PutLogEvents", resource=GROUP_ARN)
    )["Policy"]["Arn"]
    estate.iam.attach_role_policy(RoleName=ROLE, PolicyArn=managed)
    estate.create(estate.vpc())
    estate.aws.deliver()
    # Stream-level actions need the ARN with ':*'.
    assert estate.flow_logs()[0]["DeliverLogsErrorMessage"] == "Access error"
    better = policy("logs:CreateLogStream", "logs:PutLogEvents", resource=f"{GROUP_ARN}:*")
    estate.iam.create_policy_version(PolicyArn=managed, PolicyDocument=better, SetAsDefault=True)
    estate.aws.deliver()
    assert estate.flow_logs()[0]["DeliverLogsStatus"] == status


# reads that are late


def test_flow_logs_show_late(estate: Estate) -> None:
    estate.role()
    vpc = estate.vpc()
    estate.aws.use("lag")
    (made,) = estate.create(vpc)["FlowLogIds"]
    estate.ec2.create_tags(Resources=[made], Tags=[{"Key": "a", "Value": "b"}])
    assert estate.ec2.describe_flow_logs()["FlowLogs"] == []
    assert len(estate.flow_logs()) == 1
    estate.clock.advance(2)
    assert estate.ec2.describe_flow_logs()["FlowLogs"][0]["Tags"] == [{"Key": "a", "Value": "b"}]
    estate.ec2.delete_flow_logs(FlowLogIds=[made])
    assert len(estate.ec2.describe_flow_logs()["FlowLogs"]) == 1
    estate.clock.advance(2)
    assert estate.ec2.describe_flow_logs()["FlowLogs"] == []


def test_changes_of_a_role_show_late(estate: Estate) -> None:
    estate.aws.use("lag")
    estate.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    assert refused(lambda: estate.iam.get_role(RoleName=ROLE))[0] == "NoSuchEntity"
    estate.clock.advance(1)
    arn = estate.iam.create_policy(PolicyName="send", PolicyDocument=policy("logs:*"))["Policy"]["Arn"]
    estate.iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    estate.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust())
    estate.clock.advance(1)
    # The role is there by now, what was done a second later is not.
    assert "ec2." in json.dumps(estate.iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"])
    assert estate.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"] == []
    estate.clock.advance(1)
    assert "vpc-flow" in json.dumps(estate.iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"])
    assert len(estate.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]) == 1
    estate.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("logs:Put*"), SetAsDefault=True)
    assert estate.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    estate.clock.advance(2)
    assert estate.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"


def test_changes_of_a_log_group_show_late(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP)
    estate.aws.use(Scenario(lag=Lag(services=["logs"])))
    estate.logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    estate.logs.tag_resource(resourceArn=GROUP_ARN, tags={"a": "b"})
    assert "retentionInDays" not in estate.logs.describe_log_groups()["logGroups"][0]
    assert estate.logs.list_tags_for_resource(resourceArn=GROUP_ARN)["tags"] == {}
    estate.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust())
    estate.iam.get_role(RoleName=ROLE)
    estate.clock.advance(2)
    assert estate.logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    assert estate.logs.list_tags_for_resource(resourceArn=GROUP_ARN)["tags"] == {"a": "b"}


def test_a_share_of_the_reads_is_late(estate: Estate) -> None:
    estate.aws.use(Scenario(lag=Lag(share=0.5)))
    estate.role()
    outcomes = _codes(lambda: estate.iam.get_role(RoleName=ROLE), 30)
    assert min(outcomes["ok"], outcomes["NoSuchEntity"]) > 4


def test_writes_may_not_see_either(estate: Estate) -> None:
    estate.aws.use("lag-writes")
    estate.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust())
    arn = estate.iam.create_policy(PolicyName="send", PolicyDocument=policy("logs:*"))["Policy"]["Arn"]
    estate.logs.create_log_group(logGroupName=GROUP)
    retain = partial(estate.logs.put_retention_policy, logGroupName=GROUP, retentionInDays=30)
    attach = partial(estate.iam.attach_role_policy, RoleName=ROLE, PolicyArn=arn)
    assert (code(retain), code(attach)) == ("ResourceNotFoundException", "NoSuchEntity")
    estate.clock.advance(2)
    retain()
    attach()


# connections


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("how", ["drop", "500"])
def test_answers_get_lost(estate: Estate, when: str, how: str, made: int) -> None:
    estate.role()
    vpc = estate.vpc()
    estate.aws.use(Scenario(breaks=[Break(["ec2:CreateFlowLogs"], times=1, when=when, how=how)]))
    if how == "drop":
        with pytest.raises(ConnectionClosedError):
            estate.create(vpc, ClientToken="once")
    else:
        assert refused(lambda: estate.create(vpc, ClientToken="once"))[::2] == ("InternalError", 500)
    assert [entry["ResourceId"] for entry in estate.flow_logs()] == [vpc] * made
    assert estate.aws.calls[-1].outcome == ("dropped" if how == "drop" else "InternalError")
    # A repeat with the same token makes one flow log, whatever happened.
    estate.create(vpc, ClientToken="once")
    assert len(estate.flow_logs()) == 1


@pytest.mark.parametrize(
    ("service", "call", "expected"),
    [
        ("iam", lambda client: client.list_roles(), "ServiceFailure"),
        ("logs", lambda client: client.describe_log_groups(), "ServiceUnavailableException"),
    ],
)
def test_each_service_fails_in_its_own_words(
    estate: Estate, service: str, call: Callable[[Any], Any], expected: str
) -> None:
    estate.aws.use(Scenario(breaks=[Break(how="500")]))
    assert refused(lambda: call(estate.client(service)))[::2] == (expected, 500)
