"""docs/faults.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault

PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
MODULES = ("flow_log_iam", "log_group", "flow_log")
_HEAD = """\
# Faults, and what the modules make of them

Each cell is a test (`tests/scenarios/test_faults.py`): the module runs in check mode, for real, and twice again once the fault has passed, on the
[emulator](emulator.md) with the fault switched on. In every cell check mode sends nothing that changes anything, no target loses a flow log that it
had, nothing is there twice, the run after the fault brings everything into the desired state, and the next one finds nothing to do. A module that
fails says with which code of AWS and what to do.

Section numbers are those of [aws-behaviour.md](aws-behaviour.md). This page is written by the tests; `FLOW_LOGS_WRITE_PAGES=1` has them write it anew.
"""


def page(table: Sequence[Fault]) -> str:
    """The page that belongs to the table."""
    lines = [_HEAD, f"| Fault | Section | {' | '.join(f'`{name}`' for name in MODULES)} |", "|---" * 5 + "|"]
    for fault in table:
        cells = [fault.cell(module).shown for module in MODULES]
        lines.append(f"| {fault.name} | {fault.section} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
