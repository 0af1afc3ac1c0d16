# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DeleteFlowLogs as AWS does it."""

from __future__ import annotations

from typing import Any

from ..behaviours import answers
from ..errors import AwsError
from ..request import Request
from .flow_log_listing import missing_flow_logs


@answers("ec2:DeleteFlowLogs", cites="3")
def delete_flow_logs(request: Request) -> dict[str, Any]:
    """An empty list is refused; what does not exist is in Unsuccessful, or fails the call."""
    ids = request.arguments.get("FlowLogIds") or []
    if not ids:
        message = "1 validation error detected: Value null at 'flowLogId' has an invalid format"
        raise AwsError("InvalidParameterValue", message)
    if len(ids) > 1000:
        raise AwsError("InvalidParameterValue", "1 validation error detected: more than 1000 values at 'flowLogId'")
    if request.arguments.get("DryRun"):
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    there, scenario = request.ec2.flow_logs, request.world.scenario
    unknown = [flow_log_id for flow_log_id in ids if flow_log_id not in there]
    as_exception = bool(unknown) and scenario.missing == "exception"
    if not as_exception or scenario.partial_effect:
        for flow_log_id in ids:
            if flow_log_id not in there and as_exception:
                break
            there.pop(flow_log_id, None)
            request.ec2.tags.pop(flow_log_id, None)
    error = missing_flow_logs(unknown)
    if as_exception:
        raise error
    entry = {"Code": error.code, "Message": error.message}
    return {"Unsuccessful": [{"ResourceId": flow_log_id, "Error": entry} for flow_log_id in unknown]}
