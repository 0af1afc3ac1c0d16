# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What has arrived in the log groups of flow logs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import CLOUD_WATCH_LOGS
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog

from .health import GroupFacts
from .health import as_time
from .stream import Stream
from .stream import newest


@dataclass(frozen=True)
class Arrivals:
    """groups: name -> what is known of it, for those that exist.

    streams: name -> interface -> its streams, for the interfaces asked for. A group may have thousands.
    """

    groups: Mapping[str, GroupFacts] = field(default_factory=dict)
    streams: Mapping[str, Mapping[str, list[Stream]]] = field(default_factory=dict)
    # Name -> why it could not be seen what has arrived there; groups_unread: not even whether the group exists.
    unread: Mapping[str, str] = field(default_factory=dict)
    groups_unread: bool = False

    def without_interfaces(self, reason: str) -> Arrivals:
        """The same, where it was not known which interfaces to look for; an empty reason changes nothing."""
        return replace(self, unread={**dict.fromkeys(self.groups, reason), **self.unread}) if reason else self

    def reason(self, flow_log: FlowLog) -> str:
        """Why it could not be seen what has arrived of the flow log; empty where it could."""
        return self.unread.get(flow_log.destination.name, "") if to_a_group(flow_log) else ""

    def group(self, flow_log: FlowLog) -> GroupFacts | None:
        return self.groups.get(flow_log.destination.name) if to_a_group(flow_log) else None

    def newest(self, flow_log: FlowLog, interface_ids: set[str]) -> Stream | None:
        """The stream with the newest record of the flow log for these interfaces, as far as any was found."""
        if not to_a_group(flow_log):
            return None
        there = self.streams.get(flow_log.destination.name, {})
        own = [stream for interface_id in interface_ids for stream in there.get(interface_id, ())]
        return newest(own, flow_log.traffic_type)

    def newest_time(self, flow_log: FlowLog, interface_ids: set[str]) -> datetime | None:
        stream = self.newest(flow_log, interface_ids)
        return as_time(stream.newest_event) if stream else None


def to_a_group(flow_log: FlowLog) -> bool:
    """':*' at the end of the name is a group of its own to AWS: what is in the group without is another flow log's."""
    return flow_log.destination.kind == CLOUD_WATCH_LOGS and not flow_log.to_nowhere
