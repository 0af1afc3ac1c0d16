# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""EC2 calls on flow logs. They decide nothing; errors come out as AwsError, Unsuccessful as a list."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_specifications
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import Ec2Errors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import pages
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import chunks
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import FILTER_VALUES

from .confirm import Answered
from .confirm import Unsuccessful
from .confirm import answered
from .value import FlowLog
from .value import carried_over
from .value import from_aws

# CreateFlowLogs takes 300 resources of these types in a call, DeleteFlowLogs 1000 flow logs (botocore's EC2 model).
CREATE_AT_ONCE = 300
DELETE_AT_ONCE = 1000
# CreateTags and DeleteTags: EC2's guide advises against more than this many resources in a call.
TAG_AT_ONCE = 200


# Name and values of a filter of DescribeFlowLogs.
Filter = tuple[str, Sequence[str]]


def _unsuccessful(answer: Mapping[str, Any]) -> list[Unsuccessful]:
    return [
        Unsuccessful(
            entry.get("ResourceId", ""),
            entry.get("Error", {}).get("Code", ""),
            entry.get("Error", {}).get("Message", ""),
        )
        for entry in answer.get("Unsuccessful") or []
    ]


@Ec2Errors.common_error_handler("describe flow logs")
def _describe(client: Any, filters: Sequence[Filter]) -> list[dict[str, Any]]:
    request: dict[str, Any] = {"MaxResults": 1000}
    if filters:
        request["Filters"] = [{"Name": name, "Values": list(values)} for name, values in filters]
    return [entry for page in pages(client.describe_flow_logs, "NextToken", **request) for entry in page["FlowLogs"]]


def _values(entries: Sequence[Mapping[str, Any]]) -> list[FlowLog]:
    return [
        from_aws(
            entry,
            boto3_tag_list_to_ansible_dict(entry.get("Tags") or []),
            camel_dict_to_snake_dict(carried_over(entry)),
        )
        for entry in entries
    ]


def _described_by(client: Any, name: str, values: Sequence[str], others: Sequence[Filter] = ()) -> list[FlowLog]:
    parts = chunks(values, FILTER_VALUES)
    answers = side_by_side(lambda part: _describe(client, [(name, part), *others]), parts)
    return _values([entry for entries in answers for entry in entries])


def describe_flow_logs(client: Any, resource_ids: Sequence[str], others: Sequence[Filter] = ()) -> list[FlowLog]:
    """All flow logs whose owner is one of the resources; others are filters that they have to pass besides."""
    return _described_by(client, "resource-id", resource_ids, others)


def describe_flow_logs_by_id(client: Any, flow_log_ids: Sequence[str], others: Sequence[Filter] = ()) -> list[FlowLog]:
    """The flow logs with these ids that exist: a filter, unlike FlowLogIds, does not fail for the others."""
    return _described_by(client, "flow-log-id", flow_log_ids, others)


def describe_flow_logs_to(client: Any, log_group_names: Sequence[str], others: Sequence[Filter] = ()) -> list[FlowLog]:
    """All flow logs to these log groups."""
    return _described_by(client, "log-group-name", log_group_names, others)


def describe_all_flow_logs(client: Any, filters: Sequence[Filter] = ()) -> list[FlowLog]:
    """All flow logs of the client's region that pass the filters, wherever they deliver to."""
    return _values(_describe(client, filters))


@Ec2Errors.common_error_handler("create flow logs")
def create_flow_logs(
    client: Any, resource_ids: Sequence[str], request: Mapping[str, Any], tags: Mapping[str, str]
) -> Answered:
    """Creates a flow log of each resource; returns what AWS says of each.

    The token is new for every call, and the same for the retries of one: a retry after a broken connection does not
    create twice, and a later call never gets an old call's answer.
    """
    arguments = {**request, "ResourceIds": list(resource_ids), "ClientToken": str(uuid.uuid4())}
    if tags:
        arguments["TagSpecifications"] = boto3_tag_specifications(dict(tags), ["vpc-flow-log"])
    answer = client.create_flow_logs(aws_retry=True, **arguments)
    return answered(_unsuccessful(answer), resource_ids, answer.get("FlowLogIds") or ())


@Ec2Errors.common_error_handler("delete flow logs")
def delete_flow_logs(client: Any, flow_log_ids: Sequence[str]) -> Answered:
    """Deletes flow logs; returns which AWS refused. The list must not be empty: AWS refuses that."""
    return answered(_unsuccessful(client.delete_flow_logs(aws_retry=True, FlowLogIds=list(flow_log_ids))), flow_log_ids)


@Ec2Errors.common_error_handler("tag flow logs")
def create_tags(client: Any, flow_log_ids: Sequence[str], tags: Mapping[str, str]) -> None:
    client.create_tags(aws_retry=True, Resources=list(flow_log_ids), Tags=ansible_dict_to_boto3_tag_list(dict(tags)))


@Ec2Errors.common_error_handler("remove tags from flow logs")
def delete_tags(client: Any, flow_log_ids: Sequence[str], keys: Sequence[str]) -> None:
    client.delete_tags(aws_retry=True, Resources=list(flow_log_ids), Tags=[{"Key": key} for key in keys])
