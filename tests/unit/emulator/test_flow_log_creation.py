# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CreateFlowLogs, as docs/aws-behaviour.md sections 1 and 2 describe it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ACCOUNT
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import NO_VPC
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import REGION
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import refused
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import trust

SOURCE = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/*"


def test_a_flow_log_by_group_name(estate: Estate) -> None:
    estate.role()
    vpc = estate.vpc()
    tags = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "project", "Value": "shop"}]}]
    answer = estate.create(vpc, TagSpecifications=tags)
    (flow_log,) = estate.flow_logs()
    assert answer["FlowLogIds"] == [flow_log["FlowLogId"]]
    assert answer["ClientToken"]
    assert answer["Unsuccessful"] == []
    del flow_log["CreationTime"], flow_log["FlowLogId"]
    assert flow_log == {
        "DeliverLogsPermissionArn": ROLE_ARN,
        "DeliverLogsStatus": "SUCCESS",
        "FlowLogStatus": "ACTIVE",
        "LogGroupName": GROUP,
        "ResourceId": vpc,
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "LogFormat": (
            "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol}"
            " ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
        ),
        "Tags": [{"Key": "project", "Value": "shop"}],
        "MaxAggregationInterval": 600,
    }


def test_a_flow_log_by_group_arn_shows_the_name_too(estate: Estate) -> None:
    estate.role()
    estate.create(estate.vpc(), LogGroupName=None, LogDestination=GROUP_ARN)
    (flow_log,) = estate.flow_logs(Filters=[{"Name": "log-group-name", "Values": [GROUP]}])
    assert (flow_log["LogGroupName"], flow_log["LogDestination"]) == (GROUP, GROUP_ARN)
    assert flow_log["DeliverLogsStatus"] == "SUCCESS"


def test_a_wildcard_in_the_arn_becomes_part_of_the_name_and_delivery_fails(estate: Estate) -> None:
    estate.role()
    estate.create(estate.vpc(), LogGroupName=None, LogDestination=f"{GROUP_ARN}:*")
    (flow_log,) = estate.flow_logs()
    assert (flow_log["LogGroupName"], flow_log["DeliverLogsStatus"]) == (f"{GROUP}:*", "SUCCESS")
    estate.aws.deliver()
    (flow_log,) = estate.flow_logs()
    assert (flow_log["DeliverLogsStatus"], flow_log["DeliverLogsErrorMessage"]) == ("FAILED", "Access error")


def test_other_settings_come_back(estate: Estate) -> None:
    estate.role()
    specification = [{"ResourceType": "instance", "TagKeys": ["Name"]}]
    estate.create(
        estate.vpc(),
        LogFormat="${version} ${instance-tag}",
        MaxAggregationInterval=60,
        DeliverCrossAccountRole=ROLE_ARN,
        TagFieldSpecifications=specification,
    )
    (flow_log,) = estate.flow_logs()
    assert (flow_log["LogFormat"], flow_log["MaxAggregationInterval"]) == ("${version} ${instance-tag}", 60)
    assert (flow_log["DeliverCrossAccountRole"], flow_log["TagFieldSpecifications"]) == (ROLE_ARN, specification)


S3 = {"LogDestinationType": "s3", "LogGroupName": None}
EXAMPLE_BUCKET = "arn:aws:s3:::records/folder/"


@pytest.mark.parametrize(
    ("changes", "expected", "words"),
    [
        ({"TrafficType": None}, "MissingParameter", "TrafficType"),
        ({"TrafficType": "SOME"}, "InvalidParameter", "traffic type"),
        ({"ResourceType": "Vpc"}, "InvalidParameter", "resource type"),
        ({"ResourceType": "Subnet"}, "InvalidParameter", "Invalid Resource id vpc-"),
        ({"LogDestination": GROUP_ARN}, "InvalidParameter", "Please only provide LogGroupName or only provide"),
        ({"LogGroupName": None}, "InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided."),
        (
            {"DeliverLogsPermissionArn": None},
            "InvalidParameter",
            "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
        ),
        (
            {"LogDestinationType": "s3"},
            "InvalidParameter",
            "LogDestination type must be cloud-watch-logs if LogGroupName is provided.",
        ),
        ({**S3, "LogDestination": EXAMPLE_BUCKET}, "InvalidParameter", "is not applicable for s3 delivery"),
        ({"LogGroupName": "a b"}, "InvalidParameter", "LogGroupName"),
        ({"LogGroupName": None, "LogDestination": GROUP}, "InvalidParameter", "LogDestination"),
        ({"LogFormat": "${version} "}, "InvalidParameterValue", "at 'logFormat' has an invalid format"),
        ({"LogFormat": "$${version}"}, "InvalidParameterValue", "at 'logFormat' has an invalid format"),
        ({"LogFormat": "${version"}, "InvalidParameterValue", "at 'logFormat' has an invalid format"),
        ({"LogFormat": "${instance-tag}"}, "InvalidParameter", "The TagFieldSpecifications parameter must be set"),
        ({"MaxAggregationInterval": 300}, "InvalidParameter", "Invalid Flow Log Max Aggregation Interval"),
        ({"ClientToken": "x" * 65}, "InvalidClientToken", ""),
        ({"ResourceIds": [NO_VPC] * 301}, "InvalidParameterValue", "300"),
        ({"ResourceIds": ["vpc-123"]}, "InvalidVpcID.Malformed", "vpc-123"),
        ({"ResourceIds": []}, "MissingParameter", "ResourceId"),
        (
            {"TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]},
            "InvalidParameterValue",
            "taggable",
        ),
        (
            {"TagSpecifications": [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "aws:a", "Value": "b"}]}]},
            "InvalidParameterValue",
            "reserved",
        ),
        (
            {"LogDestinationType": "kinesis-data-firehose", "LogGroupName": None, "DeliverLogsPermissionArn": None}
            | {"LogDestination": "arn:aws:firehose:x", "DeliverCrossAccountRole": ROLE_ARN},
            "InvalidParameter",
            "both the DeliverLogsPermissionArn and DeliverCrossAccountRole fields must be set.",
        ),
    ],
)
def test_what_is_refused_as_a_whole(estate: Estate, changes: dict[str, Any], expected: str, words: str) -> None:
    estate.role()
    got, message, status = refused(lambda: estate.create(estate.vpc(), **changes))
    assert (got, status) == (expected, 400)
    assert words in message
    assert estate.flow_logs() == []


def test_a_dry_run_creates_nothing(estate: Estate) -> None:
    estate.role()
    assert refused(lambda: estate.create(estate.vpc(), DryRun=True))[::2] == ("DryRunOperation", 412)
    assert estate.flow_logs() == []


def test_to_s3(estate: Estate) -> None:
    arguments = {**S3, "DeliverLogsPermissionArn": None, "LogDestination": EXAMPLE_BUCKET}
    vpc = estate.vpc()
    (entry,) = estate.create(vpc, **arguments)["Unsuccessful"]
    assert entry["Error"] == {"Code": "400", "Message": "LogDestination: records does not exist"}
    where = {"LocationConstraint": REGION}
    estate.client("s3").create_bucket(Bucket="records", CreateBucketConfiguration=where)
    estate.create(vpc, **arguments)
    (flow_log,) = estate.flow_logs()
    assert flow_log["DestinationOptions"]["FileFormat"] == "plain-text"
    assert "LogGroupName" not in flow_log


def test_a_transit_gateway_takes_no_traffic_type_and_only_60_seconds(estate: Estate) -> None:
    estate.role()
    gateway = "tgw-0123456789abcdef0"
    other = {"ResourceType": "TransitGateway", "TrafficType": None}
    assert code(lambda: estate.create(gateway, ResourceType="TransitGateway")) == "InvalidParameter"
    assert code(lambda: estate.create(gateway, **other, MaxAggregationInterval=600)) == "InvalidParameter"
    estate.create(gateway, **other)
    (flow_log,) = estate.flow_logs()
    assert flow_log["MaxAggregationInterval"] == 60
    assert "TrafficType" not in flow_log


@pytest.mark.parametrize(
    "document",
    [
        trust("ec2.amazonaws.com"),
        trust(Effect="Deny"),
        trust(Condition={"StringEquals": {"aws:SourceAccount": "210987654321"}}),
        trust(Condition={"ArnLike": {"aws:SourceArn": SOURCE.replace(REGION, "us-east-1")}}),
        trust(Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}}),
    ],
)
def test_the_role_must_trust_the_service_for_this_account(estate: Estate, document: str) -> None:
    estate.role(document=document)
    expected = ("InvalidParameter", f"Unable to assume given IAM role: '{ROLE_ARN}'", 400)
    assert refused(lambda: estate.create(estate.vpc())) == expected
    assert estate.flow_logs() == []


@pytest.mark.parametrize(
    "document",
    [
        trust(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": SOURCE}}),
        trust(Action=["sts:TagSession", "sts:AssumeRole"]),
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    json.loads(trust("ec2.amazonaws.com"))["Statement"][0],
                    json.loads(trust())["Statement"][0],
                ],
            }
        ),
    ],
)
def test_a_restricted_or_shared_trust_is_good_enough(estate: Estate, document: str) -> None:
    estate.role(document=document)
    assert len(estate.create(estate.vpc())["FlowLogIds"]) == 1


def test_a_role_that_is_not_there_or_of_another_account(estate: Estate) -> None:
    vpc = estate.vpc()
    assert "Unable to assume" in refused(lambda: estate.create(vpc))[1]
    estate.client("iam", account="210987654321").create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust())
    foreign = ROLE_ARN.replace(ACCOUNT, "210987654321")
    assert "Unable to assume" in refused(lambda: estate.create(vpc, DeliverLogsPermissionArn=foreign))[1]


def test_a_new_role_and_a_new_trust_need_their_time(estate: Estate) -> None:
    estate.aws.scenario.role_delay = 10
    vpc = estate.vpc()
    estate.role(document=trust("ec2.amazonaws.com"))
    estate.clock.advance(60)
    estate.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust())
    assert "Unable to assume" in refused(lambda: estate.create(vpc))[1]
    estate.clock.advance(10)
    estate.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust(Effect="Deny"))
    # The old trust is the one that counts still.
    assert len(estate.create(vpc)["FlowLogIds"]) == 1


def test_an_unassumable_role_may_be_told_in_unsuccessful(estate: Estate) -> None:
    estate.aws.use("young-role-listed")
    estate.role()
    vpcs = [estate.vpc(), estate.vpc()]
    answer = estate.create(*vpcs)
    assert (answer["FlowLogIds"], [entry["ResourceId"] for entry in answer["Unsuccessful"]]) == ([], vpcs)
    assert "Unable to assume given IAM role" in answer["Unsuccessful"][0]["Error"]["Message"]
    estate.clock.advance(8)
    assert len(estate.create(*vpcs)["FlowLogIds"]) == 2


def test_the_same_flow_log_twice(estate: Estate) -> None:
    estate.role()
    old, new = estate.vpc(), estate.vpc()
    estate.create(old)
    words = "Error. There is an existing Flow Log with the same configuration and log destination."
    assert refused(lambda: estate.create(new, old)) == ("FlowLogAlreadyExists", words, 400)
    assert code(lambda: estate.create(old, LogGroupName=None, LogDestination=GROUP_ARN)) == "FlowLogAlreadyExists"
    assert code(lambda: estate.create(old, LogFormat="${version}")) == "FlowLogAlreadyExists"
    assert [entry["ResourceId"] for entry in estate.flow_logs()] == [old]


@pytest.mark.parametrize(
    ("identity", "changes", "allowed"),
    [
        ("traffic_type", {"TrafficType": "REJECT"}, True),
        ("traffic_type", {"LogGroupName": "other"}, True),
        ("traffic_type", {"MaxAggregationInterval": 60}, False),
        ("format", {"MaxAggregationInterval": 60}, True),
        ("format", {"LogFormat": "${version}"}, True),
        ("format", {}, False),
        ("destination", {"TrafficType": "REJECT"}, False),
        ("destination", {"LogGroupName": "other"}, True),
    ],
)
def test_what_is_the_same_is_the_scenarios_choice(
    estate: Estate, identity: str, changes: dict[str, Any], allowed: bool
) -> None:
    estate.role()
    estate.aws.scenario.identity = identity
    vpc = estate.vpc()
    estate.create(vpc)
    if allowed:
        estate.create(vpc, **changes)
    else:
        assert code(lambda: estate.create(vpc, **changes)) == "FlowLogAlreadyExists"
    assert len(estate.flow_logs()) == 1 + allowed


def test_a_client_token_repeats_the_answer(estate: Estate) -> None:
    estate.role()
    vpc, other = estate.vpc(), estate.vpc()
    first = estate.create(vpc, ClientToken="once")
    estate.ec2.delete_flow_logs(FlowLogIds=first["FlowLogIds"])
    again = estate.create(vpc, ClientToken="once")
    assert (again["FlowLogIds"], again["ClientToken"]) == (first["FlowLogIds"], "once")
    assert estate.flow_logs() == []
    assert code(lambda: estate.create(other, ClientToken="once")) == "IdempotentParameterMismatch"


def test_missing_resources_in_unsuccessful(estate: Estate) -> None:
    estate.role()
    vpc = estate.vpc()
    answer = estate.create(NO_VPC, vpc)
    assert len(answer["FlowLogIds"]) == 1
    error = {"Code": "InvalidVpcID.NotFound", "Message": f"Unknown resource {NO_VPC}"}
    assert answer["Unsuccessful"] == [{"ResourceId": NO_VPC, "Error": error}]


@pytest.mark.parametrize(("scenario", "made"), [("exceptions", 0), ("partial", 1)])
def test_missing_resources_as_an_exception(estate: Estate, scenario: str, made: int) -> None:
    estate.role()
    estate.aws.use(scenario)
    got, message, _status = refused(lambda: estate.create(estate.vpc(), NO_VPC, estate.vpc()))
    assert got == "InvalidVpcID.NotFound"
    assert NO_VPC in message
    assert len(estate.flow_logs()) == made


def test_subnets_and_interfaces(estate: Estate) -> None:
    estate.role()
    subnet = estate.ec2.create_subnet(VpcId=estate.vpc(), CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    made = estate.ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    for kind, there in (("Subnet", subnet), ("NetworkInterface", made)):
        nobody = f"{there.split('-')[0]}-0123456789abcdef0"
        answer = estate.create(there, nobody, ResourceType=kind)
        assert len(answer["FlowLogIds"]) == 1
        assert answer["Unsuccessful"][0]["ResourceId"] == nobody
