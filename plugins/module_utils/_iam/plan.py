# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The IAM side of a flow log's delivery: values, wish and plan. Pure.

A customer-managed policy that lets the log group be written, a role that the flow-log service assumes, and for
operators a policy to pass exactly that role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Comparison
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish

from .operators import Operators
from .operators import Principal
from .operators import attachment
from .operators import refused_operators
from .policy import InUse
from .policy import PolicyWish
from .policy import WantedPolicy
from .policy import new_policy
from .policy import require_fitting
from .policy import wanted_policy
from .trust import trust_document
from .trust import wanted_trust

# A managed policy keeps five versions (IAM quotas).
MOST_VERSIONS = 5
POLICY_DESCRIPTION = "Lets VPC Flow Logs publish to CloudWatch Logs."
PASS_ROLE_DESCRIPTION = "Lets an operator pass the role of VPC Flow Logs."
ROLE_DESCRIPTION = "Assumed by VPC Flow Logs to publish to CloudWatch Logs."


@dataclass(frozen=True)
class Policy:
    """versions: ids that are not the default, oldest first; None while nobody needed to know.

    attached_to: keys of the principals that have it, see Principal.key. attachments: how many have it.
    """

    name: str
    arn: str
    document: Mapping[str, Any]
    default_version_id: str = "v1"
    versions: tuple[str, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    attached_to: frozenset[str] = frozenset()
    attachments: int = 0


@dataclass(frozen=True)
class Role:
    """attached: ARNs of its managed policies."""

    name: str
    arn: str
    path: str
    trust: Mapping[str, Any]
    permissions_boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    attached: tuple[str, ...] = ()


@dataclass(frozen=True)
class Current:
    """None: does not exist (or, for pass_role, was not asked for).

    in_use: what flow logs use the role for, as far as that was needed. operators: what is known of those who are to pass it.
    """

    role: Role | None = None
    policy: Policy | None = None
    pass_role: Policy | None = None
    in_use: InUse = InUse()
    operators: Operators = Operators()


@dataclass(frozen=True)
class Wish:
    """path None: where it is, and / for what is new. permissions_boundary None: leave alone, empty: none.

    restrict_trust None: leave alone a trust that lets the flow-log service in; a new one is open.
    """

    account: Account
    role_name: str
    policy_name: str
    path: str | None = None
    permissions_boundary: str | None = None
    publishing: PolicyWish = PolicyWish()
    restrict_trust: bool | None = None
    pass_role_to: tuple[Principal, ...] = ()
    tags: TagWish = TagWish()

    @property
    def new_path(self) -> str:
        return self.path or "/"

    @property
    def pass_role_name(self) -> str:
        """The name of the operators' policy; one for each role."""
        return f"PassRole-{self.role_name}"


def plan_delivery_role(wish: Wish, current: Current, compare: Comparison) -> Plan:
    """The steps in an order in which no step needs a later one: what delivery needs, tags, operators.

    Raises InvalidInput where a wish can't be met.
    """
    _refuse_other_path(wish, current)
    policy, of_policy = _plan_policy(wish, current, compare)
    role, of_role = _plan_role(wish, current.role, policy.arn, compare)
    pass_role, of_operators, refusals = _plan_pass_role(wish, current, role.arn, compare)
    steps = [*of_policy.steps, *of_role.steps, *of_policy.tagging, *of_role.tagging, *of_operators]
    after = to_result(Current(role, policy, pass_role))
    before = to_result(current)
    if current.pass_role is not None:
        before["pass_role_policy"] = current.pass_role.document
    elif wish.pass_role_to:
        before["pass_role_policy"] = {}
    return Plan(
        before=before,
        after=after,
        steps=tuple(steps),
        refusals=refusals,
        warnings=(*of_policy.warnings, *of_role.warnings),
        not_in_diff=() if pass_role is not None else ("pass_role_policy",),
    )


@dataclass
class _Part:
    """What is planned for the policy or the role. tagging comes after all that delivery needs."""

    steps: list[Step] = field(default_factory=list)
    tagging: list[Step] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


def _refuse_other_path(wish: Wish, current: Current) -> None:
    if wish.path is None:
        return
    for what, thing in (("role", current.role), ("policy", current.policy)):
        if thing is not None and thing.arn != wish.account.iam_arn(what, wish.path, thing.name):
            raise InvalidInput(
                f"The {what} {thing.name} exists as {thing.arn} and can't be moved to path {wish.path}: names are unique"
                " in an account whatever the path. Leave path out to use it where it is, or choose another name."
            )


def _plan_policy(wish: Wish, current: Current, compare: Comparison) -> tuple[Policy, _Part]:
    arn = wish.account.iam_arn("policy", wish.new_path, wish.policy_name)
    wanted = wanted_publishing(wish, current.policy, current.in_use, compare)
    policy, part = _plan_document(
        wish,
        current.policy,
        Policy(wish.policy_name, arn, wanted.document),
        POLICY_DESCRIPTION,
        compare,
        wanted.changes,
    )
    part.warnings = wanted.warnings
    return policy, part


def wanted_publishing(wish: Wish, policy: Policy | None, in_use: InUse, compare: Comparison) -> WantedPolicy:
    """What the document of the publishing policy is to be. Raises InvalidInput where that can't be known, or does not fit."""
    if policy is None:
        wanted = WantedPolicy(new_policy(wish.account, wish.publishing, in_use))
    else:
        wanted = wanted_policy(wish.account, policy.name, policy.document, wish.publishing, in_use, compare)
    if policy is None or wanted.document is not policy.document:
        require_fitting(wanted.document, wish.policy_name)
    return wanted


def _plan_document(
    wish: Wish, policy: Policy | None, wanted: Policy, description: str, compare: Comparison, changes: str = ""
) -> tuple[Policy, _Part]:
    """A managed policy with the wanted document: created, or given a new default version."""
    if policy is None:
        tags = wish.tags.merged({}, compare)
        request = {
            "PolicyName": wanted.name,
            "Path": wish.new_path,
            "PolicyDocument": wanted.document,
            "Description": description,
            "Tags": tags,
        }
        made = Policy(wanted.name, wanted.arn, wanted.document, "v1", (), tags)
        return made, _Part([Step("create_policy", wanted.name, f"create policy {wanted.name}", request)])
    part = _Part(tagging=_retag(wish, "policy", policy.name, {"PolicyArn": policy.arn}, policy.tags, compare))
    made = replace(policy, tags=wish.tags.merged(policy.tags, compare))
    if compare.policies_differ(policy.document, wanted.document):
        # The new version's number is AWS's to give.
        made = replace(made, document=wanted.document, default_version_id="")
        part.steps = _new_version(policy, wanted.document, changes)
    return made, part


def _new_version(policy: Policy, document: Mapping[str, Any], changes: str) -> list[Step]:
    """A version of its own for the change; of five the oldest that is not in force makes room."""
    steps = []
    if policy.versions is not None and len(policy.versions) + 1 >= MOST_VERSIONS:
        oldest = policy.versions[0]
        request = {"PolicyArn": policy.arn, "VersionId": oldest}
        steps.append(
            Step("delete_policy_version", policy.name, f"delete version {oldest} of policy {policy.name}", request)
        )
    version: dict[str, Any] = {"PolicyArn": policy.arn, "PolicyDocument": document, "SetAsDefault": True}
    sentence = f"give policy {policy.name} a new default version{f', which {changes}' if changes else ''}"
    steps.append(Step("create_policy_version", policy.name, sentence, version))
    return steps


def _plan_role(wish: Wish, role: Role | None, policy_arn: str, compare: Comparison) -> tuple[Role, _Part]:
    if role is None:
        made, steps = _new_role(wish, trust_document(wish.account, bool(wish.restrict_trust)), policy_arn, compare)
        return made, _Part(steps)
    trust = wanted_trust(wish.account, role.name, role.trust, wish.restrict_trust)
    part = _Part(warnings=trust.warnings)
    if compare.policies_differ(role.trust, trust.document):
        request: dict[str, Any] = {"RoleName": role.name, "PolicyDocument": trust.document}
        part.steps.append(Step("update_assume_role_policy", role.name, trust.sentence, request))
    boundary = role.permissions_boundary
    if wish.permissions_boundary is not None and wish.permissions_boundary != (boundary or ""):
        boundary = wish.permissions_boundary or None
        part.steps.append(_bound(role.name, boundary))
    attached = role.attached
    if policy_arn not in attached:
        part.steps.append(_attach(role.name, policy_arn))
        attached = (*attached, policy_arn)
    part.tagging = _retag(wish, "role", role.name, {"RoleName": role.name}, role.tags, compare)
    tags = wish.tags.merged(role.tags, compare, ignores_case=True)
    return Role(role.name, role.arn, role.path, trust.document, boundary, tags, attached), part


def _new_role(wish: Wish, trust: Mapping[str, Any], policy_arn: str, compare: Comparison) -> tuple[Role, list[Step]]:
    tags = wish.tags.merged({}, compare)
    request: dict[str, Any] = {
        "RoleName": wish.role_name,
        "Path": wish.new_path,
        "AssumeRolePolicyDocument": trust,
        "Description": ROLE_DESCRIPTION,
        "Tags": tags,
    }
    if wish.permissions_boundary:
        request["PermissionsBoundary"] = wish.permissions_boundary
    arn = wish.account.iam_arn("role", wish.new_path, wish.role_name)
    role = Role(wish.role_name, arn, wish.new_path, trust, wish.permissions_boundary or None, tags, (policy_arn,))
    create = Step("create_role", wish.role_name, f"create role {wish.role_name}", request)
    return role, [create, _attach(wish.role_name, policy_arn)]


def _attach(role_name: str, policy_arn: str) -> Step:
    sentence = f"attach policy {policy_arn} to role {role_name}"
    return Step("attach_role_policy", role_name, sentence, {"RoleName": role_name, "PolicyArn": policy_arn})


def _bound(role_name: str, boundary: str | None) -> Step:
    if boundary is None:
        sentence = f"remove the permissions boundary of role {role_name}"
        return Step("delete_role_permissions_boundary", role_name, sentence, {"RoleName": role_name})
    sentence = f"set the permissions boundary of role {role_name} to {boundary}"
    request = {"RoleName": role_name, "PermissionsBoundary": boundary}
    return Step("put_role_permissions_boundary", role_name, sentence, request)


def _retag(
    wish: Wish, kind: str, name: str, request: Mapping[str, str], tags: Mapping[str, str], compare: Comparison
) -> list[Step]:
    to_set, to_unset = wish.tags.changes(tags, compare, ignores_case=kind == "role")
    steps = []
    if to_unset:
        sentence = f"remove the tags {', '.join(to_unset)} from {kind} {name}"
        steps.append(Step(f"untag_{kind}", name, sentence, {**request, "TagKeys": to_unset}))
    if to_set:
        sentence = f"set the tags {', '.join(sorted(to_set))} on {kind} {name}"
        steps.append(Step(f"tag_{kind}", name, sentence, {**request, "Tags": to_set}))
    return steps


def _plan_pass_role(
    wish: Wish, current: Current, role_arn: str, compare: Comparison
) -> tuple[Policy | None, list[Step], tuple[Failure, ...]]:
    """The operators' policy, attached to those who are named; others who have it keep it.

    An operator who can't get it stops no other; when nobody can, there is no use in making it.
    """
    policy = current.pass_role
    has = policy.attached_to if policy else frozenset()
    refusals = refused_operators(wish.pass_role_to, has, current.operators, role_arn)
    refused = {failure.resource_id for failure in refusals}
    able = [principal for principal in wish.pass_role_to if principal.arn not in refused]
    if not able:
        return policy, [], refusals
    arn = wish.account.iam_arn("policy", wish.new_path, wish.pass_role_name)
    wanted = Policy(wish.pass_role_name, arn, pass_role_document(role_arn))
    made, part = _plan_document(wish, policy, wanted, PASS_ROLE_DESCRIPTION, compare)
    attachments = [attachment(principal, made.arn) for principal in able if principal.key not in has]
    keys = {principal.key for principal in able}
    return replace(made, attached_to=made.attached_to | keys), [*part.steps, *attachments, *part.tagging], refusals


def to_result(current: Current) -> dict[str, Any]:
    """The module's result; role and policy are empty when there are none."""
    role, policy, pass_role = current.role, current.policy, current.pass_role
    answer: dict[str, Any] = {"role": {}, "policy": {}, "pass_role_policy": {}, "pass_role_attached_to": []}
    if role is not None:
        answer["role"] = {
            "role_name": role.name,
            "arn": role.arn,
            "path": role.path,
            "assume_role_policy_document": role.trust,
            "permissions_boundary": role.permissions_boundary,
            "attached_policies": list(role.attached),
            "tags": dict(role.tags),
        }
        answer["pass_role_policy"] = pass_role_document(role.arn)
    if policy is not None:
        answer["policy"] = {
            "policy_name": policy.name,
            "arn": policy.arn,
            "policy_document": policy.document,
            "tags": dict(policy.tags),
        }
        if policy.default_version_id:
            answer["policy"]["default_version_id"] = policy.default_version_id
    if pass_role is not None:
        answer["pass_role_attached_to"] = sorted(pass_role.attached_to)
    return answer
