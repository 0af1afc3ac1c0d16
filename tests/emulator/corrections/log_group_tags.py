# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of log groups, by ARN."""

from __future__ import annotations

import re

from ..behaviours import check
from ..request import Request
from .log_groups import check_tags
from .log_groups import find_group
from .log_groups import invalid


@check("logs:TagResource", "logs:UntagResource", "logs:ListTagsForResource", cites="6.3")
def resource_is_a_log_group(request: Request) -> None:
    """The ARN has no ':*', the log group exists, and at most 50 tags fit."""
    arn = request.arguments.get("resourceArn", "")
    if not re.fullmatch(r"[\w+=/:,.@-]{1,1011}", arn.replace("#", "-")):
        raise invalid(
            f"1 validation error detected: Value '{arn}' at 'resourceArn' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\w+=/:,.@-]*"
        )
    if ":log-group:" not in arn:
        return
    group = find_group(request, arn.split(":log-group:", 1)[1])
    if request.call.operation == "TagResource":
        check_tags(request.logs.tagger.get_tag_dict_for_resource(group.arn), request.arguments.get("tags") or {})
