# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DescribeFlowLogs as AWS does it."""

from __future__ import annotations

import base64
import binascii
from fnmatch import fnmatchcase
from typing import Any

from ..behaviours import answers
from ..errors import AwsError
from ..flow_logs import shown
from ..request import Request

_MOST_VALUES = 200
_MOST_ON_A_PAGE = 1000
_FILTERS = {
    "deliver-log-status": "DeliverLogsStatus",
    "log-destination-type": "LogDestinationType",
    "flow-log-id": "FlowLogId",
    "log-group-name": "LogGroupName",
    "resource-id": "ResourceId",
    "traffic-type": "TrafficType",
}


@answers("ec2:DescribeFlowLogs", cites="2.1 2.2")
def describe_flow_logs(request: Request) -> dict[str, Any]:
    """Pages, filters with their limits, and the members that AWS shows."""
    arguments, ec2 = request.arguments, request.ec2
    filters = {entry.get("Name", ""): entry.get("Values") or [] for entry in _filters(arguments)}
    _validate(filters)
    wanted = arguments.get("FlowLogIds") or list(ec2.flow_logs)
    unknown = [flow_log_id for flow_log_id in wanted if flow_log_id not in ec2.flow_logs]
    if unknown:
        raise missing_flow_logs(unknown)
    exact = {name: frozenset(values) for name, values in filters.items()}
    entries = []
    for flow_log_id in sorted(wanted):
        flow_log = ec2.flow_logs[flow_log_id]
        # The one filter that everybody uses, before anything that costs time.
        if "resource-id" in exact and flow_log.resource_id not in exact["resource-id"]:
            continue
        entry = shown(flow_log, dict(ec2.tags.get(flow_log_id, {})))
        if all(_passes(entry, name, values) for name, values in exact.items()):
            entries.append(entry)
    return _page(request, entries)


def missing_flow_logs(flow_log_ids: list[str]) -> AwsError:
    """The error for flow logs that don't exist."""
    listed = f"[TotalCount: {len(flow_log_ids)}] {' '.join(flow_log_ids)}"
    return AwsError("InvalidFlowLogId.NotFound", f"These flow log ids in the input list are not found: {listed}")


def _filters(arguments: dict[str, Any]) -> list[dict[str, Any]]:
    return list(arguments.get("Filter") or arguments.get("Filters") or [])


def _validate(filters: dict[str, list[str]]) -> None:
    for name, values in filters.items():
        if name not in _FILTERS and name != "tag-key" and not name.startswith("tag:"):
            raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
        if len(values) > _MOST_VALUES:
            message = f"The maximum number of filter values specified on a single call is {_MOST_VALUES}"
            raise AwsError("FilterLimitExceeded", message)


def _passes(entry: dict[str, Any], name: str, values: frozenset[str]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in entry["Tags"]}
    if name == "tag-key":
        there = list(tags)
    elif name.startswith("tag:"):
        there = [tags[name[4:]]] if name[4:] in tags else []
    else:
        there = [entry.get(_FILTERS[name], "")]
    return any(
        one in values or any(fnmatchcase(one, value) for value in values if "*" in value or "?" in value)
        for one in there
    )


def _page(request: Request, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Those after the last one of the page before, whose id is the token."""
    size = min(
        int(request.arguments.get("MaxResults") or _MOST_ON_A_PAGE),
        request.world.scenario.page_size or _MOST_ON_A_PAGE,
    )
    token = request.arguments.get("NextToken")
    if token:
        after = _decoded(token)
        entries = [entry for entry in entries if entry["FlowLogId"] > after]
    page = entries[:size]
    more = base64.b64encode(page[-1]["FlowLogId"].encode()).decode() if len(entries) > size else None
    return {"FlowLogs": page, "NextToken": more}


def _decoded(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise AwsError("InvalidNextToken", f"The token '{token}' is invalid") from error
