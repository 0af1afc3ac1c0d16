# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What the roles of the flow-log service are, who uses them, and which of them and of their policies nobody uses. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Users


@dataclass(frozen=True)
class FoundRole:
    """inline: names of the policies that are part of the role."""

    role: Role
    inline: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundPolicy:
    """attached_to: keys of those who have it, such as role/name; bounded: of those whose permissions boundary it is.

    serves: the role that the policy lets operators pass; None for a policy of the roles themselves.
    """

    name: str
    arn: str
    attached_to: frozenset[str] = frozenset()
    bounded: frozenset[str] = frozenset()
    serves: str | None = None


def audit(
    roles: Sequence[FoundRole], policies: Sequence[FoundPolicy], users: Users, ignored: frozenset[str]
) -> dict[str, Any]:
    """The result of flow_log_iam_info.

    A role is orphaned when no flow log uses it; while some region could not be read, that is not known: None.
    """
    told = [_role(found, users, ignored) for found in roles]
    fate = {entry["role_name"]: entry["orphaned"] for entry in told}
    listed = [_policy(policy, fate) for policy in policies]
    return {
        "roles": told,
        "policies": listed,
        "orphaned": {
            "roles": [entry["role_name"] for entry in told if entry["orphaned"]],
            "policies": [entry["policy_name"] for entry in listed if entry["orphaned"]],
        },
        "regions_not_read": [region.as_result() for region in users.unread],
    }


def _role(found: FoundRole, users: Users, ignored: frozenset[str]) -> dict[str, Any]:
    role = found.role
    own = [user for user in users.of(role.arn) if user.log.flow_log_id not in ignored]
    return {
        "role_name": role.name,
        "arn": role.arn,
        "path": role.path,
        "assume_role_policy_document": role.trust,
        "attached_policies": list(role.attached),
        "inline_policies": list(found.inline),
        "in_use_by": [user.as_result() for user in own],
        "orphaned": False if own else None if users.unread else True,
    }


def _policy(policy: FoundPolicy, fate: dict[str, bool | None]) -> dict[str, Any]:
    """A policy is orphaned when all that have it are orphaned roles, one for operators when its role is."""
    fates: list[bool | None]
    if policy.serves is not None:
        fates = [fate.get(policy.serves, True)]
    else:
        fates = [
            fate.get(key.split("/", 1)[1], False) if key.startswith("role/") else False for key in policy.attached_to
        ]
        fates += [False for _key in policy.bounded - policy.attached_to]
    return {
        "policy_name": policy.name,
        "arn": policy.arn,
        "attached_to": sorted(policy.attached_to),
        "permissions_boundary_of": sorted(policy.bounded),
        "orphaned": False if False in fates else None if None in fates else True,
    }
