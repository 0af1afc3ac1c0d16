# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy documents of the role that delivers: how they are made, and what one that is there allows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from fnmatch import fnmatch
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account

from .patterns import covers

VERSION = "2012-10-17"
CREATE_LOG_GROUP = "logs:CreateLogGroup"
DESCRIBE_LOG_GROUPS = "logs:DescribeLogGroups"
PUT_LOG_EVENTS = "logs:PutLogEvents"
OF_STREAMS = ("logs:CreateLogStream", PUT_LOG_EVENTS, "logs:DescribeLogStreams")
# The five actions of the VPC user guide's page on the role (flow-logs-iam-role), in its order.
ACTIONS = (CREATE_LOG_GROUP, "logs:CreateLogStream", PUT_LOG_EVENTS, DESCRIBE_LOG_GROUPS, "logs:DescribeLogStreams")

Document = Mapping[str, Any]
Statement = Mapping[str, Any]


def listed(value: Any) -> list[Any]:
    """The value as a list: IAM may hand back a single value in place of a list of one."""
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def statements_of(document: Document) -> list[Statement]:
    return [each for each in listed(document.get("Statement")) if isinstance(each, dict)]


def publishing_document(
    account: Account, log_group_names: Sequence[str] | None, allow_create_log_group: bool
) -> dict[str, Any]:
    """What the role may do. Names may have * and ?; None means every log group.

    Actions on streams match the group's ARN with ':*' only, DescribeLogGroups only '*' (service authorization page of
    CloudWatch Logs).
    """
    actions = [action for action in ACTIONS if allow_create_log_group or action != CREATE_LOG_GROUP]
    if log_group_names is None:
        return {"Version": VERSION, "Statement": [allow(actions, "*")]}
    statements = [stream_statement(account, log_group_names, OF_STREAMS), allow([DESCRIBE_LOG_GROUPS], "*")]
    if allow_create_log_group:
        statements.append(creation_statement(account, log_group_names))
    return {"Version": VERSION, "Statement": statements}


def allow(actions: Sequence[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def stream_statement(account: Account, names: Sequence[str], actions: Sequence[str]) -> dict[str, Any]:
    return allow(actions, [f"{account.log_group_arn('*', name)}:*" for name in names])


def creation_statement(account: Account, names: Sequence[str]) -> dict[str, Any]:
    arns = [account.log_group_arn("*", name) for name in names]
    return allow([CREATE_LOG_GROUP], [form for arn in arns for form in (arn, f"{arn}:*")])


def names_action(pattern: Any, action: str) -> bool:
    """True when what stands under Action takes in the action; IAM does not tell case apart there."""
    return fnmatch(action.lower(), str(pattern).lower())


def statement_allows(statement: Statement, action: str) -> bool:
    if statement.get("Effect") != "Allow":
        return False
    if "NotAction" in statement:
        return not any(names_action(pattern, action) for pattern in listed(statement["NotAction"]))
    return any(names_action(pattern, action) for pattern in listed(statement.get("Action")))


def allows(document: Document, action: str) -> bool:
    """True when a statement of the document allows the action on something."""
    return any(statement_allows(statement, action) for statement in statements_of(document))


def scoped_names(document: Document) -> tuple[str, ...]:
    """The log group names that the document lets records be put into; empty for one that names none."""
    names: list[str] = []
    for statement in statements_of(document):
        if statement_allows(statement, PUT_LOG_EVENTS):
            for resource in listed(statement.get("Resource")):
                if ":log-group:" in str(resource):
                    names.append(_group_name(str(resource)))
    return tuple(dict.fromkeys(names))


def _group_name(arn: str) -> str:
    """The name in a log group's ARN, or in that of its streams."""
    return arn.split(":log-group:", 1)[1].split(":log-stream:", 1)[0].removesuffix(":*")


def is_open(document: Document) -> bool:
    """True when records may be put into all log groups, or into some that can't be named."""
    if "*" in scoped_names(document):
        return True
    return any(
        "NotResource" in statement or any(":log-group:" not in str(each) for each in listed(statement.get("Resource")))
        for statement in statements_of(document)
        if statement_allows(statement, PUT_LOG_EVENTS)
    )


def allows_on(document: Document, action: str, arn: str) -> bool:
    """True when a statement allows the action on the ARN, which may have wildcards; in whatever region, on whatever condition."""
    return any(
        "NotResource" in statement
        or any(covers(_in_any_region(str(resource)), arn) for resource in listed(statement.get("Resource")))
        for statement in statements_of(document)
        if statement_allows(statement, action)
    )


def _in_any_region(arn: str) -> str:
    parts = arn.split(":", 5)
    return ":".join([*parts[:3], "*", *parts[4:]]) if len(parts) == 6 else arn
