# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Whether the records of a flow log arrive: what AWS says of it, and what the log group shows. Pure.

AWS reports SUCCESS from the moment of creation on, before anything was delivered (recordings of cloud-custodian), and
FAILED only once there was something to deliver. So only a record proves anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import CLOUD_WATCH_LOGS
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog

DELIVERING = "delivering"
UNPROVEN = "unproven"
FAILING = "failing"
NOT_CHECKED = "not_checked"

# A live interface has a record in every interval, if only to say that there was no traffic. What AWS knows of newest
# events lags behind by an hour at most, so a day of silence means something.
SILENCE = timedelta(days=1)

# What AWS says when it does not deliver (VPC user guide, flow-logs-troubleshooting), and what to do.
_CAUSES = {
    "access error": "The IAM role is missing, does not trust vpc-flow-logs.amazonaws.com, or may not write to the log group."
    " netops.flow_logs.apply or netops.flow_logs.flow_log_iam corrects it; should the error stay, replace the flow log.",
    "rate limited": "CloudWatch Logs throttles the records, or the account has reached its number of log groups: ask for higher"
    " quotas, or record less by traffic_type.",
    "unknown error": "The error is within AWS: replace the flow log, or ask AWS's support.",
}


@dataclass(frozen=True)
class GroupFacts:
    """A log group that exists, as DescribeLogGroups gives it."""

    entry: Mapping[str, Any]

    def as_result(self) -> dict[str, Any]:
        """Under AWS's names in snake case; retention_in_days and kms_key_id are null where there is none."""
        return {
            "log_group_name": self.entry["logGroupName"],
            "retention_in_days": self.entry.get("retentionInDays"),
            "stored_bytes": self.entry.get("storedBytes"),
            "kms_key_id": self.entry.get("kmsKeyId"),
            "log_group_class": self.entry.get("logGroupClass"),
        }


def as_time(milliseconds: int | None) -> datetime | None:
    """CloudWatch Logs counts milliseconds since 1970."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, tz=timezone.utc)


def as_text(moment: datetime | None) -> str | None:
    """ISO 8601, as amazon.aws returns times."""
    return None if moment is None else moment.isoformat()


def health(
    flow_log: FlowLog,
    group: GroupFacts | None,
    newest: datetime | None,
    now: datetime,
    unread: str = "",
    groups_unread: bool = False,
) -> dict[str, Any]:
    """state, message and what they rest on; newest is the time of its newest record that was seen.

    unread: why it could not be seen what has arrived. groups_unread: nor whether the log group exists.
    """
    state, message = _verdict(flow_log, group, newest, now)
    if state == UNPROVEN and newest is None and unread:
        message = f"Whether records arrive could not be seen: {unread}"
    answer: dict[str, Any] = {"state": state, "message": message}
    if flow_log.destination.kind == CLOUD_WATCH_LOGS:
        # No log group can have the name that AWS took it for.
        answer["log_group_exists"] = None if flow_log.to_nowhere or groups_unread else group is not None
        answer["retention_in_days"] = group.entry.get("retentionInDays") if group else None
        answer["newest_event_time"] = as_text(newest)
    return answer


def _verdict(flow_log: FlowLog, group: GroupFacts | None, newest: datetime | None, now: datetime) -> Any:
    if flow_log.to_nowhere:
        return FAILING, (
            "The log group was given with ':*' at the end of its ARN, which AWS takes for a part of the name: records go nowhere."
            " Replace the flow log: netops.flow_logs.apply does."
        )
    if flow_log.facts.get("DeliverLogsStatus") == "FAILED":
        error = str(flow_log.facts.get("DeliverLogsErrorMessage") or "Unknown error")
        cause = _CAUSES.get(error.lower(), "")
        return FAILING, f"AWS does not deliver: {error}. {cause}".rstrip()
    if flow_log.destination.kind != CLOUD_WATCH_LOGS:
        return NOT_CHECKED, (
            f"AWS reports no failure of the delivery to {flow_log.destination.name}, which proves nothing: look there."
        )
    if newest is not None and is_proof(flow_log, newest):
        if now - newest <= SILENCE:
            return DELIVERING, f"The newest record is of {as_text(newest)}."
        return (
            UNPROVEN,
            f"No record has arrived since {as_text(newest)}: there was no traffic, or delivery has stopped.",
        )
    if group is None:
        return UNPROVEN, (
            f"The log group {flow_log.destination.name} does not exist. AWS makes it with the first records, if the role may;"
            " netops.flow_logs.apply makes it at once."
        )
    return UNPROVEN, (
        "No record has been seen yet. AWS reports SUCCESS from the first moment on, which proves nothing: records come some"
        " minutes after the first traffic."
    )


def is_proof(flow_log: FlowLog, newest: datetime) -> bool:
    """Whether a record of this time is the flow log's own: older ones are of one that was there before it.

    A record bears the time at which its interval began, which may lie before the flow log was there.
    """
    created = flow_log.facts.get("CreationTime")
    if not isinstance(created, datetime):
        return True
    return newest >= created - timedelta(seconds=flow_log.max_aggregation_interval)
