# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What a report comes to, in lines for the play's output. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines

# Findings that are shown before the rest is counted only.
_SHOWN = 20
_STATUSES = {
    "covered": "recorded",
    "partly_covered": "recorded in part",
    "broken": "recorded, but nothing is delivered",
    "uncovered": "not recorded",
}


def summary_lines(model: Mapping[str, Any], files: Sequence[object]) -> list[str]:
    totals = model["totals"]
    parts = [f"{totals[status]} {words}" for status, words in _STATUSES.items() if totals[status]]
    counts = [
        f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in totals["findings"].items() if count
    ]
    lines = [
        f"{totals['targets']} VPCs, subnets and network interfaces: {', '.join(parts) or 'none was seen'}.",
        f"{', '.join(counts)}." if counts else "Nothing to complain about.",
        *finding_lines([entry for entry in model["findings"] if entry["severity"] != "note"]),
        *(f"Written: {path}" for path in files),
    ]
    return printable_lines(lines)


def finding_lines(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    more = [f"... and {len(findings) - _SHOWN} more."] if len(findings) > _SHOWN else []
    return printable_lines([*(_line(entry) for entry in findings[:_SHOWN]), *more])


def _line(entry: Mapping[str, Any]) -> str:
    name, subject = entry["subject_name"], entry["subject"]
    what = subject if name == subject else f"{name} ({subject})" if subject not in name else name
    place = f"{entry['region']} of {entry['account']}" if entry["region"] else str(entry["account"])
    return f"{entry['kind']}: {what} in {place}: {entry['message']}"
