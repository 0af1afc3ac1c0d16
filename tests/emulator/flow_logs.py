# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A flow log in moto's state: what the emulator adds to moto's object, and how AWS shows it."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.flow_logs import FlowLogs

CWL = "cloud-watch-logs"
# Members that moto drops; kept on its object as they were given.
KEPT = ("DeliverCrossAccountRole", "DestinationOptions", "TagFieldSpecifications")
# What AWS shows for S3 though nobody set it.
S3_OPTIONS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


def group_of(log_group_name: str | None, log_destination: str | None) -> str:
    """The name of the log group of a name or an ARN. ':*' in an ARN becomes part of the name, as with AWS."""
    return log_group_name or (log_destination or "").split(":log-group:", 1)[-1]


def destination_of(flow_log: FlowLogs) -> tuple[str, str]:
    """The same for the name and the ARN of a group."""
    if flow_log.log_destination_type == CWL:
        return CWL, group_of(flow_log.log_group_name, flow_log.log_destination)
    return flow_log.log_destination_type, flow_log.log_destination


def identity(flow_log: FlowLogs, kind: str) -> tuple[Any, ...]:
    """What AWS is supposed to compare for FlowLogAlreadyExists; kind as in Scenario.identity."""
    key: tuple[Any, ...] = (flow_log.resource_id, *destination_of(flow_log))
    if kind != "destination":
        key += (flow_log.traffic_type,)
    if kind == "format":
        key += (flow_log.log_format, flow_log.max_aggregation_interval)
    return key


def shown(flow_log: FlowLogs, tags: dict[str, str]) -> dict[str, Any]:
    """The flow log as DescribeFlowLogs gives it (docs/aws-behaviour.md 2.2)."""
    entry = {
        "CreationTime": flow_log.creation_time,
        "DeliverLogsErrorMessage": flow_log.deliver_logs_error_message,
        "DeliverLogsPermissionArn": flow_log.deliver_logs_permission_arn,
        "DeliverLogsStatus": flow_log.deliver_logs_status,
        "FlowLogId": flow_log.id,
        "FlowLogStatus": flow_log.flow_log_status,
        "LogGroupName": flow_log.log_group_name,
        "ResourceId": flow_log.resource_id,
        "TrafficType": flow_log.traffic_type,
        "LogDestinationType": flow_log.log_destination_type,
        "LogDestination": flow_log.log_destination,
        "LogFormat": flow_log.log_format,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        "MaxAggregationInterval": flow_log.max_aggregation_interval,
        **vars(flow_log).get("kept", {}),
    }
    return {key: value for key, value in entry.items() if value is not None}
