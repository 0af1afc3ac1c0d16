# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of flow logs."""

from __future__ import annotations

from unittest.mock import patch

from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

from ..behaviours import GoOn
from ..behaviours import around
from ..behaviours import check
from ..errors import Answer
from ..request import Request
from .flow_log_listing import missing_flow_logs
from .flow_log_request import check_tag


@check("ec2:CreateTags", "ec2:DeleteTags", cites="4")
def flow_log_exists(request: Request) -> None:
    """A flow log that does not exist can't be tagged."""
    unknown = [
        resource_id
        for resource_id in request.arguments.get("Resources") or []
        if resource_id.startswith("fl-") and resource_id not in request.ec2.flow_logs
    ]
    if unknown:
        raise missing_flow_logs(unknown)


@check("ec2:CreateTags", cites="10.1 10.3")
def tags_of_ec2_are_valid(request: Request) -> None:
    """A key has 127 characters at most and does not begin with aws:, a value 256; characters are free."""
    for tag in request.arguments.get("Tags") or []:
        check_tag(tag["Key"], tag.get("Value", ""))


@around("ec2:DescribeTags", cites="4")
def resource_type_is_vpc_flow_log(_request: Request, go_on: GoOn) -> Answer:
    """The resource type of a flow log's tags is vpc-flow-log."""
    with patch.dict(EC2_PREFIX_TO_RESOURCE, {"fl": "vpc-flow-log"}):
        return go_on()
