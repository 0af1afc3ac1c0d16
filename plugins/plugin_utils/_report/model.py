# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The model of a report: all that its files show, in plain data. docs/report.md says what is in it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.parts import LISTINGS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import IamOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import in_short

from .commands import Commands
from .drift import drift
from .estate import Audit
from .estate import Entry
from .estate import estate
from .findings import KINDS
from .findings import SEVERITIES
from .findings import deliveries
from .findings import finding
from .findings import gaps
from .findings import in_order
from .findings import log_groups
from .iam import iam
from .iam import orphans
from .twice import twice

VERSION = 1
STATUSES = ("covered", "partly_covered", "broken", "uncovered")


def report(
    audits: Sequence[Audit],
    title: str,
    now: datetime,
    commands: Commands,
    problems: Sequence[tuple[str, list[str]]] = (),
) -> dict[str, Any]:
    """problems: (reason, hosts) of hosts that could not be looked at, as something is wrong with them."""
    found = estate(audits)
    unread = [*(_unread_hosts(reason, hosts) for reason, hosts in problems), *_not_read(audits)]
    told = [
        *gaps(found, commands).findings,
        *deliveries(found, commands),
        *log_groups(found, commands),
    ]
    findings = in_order(
        [
            *(_as_finding(entry) for entry in unread),
            *told,
            *twice(found, commands),
            *drift(audits, told, commands),
            *orphans(audits, commands),
        ]
    )
    return {
        "version": VERSION,
        "title": title,
        "generated_at": now.isoformat(timespec="seconds"),
        "inventory": list(commands.inventory),
        "totals": _totals(found.targets, found.flow_logs, found.log_groups, findings),
        "coverage": _coverage(found.targets),
        "targets": found.targets,
        "flow_logs": found.flow_logs,
        "log_groups": found.log_groups,
        "iam": iam(audits),
        "findings": findings,
        "not_read": unread,
    }


def matching(model: dict[str, Any], fail_on: Iterable[str]) -> list[Entry]:
    """The findings of these kinds or severities."""
    wanted = set(fail_on)
    return [entry for entry in model["findings"] if {entry["kind"], entry["severity"]} & wanted]


def unknown_words(fail_on: Iterable[str]) -> list[str]:
    """Those that are neither a kind nor a severity."""
    return [word for word in fail_on if word not in (*KINDS, *SEVERITIES)]


def _totals(targets: list[Entry], flow_logs: list[Entry], groups: list[Entry], findings: list[Entry]) -> Entry:
    statuses = Counter(entry["status"] for entry in targets)
    severities = Counter(entry["severity"] for entry in findings)
    return {
        "targets": len(targets),
        **{status: statuses[status] for status in STATUSES},
        "flow_logs": len(flow_logs),
        "log_groups": len(groups),
        "findings": {severity: severities[severity] for severity in SEVERITIES},
    }


def _coverage(targets: list[Entry]) -> list[Entry]:
    rows: dict[tuple[str, str, str, str], Counter[str]] = {}
    for entry in targets:
        key = (entry["account_id"], entry["account"], entry["region"], entry["project"] or "")
        rows.setdefault(key, Counter())[entry["status"]] += 1
    return [
        {
            "account_id": account_id,
            "account": account,
            "region": region,
            "project": project or None,
            "targets": sum(counts.values()),
            **{status: counts[status] for status in STATUSES},
        }
        for (account_id, account, region, project), counts in sorted(rows.items())
    ]


def _not_read(audits: Iterable[Audit]) -> list[Entry]:
    """Accounts, regions and IAM that could not be read: what is there, nobody knows."""
    found = []
    for audit in audits:
        if audit.error is not None:
            found.append(_unread(audit, None, "the account", audit.error))
            continue
        for region, info in sorted(audit.regions.items()):
            if info.get("failed"):
                found.append(_unread(audit, region, "the region", info))
            found += [_hole(audit, region, hole) for hole in info.get("not_read") or []]
        for outcome in audit.outcomes:
            if isinstance(outcome, IamOutcome) and outcome.error is not None:
                found.append(_unread(audit, None, "IAM role and policy", outcome.error.result))
        if audit.iam.get("failed"):
            found.append(_unread(audit, None, "roles of the flow-log service", audit.iam))
        found += [_hole(audit, None, hole) for hole in audit.iam.get("not_read") or []]
        for region in audit.iam.get("regions_not_read", []):
            if region["region"] not in audit.regions:
                # Regions that no target is in matter only for what is said of IAM.
                found.append({**_stamp(audit), "what": "users of the IAM roles", **region, "severity": "warning"})
    return found


def _unread_hosts(reason: str, hosts: list[str]) -> Entry:
    return {
        "account_id": None,
        "account": "inventory",
        "region": None,
        "what": f"host {in_short(hosts)}",
        "code": "",
        "message": reason,
        "severity": "error",
        "hosts": hosts,
    }


def _stamp(audit: Audit) -> Entry:
    return {"account_id": audit.account_id, "account": audit.label}


def _unread(audit: Audit, region: Any, what: str, failure: Entry) -> Entry:
    error = failure.get("error") or {}
    return {
        **_stamp(audit),
        "region": region,
        "what": what,
        "code": error.get("code") or "",
        "message": str(failure.get("msg") or failure),
        "severity": "error",
    }


def _hole(audit: Audit, region: Any, hole: Entry) -> Entry:
    """What is missing in a region or account of which all else was read: things, or only facts of things."""
    return {
        **_stamp(audit),
        "region": region,
        "what": hole["what"],
        "code": hole["code"],
        "message": hole["message"],
        "severity": "error" if hole["what"] in LISTINGS else "warning",
    }


def _as_finding(entry: Entry) -> Entry:
    subject = " ".join(filter(None, [entry["what"], entry["region"]]))
    return finding("not_read", entry, subject, entry["message"], severity=entry["severity"])
