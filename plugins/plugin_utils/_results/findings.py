# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What a report says of each host, and which findings are no host's. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Account number, region, and the id of a resource or flow log, or the name of a log group.
_Subject = tuple[Any, Any, str]


@dataclass(frozen=True)
class HostFindings:
    """results: what became of each host. of_no_host: findings that strike none of them."""

    results: dict[str, dict[str, Any]]
    of_no_host: list[Mapping[str, Any]]


def host_findings(
    model: Mapping[str, Any],
    problems: Mapping[str, str],
    matching: Sequence[Mapping[str, Any]],
    lines: Mapping[str, str],
    hosts: Iterable[str] = (),
) -> HostFindings:
    """What the report means for each host.

    hosts: all that were looked at, also those whose targets AWS does not know. problems: host -> why it could not be looked at.
    matching: the findings that the run is to fail for. lines: finding's id -> what to say of it.
    """
    results: dict[str, dict[str, Any]] = {host: _result() for host in hosts}
    hosts_by_resource: dict[_Subject, list[str]] = {}
    for target in model["targets"]:
        hosts_by_resource[target["account_id"], target["region"], target["resource_id"]] = target["hosts"]
        for host in target["hosts"]:
            results.setdefault(host, _result())["targets"].append(_shown(target))
    reasons: dict[str, list[str]] = {host: [reason] for host, reason in problems.items()}
    by_subject = _hosts_by_subject(model, hosts_by_resource)
    of_no_host = []
    for entry in matching:
        struck = entry.get("hosts") or by_subject.get((entry["account_id"], entry["region"], entry["subject"]))
        if not struck:
            of_no_host.append(entry)
        for host in struck or ():
            reasons.setdefault(host, []).append(lines[entry["id"]])
    for host, found in reasons.items():
        results.setdefault(host, _result()).update(failed=True, msg="\n".join(dict.fromkeys(found)))
    return HostFindings(results, of_no_host)


def _result() -> dict[str, Any]:
    return {"failed": False, "changed": False, "msg": "", "targets": []}


def _shown(target: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resource_id": target["resource_id"],
        "account_id": target["account_id"],
        "region": target["region"],
        "status": target["status"],
        "flow_log_ids": [cover["flow_log_id"] for cover in target["flow_logs"]],
    }


def _hosts_by_subject(
    model: Mapping[str, Any], hosts_by_resource: Mapping[_Subject, list[str]]
) -> dict[_Subject, list[str]]:
    """Findings are about resources, about their flow logs, and about the log groups of these."""
    found = dict(hosts_by_resource)
    for log in model["flow_logs"]:
        place = log["account_id"], log["region"]
        found[(*place, log["flow_log_id"])] = hosts_by_resource.get((*place, log["resource_id"]), [])
    for group in model["log_groups"]:
        place = group["account_id"], group["region"]
        hosts = [host for flow_log_id in group["flow_log_ids"] for host in found.get((*place, flow_log_id), [])]
        found[(*place, group["log_group_name"])] = list(dict.fromkeys(hosts))
    return found
