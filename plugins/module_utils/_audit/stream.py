# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The log streams that flow logs write to: one for each network interface in each log group. Pure.

They are called eni-0123456789abcdef0-all, -accept or -reject (public samples of flow logs; the VPC user guide's page on
publishing to CloudWatch Logs says that there is one for each interface).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"(?P<interface>eni-[0-9a-f]{8,17})-(?P<kind>all|accept|reject)")


@dataclass(frozen=True)
class Stream:
    """newest_event: milliseconds since 1970, when AWS knows of any. It may lag behind by an hour (botocore's model).

    ingested: when AWS took the newest event in, as late as that. is_exact: the event itself was looked at.
    """

    name: str
    interface_id: str
    kind: str
    newest_event: int | None = None
    ingested: int | None = None
    is_exact: bool = False

    def fits(self, traffic_type: str) -> bool:
        """Whether a flow log of this traffic type writes to it."""
        return self.kind in (traffic_type.lower(), "all")


def from_aws(entry: Mapping[str, Any]) -> Stream | None:
    """The stream of an entry of DescribeLogStreams; None for one that no flow log writes to."""
    match = _NAME.fullmatch(entry["logStreamName"])
    if match is None:
        return None
    times = entry.get("lastEventTimestamp"), entry.get("lastIngestionTime")
    return Stream(match.group(), match.group("interface"), match.group("kind"), *times)


def newest(streams: Iterable[Stream], traffic_type: str) -> Stream | None:
    """The stream with the newest event among those that a flow log of this traffic type writes to."""
    own = [stream for stream in streams if stream.fits(traffic_type)]
    return max(own, key=lambda stream: (stream.newest_event or 0, stream.name), default=None)


def by_interface(streams: Iterable[Stream]) -> dict[str, list[Stream]]:
    found: dict[str, list[Stream]] = {}
    for stream in streams:
        found.setdefault(stream.interface_id, []).append(stream)
    return found
