# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records flowing into log groups, and what becomes of flow logs and groups by it."""

from __future__ import annotations

import time
from typing import Any

from moto.ec2.models import ec2_backends
from moto.logs.models import logs_backends
from moto.utilities.utils import get_partition

from .flow_logs import CWL
from .flow_logs import destination_of
from .roles import assumable
from .roles import may
from .telemetry_rules import is_made_by_rule
from .world import World

_LEGAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/#")


def deliver_records(world: World) -> None:
    """Each flow log to CloudWatch Logs delivers a record of each interface, or shows an Access error.

    docs/aws-behaviour.md 2.5; names of the streams: 6.5.
    """
    for account, regions in list(ec2_backends.items()):
        for region, backend in list(dict(regions).items()):
            for flow_log in list(backend.flow_logs.values()):
                if flow_log.log_destination_type == CWL:
                    _deliver(world, account, region, flow_log)


def interfaces_of(account: str, region: str, resource_id: str) -> list[str]:
    """The network interfaces that a flow log of the resource records; a made-up one where it has none."""
    found = [
        interface.id
        for interface in ec2_backends[account][region].enis.values()
        if resource_id in (interface.id, interface.subnet.id, interface.subnet.vpc_id)
    ]
    return found or [resource_id if resource_id.startswith("eni-") else "eni-0123456789abcdef0"]


def put_record(world: World, account: str, region: str, flow_log: Any) -> bool:
    """A record of each interface into the flow log's group, which is created when the role may do that.

    False: can't be delivered.
    """
    name = destination_of(flow_log)[1]
    role = flow_log.deliver_logs_permission_arn or ""
    partition = str(get_partition(region))
    group_arn = f"arn:{partition}:logs:{region}:{account}:log-group:{name}"
    logs = logs_backends[account][region]
    by_rule = is_made_by_rule(account, region, flow_log.id)
    if not by_rule and not _may_deliver(world, account, region, role, f"{group_arn}:log-stream:eni"):
        return False
    if name not in logs.groups:
        creates = by_rule or any(may(account, role, "logs:CreateLogGroup", arn) for arn in (group_arn, f"{group_arn}:*"))
        if not creates or not set(name) <= _LEGAL:
            return False
        logs.create_log_group(name, {})
    group = logs.groups[name]
    for interface in interfaces_of(account, region, flow_log.resource_id):
        stream = f"{interface}-{flow_log.traffic_type.lower()}"
        if stream not in group.streams:
            group.create_log_stream(stream)
        message = f"2 {account} {interface} 10.0.0.1 10.0.0.2 443 49152 6 1 40 0 60 ACCEPT OK"
        group.put_log_events(stream, [{"timestamp": int(time.time() * 1000), "message": message}])
    return True


def _may_deliver(world: World, account: str, region: str, role: str, stream_arn: str) -> bool:
    if not assumable(world, account, region, str(get_partition(region)), role):
        return False
    return all(may(account, role, f"logs:{verb}", stream_arn) for verb in ("CreateLogStream", "PutLogEvents"))


def _deliver(world: World, account: str, region: str, flow_log: Any) -> None:
    delivered = put_record(world, account, region, flow_log)
    if not delivered:
        flow_log.deliver_logs_status, flow_log.deliver_logs_error_message = "FAILED", "Access error"
    elif world.scenario.delivery_errors_clear:
        flow_log.deliver_logs_status, flow_log.deliver_logs_error_message = "SUCCESS", None
