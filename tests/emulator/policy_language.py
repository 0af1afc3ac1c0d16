# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's policy language, as much of it as the delivery of flow logs needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

SERVICE = "vpc-flow-logs.amazonaws.com"


def trusts(document: str, service: str, context: Mapping[str, str]) -> bool:
    """Whether a role with this trust lets the service assume it."""
    return lets_service(document, service, "sts:AssumeRole", context)


def lets_service(document: str, service: str, action: str, context: Mapping[str, str]) -> bool:
    """Whether a policy of a resource lets the service do the action."""
    return _decide(
        statement
        for statement in _statements(document)
        if _named(statement, "Action", action, fold=True)
        and _is_principal(statement, service)
        and _conditions_met(statement, context)
    )


def allows(documents: Iterable[str], action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether policies of these documents together allow the action on the resource; context: condition key -> value."""
    return _decide(
        statement
        for document in documents
        for statement in _statements(document)
        if _named(statement, "Action", action, fold=True)
        and _named(statement, "Resource", resource)
        and _conditions_met(statement, context or {})
    )


def _decide(statements: Iterable[Mapping[str, Any]]) -> bool:
    effects = {statement.get("Effect") for statement in statements}
    return "Allow" in effects and "Deny" not in effects


def _statements(document: str) -> list[Mapping[str, Any]]:
    text = document if document.lstrip().startswith("{") else unquote(document)
    return _listed(json.loads(text).get("Statement"))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _named(statement: Mapping[str, Any], element: str, value: str, fold: bool = False) -> bool:
    """Whether Action or Resource, or their opposite with Not, take in the value."""
    if f"Not{element}" in statement:
        return not _any_pattern(_listed(statement[f"Not{element}"]), value, fold)
    return _any_pattern(_listed(statement.get(element)), value, fold)


def _any_pattern(patterns: list[str], value: str, fold: bool) -> bool:
    if fold:
        patterns, value = [pattern.lower() for pattern in patterns], value.lower()
    # fnmatch knows [...] too, which IAM does not; no action or ARN that matters here has brackets.
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def _is_principal(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, str):
        return principal == "*"
    return service in _listed((principal or {}).get("Service"))


def _conditions_met(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _condition_met(operator, [_text(entry) for entry in _listed(wanted)], known.get(key.lower()))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, wanted in keys.items()
    )


def _text(value: Any) -> str:
    """true and false may be written without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _condition_met(operator: str, wanted: list[str], value: str | None) -> bool:
    """One key of one operator, by docs/aws-behaviour.md 5.5. An operator that is not known here is never met.

    All keys that the emulator knows have one value, for which ForAnyValue and ForAllValues differ in a key that is absent only.
    """
    quantifier, _colon, rest = operator.rpartition(":")
    plain = rest.removesuffix("IfExists")
    if plain == "Null":
        return (value is None) == (wanted == ["true"])
    if value is None:
        return quantifier == "ForAllValues" or (quantifier != "ForAnyValue" and (plain != rest or "Not" in plain))
    positive = plain.replace("Not", "")
    if positive not in _MATCHERS:
        return False
    return any(_MATCHERS[positive](value, entry) for entry in wanted) != ("Not" in plain)


def _same_arn(value: str, pattern: str) -> bool:
    """The six parts each by themselves: a wildcard spans no colon before the last part."""
    parts, patterns = value.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))


_MATCHERS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, entry: value == entry,
    "StringEqualsIgnoreCase": lambda value, entry: value.lower() == entry.lower(),
    "StringLike": fnmatchcase,
    "ArnEquals": _same_arn,
    "ArnLike": _same_arn,
    "Bool": lambda value, entry: value.lower() == entry.lower(),
}
