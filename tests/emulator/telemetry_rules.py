# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flow logs that a CloudWatch telemetry rule has made: by its service-linked role, which no caller of CreateFlowLogs is."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.flow_logs import FlowLogs
from moto.ec2.utils import random_flow_log_id

from .corrections.flow_log_request import DEFAULT_FORMAT
from .flow_logs import CWL

RULE_TAG = "CloudWatchTelemetryRuleManaged"


def make_flow_log(account: str, region: str, resource_id: str, log_group_name: str, traffic_type: str = "ALL") -> str:
    """The id of a new one: without a role, and with the rule's tag (docs/aws-behaviour.md 2.6)."""
    backend: Any = ec2_backends[account][region]
    made: Any = FlowLogs  # moto declares less than it takes
    flow_log = made(
        backend, random_flow_log_id(), resource_id, traffic_type, None, log_group_name, None, 600, CWL, DEFAULT_FORMAT
    )
    vars(flow_log)["kept"] = {}
    backend.flow_logs[flow_log.id] = flow_log
    backend.create_tags([flow_log.id], {RULE_TAG: "true"})
    return str(flow_log.id)


def is_made_by_rule(account: str, region: str, flow_log_id: str) -> bool:
    return ec2_backends[account][region].tags.get(flow_log_id, {}).get(RULE_TAG) == "true"
