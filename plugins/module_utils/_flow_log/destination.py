# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Where a flow log delivers to. Log groups today; S3 and Firehose are further kinds of the same value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLOUD_WATCH_LOGS = "cloud-watch-logs"


@dataclass(frozen=True)
class Destination:
    """kind is AWS's LogDestinationType; name tells destinations of one kind apart (for a log group, its bare name)."""

    kind: str
    name: str

    @property
    def needs_role(self) -> bool:
        """Delivery to a log group goes through a role of the account; S3 refuses one (CreateFlowLogs)."""
        return self.kind == CLOUD_WATCH_LOGS

    def create_arguments(self) -> dict[str, Any]:
        """What CreateFlowLogs wants. A log group goes by its name: all partitions know that form."""
        if self.kind == CLOUD_WATCH_LOGS:
            return {"LogDestinationType": self.kind, "LogGroupName": self.name}
        return {"LogDestinationType": self.kind, "LogDestination": self.name}

    def as_result(self) -> dict[str, Any]:
        if self.kind == CLOUD_WATCH_LOGS:
            return {"log_destination_type": self.kind, "log_group_name": self.name}
        return {"log_destination_type": self.kind, "log_destination": self.name}


def log_group(name: str) -> Destination:
    """The destination for a log group's bare name."""
    return Destination(CLOUD_WATCH_LOGS, name)


def _bare_name(value: str) -> str:
    """A log group's name out of its name or ARN, with or without the ':*' that DescribeLogGroups appends."""
    name = value.split(":log-group:", 1)[-1]
    return name.removesuffix(":*")


def from_aws(flow_log: Mapping[str, Any]) -> Destination:
    """The destination of one entry of DescribeFlowLogs.

    A flow log that was created by name has no LogDestination, one that was created by ARN has both, and records from
    before there was a choice have no type: all three are the same log group.
    """
    kind = flow_log.get("LogDestinationType") or CLOUD_WATCH_LOGS
    group: str | None = flow_log.get("LogGroupName")
    place: str = flow_log.get("LogDestination") or ""
    if kind == CLOUD_WATCH_LOGS:
        return Destination(kind, _bare_name(group or place))
    return Destination(kind, place)
