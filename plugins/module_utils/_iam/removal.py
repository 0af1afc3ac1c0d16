# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The plan for removing the role and policies of flow_log_iam, in the order that IAM demands. Pure.

What others use stays: a role that flow logs deliver through or that others may assume, a policy that others have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from ansible_collections.netops.flow_logs.plugins.module_utils._core.advice import SERVICE
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Comparison
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step

from .documents import listed
from .plan import Current
from .plan import Policy
from .plan import Role
from .plan import to_result
from .trust import trusted_others
from .trust import trusts_flow_logs
from .usage import Unread
from .usage import User

# Flow logs that a message names before it only counts the others.
_NAMED = 10


@dataclass(frozen=True)
class Removal:
    """force removes a role that is in use, or of which that is not known, or that others may assume too.

    ignored: flow logs that do not stand in the way.
    """

    force: bool = False
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Attachments:
    """What else hangs on the role, and what the policies hang on.

    bounded: keys of users and roles whose permissions boundary the publishing policy is.
    """

    inline: tuple[str, ...] = ()
    instance_profiles: tuple[str, ...] = ()
    bounded: frozenset[str] = frozenset()
    users: Sequence[User] = ()
    unread: tuple[Unread, ...] = field(default=())


def plan_removal(removal: Removal, current: Current, attachments: Attachments, compare: Comparison) -> Plan:
    """All that is there and nobody else's goes; a refusal leaves everything as it is."""
    users = [user for user in attachments.users if user.log.flow_log_id not in removal.ignored]
    policy_users = _others(current, attachments)
    seen = {
        "in_use_by": [user.as_result() for user in users],
        "regions_not_read": [region.as_result() for region in attachments.unread],
        "policy_in_use_by": policy_users,
    }
    before = {**to_result(current), **seen}
    refusal = None if removal.force else _refusal(current.role, users, attachments.unread)
    if refusal:
        return Plan(before, before, refusals=(refusal,))
    warnings, steps = [], []
    left: dict[str, Policy | None] = {"policy": None, "pass_role": None}
    if current.role:
        steps += _role_steps(current.role, attachments)
    if current.policy and policy_users:
        left["policy"] = current.policy
        warnings.append(
            f"Policy {current.policy.name} is kept, as others use it: {', '.join(policy_users)}. Detach it there first, if"
            " it is to go."
        )
    elif current.policy:
        steps += _policy_steps(current.policy, frozenset())
    if current.pass_role:
        if _is_ours(current.pass_role, current.role, compare):
            steps += _policy_steps(current.pass_role, current.pass_role.attached_to)
        else:
            left["pass_role"] = current.pass_role
            warnings.append(
                f"Policy {current.pass_role.name} is kept: it allows something else than passing the role, so it is not"
                " this module's."
            )
    after = {**to_result(Current(None, left["policy"], left["pass_role"])), **seen}
    hidden = ("pass_role_policy",) if current.pass_role is None else ()
    return Plan(before, after, tuple(steps), warnings=tuple(warnings), not_in_diff=hidden)


def _others(current: Current, attachments: Attachments) -> list[str]:
    """Who has the publishing policy besides the role, as IAM names them: user/alice."""
    if current.policy is None:
        return []
    own = {f"role/{current.role.name}"} if current.role else set()
    bounds = {f"{key} (permissions boundary)" for key in attachments.bounded - own}
    return sorted((current.policy.attached_to - own) | bounds)


def _refusal(role: Role | None, users: Sequence[User], unread: Sequence[Unread]) -> Failure | None:
    if role is None:
        return None
    if users:
        named = "; ".join(str(user) for user in users[:_NAMED])
        more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
        return Failure(
            role.name,
            "RoleInUse",
            f"Role {role.name} is kept: {len(users)} flow log{'' if len(users) == 1 else 's'} deliver"
            f"{'s' if len(users) == 1 else ''} through it: {named}{more}.",
            "Remove these flow logs first, each at the resource that owns it; force: true removes the role all the same, and"
            " they stop delivering.",
        )
    if unread:
        named = "; ".join(f"{region.region} ({region.code}: {region.message})" for region in unread)
        return Failure(
            role.name,
            "RegionsNotRead",
            f"Role {role.name} is kept: whether flow logs use it could not be seen in {named}.",
            "Use credentials that may call ec2:DescribeFlowLogs there; if these regions are closed to the account,"
            " force: true removes the role all the same.",
        )
    others = trusted_others(role.trust)
    if others or not trusts_flow_logs(role.trust):
        whom = ", ".join(others) or "nobody"
        return Failure(
            role.name,
            "RoleOfOthers",
            f"Role {role.name} is kept: its trust names {whom}"
            f"{'' if trusts_flow_logs(role.trust) else f' and not {SERVICE}'}, so it may serve something else.",
            "Check what uses it; force: true removes it all the same.",
        )
    return None


def _is_ours(policy: Policy, role: Role | None, compare: Comparison) -> bool:
    """True when the operators' policy allows passing the role and nothing else."""
    if role is not None:
        return not compare.policies_differ(policy.document, pass_role_document(role.arn))
    # The role is gone already: its ARN stands in the document.
    resources = [statement.get("Resource") for statement in listed(policy.document.get("Statement"))]
    name = policy.name.split("-", 1)[1]
    return len(resources) == 1 and any(
        isinstance(arn, str)
        and arn.lower().endswith(f"/{name}".lower())
        and not compare.policies_differ(policy.document, pass_role_document(arn))
        for arn in listed(resources[0])
    )


def _role_steps(role: Role, attachments: Attachments) -> list[Step]:
    """DeleteRole wants nothing attached, nothing inline, and no instance profile."""
    steps = [
        Step(
            "detach_role_policy",
            arn,
            f"detach policy {arn} from role {role.name}",
            {"RoleName": role.name, "PolicyArn": arn},
        )
        for arn in role.attached
    ]
    steps += [
        Step(
            "delete_role_policy",
            name,
            f"delete inline policy {name} of role {role.name}",
            {"RoleName": role.name, "PolicyName": name},
        )
        for name in attachments.inline
    ]
    steps += [
        Step(
            "remove_role_from_instance_profile",
            name,
            f"take role {role.name} out of instance profile {name}",
            {"RoleName": role.name, "InstanceProfileName": name},
        )
        for name in attachments.instance_profiles
    ]
    return [*steps, Step("delete_role", role.name, f"delete role {role.name}", {"RoleName": role.name})]


def _policy_steps(policy: Policy, attached_to: frozenset[str]) -> list[Step]:
    """DeletePolicy wants it detached everywhere, and no version but the default one."""
    steps = []
    for key in sorted(attached_to):
        kind, name = key.split("/", 1)
        request = {f"{kind.capitalize()}Name": name, "PolicyArn": policy.arn}
        steps.append(
            Step(
                f"detach_{kind}_policy",
                f"{policy.name} {name}",
                f"detach policy {policy.name} from {kind} {name}",
                request,
            )
        )
    steps += [
        Step(
            "delete_policy_version",
            f"{policy.name} {version}",
            f"delete version {version} of policy {policy.name}",
            {"PolicyArn": policy.arn, "VersionId": version},
        )
        for version in policy.versions or ()
    ]
    delete = Step("delete_policy", policy.name, f"delete policy {policy.name}", {"PolicyArn": policy.arn})
    return [*steps, delete]
