# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trust of the role that delivers: who may assume it, and what becomes of one that is there. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.advice import SERVICE

from .documents import VERSION
from .documents import Document
from .documents import Statement
from .documents import listed
from .documents import statement_allows
from .documents import statements_of
from .patterns import covers

_ASSUME_ROLE = "sts:AssumeRole"
# Operator -> condition key -> values.
Conditions = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class WantedTrust:
    """sentence: what changes, empty for nothing. warnings: what is less tight than it was, or stays tighter than asked for."""

    document: Document
    sentence: str = ""
    warnings: tuple[str, ...] = ()


def restrictions(account: Account) -> dict[str, dict[str, str]]:
    """The conditions against the confused deputy.

    The region is a wildcard, as one role serves all regions, and so is the flow log's id, which nobody knows before.
    """
    source = f"arn:{account.partition}:ec2:*:{account.account_id}:vpc-flow-log/*"
    return {"StringEquals": {"aws:SourceAccount": account.account_id}, "ArnLike": {"aws:SourceArn": source}}


def trust_document(account: Account, restricted: bool) -> dict[str, Any]:
    """Who may assume the role: the flow-log service, and when restricted only for this account's flow logs."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": _ASSUME_ROLE}
    if restricted:
        statement["Condition"] = restrictions(account)
    return {"Version": VERSION, "Statement": [statement]}


def trusted_others(trust: Document) -> list[str]:
    """Principals besides the flow-log service that the document lets assume the role, as kind:name."""
    others = set()
    for statement in statements_of(trust):
        principal = statement.get("Principal") or {}
        entries = principal if isinstance(principal, dict) else {"": principal}
        others |= {f"{kind}:{name}".lstrip(":") for kind, names in entries.items() for name in listed(names)}
    return sorted(others - {f"Service:{SERVICE}"})


def _is_for_flow_logs(statement: Statement) -> bool:
    principal = statement.get("Principal")
    return (
        isinstance(principal, dict)
        and SERVICE in listed(principal.get("Service"))
        and statement_allows(statement, _ASSUME_ROLE)
    )


def trusts_flow_logs(trust: Document) -> bool:
    """True when the document lets the flow-log service assume the role."""
    return any(_is_for_flow_logs(statement) for statement in statements_of(trust))


def wanted_trust(account: Account, name: str, trust: Document, restrict: bool | None) -> WantedTrust:
    """The trust that the role of this name is to have, where it has one; restrict None leaves alone what works."""
    if not trusts_flow_logs(trust):
        return _corrected(account, name, trust, bool(restrict))
    if restrict is None:
        return WantedTrust(trust)
    return _restricted(account, name, trust) if restrict else _opened(account, name, trust)


def _corrected(account: Account, name: str, trust: Document, restrict: bool) -> WantedTrust:
    """The console lets a role start out with EC2's trust. What refuses others something stays, and so does a refusal on a condition."""
    refusals = [
        statement
        for statement in statements_of(trust)
        if statement.get("Effect") != "Allow"
        and (statement.get("Condition") or SERVICE not in json.dumps(statement.get("Principal")))
    ]
    document = trust_document(account, restrict)
    document["Statement"] = [*document["Statement"], *refusals]
    losers = trusted_others({"Statement": [each for each in statements_of(trust) if each.get("Effect") == "Allow"]})
    instead = f", and no longer {', '.join(losers)}" if losers else ""
    only = " for this account only" if restrict else ""
    return WantedTrust(document, f"let role {name} trust {SERVICE}{only}{instead}")


def _restricted(account: Account, name: str, trust: Document) -> WantedTrust:
    statements: list[Statement] = []
    for statement in statements_of(trust):
        statements += _with_restrictions(account, statement) if _is_for_flow_logs(statement) else [statement]
    if statements == statements_of(trust):
        return WantedTrust(trust)
    document = {**trust, "Statement": statements}
    return WantedTrust(document, f"let role {name} trust {SERVICE} for this account only")


def _with_restrictions(account: Account, statement: Statement) -> list[Statement]:
    """The statement with our conditions; where it names others too, these keep one of their own as it was."""
    old: Conditions = statement.get("Condition") or {}
    condition = _with_ours(account, old)
    if condition == old:
        return [statement]
    services = listed(statement["Principal"]["Service"])
    others = {kind: names for kind, names in statement["Principal"].items() if kind != "Service"}
    left = [service for service in services if service != SERVICE]
    if left:
        others["Service"] = left
    ours = {**statement, "Principal": {"Service": SERVICE}, "Condition": condition}
    if not others:
        return [ours]
    # A Sid stands once in a document.
    return [{**statement, "Principal": others}, {key: value for key, value in ours.items() if key != "Sid"}]


def _with_ours(account: Account, old: Conditions) -> dict[str, dict[str, Any]]:
    """What is there and stricter stays; what is there and wider is narrowed to ours."""
    condition = {operator: dict(keys) for operator, keys in old.items()}
    for operator, keys in restrictions(account).items():
        for key, value in keys.items():
            there = condition.setdefault(operator, {})
            spelled = next((each for each in there if each.lower() == key.lower()), key)
            stricter = [each for each in listed(there.get(spelled)) if covers(value, str(each))]
            if not stricter or len(stricter) < len(listed(there[spelled])):
                there[spelled] = stricter or value
    return condition


def _opened(account: Account, name: str, trust: Document) -> WantedTrust:
    """Takes away the two conditions that this collection sets, and nothing of others."""
    statements: list[Statement] = []
    stays: list[str] = []
    for statement in statements_of(trust):
        changed = _without_ours(account, statement) if _is_for_flow_logs(statement) else statement
        statements.append(changed)
        if _is_for_flow_logs(statement) and changed.get("Condition"):
            stays.append(json.dumps(changed["Condition"], sort_keys=True))
    warnings = [
        f"The trust of role {name} keeps conditions that others set: {each}. Remove them by hand if they are to go."
        for each in stays
    ]
    if statements == statements_of(trust):
        return WantedTrust(trust, "", tuple(warnings))
    warnings.insert(
        0,
        f"Role {name} could be assumed for flow logs of its own account only, by aws:SourceAccount and aws:SourceArn. With"
        " restrict_trust: false (flow_logs_least_privilege: false) these conditions go, for all flow logs that use the role.",
    )
    sentence = f"let role {name} trust {SERVICE} without aws:SourceAccount and aws:SourceArn"
    return WantedTrust({**trust, "Statement": statements}, sentence, tuple(warnings))


def _without_ours(account: Account, statement: Statement) -> Statement:
    """Ours always come together; one alone, or one with another value, is somebody else's."""
    condition = {operator: dict(keys) for operator, keys in (statement.get("Condition") or {}).items()}
    for operator, keys in restrictions(account).items():
        for key, value in keys.items():
            if listed(condition.get(operator, {}).get(key)) != [value]:
                return statement
            del condition[operator][key]
    left = {operator: keys for operator, keys in condition.items() if keys}
    rest = {key: value for key, value in statement.items() if key != "Condition"}
    return {**rest, "Condition": left} if left else rest
