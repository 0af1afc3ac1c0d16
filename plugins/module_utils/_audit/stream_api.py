# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""CloudWatch Logs calls on log streams. They decide nothing but where to stop looking; errors come out as AwsError."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import LogsErrors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import pages

from .stream import Stream
from .stream import from_aws

# The most that DescribeLogStreams gives at a time (botocore's model).
_PAGE = 50
# For so few interfaces, a look at each costs less than a listing.
_FEW = 3


def find_streams(client: Any, log_group_name: str, interface_ids: set[str]) -> list[Stream]:
    """The streams of these interfaces in the log group; none when there is no such group.

    Streams stay when their interface is gone, so a group may have thousands more than interfaces: those with the newest
    events are read first, and about twice as many as there are interfaces.
    """
    if len(interface_ids) <= _FEW:
        found = [
            stream
            for interface_id in sorted(interface_ids)
            for stream in _streams(client, log_group_name, 1, logStreamNamePrefix=f"{interface_id}-")
        ]
    else:
        most = 2 + 2 * len(interface_ids) // _PAGE
        found = _streams(client, log_group_name, most, orderBy="LastEventTime", descending=True)
    return [stream for stream in found if stream.interface_id in interface_ids]


@LogsErrors.list_error_handler("list the streams of the log group", [])
def _streams(client: Any, log_group_name: str, most_pages: int, **order: Any) -> list[Stream]:
    request: dict[str, Any] = {"logGroupName": log_group_name, "limit": _PAGE, **order}
    found: list[Stream] = []
    for number, page in enumerate(pages(client.describe_log_streams, "nextToken", **request), start=1):
        found += [stream for entry in page["logStreams"] for stream in [from_aws(entry)] if stream]
        if number == most_pages:
            break
    return found


@LogsErrors.list_error_handler("read the newest event of the log stream", None)
def newest_event(client: Any, log_group_name: str, stream_name: str) -> int | None:
    """The time of the newest event in milliseconds since 1970: exact, other than what DescribeLogStreams tells."""
    answer = client.get_log_events(
        aws_retry=True, logGroupName=log_group_name, logStreamName=stream_name, limit=1, startFromHead=False
    )
    times = [event["timestamp"] for event in answer.get("events") or []]
    return max(times) if times else None
