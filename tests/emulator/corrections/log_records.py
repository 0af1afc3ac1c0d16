# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading records: what a log group's class allows, queries of CloudWatch Logs Insights, and the listing that lags behind."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC
from datetime import datetime
from typing import Any

from ..behaviours import GoOn
from ..behaviours import answers
from ..behaviours import around
from ..behaviours import check
from ..errors import Answer
from ..errors import AwsError
from ..request import Request
from .log_groups import find_group
from .log_groups import invalid

# The one query that is known: the newest event of a stream.
_QUERY = re.compile(
    r'fields @timestamp \| filter @logStream = "([^"]+)" \| sort @timestamp desc \| limit 1',
)


class Queries:
    """What queries found, by account, region and id; and how often to say that one still runs."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, str], list[int]] = {}
        self.looks: dict[str, int] = {}


@check("logs:GetLogEvents", "logs:FilterLogEvents", cites="6.6")
def only_insights_reads_infrequent_access(request: Request) -> None:
    """Log groups of the class INFREQUENT_ACCESS refuse GetLogEvents and FilterLogEvents."""
    name = request.arguments.get("logGroupName", "")
    group = request.logs.groups.get(name)
    if group is not None and vars(group).get("log_group_class") == "INFREQUENT_ACCESS":
        raise AwsError(
            "InvalidOperationException",
            f"The log group {name} is of log-group-class INFREQUENT_ACCESS. {request.call.operation} is not supported for this"
            " log class.",
        )


@answers("logs:StartQuery", cites="6.6")
def start_query(request: Request) -> dict[str, Any]:
    """A query for the newest event of a stream, in a log group of any class."""
    arguments = request.arguments
    group = find_group(request, arguments.get("logGroupName", ""))
    match = _QUERY.fullmatch(arguments.get("queryString", ""))
    if match is None:
        raise AwsError("MalformedQueryException", "The emulator knows another query only.")
    if arguments["startTime"] > arguments["endTime"]:
        raise invalid("Query's end date and time is before its start.")
    stream = group.streams.get(match.group(1))
    times = [event.timestamp for event in (stream.events if stream else [])]
    within = [each for each in times if arguments["startTime"] <= each / 1000 <= arguments["endTime"]]
    query_id = str(uuid.uuid4())
    queries = request.world.memory(Queries)
    queries.found[request.account, request.region, query_id] = sorted(within)[-1:]
    queries.looks[query_id] = 1
    return {"queryId": query_id}


@answers("logs:GetQueryResults", cites="6.6")
def get_query_results(request: Request) -> dict[str, Any]:
    """The results, which are not there at the first look."""
    query_id = request.arguments.get("queryId", "")
    queries = request.world.memory(Queries)
    key = (request.account, request.region, query_id)
    if key not in queries.found:
        raise AwsError("ResourceNotFoundException", "The specified query does not exist.")
    if queries.looks[query_id]:
        queries.looks[query_id] -= 1
        return {"results": [], "status": "Running"}
    rows = [[{"field": "@timestamp", "value": _written(each)}] for each in queries.found[key]]
    return {"results": rows, "status": "Complete"}


@around("logs:DescribeLogStreams", cites="6.6")
def the_listing_lags_behind(request: Request, go_on: GoOn) -> Answer:
    """The times of the newest events are not in the listing yet, where the scenario says so."""
    status, headers, body = go_on()
    if not request.world.scenario.late_stream_times or status >= 400:
        return status, headers, body
    answer = json.loads(body)
    for stream in answer["logStreams"]:
        for member in ("firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime"):
            stream.pop(member, None)
    return status, {key: value for key, value in headers.items() if key.lower() != "content-length"}, json.dumps(answer)


def _written(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
