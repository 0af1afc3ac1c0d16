# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The kinds of findings of a report, in the order in which they are told: what each means and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """title is what the page says above findings of the kind; several kinds may share one."""

    name: str
    severity: str
    title: str
    meaning: str
    remedy: str


KINDS = (
    Kind(
        "not_read",
        "error",
        "Could not be read",
        "An account, a region or a part of it could not be read, so there may be more gaps than this report knows of.",
        "Give the credentials the permissions that the message names, and write the report again.",
    ),
    Kind(
        "uncovered",
        "error",
        "Nobody records",
        "No flow log records the traffic of the resource: it has none itself, and neither has its subnet or its VPC.",
        "Apply the inventory to it, or add it to the inventory first.",
    ),
    Kind(
        "broken_delivery",
        "error",
        "Does not arrive",
        "The flow log exists, but AWS can't deliver its records: most often the role can't be assumed or may not write.",
        "Apply the inventory again: it corrects policy, role and trust.",
    ),
    Kind(
        "missing_log_group",
        "warning",
        "Log group is missing",
        "Flow logs publish to a log group that does not exist. AWS reports that late, if at all.",
        "Apply the inventory again: it creates the log group, with its retention.",
    ),
    Kind(
        "partly_covered",
        "warning",
        "Recorded in part",
        "Only accepted or only rejected traffic is recorded, and no inventory says that this is meant.",
        "Apply the inventory again, or set flow_logs_traffic_type in it to what is meant.",
    ),
    Kind(
        "drift",
        "warning",
        "Differs from the inventory",
        "The resource exists but has other settings than the inventory asks for.",
        "Apply the inventory again, or change the inventory.",
    ),
    Kind(
        "recorded_twice",
        "warning",
        "Recorded twice",
        "The same traffic is recorded by more than one flow log to CloudWatch Logs: it is ingested and paid more than once.",
        "Remove the flow log that is not needed, at the resource that owns it.",
    ),
    Kind(
        "no_retention",
        "warning",
        "Kept for ever",
        "The log group has no retention: its records are kept, and paid for, until somebody deletes them.",
        "Set flow_logs_retention_in_days in the inventory and apply it.",
    ),
    Kind(
        "unknown_flow_log",
        "note",
        "In no inventory",
        "No host of the inventory asks for the flow log: somebody made it in another way, or its host is gone.",
        "Add its resource to the inventory, or leave it to its owner.",
    ),
    Kind(
        "orphaned_role",
        "note",
        "Left over in IAM",
        "The role trusts the flow-log service, but no flow log of the account uses it.",
        "Remove it when nobody means to use it again.",
    ),
    Kind(
        "orphaned_policy",
        "note",
        "Left over in IAM",
        "The policy belongs to a role of the flow-log service that nothing uses any more, or is attached to nothing.",
        "Remove it when nobody means to use it again.",
    ),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of(finding: Mapping[str, Any]) -> Kind:
    """A kind that is not known here is told under its own name rather than not at all."""
    name = str(finding["kind"])
    return _BY_NAME.get(name) or Kind(name, str(finding["severity"]), name, "", "")


def by_title(findings: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The findings under their titles, in the order of the kinds."""
    titles = list(dict.fromkeys([kind.title for kind in KINDS] + [kind_of(finding).title for finding in findings]))
    grouped: dict[str, list[Mapping[str, Any]]] = {title: [] for title in titles}
    for finding in findings:
        grouped[kind_of(finding).title].append(finding)
    return {title: found for title, found in grouped.items() if found}


def place_of(thing: Mapping[str, Any]) -> str:
    """The account and region of a finding or target in words."""
    account_id, account = thing["account_id"], thing["account"]
    named = f"{account} ({account_id})" if account_id and account != account_id else str(account or account_id)
    return f"{named}, {thing['region']}" if thing["region"] else named


def named(resource_id: str, name: Any) -> str:
    """A resource as people say it: its name with its id, or the id alone."""
    return f"{name} ({resource_id})" if name and name != resource_id else resource_id
