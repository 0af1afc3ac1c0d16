# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What a report tells of IAM: roles of the flow-log service, their policies, and what nobody uses any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import with_note

from .commands import Commands
from .estate import Audit
from .estate import Entry
from .findings import finding

_ROLE = ("role_name", "arn", "in_use_by", "orphaned")
_POLICY = ("policy_name", "arn", "attached_to", "orphaned")


def iam(audits: Iterable[Audit]) -> list[Entry]:
    return [
        {
            "account_id": audit.account_id,
            "account": audit.label,
            "roles": [{key: role[key] for key in _ROLE} for role in audit.iam["roles"]],
            "policies": [{key: policy[key] for key in _POLICY} for policy in audit.iam["policies"]],
        }
        for audit in _once(audits)
    ]


def orphans(audits: Iterable[Audit], commands: Commands) -> list[Entry]:
    """Roles and policies that no flow log needs, but for those that the inventory asks for."""
    every = list(audits)
    found = []
    for audit in _once(every):
        wanted = _wanted(every, audit)
        stamp = {"account_id": audit.account_id, "account": audit.label, "region": None}
        roles = [role for role in audit.iam["roles"] if role["orphaned"] and role["role_name"].lower() not in wanted]
        policies = [
            each for each in audit.iam["policies"] if each["orphaned"] and each["policy_name"].lower() not in wanted
        ]
        companions = _companions(roles, policies)
        for role in roles:
            more = _removal(audit, role, companions.get(role["role_name"]), commands)
            message = "No flow log of any region delivers through this role."
            found.append(finding("orphaned_role", stamp, role["role_name"], message, **more))
        for policy in policies:
            found.append(_policy(stamp, policy))
    return found


def _once(audits: Iterable[Audit]) -> list[Audit]:
    """One audit for each account of which something is known: several ways may lead there."""
    by_account: dict[str, Audit] = {}
    for audit in audits:
        if audit.account_id and "roles" in audit.iam:
            by_account.setdefault(audit.account_id, audit)
    return list(by_account.values())


def _wanted(audits: Iterable[Audit], own: Audit) -> list[str]:
    names = [audit.iam_names for audit in audits if audit.account_id == own.account_id and audit.wished]
    wanted = [name[key].lower() for name in names for key in ("role_name", "policy_name")]
    return [*wanted, *(f"passrole-{name['role_name'].lower()}" for name in names)]


def _companions(roles: Iterable[Entry], policies: Iterable[Entry]) -> dict[str, str]:
    """Role -> the one policy that goes with it."""
    by_arn = {policy["arn"]: policy["policy_name"] for policy in policies}
    found = {}
    for role in roles:
        own = [by_arn[arn] for arn in role["attached_policies"] if arn in by_arn]
        if len(own) == 1:
            found[role["role_name"]] = own[0]
    return found


def _removal(
    audit: Audit, role: Mapping[str, Any], policy_name: str | None, commands: Commands
) -> dict[str, str | None]:
    """No command for a role with policies of unknown purpose: which of them may go, its owner has to say."""
    if policy_name is None:
        note = "Make sure that nobody means to use it again, and remove it with the policies that only it has."
        return {"command": None, "command_note": note}
    options = {"role_name": role["role_name"], "policy_name": policy_name, "state": "absent"}
    command = commands.module(audit.connection, "flow_log_iam", options)
    note = "Make sure that nobody means to use it again."
    return with_note(command, f"{note} This refuses while a flow log uses it.", note)


def _policy(stamp: Entry, policy: Mapping[str, Any]) -> Entry:
    holders = ", ".join(policy["attached_to"])
    message = f"Only {holders} has it." if holders else "Nobody has it."
    note = "It goes with its role." if holders else None
    return finding(
        "orphaned_policy",
        stamp,
        policy["policy_name"],
        f"No flow log needs this policy any more. {message}",
        command_note=note,
    )
