# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS refuses in a CreateFlowLogs request before it looks at any resource."""

from __future__ import annotations

import re
from typing import Any

from ..errors import AwsError
from ..flow_logs import CWL
from ..tags import is_reserved

DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets}"
    " ${bytes} ${start} ${end} ${action} ${log-status}"
)
# Resource type -> beginning of its ids.
PREFIXES = {
    "VPC": "vpc-",
    "Subnet": "subnet-",
    "NetworkInterface": "eni-",
    "TransitGateway": "tgw-",
    "TransitGatewayAttachment": "tgw-attach-",
    "RegionalNatGateway": "nat-",
    "CoreNetwork": "core-network-",
    "CoreNetworkEdge": "core-network-",
    "CoreNetworkAttachment": "attachment-",
}
_WITHOUT_TRAFFIC_TYPE = frozenset(name for name in PREFIXES if name.startswith(("TransitGateway", "CoreNetwork")))
_FORMAT = re.compile(r"\$\{[a-z0-9-]+\}( \$\{[a-z0-9-]+\})*")
_TAG_FIELDS = re.compile(r"\$\{(instance|interface|asg)-tag(-2)?\}")
_GROUP_ARN = re.compile(r"arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[\w./#-]{1,512}(:\*)?", re.ASCII)
_GROUP_NAME = re.compile(r"[\w./#-]{1,512}", re.ASCII)
_NOT_FOUND = {"vpc-": "InvalidVpcID", "subnet-": "InvalidSubnetID", "eni-": "InvalidNetworkInterfaceID"}


def validate(arguments: dict[str, Any]) -> None:
    """Raises AwsError for a request that AWS refuses as a whole (docs/aws-behaviour.md 1.1, 1.5)."""
    resource_type = _required(arguments, "ResourceType")
    ids = _required(arguments, "ResourceIds")
    if resource_type not in PREFIXES:
        raise _parameter(f"Invalid resource type {resource_type}")
    _validate_count(ids, 25 if resource_type.startswith("TransitGateway") else 300)
    for resource_id in ids:
        _validate_id(resource_id, resource_type)
    _validate_traffic(arguments, resource_type)
    _validate_destination(arguments)
    _validate_format(arguments)
    _validate_tags(arguments.get("TagSpecifications") or [])
    if len(arguments.get("ClientToken", "")) > 64 or not arguments.get("ClientToken", "").isascii():
        raise AwsError("InvalidClientToken", "The client token is not valid.")


def not_found_code(resource_id: str) -> str:
    """The code for an id that no resource has."""
    return f"{_NOT_FOUND[resource_id.split('-')[0] + '-']}.NotFound"


def _required(arguments: dict[str, Any], name: str) -> Any:
    if not arguments.get(name):
        wire_name = name.removesuffix("s") if name == "ResourceIds" else name
        raise AwsError("MissingParameter", f"The request must contain the parameter {wire_name}")
    return arguments[name]


def _parameter(message: str) -> AwsError:
    return AwsError("InvalidParameter", message)


def _validate_count(ids: list[str], most: int) -> None:
    if len(ids) > most:
        message = (
            f"Value at 'resourceId' failed to satisfy constraint: Member must have length less than or equal to {most}"
        )
        raise AwsError("InvalidParameterValue", f"1 validation error detected: {message}")


def _validate_id(resource_id: str, resource_type: str) -> None:
    prefix = PREFIXES[resource_type]
    if not resource_id.startswith(prefix) or (prefix == "tgw-" and resource_id.startswith("tgw-attach-")):
        raise _parameter(f"Invalid Resource id {resource_id} for resource-type {resource_type}")
    if prefix in _NOT_FOUND and not re.fullmatch(r"([0-9a-f]{8}|[0-9a-f]{17})", resource_id.removeprefix(prefix)):
        code = "InvalidNetworkInterfaceId" if prefix == "eni-" else _NOT_FOUND[prefix]
        raise AwsError(f"{code}.Malformed", f'Invalid id: "{resource_id}"')


def _validate_traffic(arguments: dict[str, Any], resource_type: str) -> None:
    traffic, interval = arguments.get("TrafficType"), int(arguments.get("MaxAggregationInterval") or 600)
    if resource_type in _WITHOUT_TRAFFIC_TYPE:
        if traffic:
            raise _parameter(f"TrafficType is not supported for {resource_type}")
        if arguments.get("MaxAggregationInterval") and interval != 60:
            raise _parameter(f"Aggregation interval other than 60 sec is unsupported for {resource_type}")
        return
    if _required(arguments, "TrafficType") not in ("ACCEPT", "REJECT", "ALL"):
        raise _parameter(f"Invalid traffic type {traffic}")
    if interval not in (60, 600):
        raise _parameter("Invalid Flow Log Max Aggregation Interval")


def _validate_destination(arguments: dict[str, Any]) -> None:
    kind = arguments.get("LogDestinationType") or CWL
    name, destination = arguments.get("LogGroupName"), arguments.get("LogDestination")
    role, cross = arguments.get("DeliverLogsPermissionArn"), arguments.get("DeliverCrossAccountRole")
    if kind not in (CWL, "s3", "kinesis-data-firehose"):
        raise _parameter(f"Invalid log destination type {kind}")
    if name and kind != CWL:
        raise _parameter("LogDestination type must be cloud-watch-logs if LogGroupName is provided.")
    if name and destination:
        raise _parameter("Please only provide LogGroupName or only provide LogDestination.")
    if not name and not destination:
        raise _parameter("LogDestination can't be empty if LogGroupName is not provided.")
    if kind == CWL and not role:
        raise _parameter("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")
    if kind == "s3" and role:
        raise _parameter("DeliverLogsPermissionArn is not applicable for s3 delivery")
    if cross and not role:
        both = "both the DeliverLogsPermissionArn and DeliverCrossAccountRole fields must be set."
        raise _parameter(f"When providing a role for cross-account delivery, {both}")
    if name and not _GROUP_NAME.fullmatch(name):
        raise _parameter(f"LogGroupName {name} is not valid")
    if kind == CWL and destination and not _GROUP_ARN.fullmatch(destination):
        raise _parameter(f"LogDestination {destination} is not valid")


def _validate_format(arguments: dict[str, Any]) -> None:
    log_format = arguments.get("LogFormat")
    if log_format is None:
        return
    if not _FORMAT.fullmatch(log_format):
        message = f"1 validation error detected: Value '{log_format}' at 'logFormat' has an invalid format"
        raise AwsError("InvalidParameterValue", message)
    if _TAG_FIELDS.search(log_format) and not arguments.get("TagFieldSpecifications"):
        raise _parameter("The TagFieldSpecifications parameter must be set when including tag fields in the log format")


def _validate_tags(specifications: list[dict[str, Any]]) -> None:
    for specification in specifications:
        kind, tags = specification.get("ResourceType"), specification.get("Tags") or []
        if kind != "vpc-flow-log":
            message = f"'{kind}' is not a valid taggable resource type for this operation."
            raise AwsError("InvalidParameterValue", message)
        if len(tags) > 50:
            raise AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
        for tag in tags:
            check_tag(tag["Key"], tag.get("Value", ""))


def check_tag(key: str, value: str) -> None:
    """Raises AwsError for a tag that EC2 does not take. It takes any character."""
    if is_reserved(key):
        message = f"Value ( {key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use"
        raise AwsError("InvalidParameterValue", message)
    if not 1 <= len(key) <= 127 or len(value) > 256:
        raise AwsError("InvalidParameterValue", f"Tag {key} exceeds the maximum length")
