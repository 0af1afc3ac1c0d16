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
    """Whether the role's policies allow the action."""
    role = find_role(account, role_arn)
    if role is None:
        return False
    managed = [_default_document(policy) for policy in role.managed_policies.values()]
    return allows([*managed, *role.policies.values()], action, resource)


def _settled_trust(world: World, role: Any) -> str | None:
    """The latest trust that is as old as the scenario demands."""
    history = vars(role).get("trust_history")
    if not history:
        return str(role.assume_role_policy_document)
    settled = [trust for since, trust in history if since + world.scenario.role_delay <= world.clock.now()]
    return str(settled[-1]) if settled else None


def _default_document(policy: Any) -> str:
    return next((str(entry.document) for entry in policy.versions if entry.is_default), "{}")
