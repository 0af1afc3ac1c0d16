# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""A flow log: the value, out of AWS's answer, into a request, into a result. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import is_managed
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target

from .destination import Destination
from .destination import from_aws as destination_from_aws
from .log_format import DEFAULT_LOG_FORMAT

DEFAULT_TRAFFIC_TYPE = "ALL"
DEFAULT_INTERVAL = 600

# All the traffic there is, and which of it a flow log of each traffic type records.
TRAFFIC = ("ACCEPT", "REJECT")
_RECORDED = {"ALL": TRAFFIC, "ACCEPT": ("ACCEPT",), "REJECT": ("REJECT",)}

# What a flow log is made of, apart from tags: it can't be changed, only replaced. Field -> AWS's name in a request.
IMMUTABLE = {
    "traffic_type": "TrafficType",
    "max_aggregation_interval": "MaxAggregationInterval",
    "log_format": "LogFormat",
    "role_arn": "DeliverLogsPermissionArn",
}
# Settings that no option speaks of, but that a replacement has to carry over.
_CARRIED_OVER = ("DeliverCrossAccountRole", "DestinationOptions", "TagFieldSpecifications")
# What AWS tells besides -> its name in a result. LogDestination as it was given: a log group is compared by its name.
_TOLD = {
    "CreationTime": "creation_time",
    "DeliverLogsStatus": "deliver_logs_status",
    "DeliverLogsErrorMessage": "deliver_logs_error_message",
    "FlowLogStatus": "flow_log_status",
    "LogDestination": "log_destination",
}


@dataclass(frozen=True)
class FlowLog:
    """flow_log_id is empty for one that is still to be created. max_aggregation_interval in seconds."""

    resource_id: str
    destination: Destination
    traffic_type: str = DEFAULT_TRAFFIC_TYPE
    max_aggregation_interval: int = DEFAULT_INTERVAL
    log_format: str = DEFAULT_LOG_FORMAT
    role_arn: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    flow_log_id: str = ""
    # AWS's own facts (CreationTime, DeliverLogsStatus, ...) and carried-over settings, under AWS's names.
    facts: Mapping[str, Any] = field(default_factory=dict)
    # The carried-over settings as a result names them.
    carried: Mapping[str, Any] = field(default_factory=dict)

    # True for a flow log that was made by an ARN with ':*' at its end, as DescribeLogGroups writes it: AWS takes that for a part
    # of the name, and delivers nothing.
    to_nowhere: bool = False

    def settings(self) -> dict[str, Any]:
        """The settings that can't be changed, by field name."""
        return {name: getattr(self, name) for name in IMMUTABLE}

    @property
    def records(self) -> tuple[str, ...]:
        """The traffic that it records."""
        return _RECORDED.get(self.traffic_type, ())

    @property
    def managed_by_rule(self) -> bool:
        """True for one that a CloudWatch telemetry rule made and looks after."""
        return is_managed(self.tags)


def carried_over(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Those of _CARRIED_OVER that an entry of DescribeFlowLogs has. Older releases of botocore know fewer of them."""
    return {name: entry[name] for name in _CARRIED_OVER if entry.get(name)}


def from_aws(
    entry: Mapping[str, Any], tags: Mapping[str, str], carried: Mapping[str, Any] | None = None
) -> FlowLog:
    """The value of one entry of DescribeFlowLogs. What AWS leaves out is its default (recordings of older answers)."""
    told = {name: entry[name] for name in _TOLD if entry.get(name)}
    return FlowLog(
        resource_id=entry["ResourceId"],
        destination=destination_from_aws(entry),
        traffic_type=entry.get("TrafficType") or DEFAULT_TRAFFIC_TYPE,
        max_aggregation_interval=int(entry.get("MaxAggregationInterval") or DEFAULT_INTERVAL),
        log_format=entry.get("LogFormat") or DEFAULT_LOG_FORMAT,
        role_arn=entry.get("DeliverLogsPermissionArn"),
        tags=tags,
        flow_log_id=entry["FlowLogId"],
        facts={**told, **carried_over(entry)},
        carried=carried or {},
        to_nowhere=str(entry.get("LogGroupName") or "").endswith(":*"),
    )


def create_request(flow_log: FlowLog, target: Target) -> dict[str, Any]:
    """What CreateFlowLogs wants for this flow log, but for ResourceIds, tags and the token.

    Flow logs with equal requests and tags can be created by one call.
    """
    request = {
        "ResourceType": target.resource_type,
        "TrafficType": flow_log.traffic_type,
        "MaxAggregationInterval": flow_log.max_aggregation_interval,
        "LogFormat": flow_log.log_format,
        **flow_log.destination.create_arguments(),
    }
    if flow_log.role_arn and flow_log.destination.needs_role:
        request["DeliverLogsPermissionArn"] = flow_log.role_arn
    request.update(carried_over(flow_log.facts))
    return request


def creatable_tags(flow_log: FlowLog) -> dict[str, str]:
    """The tags that a request may carry: those that begin with aws: only AWS itself can set."""
    return {key: value for key, value in flow_log.tags.items() if not key.startswith("aws:")}


def described(flow_log: FlowLog) -> dict[str, Any]:
    """The flow log under AWS's names in snake case; what is not known yet is missing."""
    answer: dict[str, Any] = {
        "resource_id": flow_log.resource_id,
        **flow_log.destination.as_result(),
        "traffic_type": flow_log.traffic_type,
        "max_aggregation_interval": flow_log.max_aggregation_interval,
        "log_format": flow_log.log_format,
        "deliver_logs_permission_arn": flow_log.role_arn,
        "tags": dict(flow_log.tags),
        "managed_by_rule": flow_log.managed_by_rule,
        **flow_log.carried,
    }
    if flow_log.flow_log_id:
        answer["flow_log_id"] = flow_log.flow_log_id
    facts = flow_log.facts
    answer.update({key: _text(facts[name]) for name, key in _TOLD.items() if name in facts})
    return answer


def to_result(flow_log: FlowLog, action: str, replaced: tuple[str, ...] = ()) -> dict[str, Any]:
    """One entry of the flow_log module's flow_logs: the flow log, and what became of it."""
    answer = {**described(flow_log), "action": action}
    if replaced:
        answer["replaced_flow_log_ids"] = list(replaced)
    return answer


def _text(value: Any) -> str:
    """Times as ISO 8601, as amazon.aws returns them."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
