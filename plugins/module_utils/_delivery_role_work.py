# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The flow_log_iam module's four chapters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from typing import Dict
from typing import Optional

from ansible_collections.netops.flow_logs.plugins.module_utils import _delivery_role_api as api
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role import Current
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role import Policy
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role import Role
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role import plan_delivery_role
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role import scoped_names
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role import wanted_document
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role_options import require_fitting
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role_options import wide_open
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role_options import wish_from_options
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_role_reader import DeliveryRoleReader
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import Conflict
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import with_hint
from ansible_collections.netops.flow_logs.plugins.module_utils._hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._run import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._run import Work

# Answers that mean that another writer was faster; looking again shows what is left to do. What is missing may also be
# something that nobody here makes, such as a permissions boundary: then looking again would not help.
_ANOTHER_WRITER = ("EntityAlreadyExists", "DeleteConflict")
_GONE = "NoSuchEntity"
_OF_WHAT_WE_MAKE = ("delete_policy_version", "create_policy_version", "attach_role_policy", "update_assume_role_policy")


class DeliveryRoleWork(Work):
    """Options are checked before the first call, except for what needs the account's number."""

    def __init__(self, module: Any) -> None:
        self.wish = wish_from_options(module.params, account_of(module))
        warning = wide_open(self.wish)
        if warning:
            module.warn(warning)
        self.client = client(module, "iam")
        self.reader = DeliveryRoleReader(self.client, self.wish)
        self.policy: Optional[Policy] = None

    def observe(self) -> Current:
        policy = self.reader.policy(self.wish.policy_name)
        if policy is not None:
            policy = self._with_versions(policy, wanted_document(self.wish, policy))
        self.policy = policy
        role = self.reader.role()
        self._require_boundary(role)
        pass_role = self._pass_role(role) if self.wish.pass_role_to else None
        return Current(role, policy, pass_role)

    def _add_what_others_added(self, made: str) -> None:
        """Where names add up, takes over those that another writer added since the policy was read.

        IAM knows no "only if unchanged", but it numbers versions one after the other: a gap between the versions that were
        seen and the one that was made is another writer's. Raises Conflict to go round again with its names.
        """
        policy = self.policy
        if policy is None or self.wish.log_group_names is None or self.wish.purge_log_group_names:
            return
        known = max(map(_number, (policy.default_version_id, *(policy.versions or ()))))
        between = [f"v{number}" for number in range(known + 1, _number(made))]
        if not between:
            return
        documents = [api.policy_document_if_any(self.client, policy.arn, version) for version in between]
        names = [name for document in documents for name in scoped_names(document)]
        self.wish = replace(self.wish, log_group_names=tuple(dict.fromkeys([*self.wish.log_group_names, *names])))
        raise Conflict(f"Others keep changing policy {policy.name}. Run it again when they are done.")

    def _require_boundary(self, role: Optional[Role]) -> None:
        """Raises InvalidInput when the boundary that is to be set does not exist."""
        boundary = self.wish.permissions_boundary
        is_new = bool(boundary) and (role is None or role.permissions_boundary != boundary)
        if is_new and api.get_policy(self.client, str(boundary)) is None:
            raise InvalidInput(f"The permissions_boundary {boundary} does not exist. Nothing was written.")

    def _with_versions(self, policy: Policy, document: Dict[str, Any]) -> Policy:
        """Versions matter, and cost a call, only when a new one is to be made."""
        if not COMPARISON.policies_differ(policy.document, document):
            return policy
        return replace(policy, versions=api.other_versions(self.client, policy.arn))

    def _pass_role(self, role: Optional[Role]) -> Optional[Policy]:
        policy = self.reader.policy(self.wish.pass_role_name)
        has = api.attached_to(self.client, policy.arn) if policy else frozenset()
        unknown = [
            principal.arn
            for principal in self.wish.pass_role_to
            if principal.key not in has and not api.principal_exists(self.client, principal.kind, principal.name)
        ]
        if unknown:
            raise InvalidInput(f"pass_role_to names what does not exist: {', '.join(unknown)}. Nothing was written.")
        if policy is None:
            return None
        arn = role.arn if role else self.wish.account.iam_arn("role", self.wish.new_path, self.wish.role_name)
        return self._with_versions(replace(policy, attached_to=has), pass_role_document(arn))

    def plan(self, current: Current) -> Plan:
        require_fitting(wanted_document(self.wish, current.policy), self.wish.policy_name)
        return plan_delivery_role(self.wish, current, COMPARISON)

    def apply(self, plan: Plan, done: Done) -> Dict[str, Any]:
        after = plan.after
        for step in plan.steps:
            try:
                answer = api.DEEDS[step.kind](self.client, **step.arguments)
            except AwsError as error:
                if _is_another_writers(step.kind, error.code):
                    raise Conflict(with_hint(f"{error.message}: {error.reason}", error.hint)) from error
                raise
            done.steps.append(step)
            if step.kind == "create_policy_version" and step.subject == after["policy"]["policy_name"]:
                self._add_what_others_added(answer["PolicyVersion"]["VersionId"])
            after = _with_answer(after, step.kind, step.subject, answer)
        return after


def _number(version_id: str) -> int:
    """v12 -> 12"""
    return int(version_id[1:])


def _is_another_writers(kind: str, code: str) -> bool:
    """True when another writer was faster, also when it took the place that was made for a new version."""
    if code in _ANOTHER_WRITER or (kind == "create_policy_version" and code == "LimitExceeded"):
        return True
    return code == _GONE and kind in _OF_WHAT_WE_MAKE


def _with_answer(after: Dict[str, Any], kind: str, subject: str, answer: Dict[str, Any]) -> Dict[str, Any]:
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
