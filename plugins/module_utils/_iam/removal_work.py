# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The flow_log_iam module's four chapters for state absent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Done
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Conflict
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import with_hint
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_flow_log_ids

from . import api
from .options import wish_from_options
from .plan import Current
from .plan import Policy
from .reader import DeliveryRoleReader
from .removal import Attachments
from .removal import Removal
from .removal import plan_removal
from .usage import Users
from .users import find_users


class DeliveryRoleRemovalWork(Work):
    """Options are checked before the first call, except for what needs the account's number."""

    def __init__(self, module: Any) -> None:
        options = module.params
        ignored = parse_flow_log_ids(options["ignored_flow_log_ids"]) or frozenset()
        self.removal = Removal(options["force"], ignored)
        account = account_of(module)
        wish = wish_from_options(options, account)
        self.client = client(module, "iam")
        # Somebody else may remove the same policies at the same time.
        self.reader = DeliveryRoleReader(self.client, wish, api.policy_document_if_any)
        self.find_users = lambda: find_users(module, account)

    def observe(self) -> tuple[Current, Attachments]:
        role = self.reader.role()
        policy = self._whole(self.reader.policy(self.reader.wish.policy_name))
        pass_role = self._whole(self.reader.policy(self.reader.wish.pass_role_name))
        users = self.find_users() if role else Users({})
        attachments = Attachments(
            inline=api.inline_policies(self.client, role.name) if role else (),
            instance_profiles=api.instance_profiles(self.client, role.name) if role else (),
            bounded=api.bounded_by(self.client, policy.arn) if policy else frozenset(),
            users=users.of(role.arn) if role else (),
            unread=users.unread,
        )
        return Current(role, policy, pass_role), attachments

    def _whole(self, policy: Policy | None) -> Policy | None:
        if policy is None:
            return None
        return replace(
            policy,
            versions=api.other_versions(self.client, policy.arn),
            attached_to=api.attached_to(self.client, policy.arn),
        )

    def plan(self, current: tuple[Current, Attachments]) -> Plan:
        return plan_removal(self.removal, *current, COMPARISON)

    def apply(self, plan: Plan, done: Done) -> dict[str, Any]:
        for step in plan.steps:
            try:
                api.REMOVALS[step.kind](self.client, **step.arguments)
            except AwsError as error:
                if error.code == "DeleteConflict":
                    raise Conflict(with_hint(f"{error.message}: {error.reason}", error.hint)) from error
                raise
            done.steps.append(step)
        return plan.after
