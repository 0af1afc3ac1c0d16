# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles: names, trust, boundary, and what is attached."""

from __future__ import annotations

import re

from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from ..behaviours import GoOn
from ..behaviours import around
from ..behaviours import check
from ..errors import Answer
from ..errors import AwsError
from ..request import Request
from ..roles import note_trust

_MOST_POLICIES = 10
_TRUST_SIZE = 2048
_PROTECTED = ("/aws-reserved/", "/aws-service-role/")


@check("iam:CreateRole", cites="5.2 5.3")
def role_can_be_created(request: Request) -> None:
    """Names are checked and unique in whatever case and path; the trust is validated; a boundary must exist."""
    name = request.arguments.get("RoleName", "")
    check_name("roleName", name, 64)
    if name.lower() in {role.name.lower() for role in request.iam.roles.values()}:
        raise AwsError("EntityAlreadyExists", f"Role with name {name} already exists.", 409)
    document = request.arguments.get("AssumeRolePolicyDocument", "")
    check_size(document, _TRUST_SIZE, "ACLSizePerRole")
    IAMTrustPolicyDocumentValidator(document).validate()


@check("iam:UpdateAssumeRolePolicy", cites="5.2")
def trust_fits(request: Request) -> None:
    """A trust has a limited size."""
    check_size(request.arguments.get("PolicyDocument", ""), _TRUST_SIZE, "ACLSizePerRole")


@check("iam:CreateRole", "iam:PutRolePermissionsBoundary", cites="5.3")
def boundary_exists(request: Request) -> None:
    """A permissions boundary is a policy that exists."""
    boundary = request.arguments.get("PermissionsBoundary")
    if boundary and ":iam::aws:" not in boundary and boundary not in request.iam.managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {boundary} does not exist or is not attachable.", 404)


@around("iam:CreateRole", "iam:UpdateAssumeRolePolicy", cites="1.5 5.3")
def trust_has_an_age(request: Request, go_on: GoOn) -> Answer:
    """A role can't be assumed at once by a new trust, when the scenario says so."""
    answer = go_on()
    if answer[0] < 400:
        note_trust(request.world, request.iam.get_role(request.arguments["RoleName"]))
    return answer


@check("iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy", cites="5.2")
def few_policies_are_attached(request: Request) -> None:
    """A user, a group and a role have ten managed policies at most."""
    arn, iam = request.arguments.get("PolicyArn"), request.iam
    for kind, holders in (("Role", iam.roles), ("User", iam.users), ("Group", iam.groups)):
        name = request.arguments.get(f"{kind}Name")
        for holder in holders.values():
            if (
                holder.name == name
                and arn not in holder.managed_policies
                and len(holder.managed_policies) >= _MOST_POLICIES
            ):
                raise AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind}: {_MOST_POLICIES}", 409)


@check(
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:DeleteRole",
    cites="5.3",
)
def role_is_not_protected(request: Request) -> None:
    """Roles of IAM Identity Center and of AWS's services are changed by AWS alone."""
    name = request.arguments.get("RoleName")
    for role in request.iam.roles.values():
        if role.name == name and role.path.startswith(_PROTECTED):
            message = (
                f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
            )
            raise AwsError("UnmodifiableEntity", message, 400)


def check_name(member: str, name: str, most: int) -> None:
    """Raises AwsError for a name that IAM does not take."""
    if not re.fullmatch(r"[\w+=,.@-]+", name, re.ASCII):
        rule = r"Member must satisfy regular expression pattern: [\w+=,.@-]+"
    elif len(name) > most:
        rule = f"Member must have length less than or equal to {most}"
    else:
        return
    message = f"1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: {rule}"
    raise AwsError("ValidationError", message)


def check_size(document: str, most: int, quota: str) -> None:
    """Raises AwsError for a document that is too long. White space does not count."""
    if len(re.sub(r"\s", "", document)) > most:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {most}", 409)
