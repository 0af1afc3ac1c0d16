# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a caller has to be allowed for a call: actions, the resources that they are about, and the condition keys.

By the pages "Actions, resources, and condition keys" of EC2, IAM, CloudWatch Logs and STS.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from .policy_language import SERVICE
from .policy_language import allows
from .request import Request

# Nobody needs a permission to ask who they are.
_FREE = ("sts:GetCallerIdentity",)
# Call -> the parameter that holds tags for what it makes, and the permission to set them.
_TAGGING = {
    "ec2:CreateFlowLogs": ("TagSpecifications", "ec2:CreateTags"),
    "iam:CreatePolicy": ("Tags", "iam:TagPolicy"),
    "iam:CreateRole": ("Tags", "iam:TagRole"),
    "logs:CreateLogGroup": ("tags", "logs:TagResource"),
}
_EC2_KINDS = {"vpc": "vpc", "subnet": "subnet", "eni": "network-interface", "fl": "vpc-flow-log"}
# The first of these parameters that a call has names what it is about.
_IAM_KINDS = (
    ("InstanceProfileName", "instance-profile"),
    ("RoleName", "role"),
    ("UserName", "user"),
    ("GroupName", "group"),
)


@dataclass(frozen=True)
class Need:
    """The action has to be allowed on every one of the resources."""

    action: str
    resources: list[str]
    context: dict[str, str] = field(default_factory=dict)

    def missing_in(self, documents: Iterable[str]) -> str | None:
        """The first resource for which policies of these documents do not allow it."""
        wanted = list(documents)
        return next((each for each in self.resources if not allows(wanted, self.action, each, self.context)), None)


def needs(request: Request) -> Iterator[Need]:
    """All that the caller has to be allowed, the call's own action first."""
    call, arguments = request.call, request.arguments
    if call.name in _FREE:
        return
    context = {"aws:RequestedRegion": call.region, "aws:PrincipalArn": call.caller}
    if arguments.get("PolicyArn"):
        context["iam:PolicyARN"] = arguments["PolicyArn"]
    about = _ABOUT[call.service](request) if call.service in _ABOUT else ["*"]
    yield Need(call.name, about, context)
    parameter, action = _TAGGING.get(call.name, ("", ""))
    if parameter and arguments.get(parameter):
        made = [arn.removesuffix(":log-stream:") for arn in about if call.service != "ec2" or ":vpc-flow-log/" in arn]
        yield Need(action, made, {**context, "ec2:CreateAction": call.operation})
    role = arguments.get("DeliverLogsPermissionArn")
    if call.name == "ec2:CreateFlowLogs" and role:
        yield Need("iam:PassRole", [role], {**context, "iam:PassedToService": SERVICE})


def _of_ec2(request: Request) -> list[str]:
    if not request.call.mutates:
        return ["*"]
    base = f"arn:{request.partition}:ec2:{request.region}:{request.account}"
    ids = [*request.call.values("ResourceId"), *request.call.values("FlowLogId")]
    arns = [f"{base}:{_EC2_KINDS.get(one.split('-')[0], '*')}/{one}" for one in ids]
    return [*arns, f"{base}:vpc-flow-log/*"] if request.call.operation == "CreateFlowLogs" else arns


def _of_logs(request: Request) -> list[str]:
    """Tags are about the log group's ARN as it is, all else about a stream of it: hence the ':*' in policies."""
    arguments = request.arguments
    if arguments.get("resourceArn"):
        return [arguments["resourceArn"]]
    base = f"arn:{request.partition}:logs:{request.region}:{request.account}:log-group"
    return [f"{base}:{arguments.get('logGroupName', '')}:log-stream:{arguments.get('logStreamName', '')}"]


def _of_iam(request: Request) -> list[str]:
    arguments, base = request.arguments, f"arn:{request.partition}:iam::{request.account}"
    for parameter, kind in _IAM_KINDS:
        if parameter in arguments:
            name = arguments[parameter]
            return [_existing(request, kind, name) or f"{base}:{kind}{arguments.get('Path') or '/'}{name}"]
    if arguments.get("PolicyArn"):
        return [arguments["PolicyArn"]]
    if arguments.get("PolicyName"):
        return [f"{base}:policy{arguments.get('Path') or '/'}{arguments['PolicyName']}"]
    return ["*"]


def _existing(request: Request, kind: str, name: str) -> str | None:
    """The ARN with the path that it has, if it is there."""
    iam = request.iam
    known = {"role": iam.roles, "user": iam.users, "group": iam.groups, "instance-profile": iam.instance_profiles}
    return next((str(each.arn) for each in known[kind].values() if each.name == name), None)


def _of_sts(request: Request) -> list[str]:
    return [request.arguments.get("RoleArn", "*")]


_ABOUT: dict[str, Callable[[Request], list[str]]] = {"ec2": _of_ec2, "iam": _of_iam, "logs": _of_logs, "sts": _of_sts}
