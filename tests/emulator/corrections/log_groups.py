# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log groups: creation, deletion and listing."""

from __future__ import annotations

import json
import re
from typing import Any

from ..behaviours import GoOn
from ..behaviours import answers
from ..behaviours import around
from ..errors import Answer
from ..errors import AwsError
from ..log_group_names import name_in
from ..request import Request
from ..tags import KEY_PATTERN
from ..tags import MOST
from ..tags import VALUE_PATTERN
from ..tags import fits_pattern
from ..tags import is_reserved

NAME = re.compile(r"[._/#A-Za-z0-9-]{1,512}")
_CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS")
_PAGE = 50


def invalid(message: str) -> AwsError:
    """What CloudWatch Logs answers to a value that it does not take."""
    return AwsError("InvalidParameterException", message)


def missing() -> AwsError:
    """What CloudWatch Logs answers for a log group that is not there."""
    return AwsError("ResourceNotFoundException", "The specified log group does not exist.")


def find_group(request: Request, name: str) -> Any:
    """moto's log group of this name. Raises AwsError."""
    if name not in request.logs.groups:
        raise missing()
    return request.logs.groups[name]


@around("logs:CreateLogGroup", cites="6.1 10.1")
def create_log_group(request: Request, go_on: GoOn) -> Answer:
    """Names and tags are checked; class and deletion protection are kept."""
    arguments = request.arguments
    name, log_class = arguments.get("logGroupName", ""), arguments.get("logGroupClass", "STANDARD")
    if not NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"
        )
    if name.lower().startswith("aws/"):
        raise invalid("Log groups starting with AWS/ are reserved for AWS.")
    if log_class not in _CLASSES:
        raise invalid(f"Value '{log_class}' at 'logGroupClass' failed to satisfy constraint")
    if "tags" in arguments:
        check_tags({}, arguments["tags"])
    answer = go_on()
    if answer[0] < 400:
        extra = {"log_group_class": log_class, "protected": bool(arguments.get("deletionProtectionEnabled"))}
        vars(request.logs.groups[name]).update(extra, account_policies_seen=_retention_policies(request))
    return answer


@around("logs:DeleteLogGroup", cites="6.1")
def delete_log_group(request: Request, go_on: GoOn) -> Answer:
    """A protected group is not deleted; tags go with their group."""
    group = request.logs.groups.get(request.arguments.get("logGroupName"))
    if group is not None and vars(group).get("protected"):
        raise AwsError(
            "ValidationException", "Log group is protected from deletion. Disable deletion protection first."
        )
    answer = go_on()
    if group is not None and answer[0] < 400:
        request.logs.tagger.delete_all_tags_for_resource(group.arn)
    return answer


@answers("logs:DescribeLogGroups", cites="6.2 6.4")
def describe_log_groups(request: Request) -> dict[str, Any]:
    """Pages of 50 at most, by prefix, pattern, identifiers or class; shows class, protection and account retention."""
    arguments = request.arguments
    prefix, pattern = arguments.get("logGroupNamePrefix"), arguments.get("logGroupNamePattern")
    if prefix and pattern:
        raise invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    limit = arguments.get("limit", _PAGE)
    if not 1 <= limit <= _PAGE:
        raise invalid(f"Value '{limit}' at 'limit' failed to satisfy constraint: between 1 and {_PAGE}")
    identifiers = {name_in(entry) for entry in arguments.get("logGroupIdentifiers") or []}
    after = arguments.get("nextToken", "")
    names = [
        name
        for name in sorted(request.logs.groups)
        if name.startswith(prefix or "")
        and (pattern or "") in name
        and (not identifiers or name in identifiers)
        and name > after
        and _is_of_class(request.logs.groups[name], arguments.get("logGroupClass"))
    ]
    size = min(limit, request.world.scenario.page_size or _PAGE)
    entries = [_shown(request, request.logs.groups[name]) for name in names[:size]]
    if pattern:
        entries = [{key: entry[key] for key in ("arn", "creationTime", "logGroupName")} for entry in entries]
    return {"logGroups": entries, "nextToken": names[size - 1] if len(names) > size else None}


def check_tags(there: dict[str, str], added: dict[str, str]) -> None:
    """Raises AwsError for tags that CloudWatch Logs does not take beside those there."""
    if not added:
        raise invalid("1 validation error detected: Value at 'tags' must have length greater than or equal to 1")
    for key, value in added.items():
        if is_reserved(key):
            raise invalid("aws: prefixed tag key names are not allowed for external use.")
        _check_tag("Map keys must", key, 1, 128, KEY_PATTERN)
        _check_tag("Map value must", value, 0, 256, VALUE_PATTERN)
    if len({**there, **added}) > MOST:
        raise AwsError("TooManyTagsException", "A resource can have no more than 50 tags.")


def _check_tag(what: str, text: str, least: int, most: int, pattern: str) -> None:
    if least <= len(text) <= most and fits_pattern(text):
        return
    raise invalid(
        f"1 validation error detected: Value at 'tags' failed to satisfy constraint: {what} satisfy constraint: [Member must have"
        f" length less than or equal to {most}, Member must have length greater than or equal to {least}, Member must satisfy"
        f" regular expression pattern: ^({pattern})$]"
    )


def _is_of_class(group: Any, wanted: str | None) -> bool:
    """The filter for one of the cheaper classes shows both of them."""
    mine = vars(group).get("log_group_class", "STANDARD")
    cheaper = ("INFREQUENT_ACCESS", "ESSENTIALS")
    return wanted is None or mine == wanted or (mine in cheaper and wanted in cheaper)


def _shown(request: Request, group: Any) -> dict[str, Any]:
    entry = {
        **group.to_describe_dict(),
        "logGroupClass": vars(group).get("log_group_class", "STANDARD"),
        "deletionProtectionEnabled": vars(group).get("protected", False),
    }
    seen = vars(group).get("account_policies_seen", {})
    for name, document in _retention_policies(request).items():
        if document.get("enforcementMode") == "RETROACTIVE" or seen.get(name) == document:
            entry["retentionPolicyName"] = name
            entry["retentionInDays"] = document["retentionInDays"]
    if entry.get("retentionInDays") == "NEVER_EXPIRE":
        del entry["retentionInDays"]
    return entry


def _retention_policies(request: Request) -> dict[str, dict[str, Any]]:
    """Name -> document of the account's retention policies."""
    return {
        entry["policyName"]: json.loads(entry["policyDocument"])
        for entry in account_policies(request)
        if entry["policyType"] == "RETENTION_POLICY"
    }


def account_policies(request: Request) -> list[dict[str, Any]]:
    """The account's policies in the region, as DescribeAccountPolicies shows them."""
    policies: list[dict[str, Any]] = vars(request.logs).setdefault("account_policies", [])
    return policies
