# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved queries of CloudWatch Logs Insights, which moto does not have."""

from __future__ import annotations

import re
import uuid
from typing import Any

from ..behaviours import answers
from ..errors import AwsError
from ..request import Request
from .log_groups import NAME
from .log_groups import invalid

# "CloudWatch Logs quotas": saved queries of an account in a region.
MOST = 1000
_PAGE = 1000


class Tokens:
    """What PutQueryDefinition answered, by account, region and token."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str, str], str] = {}


@answers("logs:PutQueryDefinition", cites="6.5")
def put_query_definition(request: Request) -> dict[str, Any]:
    """Saves a query, or writes one anew by its id; names need not differ. A client token does nothing twice."""
    arguments = request.arguments
    _check(arguments)
    token = (request.account, request.region, arguments.get("clientToken") or str(uuid.uuid4()))
    seen = request.world.memory(Tokens).answers
    if token in seen:
        return {"queryDefinitionId": seen[token]}
    queries = query_definitions(request)
    query_id = arguments.get("queryDefinitionId")
    if query_id is not None and query_id not in queries:
        raise missing()
    if query_id is None and len(queries) >= MOST:
        raise AwsError("LimitExceededException", "The maximum number of query definitions has been reached.")
    query_id = query_id or str(uuid.uuid4())
    entry = {key: arguments[key] for key in ("name", "queryString", "logGroupNames") if arguments.get(key)}
    now = int(request.world.clock.now() * 1000)
    queries[query_id] = {"queryDefinitionId": query_id, **entry, "lastModified": now, "queryLanguage": "CWLI"}
    seen[token] = query_id
    return {"queryDefinitionId": query_id}


@answers("logs:DescribeQueryDefinitions", cites="6.5")
def describe_query_definitions(request: Request) -> dict[str, Any]:
    """Saved queries by the beginning of their names, in pages."""
    arguments = request.arguments
    prefix, size = arguments.get("queryDefinitionNamePrefix"), arguments.get("maxResults", _PAGE)
    if prefix is not None and not 1 <= len(prefix) <= 255:
        raise _wrong(prefix, "queryDefinitionNamePrefix", "Member must have length between 1 and 255")
    if not 1 <= size <= _PAGE:
        raise _wrong(size, "maxResults", f"Member must have value between 1 and {_PAGE}")
    after = arguments.get("nextToken", "")
    queries = query_definitions(request)
    ids = sorted(key for key, entry in queries.items() if entry["name"].startswith(prefix or "") and key > after)
    size = min(size, request.world.scenario.page_size or _PAGE)
    more = ids[size - 1] if len(ids) > size else None
    return {"queryDefinitions": [queries[key] for key in ids[:size]], "nextToken": more}


@answers("logs:DeleteQueryDefinition", cites="6.5")
def delete_query_definition(request: Request) -> dict[str, Any]:
    """Deletes a saved query."""
    query_id = request.arguments.get("queryDefinitionId") or ""
    if query_definitions(request).pop(query_id, None) is None:
        raise missing()
    return {"success": True}


def query_definitions(request: Request) -> dict[str, dict[str, Any]]:
    """Saved queries of the account and region by id, as DescribeQueryDefinitions shows them."""
    queries: dict[str, dict[str, Any]] = vars(request.logs).setdefault("query_definitions", {})
    return queries


def missing() -> AwsError:
    """What CloudWatch Logs answers for a query that is not there."""
    return AwsError("ResourceNotFoundException", "The specified query definition does not exist.")


def _check(arguments: dict[str, Any]) -> None:
    for key, most in (("name", 255), ("queryString", 10_000)):
        value = arguments.get(key) or ""
        if not 1 <= len(value) <= most:
            raise _wrong(value[:20], key, f"Member must have length between 1 and {most}")
    for name in arguments.get("logGroupNames") or ():
        if not NAME.fullmatch(name):
            raise _wrong(name, "logGroupNames", r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+")
    if len(arguments.get("logGroupNames") or ()) > 50:
        raise _wrong("...", "logGroupNames", "Member must have length less than or equal to 50")
    token = arguments.get("clientToken")
    if token is not None and not re.fullmatch(r"\S{36,128}", token):
        raise _wrong(token, "clientToken", r"Member must satisfy regular expression pattern: \S{36,128}")


def _wrong(value: Any, member: str, constraint: str) -> AwsError:
    return invalid(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    )
