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
from .roles import boundary_of

# Nobody needs a permission to ask who they are.
_FREE = ("sts:GetCallerIdentity",)
# Call -> the parameter that holds tags for what it makes, and the permission to set them.
_TAGGING = {
    "ec2:CreateFlowLogs": ("TagSpecifications", "ec2:CreateTags"),
    "iam:CreatePolicy": ("Tags", "iam:TagPolicy"),
    "iam:CreateRole": ("Tags", "iam:TagRole"),
    "logs:CreateLogGroup": ("tags", "logs:TagResource"),
}
# Calls whose requests carry these keys, by IAM's page of actions and condition keys. The boundary is the one that the call sets
# or, of the second group, the one that the role or user has.
_SETS_BOUNDARY = ("CreateRole", "PutRolePermissionsBoundary", "CreateUser", "PutUserPermissionsBoundary")
_HAS_BOUNDARY = tuple(
    f"{verb}{kind}{what}"
    for kind in ("Role", "User")
    for verb, what in (
        ("Attach", "Policy"),
        ("Detach", "Policy"),
        ("Put", "Policy"),
        ("Delete", "Policy"),
        ("Delete", "PermissionsBoundary"),
    )
)
_NAMES_POLICY = tuple(f"{verb}{kind}Policy" for verb in ("Attach", "Detach") for kind in ("Role", "User", "Group"))
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

    def missing_in(self, *layers: Iterable[str]) -> str | None:
        """The first resource for which it is not allowed in every layer: by the caller's policies, and by the caller's boundary."""
        wanted = [list(documents) for documents in layers]
        return next((each for each in self.resources if not self._allowed(wanted, each)), None)

    def _allowed(self, layers: list[list[str]], resource: str) -> bool:
        return all(allows(documents, self.action, resource, self.context) for documents in layers)


def needs(request: Request) -> Iterator[Need]:
    """All that the caller has to be allowed, the call's own action first."""
    call, arguments = request.call, request.arguments
    if call.name in _FREE:
        return
    context = {"aws:RequestedRegion": call.region, "aws:PrincipalArn": call.caller, **_of_iam_alone(request)}
    about = _ABOUT[call.service](request) if call.service in _ABOUT else ["*"]
    yield Need(call.name, about, context)
    parameter, action = _TAGGING.get(call.name, ("", ""))
    if parameter and arguments.get(parameter):
        made = [arn.removesuffix(":log-stream:") for arn in about if call.service != "ec2" or ":vpc-flow-log/" in arn]
        yield Need(action, made, {**context, **({"ec2:CreateAction": call.operation} if call.service == "ec2" else {})})
    role = arguments.get("DeliverLogsPermissionArn")
    if call.name == "ec2:CreateFlowLogs" and role:
        yield Need("iam:PassRole", [role], {**context, "iam:PassedToService": SERVICE})
    if call.name == "iam:AddRoleToInstanceProfile":
        passed = _existing(request, "role", arguments["RoleName"]) or "*"
        yield Need("iam:PassRole", [passed], {**context, "iam:PassedToService": "ec2.amazonaws.com"})


def _of_iam_alone(request: Request) -> dict[str, str]:
    """The condition keys of IAM's own calls; a key that a call does not have is absent."""
    operation, arguments = request.call.operation, request.arguments
    if request.call.service != "iam":
        return {}
    keys = {}
    if operation in _NAMES_POLICY:
        keys["iam:PolicyARN"] = arguments.get("PolicyArn")
    if operation in _SETS_BOUNDARY:
        keys["iam:PermissionsBoundary"] = arguments.get("PermissionsBoundary")
    elif operation in _HAS_BOUNDARY:
        names, known = ("RoleName", request.iam.roles) if "RoleName" in arguments else ("UserName", request.iam.users)
        found = [each for each in known.values() if each.name == arguments.get(names)]
        keys["iam:PermissionsBoundary"] = boundary_of(found[0]) if found else None
    return {key: value for key, value in keys.items() if value}


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
    if request.call.operation == "GetQueryResults":
        # A query has no ARN.
        return ["*"]
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
