# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The time of a stream's newest record, exact where the listing of the streams lags behind by an hour.

Log groups of the class INFREQUENT_ACCESS refuse GetLogEvents; CloudWatch Logs Insights can see their records, and costs by what it
reads. So the time is narrow: what is older, the listing knows.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any
from typing import Callable

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import LogsErrors

from .holes import Holes
from .parts import RECORDS
from .stream import Stream
from .stream_api import newest_event

# The class that only Logs Insights reads.
INFREQUENT_ACCESS = "INFREQUENT_ACCESS"
# How far a query looks back: the listing of the streams is behind by an hour, in rare cases by more (botocore's model).
_WINDOW = timedelta(hours=2)
# Seconds between two looks at a query: half a minute in all, then it is given up.
_ANSWERED_AFTER = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_OVER = ("Failed", "Cancelled", "Timeout")

# So many queries may run at the same time (code LimitExceededException), and each of them ends.
_until_free = AWSRetry.jittered_backoff(
    retries=8, delay=1, max_delay=8, catch_extra_error_codes=["LimitExceededException"]
)


def newest_record(
    logs: Any, log_group: Mapping[str, Any], stream: Stream, holes: Holes | None = None
) -> int | None:
    """Milliseconds since 1970; None where no record was seen. log_group: its entry of DescribeLogGroups.

    Without holes what can't be read is an error; with them it becomes a hole.
    """
    name = log_group["logGroupName"]
    is_infrequent = log_group.get("logGroupClass") == INFREQUENT_ACCESS
    read: Callable[[Any, str, str], int | None] = newest_by_query if is_infrequent else newest_event
    try:
        found = read(logs, name, stream.name)
    except AwsError as error:
        if holes is None and (stream.ingested is None or not is_infrequent):
            raise
        if holes is not None:
            holes.add(RECORDS, name, error)
        return stream.ingested
    return stream.ingested if found is None else found


@LogsErrors.list_error_handler("query the newest event of the log stream", None)
def newest_by_query(logs: Any, log_group_name: str, stream_name: str) -> int | None:
    """As newest_event, by CloudWatch Logs Insights, for the last hours only."""
    now = datetime.now(timezone.utc)
    # The name is of a flow log's stream: no character of it means anything in a query.
    query = f'fields @timestamp | filter @logStream = "{stream_name}" | sort @timestamp desc | limit 1'
    started = _start(
        logs,
        logGroupName=log_group_name,
        startTime=int((now - _WINDOW).timestamp()),
        endTime=int(now.timestamp()) + 1,
        queryString=query,
        limit=1,
    )
    for pause in _ANSWERED_AFTER:
        answer = logs.get_query_results(aws_retry=True, queryId=started["queryId"])
        if answer["status"] == "Complete":
            return _time_of(answer)
        if answer["status"] in _OVER:
            break
        time.sleep(pause)
    return None


@_until_free
def _start(logs: Any, **request: Any) -> dict[str, Any]:
    answer: dict[str, Any] = logs.start_query(aws_retry=True, **request)
    return answer


def _time_of(answer: dict[str, Any]) -> int | None:
    """Insights writes a time as 2026-01-31 12:10:00.000, in UTC."""
    found = [entry["value"] for row in answer.get("results") or [] for entry in row if entry["field"] == "@timestamp"]
    try:
        moments = [datetime.fromisoformat(value).replace(tzinfo=timezone.utc) for value in found]
    except ValueError:
        # No answer of AWS's.
        return None
    return int(max(moments).timestamp() * 1000) if moments else None
