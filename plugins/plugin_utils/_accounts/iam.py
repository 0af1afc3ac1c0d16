# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The IAM that an account's deliveries share: converged by those who may, compared by everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import hand_on
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import is_denial
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.work import DeliveryRoleWork

from .account import Account
from .drift import differing
from .module_stand_in import InProcessModule
from .outcomes import IamOutcome
from .outcomes import Returned


def share_iam(account: Account) -> Returned:
    """What flow_log_iam returns; where IAM is not managed, what there is, and in differs the steps of its plan.

    A failure has no role in it.
    """
    found = Returned({})
    for way in account.open_ways:
        found = _by(account, way)
        # Another way into the account may have the permissions that this one lacks, unless something was written already.
        if "role" in found.result or found.changed or not is_denied(found.result):
            break
    return found


def _by(account: Account, way: int) -> Returned:
    options = account.iam_options(way)
    if account.plan.manage_iam:
        return account.converge(DeliveryRoleWork, options, way)
    return account.run_with_steps(lambda module: answer(module, lambda: _compared(module)), options, way)


def is_denied(result: Mapping[str, Any]) -> bool:
    """True for the result of a module that lacks a permission."""
    return is_denial(str((result.get("error") or {}).get("code") or ""))


def setup(account: Account) -> list[IamOutcome]:
    """The account's IAM and nothing else, also where its deliveries leave IAM alone."""
    failed = account.failed_entry()
    if failed:
        return [replace(failed, skipped=())]
    account.plan = replace(account.plan, manage_iam=True)
    iam = share_iam(account)
    # Deliveries are no part of it, so nothing is to be said of them.
    if "role" not in iam.result:
        return [IamOutcome(account.name, iam)]
    return [IamOutcome(account.name, iam=iam, setup=True)]


def _compared(module: InProcessModule) -> dict[str, Any]:
    """Observes and plans, and applies nothing: there is no way from here to a write. Raises InvalidInput without a role."""
    work = DeliveryRoleWork(module)
    current = work.observe()
    plan = work.plan(current)
    differs = printable_lines(step.sentence for step in plan.steps)
    hand_on(module, plan.steps)
    if current.role is None:
        raise InvalidInput(
            f"There is no IAM role {module.params['role_name']}, and flow_logs_manage_iam is false: nothing was done in this"
            f" account. {differing(differs)}"
        )
    # What can't be read of operators, or can't be, is as little as it was asked for.
    failures = {"failures": [failure.as_result() for failure in plan.refusals]} if plan.refusals else {}
    seen = {**plan.before, "pass_role_policy": plan.after["pass_role_policy"]}
    return {**seen, "actions": [], "differs": differs, **failures}
