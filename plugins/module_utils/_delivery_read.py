# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Reading the log groups of flow logs, and when the newest record arrived in them."""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Set

from ansible_collections.netops.flow_logs.plugins.module_utils._arrivals import Arrivals
from ansible_collections.netops.flow_logs.plugins.module_utils._arrivals import to_a_group
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._delivery_health import GroupFacts
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group_api import find_log_groups
from ansible_collections.netops.flow_logs.plugins.module_utils._log_stream import Stream
from ansible_collections.netops.flow_logs.plugins.module_utils._log_stream import by_interface
from ansible_collections.netops.flow_logs.plugins.module_utils._log_stream_api import find_streams
from ansible_collections.netops.flow_logs.plugins.module_utils._log_stream_api import newest_event


def read_arrivals(logs: Any, flow_logs: Iterable[FlowLog], interfaces: Mapping[str, Set[str]]) -> Arrivals:
    """What has arrived in the log groups of the flow logs; logs is a client of CloudWatch Logs.

    interfaces: id of a flow log -> the network interfaces to look for in its group.
    """
    wanted: Dict[str, Set[str]] = {}
    for flow_log in flow_logs:
        if to_a_group(flow_log):
            wanted.setdefault(flow_log.destination.name, set()).update(interfaces.get(flow_log.flow_log_id, ()))
    groups = find_log_groups(logs, sorted(wanted))
    names = [name for name in sorted(groups) if wanted[name]]
    streams = side_by_side(lambda name: _streams(logs, name, wanted[name]), names)
    return Arrivals(
        {name: GroupFacts(entry) for name, entry in groups.items()}, dict(zip(names, map(by_interface, streams)))
    )


def _streams(logs: Any, name: str, interface_ids: Set[str]) -> List[Stream]:
    """Of a stream that is so young that AWS's listing tells no time, the newest event itself is read."""
    found: List[Stream] = []
    for stream in find_streams(logs, name, interface_ids):
        moment = stream.newest_event or newest_event(logs, name, stream.name)
        found.append(Stream(stream.name, stream.interface_id, stream.kind, moment))
    return found
