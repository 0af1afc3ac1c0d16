# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import Destination
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import DEFAULT_LOG_FORMAT
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import creatable_tags
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import create_request
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import described
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import to_result
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target

ROLE = "arn:aws:iam::123456789012:role/r"
ENTRY = {
    "CreationTime": datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC),
    "DeliverLogsPermissionArn": ROLE,
    "DeliverLogsStatus": "FAILED",
    "DeliverLogsErrorMessage": "Access error",
    "FlowLogId": "fl-1",
    "FlowLogStatus": "ACTIVE",
    "LogGroupName": "/x",
    "ResourceId": "vpc-00000001",
    "TrafficType": "REJECT",
    "LogDestinationType": "cloud-watch-logs",
    "LogFormat": "${version} ${action}",
    "MaxAggregationInterval": 60,
}


def test_what_aws_says_becomes_the_result() -> None:
    assert to_result(from_aws(ENTRY, {"a": "b"}), "replaced", ("fl-0",)) == {
        "resource_id": "vpc-00000001",
        "action": "replaced",
        "flow_log_id": "fl-1",
        "replaced_flow_log_ids": ["fl-0"],
        "log_destination_type": "cloud-watch-logs",
        "log_group_name": "/x",
        "traffic_type": "REJECT",
        "max_aggregation_interval": 60,
        "log_format": "${version} ${action}",
        "deliver_logs_permission_arn": ROLE,
        "deliver_logs_status": "FAILED",
        "deliver_logs_error_message": "Access error",
        "flow_log_status": "ACTIVE",
        "creation_time": "2026-01-01T12:00:00+00:00",
        "tags": {"a": "b"},
        "managed_by_rule": False,
    }


ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:/x"


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:*"])
def test_a_log_group_that_was_given_by_arn_is_told_as_it_was_given(arn: str) -> None:
    result = described(from_aws({**ENTRY, "LogDestination": arn}, {}))

    assert (result["log_group_name"], result["log_destination"]) == ("/x", arn)


@pytest.mark.parametrize("nothing", [{"LogDestination": ""}, {"LogDestination": None}, {"DestinationOptions": {}}])
def test_what_aws_leaves_empty_is_not_told(nothing: dict[str, object]) -> None:
    assert described(from_aws({**ENTRY, **nothing}, {})) == described(from_aws(ENTRY, {}))


def test_what_no_option_speaks_of_is_told() -> None:
    carried = {"destination_options": {"file_format": "parquet"}}

    assert described(from_aws(ENTRY, {}, carried)) == {**described(from_aws(ENTRY, {})), **carried}


def test_an_older_answer_gets_the_defaults() -> None:
    log = from_aws({"FlowLogId": "fl-1", "ResourceId": "vpc-00000001", "LogGroupName": "/x"}, {})

    assert log == FlowLog("vpc-00000001", log_group("/x"), "ALL", 600, DEFAULT_LOG_FORMAT, flow_log_id="fl-1")


def test_one_that_is_still_to_be_created_has_no_id_in_the_result() -> None:
    result = to_result(FlowLog("vpc-00000001", log_group("/x")), "created")

    assert not {"flow_log_id", "creation_time", "deliver_logs_status", "replaced_flow_log_ids"} & set(result)


@pytest.mark.parametrize(
    ("target", "resource_type"),
    [
        pytest.param(Target("vpc-00000001", "vpc"), "VPC", id="a VPC"),
        pytest.param(Target("subnet-00000001", "subnet"), "Subnet", id="a subnet"),
        pytest.param(Target("eni-00000001", "eni"), "NetworkInterface", id="a network interface"),
    ],
)
def test_the_request_for(target: Target, resource_type: str) -> None:
    log = FlowLog(target.resource_id, log_group("/x"), "ACCEPT", 60, "${version}", ROLE, {"a": "b"})

    assert create_request(log, target) == {
        "ResourceType": resource_type,
        "TrafficType": "ACCEPT",
        "MaxAggregationInterval": 60,
        "LogFormat": "${version}",
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": "/x",
        "DeliverLogsPermissionArn": ROLE,
    }


def test_a_bucket_gets_no_role_as_aws_refuses_one() -> None:
    log = FlowLog("vpc-00000001", Destination("s3", "arn:aws:s3:::b"), role_arn=ROLE)

    assert "DeliverLogsPermissionArn" not in create_request(log, Target("vpc-00000001", "vpc"))


def test_settings_that_no_option_speaks_of_come_back_in_the_request() -> None:
    settings = {
        "DeliverCrossAccountRole": ROLE,
        "DestinationOptions": {"FileFormat": "parquet"},
        "TagFieldSpecifications": [{"ResourceType": "instance", "TagKeys": ["Name"]}],
    }

    request = create_request(from_aws({**ENTRY, **settings}, {}), Target("vpc-00000001", "vpc"))

    assert {name: request.get(name) for name in settings} == settings


def test_facts_are_not_sent() -> None:
    request = create_request(from_aws(ENTRY, {}), Target("vpc-00000001", "vpc"))

    assert not {"CreationTime", "FlowLogStatus", "DeliverLogsStatus", "FlowLogId"} & set(request)


def test_tags_of_aws_are_not_created_again() -> None:
    log = FlowLog("vpc-00000001", log_group("/x"), tags={"owner": "me", "aws:cloudformation:stack-name": "s"})

    assert creatable_tags(log) == {"owner": "me"}
