# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import api
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import to_result
from ansible_collections.netops.flow_logs.tests.unit.support.clients import ANY
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients
from ansible_collections.netops.flow_logs.tests.unit.support.clients import retrying

REQUEST = {
    "ResourceType": "VPC",
    "TrafficType": "ALL",
    "MaxAggregationInterval": 600,
    "LogFormat": "${version}",
    "LogDestinationType": "cloud-watch-logs",
    "LogGroupName": "/x",
    "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/r",
}


def described(ids: list[str], **more: Any) -> dict[str, Any]:
    return {"Filters": [{"Name": "resource-id", "Values": ids}], "MaxResults": 1000, **more}


def entry(flow_log_id: str, resource_id: str, **more: Any) -> dict[str, Any]:
    return {"FlowLogId": flow_log_id, "ResourceId": resource_id, "LogGroupName": "/x", **more}


def test_flow_logs_are_looked_for_by_their_owner(stubs: StubbedClients) -> None:
    answer = {"FlowLogs": [entry("fl-1", "vpc-1", Tags=[{"Key": "a", "Value": "b"}])]}
    ec2 = stubs("ec2").expect("describe_flow_logs", answer, **described(["vpc-1", "vpc-2"]))

    [log] = api.describe_flow_logs(ec2.client, ["vpc-1", "vpc-2"])

    assert (log.flow_log_id, log.resource_id, log.tags) == ("fl-1", "vpc-1", {"a": "b"})


class Elsewhere:
    """EC2 with one flow log that other tools made. Not a script: older releases of botocore know not all of its members."""

    def describe_flow_logs(self, **_request: Any) -> dict[str, Any]:
        settings = {
            "LogGroupName": None,
            "LogDestinationType": "kinesis-data-firehose",
            "LogDestination": "arn:aws:firehose:x",
            "DeliverCrossAccountRole": "arn:aws:iam::210987654321:role/r",
            "DestinationOptions": {"FileFormat": "parquet", "HiveCompatiblePartitions": False},
            "TagFieldSpecifications": [{"ResourceType": "auto-scaling-group", "TagKeys": ["CostCentre", "Name"]}],
            "Tags": [{"Key": "CostCentre", "Value": "ReMains"}],
        }
        return {"FlowLogs": [entry("fl-1", "vpc-1", **settings)]}


def test_settings_of_other_tools_are_told_in_snake_case_but_for_the_users_own_words() -> None:
    [log] = api.describe_all_flow_logs(retrying(Elsewhere()))

    result = to_result(log, "unchanged")
    assert result["log_destination"] == "arn:aws:firehose:x"
    assert result["deliver_cross_account_role"] == "arn:aws:iam::210987654321:role/r"
    assert result["destination_options"] == {"file_format": "parquet", "hive_compatible_partitions": False}
    assert result["tag_field_specifications"] == [
        {"resource_type": "auto-scaling-group", "tag_keys": ["CostCentre", "Name"]}
    ]
    assert result["tags"] == {"CostCentre": "ReMains"}
    assert "log_group_name" not in result


def test_no_resources_cost_no_call(stubs: StubbedClients) -> None:
    assert api.describe_flow_logs(stubs("ec2").client, []) == []


def test_a_throttled_page_is_asked_for_again_by_itself(stubs: StubbedClients, clock: Clock) -> None:
    ec2 = stubs("ec2")
    ec2.expect("describe_flow_logs", {"FlowLogs": [entry("fl-1", "vpc-1")], "NextToken": "2"}, **described(["vpc-1"]))
    ec2.fail("describe_flow_logs", "RequestLimitExceeded", "Request limit exceeded.")
    ec2.expect("describe_flow_logs", {"FlowLogs": [entry("fl-2", "vpc-1")]}, **described(["vpc-1"], NextToken="2"))

    assert [log.flow_log_id for log in api.describe_flow_logs(ec2.client, ["vpc-1"])] == ["fl-1", "fl-2"]
    assert len(clock.slept) == 1


def test_a_filter_takes_two_hundred_resources(stubs: StubbedClients) -> None:
    ids = [f"vpc-{number}" for number in range(401)]
    ec2 = stubs("ec2")
    for part in (ids[:200], ids[200:400], ids[400:]):
        ec2.expect("describe_flow_logs", {"FlowLogs": [entry(f"fl-{part[0]}", part[0])]}, **described(part))

    found = api.describe_flow_logs(ec2.client, ids)

    assert [log.resource_id for log in found] == ["vpc-0", "vpc-200", "vpc-400"]


def test_creating_sends_a_token_and_tags_of_the_right_type(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2").expect(
        "create_flow_logs",
        {"FlowLogIds": ["fl-1"], "Unsuccessful": []},
        **REQUEST,
        ResourceIds=["vpc-1"],
        ClientToken=ANY,
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "a", "Value": "b"}]}],
    )

    assert api.create_flow_logs(ec2.client, ["vpc-1"], REQUEST, {"a": "b"}).refused == {}


def test_creating_without_tags_sends_no_empty_list_of_them(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2").expect("create_flow_logs", **REQUEST, ResourceIds=["vpc-1"], ClientToken=ANY)

    assert api.create_flow_logs(ec2.client, ["vpc-1"], REQUEST, {}).refused == {}


def test_a_retry_repeats_the_token_and_another_call_has_another(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2")
    tokens: list[str] = []

    class Token:
        def __eq__(self, other: object) -> bool:
            tokens.append(str(other))
            return isinstance(other, str) and 0 < len(other) <= 64

    expected = {**REQUEST, "ResourceIds": ["vpc-1"], "ClientToken": Token()}
    ec2.fail("create_flow_logs", "InternalError", "An internal error has occurred", **expected)
    ec2.expect("create_flow_logs", **expected)
    ec2.expect("create_flow_logs", **expected)

    api.create_flow_logs(ec2.client, ["vpc-1"], REQUEST, {})
    api.create_flow_logs(ec2.client, ["vpc-1"], REQUEST, {})

    first, again, other = tokens
    assert first == again != other


def test_failures_that_ec2_reports_without_failing_are_returned(stubs: StubbedClients) -> None:
    answer = {
        "FlowLogIds": [],
        "Unsuccessful": [{"ResourceId": "vpc-1", "Error": {"Code": "400", "Message": "Access Denied"}}],
    }
    ec2 = stubs("ec2").expect("create_flow_logs", answer, **REQUEST, ResourceIds=["vpc-1"], ClientToken=ANY)

    assert api.create_flow_logs(ec2.client, ["vpc-1"], REQUEST, {}).refused == {"vpc-1": ("vpc-1", "400", "Access Denied")}


def test_an_error_says_what_was_tried_and_has_awss_code_and_words(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2").fail("create_flow_logs", "InvalidParameter", "Unable to assume given IAM role: 'r'")

    with pytest.raises(AwsError) as error:
        api.create_flow_logs(ec2.client, ["vpc-1"], REQUEST, {})

    assert error.value.code == "InvalidParameter"
    assert error.value.reason == "Unable to assume given IAM role: 'r'"
    assert "create flow logs" in str(error.value)


def test_an_error_before_aws_was_reached_has_no_code_but_the_sdks_words() -> None:
    without_credentials = botocore.session.Session().create_client("ec2", region_name="eu-west-1")

    with pytest.raises(AwsError) as error:
        api.create_flow_logs(retrying(without_credentials), ["vpc-1"], REQUEST, {})

    assert error.value.code == ""
    assert error.value.reason == "Unable to locate credentials"


def test_deleting_returns_those_that_aws_refused(stubs: StubbedClients) -> None:
    refused = {"ResourceId": "fl-2", "Error": {"Code": "InvalidFlowLogId.NotFound", "Message": "not found: fl-2"}}
    ec2 = stubs("ec2").expect("delete_flow_logs", {"Unsuccessful": [refused]}, FlowLogIds=["fl-1", "fl-2"])

    assert api.delete_flow_logs(ec2.client, ["fl-1", "fl-2"]).refused == {
        "fl-2": ("fl-2", "InvalidFlowLogId.NotFound", "not found: fl-2")
    }


def test_an_answer_without_the_list_of_failures_is_a_success(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2").expect("delete_flow_logs", {}, FlowLogIds=["fl-1"])

    assert api.delete_flow_logs(ec2.client, ["fl-1"]).refused == {}


def test_tags_are_set_and_removed_by_key(stubs: StubbedClients) -> None:
    ec2 = stubs("ec2")
    ec2.expect("create_tags", Resources=["fl-1", "fl-2"], Tags=[{"Key": "a", "Value": "b"}])
    ec2.expect("delete_tags", Resources=["fl-1", "fl-2"], Tags=[{"Key": "c"}])

    api.create_tags(ec2.client, ["fl-1", "fl-2"], {"a": "b"})
    api.delete_tags(ec2.client, ["fl-1", "fl-2"], ["c"])


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("RequestLimitExceeded", id="a full token bucket"),
        pytest.param("EC2ThrottledException", id="its second name"),
        pytest.param("Unavailable", id="a server that is overloaded"),
        pytest.param("InternalError", id="an internal error"),
    ],
)
def test_what_passes_is_tried_again(stubs: StubbedClients, code: str) -> None:
    ec2 = stubs("ec2").fail("delete_flow_logs", code).expect("delete_flow_logs", FlowLogIds=["fl-1"])

    assert api.delete_flow_logs(ec2.client, ["fl-1"]).refused == {}


def test_what_does_not_pass_ends_after_ten_tries_and_some_minutes(stubs: StubbedClients, clock: Clock) -> None:
    ec2 = stubs("ec2")
    for _time in range(10):
        ec2.fail("delete_flow_logs", "RequestLimitExceeded", "Request limit exceeded.")

    with pytest.raises(AwsError, match="Request limit exceeded"):
        api.delete_flow_logs(ec2.client, ["fl-1"])

    assert sum(clock.slept) < 150


def test_what_is_refused_for_good_is_not_tried_again(stubs: StubbedClients, clock: Clock) -> None:
    ec2 = stubs("ec2").fail("delete_flow_logs", "UnauthorizedOperation", "You are not authorized")

    with pytest.raises(AwsError):
        api.delete_flow_logs(ec2.client, ["fl-1"])

    assert clock.slept == []
