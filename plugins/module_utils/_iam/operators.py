# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operators who are to pass the role: who can get the policy for that, and what to do about those who can't. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import hint_for
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step

# Roles of Identity Center and of AWS's services: nobody else can attach anything to them.
_PROTECTED = re.compile(r"arn:[\w-]+:iam::\d{12}:role/(aws-reserved|aws-service-role)/")


@dataclass(frozen=True)
class Principal:
    """A user, group or role by its ARN; kind is what stands before the first slash of the ARN's resource."""

    arn: str
    kind: str
    name: str

    @property
    def key(self) -> str:
        """What tells principals of one account apart; IAM lists them without their ARNs."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Operators:
    """arns: ARN as given -> ARN as IAM has it, empty for nobody. unread: why nothing is known of them."""

    arns: Mapping[str, str] = field(default_factory=dict)
    unread: Failure | None = None


def attachment(principal: Principal, policy_arn: str) -> Step:
    request = {f"{principal.kind.capitalize()}Name": principal.name, "PolicyArn": policy_arn}
    sentence = f"attach policy {policy_arn} to {principal.kind} {principal.name}"
    return Step(f"attach_{principal.kind}_policy", principal.name, sentence, request)


def is_protected(arn: str) -> bool:
    return _PROTECTED.match(arn) is not None


def refused_operators(
    principals: Sequence[Principal], has: Collection[str], known: Operators, role_arn: str
) -> tuple[Failure, ...]:
    """A failure for each who can't get the policy, as far as that is known beforehand."""
    failures = [_refusal(principal, known, role_arn) for principal in principals if principal.key not in has]
    return tuple(failure for failure in failures if failure is not None)


def _refusal(principal: Principal, known: Operators, role_arn: str) -> Failure | None:
    if known.unread is not None:
        unread = known.unread
        return Failure(principal.arn, unread.code, unread.message, unread.hint)
    arn = known.arns.get(principal.arn, principal.arn)
    if is_protected(principal.arn) or is_protected(arn):
        message = f"Role {principal.name} is protected: only AWS can change it."
        return operator_failure(principal, "UnmodifiableEntity", message, role_arn)
    if not arn:
        return operator_failure(principal, "NoSuchEntity", f"There is no {principal.kind} {principal.name}.", role_arn)
    return None


def full(principal: Principal, quota: int, role_arn: str) -> Failure:
    message = f"{principal.kind.capitalize()} {principal.name} has {quota} managed policies already."
    return operator_failure(principal, "LimitExceeded", message, role_arn)


def operator_failure(principal: Principal, code: str, message: str, role_arn: str, hint: str = "") -> Failure:
    """hint: what to do where nothing is known that suits operators better."""
    known = _hints(principal, json.dumps(pass_role_document(role_arn)))
    better = next((text for part, text in known.items() if part in code.lower()), "")
    return Failure(principal.arn, code, message, better or hint or hint_for(code, message))


def _hints(principal: Principal, document: str) -> dict[str, str]:
    """Part of the code -> what to do. The rest of the run is done whatever becomes of operators."""
    out = f"and take {principal.arn} out of pass_role_to (of the role: flow_logs_pass_role_to)"
    protected = f"Put this statement into the permission set in IAM Identity Center, {out}: {document}."
    if "/aws-service-role/" in principal.arn:
        protected = f"A service's role can't be an operator: name who creates flow logs, {out}."
    return {
        "unmodifiableentity": protected,
        "limitexceeded": "Detach a policy that it does not need, put the document into one that it has, or ask AWS for a"
        f" higher quota of managed policies: {document}.",
        "nosuchentity": f"Check the ARN, {out} if it is gone.",
    }
