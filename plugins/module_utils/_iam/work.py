# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The flow_log_iam module's four chapters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Conflict
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import with_hint
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import is_denial
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import named_permission
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step

from . import api
from .documents import scoped_names
from .operators import Operators
from .operators import Principal
from .operators import full
from .operators import is_protected
from .operators import operator_failure
from .options import wide_open
from .options import wish_from_options
from .plan import Current
from .plan import Policy
from .plan import Role
from .plan import plan_delivery_role
from .plan import wanted_publishing
from .policy import InUse
from .policy import new_policy
from .reader import DeliveryRoleReader
from .usage import Unread
from .users import find_users

# Answers that mean that another writer was faster; looking again shows what is left to do. What is missing may also be
# something that nobody here makes, such as a permissions boundary: then looking again would not help.
_ANOTHER_WRITER = ("EntityAlreadyExists", "DeleteConflict")
_GONE = "NoSuchEntity"
_OF_WHAT_WE_MAKE = ("delete_policy_version", "create_policy_version", "attach_role_policy", "update_assume_role_policy")

_TAGGING = ("tag_role", "untag_role", "tag_policy", "untag_policy")
_TAG_WORD = re.compile(r"\btag", re.IGNORECASE)
# IAM's quota of managed policies per user, group and role that every account begins with.
_LEAST_QUOTA = 10


class DeliveryRoleWork(Work):
    """Options are checked before the first call, except for what needs the account's number."""

    def __init__(self, module: Any) -> None:
        account = account_of(module)
        self.wish = wish_from_options(module.params, account)
        warning = wide_open(self.wish)
        if warning:
            module.warn(warning)
        self.client = client(module, "iam")
        self.reader = DeliveryRoleReader(self.client, self.wish)
        self.find_users = lambda: find_users(module, account)
        self.policy: Policy | None = None

    def observe(self) -> Current:
        policy = self.reader.policy(self.wish.policy_name)
        role = self.reader.role()
        in_use = self._in_use(role, policy)
        if policy is not None:
            wanted = wanted_publishing(self.wish, policy, in_use, COMPARISON)
            policy = self._with_versions(policy, wanted.document)
        self.policy = policy
        self._require_boundary(role)
        current = Current(role, policy, in_use=in_use)
        return self._with_operators(current) if self.wish.pass_role_to else current

    def _in_use(self, role: Role | None, policy: Policy | None) -> InUse:
        """The names in use matter, and cost a call for each region, only when a name may go or is lacking."""
        shared = policy is not None and policy.attachments > int(role is not None and policy.arn in role.attached)
        if not self.wish.publishing.narrows or (role is None and not shared):
            return InUse()
        if policy is not None:
            asked = new_policy(self.wish.account, self.wish.publishing, InUse())
            if not COMPARISON.policies_differ(policy.document, asked):
                return InUse()
        try:
            users = self.find_users()
        except AwsError as error:
            return InUse(unread=(Unread("all regions", error.code or "NoAnswer", error.told),))
        others, unread = self._other_roles(policy) if policy is not None and shared else ([], ())
        logs = [user.log for name in others for user in users.of_name(name)]
        logs += [user.log for user in (users.of(role.arn) if role is not None else [])]
        names = {log.destination.name for log in logs if log.destination.needs_role}
        return InUse(tuple(sorted(names)), (*users.unread, *unread))

    def _other_roles(self, policy: Policy) -> tuple[list[str], tuple[Unread, ...]]:
        """Names of the roles that have the policy, as one policy scopes all of them."""
        try:
            keys = api.attached_to(self.client, policy.arn)
        except AwsError as error:
            return [], (Unread(f"the other roles that have policy {policy.name}", error.code or "NoAnswer", error.told),)
        return [key.split("/", 1)[1] for key in keys if key.startswith("role/")], ()

    def _add_what_others_added(self, made: str) -> None:
        """Takes over the names that another writer added since the policy was read, unless all others are to go.

        IAM knows no "only if unchanged", but it numbers versions one after the other: a gap between the versions that were
        seen and the one that was made is another writer's. Raises Conflict to go round again with its names.
        """
        policy, wish = self.policy, self.wish.publishing
        if policy is None or (wish.replaces and not wish.narrows):
            return
        known = max(map(_number, (policy.default_version_id, *(policy.versions or ()))))
        between = [f"v{number}" for number in range(known + 1, _number(made))]
        if not between:
            return
        documents = [api.policy_document_if_any(self.client, policy.arn, version) for version in between]
        names = [name for document in documents for name in scoped_names(document)]
        if wish.names is None:
            wish = replace(wish, needed=tuple(dict.fromkeys([*wish.needed, *names])))
        else:
            wish = replace(wish, names=tuple(dict.fromkeys([*wish.names, *names])))
        self.wish = replace(self.wish, publishing=wish)
        raise Conflict(f"Others keep changing policy {policy.name}. Run it again when they are done.")

    def _require_boundary(self, role: Role | None) -> None:
        """Raises InvalidInput when the boundary that is to be set does not exist."""
        boundary = self.wish.permissions_boundary
        is_new = bool(boundary) and (role is None or role.permissions_boundary != boundary)
        if is_new and api.get_policy(self.client, str(boundary)) is None:
            raise InvalidInput(f"The permissions_boundary {boundary} does not exist. Nothing was written.")

    def _with_versions(self, policy: Policy, document: Mapping[str, Any]) -> Policy:
        """Versions matter, and cost a call, only when a new one is to be made."""
        if not COMPARISON.policies_differ(policy.document, document):
            return policy
        return replace(policy, versions=api.other_versions(self.client, policy.arn))

    def _with_operators(self, current: Current) -> Current:
        """What can't be read of the operators fails for them alone."""
        try:
            pass_role = self._pass_role(current.role)
            has = pass_role.attached_to if pass_role else frozenset()
            lacking = [principal for principal in self.wish.pass_role_to if principal.key not in has]
            arns = {each.arn: self._known_arn(each) for each in lacking}
        except AwsError as error:
            unread = Failure("", error.code or "NoAnswer", f"{error.message}: {error.told}", error.hint)
            return replace(current, operators=Operators(unread=unread))
        return replace(current, pass_role=pass_role, operators=Operators(arns))

    def _known_arn(self, principal: Principal) -> str:
        if is_protected(principal.arn):
            return principal.arn
        return str(api.principal_arn(self.client, principal.kind, principal.name))

    def _pass_role(self, role: Role | None) -> Policy | None:
        policy = self.reader.policy(self.wish.pass_role_name)
        if policy is None:
            return None
        has = api.attached_to(self.client, policy.arn)
        return self._with_versions(replace(policy, attached_to=has), pass_role_document(self._role_arn(role)))

    def _role_arn(self, role: Role | None) -> str:
        return role.arn if role else self.wish.account.iam_arn("role", self.wish.new_path, self.wish.role_name)

    def plan(self, current: Current) -> Plan:
        return plan_delivery_role(self.wish, current, COMPARISON)

    def foretell(self, plan: Plan, current: Current) -> Plan:
        """Operators who have as many policies as they may."""
        attaching = {id(step): self._operator_of(step, plan) for step in plan.steps}
        refusals = [self._fullness(each, plan) for each in attaching.values() if each is not None]
        refused = {failure.resource_id for failure in refusals if failure is not None}
        lost = [each for each in attaching.values() if each is not None and each.arn in refused]
        return replace(
            plan,
            after=_without_operators(plan.after, lost),
            steps=tuple(step for step in plan.steps if attaching[id(step)] not in lost),
            refusals=(*plan.refusals, *(failure for failure in refusals if failure is not None)),
        )

    def _fullness(self, principal: Principal, plan: Plan) -> Failure | None:
        """What may not be read is not known beforehand; AWS says it then."""
        try:
            count = api.attached_count(self.client, principal.kind, principal.name)
        except AwsError:
            return None
        if count < _LEAST_QUOTA:
            return None
        try:
            quota = api.attached_quota(self.client, principal.kind)
        except AwsError:
            quota = _LEAST_QUOTA
        return full(principal, count, plan.after["role"]["arn"]) if count >= quota else None

    def _operator_of(self, step: Step, plan: Plan) -> Principal | None:
        """The operator to whom the step attaches the policy for operators; None for any other step."""
        if not step.kind.startswith("attach_") or step.arguments["PolicyArn"] == plan.after["policy"]["arn"]:
            return None
        key = f"{step.kind.split('_')[1]}/{step.subject}"
        return next((each for each in self.wish.pass_role_to if each.key == key), None)

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        """Delivery needs policy and role; tags and operators fail by themselves."""
        after = plan.after
        failed: set[str] = set()
        for step in plan.steps:
            operator = self._operator_of(step, plan)
            if operator is not None and operator.arn in failed:
                continue
            try:
                answer = _call(self.client, step, done)
            except AwsError as error:
                if _is_another_writers(step.kind, error.code):
                    raise Conflict(with_hint(f"{error.message}: {error.reason}", error.hint)) from error
                lost = [operator] if operator is not None else self._operators_hit(step, plan)
                if not lost and step.kind not in _TAGGING:
                    raise
                done.failures += [_operators_failure(each, error, plan) for each in lost] or [_failure(step, error)]
                failed |= {each.arn for each in lost}
                after = _without_operators(after, lost)
                continue
            done.steps.append(step)
            if step.kind == "create_policy_version" and step.subject == after["policy"]["policy_name"]:
                self._add_what_others_added(answer["PolicyVersion"]["VersionId"])
            after = _with_answer(after, step.kind, step.subject, answer)
        return _with_real_tags(plan, after, done)

    def _operators_hit(self, step: Step, plan: Plan) -> Sequence[Principal]:
        """All operators, when the step makes or corrects the policy that is theirs."""
        is_theirs = step.kind.endswith(("_policy", "_policy_version")) and step.subject == self.wish.pass_role_name
        known = {failure.resource_id for failure in plan.refusals}
        return [each for each in self.wish.pass_role_to if is_theirs and each.arn not in known]


def _call(client: Any, step: Step, done: Done) -> dict[str, Any]:
    """Makes the step's call. What is refused for its tags is made without them, as delivery needs none."""
    try:
        return api.DEEDS[step.kind](client, **step.arguments)
    except AwsError as error:
        if step.kind not in ("create_role", "create_policy") or not step.arguments["Tags"] or not _is_about_tags(error):
            raise
        answer = api.DEEDS[step.kind](client, **{**step.arguments, "Tags": {}})
        done.failures.append(_failure(step, error))
        return answer


def _is_about_tags(error: AwsError) -> bool:
    if is_denial(error.code):
        return named_permission(error.reason) in ("iam:TagRole", "iam:TagPolicy")
    return "tag" in error.code.lower() or _TAG_WORD.search(error.reason) is not None


def _failure(step: Step, error: AwsError) -> Failure:
    return Failure(step.subject, error.code or "NoAnswer", f"its tags could not be set: {error.told}", error.hint)


def _operators_failure(principal: Principal, error: AwsError, plan: Plan) -> Failure:
    role_arn = plan.after["role"]["arn"]
    return operator_failure(principal, error.code or "NoAnswer", f"{error.message}: {error.told}", role_arn, error.hint)


def _without_operators(after: dict[str, Any], lost: Sequence[Principal]) -> dict[str, Any]:
    keys = {principal.key for principal in lost}
    return {**after, "pass_role_attached_to": [key for key in after["pass_role_attached_to"] if key not in keys]}


def _with_real_tags(plan: Plan, after: dict[str, Any], done: Done) -> dict[str, Any]:
    """The predicted result, with the tags from before where they could not be set."""
    failed = {failure.resource_id for failure in done.failures}
    real = dict(after)
    for part, name in (("role", "role_name"), ("policy", "policy_name")):
        if real[part].get(name) in failed:
            real[part] = {**real[part], "tags": plan.before[part].get("tags", {})}
    return real


def _number(version_id: str) -> int:
    """v12 -> 12"""
    return int(version_id[1:])


def _is_another_writers(kind: str, code: str) -> bool:
    """True when another writer was faster, also when it took the place that was made for a new version."""
    if code in _ANOTHER_WRITER or (kind == "create_policy_version" and code == "LimitExceeded"):
        return True
    return code == _GONE and kind in _OF_WHAT_WE_MAKE


def _with_answer(after: dict[str, Any], kind: str, subject: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The predicted result with what only AWS knows: the ARNs as it gives them, the number of the new version."""
    if kind == "create_role":
        return {**after, "role": {**after["role"], "arn": answer["Role"]["Arn"]}}
    if subject != after["policy"].get("policy_name"):
        return after
    if kind == "create_policy":
        return {**after, "policy": {**after["policy"], "arn": answer["Policy"]["Arn"]}}
    if kind == "create_policy_version":
        return {**after, "policy": {**after["policy"], "default_version_id": answer["PolicyVersion"]["VersionId"]}}
    return after
