# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Reading the log groups of flow logs, and when the newest record arrived in them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.api import find_log_groups

from .arrivals import Arrivals
from .arrivals import to_a_group
from .health import GroupFacts
from .holes import Holes
from .parts import LOG_GROUPS
from .parts import STREAMS
from .records import newest_record
from .stream import Stream
from .stream import by_interface
from .stream_api import find_streams


def read_arrivals(
    logs: Any, flow_logs: Iterable[FlowLog], interfaces: Mapping[str, set[str]], holes: Holes | None = None
) -> Arrivals:
    """What has arrived in the log groups of the flow logs; logs is a client of CloudWatch Logs.

    interfaces: id of a flow log -> the network interfaces to look for in its group. Without holes what can't be read is an error;
    with them it becomes a hole.
    """
    wanted: dict[str, set[str]] = {}
    for flow_log in flow_logs:
        if to_a_group(flow_log):
            wanted.setdefault(flow_log.destination.name, set()).update(interfaces.get(flow_log.flow_log_id, ()))
    names = sorted(wanted)
    try:
        groups = find_log_groups(logs, names)
    except AwsError as error:
        if holes is None:
            raise
        reason = holes.add(LOG_GROUPS, _in_short(names), error)
        return Arrivals(unread=dict.fromkeys(names, reason), groups_unread=True)
    reads = _Reads(logs, wanted, holes)
    found = side_by_side(reads.streams, [groups[name] for name in sorted(groups) if wanted[name]])
    return Arrivals(
        {name: GroupFacts(entry) for name, entry in groups.items()},
        {name: by_interface(streams) for name, streams in found},
        reads.unread,
    )


@dataclass
class _Reads:
    """Reading of streams. wanted: log group -> interfaces. unread: log group -> why its streams could not be read."""

    logs: Any
    wanted: Mapping[str, set[str]]
    holes: Holes | None
    unread: dict[str, str] = field(default_factory=dict)

    def streams(self, group: dict[str, Any]) -> tuple[str, list[Stream]]:
        """Of a stream that is so young that AWS's listing tells no time, the newest event itself is read."""
        name = group["logGroupName"]
        try:
            found = find_streams(self.logs, name, self.wanted[name])
        except AwsError as error:
            if self.holes is None:
                raise
            self.unread[name] = self.holes.add(STREAMS, name, error)
            return name, []
        return name, [stream if stream.newest_event else self._looked_at(group, stream) for stream in found]

    def _looked_at(self, group: dict[str, Any], stream: Stream) -> Stream:
        moment = newest_record(self.logs, group, stream, self.holes)
        return replace(stream, newest_event=moment, is_exact=True)


def _in_short(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
