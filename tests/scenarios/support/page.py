# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/faults.md."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault

PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
# Heading of a column -> the subject that is in it. Two tables: what makes and corrects, and what removes and looks.
APPLYING = {
    "`flow_log_iam`": "flow_log_iam",
    "`log_group`": "log_group",
    "`flow_log`": "flow_log",
    "`insights_queries`": "insights_queries",
}
REMOVING = {
    "`flow_log`": "flow_log_removal",
    "`log_group`": "log_group_removal",
    "`flow_log_iam`": "flow_log_iam_removal",
    "`flow_log_iam_info`": "flow_log_iam_info",
    "`insights_queries`": "insights_queries_removal",
}
_HEAD = """\
# Faults, and what the modules make of them

Each cell is a test (`tests/scenarios/test_faults.py`): the module runs in check mode, for real, and twice again once the fault has passed, on the
[emulator](emulator.md) with the fault switched on. In every cell check mode sends nothing that changes anything, no target loses a flow log that it
had, nothing is there twice, the run after the fault brings everything into the desired state, and the next one finds nothing to do. A module that
fails says with which code, AWS's or its own, and what to do.

Section numbers are those of [aws-behaviour.md](aws-behaviour.md). This page is written by the tests; `FLOW_LOGS_WRITE_PAGES=1` has them write it anew.
"""
_REMOVAL = """
## Removal

The same with `state: absent`, and for `flow_log_iam_info`, which only looks. In every cell nothing goes that was not asked for: flow logs to other
destinations and of other resources, log groups of similar names, roles, policies and queries of others. What was asked for is gone once the fault has passed,
also where the run with the fault was cut short.
"""


def page(table: Sequence[Fault]) -> str:
    """The page that belongs to the table."""
    return "\n".join([_HEAD, *_rows(table, APPLYING), _REMOVAL, *_rows(table, REMOVING)]) + "\n"


def cells(table: Sequence[Fault]) -> list[tuple[Fault, str]]:
    """Row and subject of each cell on the page."""
    return [
        (fault, subject)
        for columns in (APPLYING, REMOVING)
        for fault in _shown(table, columns)
        for subject in columns.values()
    ]


def _rows(table: Sequence[Fault], columns: Mapping[str, str]) -> list[str]:
    lines = [f"| Fault | Section | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
    for fault in _shown(table, columns):
        told = [fault.cell(subject).shown for subject in columns.values()]
        lines.append(f"| {fault.name} | {fault.section} | {' | '.join(told)} |")
    return lines


def _shown(table: Sequence[Fault], columns: Mapping[str, str]) -> list[Fault]:
    """Rows that concern one of the columns."""
    return [fault for fault in table if fault.concerns(columns.values())]
