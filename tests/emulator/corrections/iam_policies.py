# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Customer-managed policies: names, size, versions, and who has them."""

from __future__ import annotations

from typing import Any

from ..behaviours import answers
from ..behaviours import check
from ..errors import AwsError
from ..request import Request
from ..roles import boundary_of
from .iam_roles import check_name
from .iam_roles import check_size

_SIZE = 6144


@check("iam:CreatePolicy", cites="5.2")
def policy_can_be_created(request: Request) -> None:
    """Names are checked, and unique in whatever case and path."""
    name = request.arguments.get("PolicyName", "")
    check_name("policyName", name, 128)
    if name.lower() in {policy.name.lower() for policy in _own(request)}:
        message = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise AwsError("EntityAlreadyExists", message, 409)


@check("iam:CreatePolicy", "iam:CreatePolicyVersion", cites="5.2")
def policy_fits(request: Request) -> None:
    """A policy has 6144 characters at most, not counting white space."""
    check_size(request.arguments.get("PolicyDocument", ""), _SIZE, "PolicySize")


@answers("iam:CreatePolicyVersion", cites="5.3")
def create_policy_version(request: Request) -> dict[str, Any]:
    """The answer does not repeat the document."""
    version = request.moto_result()["PolicyVersion"]
    shown = {
        "VersionId": version.version_id,
        "IsDefaultVersion": version.is_default,
        "CreateDate": version.create_date,
    }
    return {"PolicyVersion": shown}


@check("iam:DeletePolicy", cites="5.3")
def policy_is_free(request: Request) -> None:
    """A policy that is attached, is a boundary or has further versions is not deleted."""
    arn = request.arguments.get("PolicyArn")
    policy = request.iam.managed_policies.get(arn)
    if policy is None:
        return
    iam = request.iam
    holders = [*iam.roles.values(), *iam.users.values(), *iam.groups.values()]
    if any(arn in holder.managed_policies for holder in holders):
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if any(boundary_of(holder) == arn for holder in (*iam.roles.values(), *iam.users.values())):
        raise AwsError("DeleteConflict", "Cannot delete a policy that is used as a permissions boundary.", 409)
    if len(policy.versions) > 1:
        message = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
        raise AwsError("DeleteConflict", message, 409)


def _own(request: Request) -> list[Any]:
    return [policy for policy in request.iam.managed_policies.values() if ":iam::aws:" not in policy.arn]
