# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Reading what flow_log_iam_info tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Callable
from typing import TypeVar

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import api
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.options import require_names
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trusts_flow_logs
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.users import find_users
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_flow_log_ids

from .holes import Holes
from .parts import POLICY_USERS
from .parts import ROLE_POLICIES
from .roles import FoundPolicy
from .roles import FoundRole
from .roles import audit

Answer = TypeVar("Answer")

_PASS_ROLE = "PassRole-"


def read_audit(module: Any, holes: Holes | None = None) -> dict[str, Any]:
    """The module's result. Raises InvalidInput for wrong options, AwsError when IAM can't be read.

    With holes only the listing of the roles has to be read: what else can't be becomes a hole.
    """
    options = module.params
    require_names("role_names", options["role_names"], 64)
    require_names("policy_names", options["policy_names"], 128)
    ignored: frozenset[str] = parse_flow_log_ids(options["ignored_flow_log_ids"]) or frozenset()
    account = account_of(module)
    iam = client(module, "iam")
    entries = _roles(iam, options["role_names"])
    users = find_users(module, account)
    reads = _Reads(iam, account, holes)
    roles = side_by_side(reads.found_role, entries)
    arns = reads.policy_arns(roles, options["policy_names"] or [])
    policies = [policy for policy in side_by_side(lambda item: reads.found_policy(*item), arns.items()) if policy]
    told = audit(roles, policies, users, ignored)
    return told if holes is None else {**told, "not_read": holes.as_result()}


def _roles(iam: Any, names: list[str] | None) -> list[dict[str, Any]]:
    """The roles of these names that exist; without names, all that trust the flow-log service.

    A role of AWS's own making (service-linked) delivers no flow logs, though it may trust the service.
    """
    if names is not None:
        found = {role["RoleName"]: role for role in side_by_side(lambda name: _role(iam, name), names) if role}
        return list(found.values())
    return [
        role
        for role in api.list_roles(iam)
        if trusts_flow_logs(role["AssumeRolePolicyDocument"]) and not role["Path"].startswith("/aws-service-role/")
    ]


def _role(iam: Any, name: str) -> dict[str, Any] | None:
    """The role of this name, in whatever case."""
    role: dict[str, Any] | None = api.get_role(iam, name)
    if role is None:
        other_case = api.find_role_name(iam, name)
        role = api.get_role(iam, other_case) if other_case else None
    return role


@dataclass(frozen=True)
class _Reads:
    """What is read of roles and policies that are known to be there. holes: None where an error is to end it all."""

    iam: Any
    account: Account
    holes: Holes | None

    def _read(self, what: str, subject: str, call: Callable[[], Answer], otherwise: Answer) -> Answer:
        return call() if self.holes is None else self.holes.read(what, subject, call, otherwise)

    def found_role(self, entry: dict[str, Any]) -> FoundRole:
        name = entry["RoleName"]
        attached: tuple[str, ...] = self._read(ROLE_POLICIES, name, lambda: api.attached_policies(self.iam, name), ())
        role = Role(
            name=name,
            arn=entry["Arn"],
            path=entry["Path"],
            trust=entry["AssumeRolePolicyDocument"],
            attached=attached,
        )
        return FoundRole(role, self._read(ROLE_POLICIES, name, lambda: api.inline_policies(self.iam, name), ()))

    def policy_arns(self, roles: list[FoundRole], names: list[str]) -> dict[str, str | None]:
        """ARN -> the role that it lets operators pass, or None for one of the roles' own; AWS's own policies left out."""
        own = f":iam::{self.account.account_id}:policy/"
        arns: dict[str, str | None] = {arn: None for found in roles for arn in found.role.attached if own in arn}
        for found in roles:
            arn = self._policy_arn(found.role.path, _PASS_ROLE + found.role.name)
            if arn:
                arns[arn] = found.role.name
        for name in names:
            if not any(arn.rsplit("/", 1)[-1].lower() == name.lower() for arn in arns):
                arn = self._policy_arn("/", name)
                if arn:
                    arns[arn] = None
        return arns

    def _policy_arn(self, path: str, name: str) -> str | None:
        """The ARN of the policy of this name: most likely at this path, but wherever and in whatever case it is."""
        arn = self.account.iam_arn("policy", path, name)

        def find() -> str | None:
            found: str | None = arn if api.get_policy(self.iam, arn) else api.find_policy_arn(self.iam, name)
            return found

        return self._read(POLICY_USERS, name, find, None)

    def found_policy(self, arn: str, serves: str | None) -> FoundPolicy | None:
        """One whose users can't be read is left out: it must not count for one that nobody uses."""

        def find() -> FoundPolicy | None:
            entry = api.get_policy(self.iam, arn)
            if entry is None:
                return None
            users = api.attached_to(self.iam, arn)
            return FoundPolicy(entry["PolicyName"], arn, users, api.bounded_by(self.iam, arn), serves)

        return self._read(POLICY_USERS, arn.rsplit("/", 1)[-1], find, None)
