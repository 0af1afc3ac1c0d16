# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the flow-log service can do by a role: assume it, and write into a log group."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends

from .policy_language import SERVICE
from .policy_language import allows
from .policy_language import trusts
from .world import World


def find_role(account: str, arn: str) -> Any | None:
    """moto's role with this ARN, if the account has it."""
    partitions = dict(iam_backends[account])
    return next((role for backend in partitions.values() for role in backend.roles.values() if role.arn == arn), None)


def note_trust(world: World, role: Any) -> None:
    """Remembers since when the role has its trust."""
    history = vars(role).setdefault("trust_history", [])
    history.append((world.clock.now(), role.assume_role_policy_document))


def assumable(world: World, account: str, region: str, partition: str, role_arn: str) -> bool:
    """Whether the flow-log service can assume the role for a flow log of this account and region."""
    role = find_role(account, role_arn)
    trust = None if role is None else _settled_trust(world, role)
    source = f"arn:{partition}:ec2:{region}:{account}:vpc-flow-log/fl-00000000000000000"
    return trust is not None and trusts(trust, SERVICE, {"aws:SourceAccount": account, "aws:SourceArn": source})


def may(account: str, role_arn: str, action: str, resource: str) -> bool:
    """Whether the role's policies allow the action, and its permissions boundary too, where it has one."""
    role = find_role(account, role_arn)
    if role is None:
        return False
    return all(allows(documents, action, resource) for documents in layers_of(account, role))


def layers_of(account: str, holder: Any) -> list[list[str]]:
    """The documents of the policies of a role or user and, where there is one, that of the permissions boundary.

    What is allowed, each layer allows (docs/aws-behaviour.md 5.4).
    """
    managed = [_default_document(policy) for policy in holder.managed_policies.values()]
    boundary = boundary_of(holder)
    own = [*managed, *map(str, holder.policies.values())]
    return [own] if boundary is None else [own, [_document_of(account, boundary)]]


def boundary_of(holder: Any) -> str | None:
    """The ARN of the permissions boundary of moto's role or user."""
    boundary: Any = vars(holder).get("permissions_boundary_arn") or getattr(holder, "permissions_boundary", None)
    found = boundary.get("PermissionsBoundaryArn") if isinstance(boundary, dict) else boundary
    return str(found) if found else None


def _document_of(account: str, policy_arn: str) -> str:
    """The document in force; nothing is allowed by a policy that is gone."""
    for backend in dict(iam_backends[account]).values():
        if policy_arn in backend.managed_policies:
            return _default_document(backend.managed_policies[policy_arn])
    return "{}"


def _settled_trust(world: World, role: Any) -> str | None:
    """The latest trust that is as old as the scenario demands."""
    history = vars(role).get("trust_history")
    if not history:
        return str(role.assume_role_policy_document)
    settled = [trust for since, trust in history if since + world.scenario.role_delay <= world.clock.now()]
    return str(settled[-1]) if settled else None


def _default_document(policy: Any) -> str:
    return next((str(entry.document) for entry in policy.versions if entry.is_default), "{}")
