# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings in pages, as small as the scenario wants them."""

from __future__ import annotations

from typing import Any

from ..behaviours import GoOn
from ..behaviours import around
from ..errors import Answer
from ..errors import AwsError
from ..request import Request

# Operation -> member that holds the entries.
_EC2 = {
    "DescribeVpcs": "Vpcs",
    "DescribeSubnets": "Subnets",
    "DescribeNetworkInterfaces": "NetworkInterfaces",
}
# Operation -> members that hold the entries; a page may end in any of them.
_IAM = {
    "ListRoles": ("Roles",),
    "ListPolicies": ("Policies",),
    "ListAttachedRolePolicies": ("AttachedPolicies",),
    "ListPolicyVersions": ("Versions",),
    "ListEntitiesForPolicy": ("PolicyGroups", "PolicyUsers", "PolicyRoles"),
}


@around("ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces", cites="7.1")
def resources_in_pages(request: Request, go_on: GoOn) -> Answer:
    """VPCs, subnets and network interfaces come in pages when asked for, and in small ones when the scenario says so."""
    given, most = request.arguments.get("MaxResults"), request.world.scenario.page_size
    if not given and not most and not request.arguments.get("NextToken"):
        return go_on()
    size = min(int(given or 1000), most or 1000)
    start = _start(request.arguments.get("NextToken"), "InvalidNextToken")
    member = _EC2[request.call.operation]
    entries = list(request.moto_result()[member])
    more = str(start + size) if start + size < len(entries) else None
    return request.answer({member: entries[start : start + size], "NextToken": more})


@around(*(f"iam:{operation}" for operation in _IAM), cites="5.3")
def iam_in_pages(request: Request, go_on: GoOn) -> Answer:
    """IAM's listings come in pages; those that moto does not page too."""
    given, most = request.arguments.get("MaxItems"), request.world.scenario.page_size
    size = min(int(given or 100), most or 1000)
    start = _start(request.arguments.get("Marker"), "InvalidInput")
    for name in ("MaxItems", "Marker"):
        request.response.params.pop(name, None)
    request.response.params["MaxItems"] = 1_000_000
    result = request.moto_result()
    members = _IAM[request.call.operation]
    entries = [(member, entry) for member in members for entry in _entries(result, member)]
    page: dict[str, list[Any]] = {member: [] for member in members}
    for member, entry in entries[start : start + size]:
        page[member].append(entry)
    more = str(start + size) if start + size < len(entries) else None
    return request.answer({**page, "IsTruncated": more is not None, "Marker": more})


def _start(token: str | None, code: str) -> int:
    if token and not token.isdigit():
        raise AwsError(code, f"The token '{token}' is invalid")
    return int(token or 0)


def _entries(result: Any, member: str) -> list[Any]:
    return list(result[member] if isinstance(result, dict) else getattr(result, member))
