# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CreateFlowLogs as AWS does it."""

from __future__ import annotations

import uuid
from typing import Any

from moto.ec2.models.flow_logs import FlowLogs
from moto.ec2.utils import random_flow_log_id
from moto.s3.models import s3_backends

from ..behaviours import answers
from ..errors import AwsError
from ..errors import unauthorized
from ..flow_logs import CWL
from ..flow_logs import KEPT
from ..flow_logs import S3_OPTIONS
from ..flow_logs import group_of
from ..flow_logs import identity
from ..request import Request
from ..roles import assumable
from ..scenario import matches
from .flow_log_request import DEFAULT_FORMAT
from .flow_log_request import not_found_code
from .flow_log_request import validate

_EXISTS = "Error. There is an existing Flow Log with the same configuration and log destination."


class Tokens:
    """Requests and answers by account, region and client token."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str, str], tuple[dict[str, Any], dict[str, Any]]] = {}


class _Refused(Exception):
    """One resource is refused; the rest goes on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@answers("ec2:CreateFlowLogs", cites="1.1 1.2 1.3 1.4 1.5 1.6 1.7 2.2 2.3 2.5")
def create_flow_logs(request: Request) -> dict[str, Any]:
    """Requests are validated, the role must be assumable, a token repeats the answer, Unsuccessful is used."""
    arguments = dict(request.arguments)
    dry_run = arguments.pop("DryRun", False)
    validate(arguments)
    _may_pass_role(request)
    if dry_run:
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    token = arguments.get("ClientToken") or str(uuid.uuid4())
    tokens = request.world.memory(Tokens).answers
    key = (request.account, request.region, token)
    if key in tokens:
        if tokens[key][0] != arguments:
            message = "The request uses the same client token as a previous, but non-identical request."
            raise AwsError("IdempotentParameterMismatch", message)
        return tokens[key][1]
    answer = {"ClientToken": token, **_create(request, arguments)}
    tokens[key] = (arguments, answer)
    return answer


def _may_pass_role(request: Request) -> None:
    role = request.arguments.get("DeliverLogsPermissionArn")
    if not role or request.call.by_test:
        return
    for fault in request.world.scenario.pass_role_denied:
        if matches(fault.roles, role) and fault.strikes(request.call, request.world.random):
            raise unauthorized(request.call, "iam:PassRole", role)


def _create(request: Request, arguments: dict[str, Any]) -> dict[str, Any]:
    made: list[FlowLogs] = []
    unsuccessful = []
    try:
        _role_is_assumable(request, arguments)
        kind = request.world.scenario.identity
        there = list(request.ec2.flow_logs.values())
        taken = {identity(flow_log, kind) for flow_log in there}
        counts: dict[str, int] = {}
        for flow_log in there:
            counts[flow_log.resource_id] = counts.get(flow_log.resource_id, 0) + 1
        for resource_id in arguments["ResourceIds"]:
            try:
                _may_have_one_more(request, resource_id, counts.get(resource_id, 0))
                flow_log = _new(request, arguments, resource_id)
                if identity(flow_log, kind) in taken:
                    raise AwsError("FlowLogAlreadyExists", _EXISTS)
            except _Refused as refused:
                error = {"Code": refused.code, "Message": refused.message}
                unsuccessful.append({"ResourceId": resource_id, "Error": error})
                continue
            taken.add(identity(flow_log, kind))
            counts[resource_id] = counts.get(resource_id, 0) + 1
            made.append(flow_log)
    except _Refused as refused:
        error = {"Code": refused.code, "Message": refused.message}
        return {
            "FlowLogIds": [],
            "Unsuccessful": [{"ResourceId": one, "Error": error} for one in arguments["ResourceIds"]],
        }
    except AwsError:
        if request.world.scenario.partial_effect:
            _keep(request, arguments, made)
        raise
    _keep(request, arguments, made)
    return {"FlowLogIds": [flow_log.id for flow_log in made], "Unsuccessful": unsuccessful}


def _role_is_assumable(request: Request, arguments: dict[str, Any]) -> None:
    role = arguments.get("DeliverLogsPermissionArn")
    if role is None or (arguments.get("LogDestinationType") or CWL) != CWL:
        return
    if not assumable(request.world, request.account, request.region, request.partition, role):
        message = f"Unable to assume given IAM role: '{role}'"
        if request.world.scenario.unassumable == "unsuccessful":
            raise _Refused("400", message)
        raise AwsError("InvalidParameter", message)


def _may_have_one_more(request: Request, resource_id: str, count: int) -> None:
    """Raises _Refused or AwsError for a resource that can't have this flow log."""
    scenario, ec2 = request.world.scenario, request.ec2
    for fault in [] if request.call.by_test else scenario.bad_resources:
        if fault.strikes(resource_id, scenario.seed):
            message = fault.message.format(resource_id=resource_id)
            if fault.as_exception:
                raise AwsError(fault.code, message)
            raise _Refused(fault.code, message)
    known = {
        "vpc": ec2.vpcs,
        "subnet": {subnet_id for zone in ec2.subnets.values() for subnet_id in zone},
        "eni": ec2.enis,
    }.get(resource_id.split("-")[0])
    if known is not None and resource_id not in known:
        if scenario.missing == "exception":
            raise AwsError(not_found_code(resource_id), f"The resource '{resource_id}' does not exist")
        raise _Refused(not_found_code(resource_id), f"Unknown resource {resource_id}")
    if scenario.flow_logs_per_resource is not None and count >= scenario.flow_logs_per_resource:
        raise AwsError("FlowLogsLimitExceeded", f"The limit of flow logs of {resource_id} has been reached")


def _new(request: Request, arguments: dict[str, Any], resource_id: str) -> FlowLogs:
    kind = arguments.get("LogDestinationType") or CWL
    name, destination = arguments.get("LogGroupName"), arguments.get("LogDestination")
    if kind == "s3":
        _bucket_exists(request, destination)
    interval = arguments.get("MaxAggregationInterval") or (60 if "TrafficType" not in arguments else 600)
    made: Any = FlowLogs  # moto declares less than it takes
    flow_log: FlowLogs = made(
        request.ec2,
        random_flow_log_id(),
        resource_id,
        arguments.get("TrafficType"),
        destination,
        group_of(name, destination) if kind == CWL else None,
        arguments.get("DeliverLogsPermissionArn"),
        int(interval),
        kind,
        arguments.get("LogFormat") or DEFAULT_FORMAT,
    )
    kept = {member: arguments[member] for member in KEPT if member in arguments}
    if kind == "s3":
        kept["DestinationOptions"] = {**S3_OPTIONS, **kept.get("DestinationOptions", {})}
    vars(flow_log)["kept"] = kept
    return flow_log


def _bucket_exists(request: Request, destination: Any) -> None:
    bucket = str(destination).split(":::", 1)[-1].split("/", 1)[0]
    if bucket not in s3_backends[request.account][request.partition].buckets:
        raise _Refused("400", f"LogDestination: {bucket} does not exist")


def _keep(request: Request, arguments: dict[str, Any], made: list[FlowLogs]) -> None:
    tags = {
        tag["Key"]: tag.get("Value", "")
        for specification in arguments.get("TagSpecifications") or []
        for tag in specification.get("Tags") or []
    }
    for flow_log in made:
        request.ec2.flow_logs[flow_log.id] = flow_log
        if tags:
            request.ec2.create_tags([flow_log.id], tags)
