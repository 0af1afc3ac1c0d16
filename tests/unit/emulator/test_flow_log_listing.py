# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DescribeFlowLogs, DeleteFlowLogs and tags, as docs/aws-behaviour.md sections 2 to 4 describe them."""

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import refused

NONE = "fl-0123456789abcdef0"


def _made(estate: Estate, count: int) -> list[str]:
    estate.role()
    return [str(made) for made in estate.create(*(estate.vpc() for _number in range(count)))["FlowLogIds"]]


def test_pages_of_the_asked_for_size(estate: Estate) -> None:
    made = _made(estate, 5)
    first = estate.ec2.describe_flow_logs(MaxResults=2)
    assert len(first["FlowLogs"]) == 2
    pages = estate.ec2.get_paginator("describe_flow_logs").paginate(PaginationConfig={"PageSize": 2})
    assert sorted(entry["FlowLogId"] for page in pages for entry in page["FlowLogs"]) == sorted(made)
    assert "NextToken" not in estate.ec2.describe_flow_logs()
    assert code(lambda: estate.ec2.describe_flow_logs(NextToken="!")) == "InvalidNextToken"


def test_the_scenario_can_make_pages_small(estate: Estate) -> None:
    made = _made(estate, 3)
    estate.aws.use("small-pages")
    first = estate.ec2.describe_flow_logs(MaxResults=1000)
    assert len(first["FlowLogs"]) == 2
    # What is deleted between two pages moves nothing.
    estate.ec2.delete_flow_logs(FlowLogIds=[first["FlowLogs"][0]["FlowLogId"]])
    second = estate.ec2.describe_flow_logs(NextToken=first["NextToken"])
    assert [entry["FlowLogId"] for entry in second["FlowLogs"]] == [max(made)]


def test_filters(estate: Estate) -> None:
    estate.role()
    vpc, other = estate.vpc(), estate.vpc()
    tags = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "project", "Value": "shop"}]}]
    (shop,) = estate.create(vpc, TrafficType="REJECT", TagSpecifications=tags)["FlowLogIds"]
    (rest,) = estate.create(other, LogGroupName="elsewhere")["FlowLogIds"]
    for name, value, found in (
        ("resource-id", vpc, [shop]),
        ("traffic-type", "REJECT", [shop]),
        ("traffic-type", "reject", []),
        ("log-group-name", GROUP, [shop]),
        ("log-group-name", "else*", [rest]),
        ("flow-log-id", NONE, []),
        ("deliver-log-status", "FAILED", []),
        ("log-destination-type", "s3", []),
        ("tag:project", "shop", [shop]),
        ("tag-key", "project", [shop]),
    ):
        entries = estate.ec2.describe_flow_logs(Filters=[{"Name": name, "Values": [value]}])["FlowLogs"]
        assert [entry["FlowLogId"] for entry in entries] == found, name
    two = [{"Name": "resource-id", "Values": [vpc, other]}, {"Name": "traffic-type", "Values": ["ALL"]}]
    assert [entry["FlowLogId"] for entry in estate.ec2.describe_flow_logs(Filters=two)["FlowLogs"]] == [rest]


@pytest.mark.parametrize(
    ("name", "count", "expected"),
    [("resource-id", 201, "FilterLimitExceeded"), ("log-destination", 1, "InvalidParameterValue")],
)
def test_filters_that_are_refused(estate: Estate, name: str, count: int, expected: str) -> None:
    filters = [{"Name": name, "Values": [f"vpc-{number}" for number in range(count)]}]
    assert code(lambda: estate.ec2.describe_flow_logs(Filters=filters)) == expected


def test_unknown_ids(estate: Estate) -> None:
    assert code(lambda: estate.ec2.describe_flow_logs(FlowLogIds=[NONE])) == "InvalidFlowLogId.NotFound"


def test_deletion_reports_what_is_missing(estate: Estate) -> None:
    made = _made(estate, 2)
    answer = estate.ec2.delete_flow_logs(FlowLogIds=[made[0], NONE, made[1]])
    ((resource_id, error),) = [(entry["ResourceId"], entry["Error"]) for entry in answer["Unsuccessful"]]
    assert (resource_id, error["Code"]) == (NONE, "InvalidFlowLogId.NotFound")
    assert estate.flow_logs() == []


@pytest.mark.parametrize(("scenario", "left"), [("exceptions", 2), ("partial", 1)])
def test_deletion_may_fail_as_a_whole(estate: Estate, scenario: str, left: int) -> None:
    made = _made(estate, 2)
    estate.aws.use(scenario)
    got = refused(lambda: estate.ec2.delete_flow_logs(FlowLogIds=[made[0], NONE, made[1]]))
    assert (got[0], NONE in got[1]) == ("InvalidFlowLogId.NotFound", True)
    assert len(estate.flow_logs()) == left


def test_deletion_of_nothing_is_refused(estate: Estate) -> None:
    message = "1 validation error detected: Value null at 'flowLogId' has an invalid format"
    assert refused(lambda: estate.ec2.delete_flow_logs(FlowLogIds=[])) == ("InvalidParameterValue", message, 400)


def test_tags(estate: Estate) -> None:
    (made,) = _made(estate, 1)
    tags = [{"Key": "project", "Value": "shop"}]
    estate.ec2.create_tags(Resources=[made], Tags=tags)
    assert estate.flow_logs()[0]["Tags"] == tags
    filters = [{"Name": "resource-type", "Values": ["vpc-flow-log"]}]
    (entry,) = estate.ec2.describe_tags(Filters=filters)["Tags"]
    assert (entry["ResourceId"], entry["ResourceType"]) == (made, "vpc-flow-log")
    estate.ec2.delete_tags(Resources=[made], Tags=[{"Key": "project"}])
    assert estate.flow_logs()[0]["Tags"] == []
    assert code(lambda: estate.ec2.create_tags(Resources=[NONE], Tags=tags)) == "InvalidFlowLogId.NotFound"
