# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the matrix found: a line for the screen, the page docs/versions.md and the README's table."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path
from typing import Any

from matrix_cells import CELLS
from matrix_cells import CORES
from matrix_cells import FLOOR
from matrix_cells import NEWEST
from matrix_cells import Cell

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "versions.md"
README = ROOT / "README.md"
IN_README = re.compile(r"(?<=<!-- make matrix-page -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
PYTHONS = ("3.11", "3.12", "3.13")
HEAD = """\
# Versions that it is tested with

Written by `make matrix-page`, from the runs of `make matrix` that the last table names. Each cell is an environment of its own with exactly these
releases, and in it run all unit tests of the plugins and playbooks end to end against an AWS emulator (role, inventory plugin, modules, apply and
remove): with the oldest releases and with the newest all of them, in the others a choice. `ansible-test sanity` runs once for each ansible-core. Skipped
are tests of what the oldest botocore does not know.

"""
FOOT = """
`make matrix` runs every cell, `make matrix CELL=core-2.18-py3.11` one. A Python that the machine lacks makes a cell "not run", which is no success:
`make matrix` then fails, unless `MATRIX_MISSING=allow` is set.

The floor is what `meta/runtime.yml`, `galaxy.yml` and `meta/ee-requirements.txt` declare as the oldest releases. The cell "newest" takes the newest
ansible-core and boto3 there are on the day. The next ansible-core before its release (2.22.0rc1) is in `make cores`, which runs what depends on the
core alone. What the versions mean for releases of the collection: [releasing.md](releasing.md).
"""


def line(result: dict[str, Any]) -> str:
    if result["verdict"] == "not run":
        return f"{result['cell']:17} not run: {result['why']}"
    numbers = f"{result['passed']} passed, {result['failed']} failed"
    if result.get("skipped"):
        numbers += f", {result['skipped']} skipped"
    why = f" ({result['why']})" if "why" in result else ""
    return f"{result['cell']:17} {result['verdict']:6} {result['seconds']:4} s  {numbers}{why}"


def write(directory: Path) -> None:
    """From the result of each cell that was run, whenever that was."""
    results = {cell.name: _result(directory / cell.name / "result.json") for cell in CELLS}
    overview = "\n".join(_overview(results))
    text = f"{HEAD}{overview}\n\n## The cells\n\n" + "\n".join(_cells(results)) + "\n"
    where = f"\nMeasured on {platform.system()} {platform.machine()} with {os.cpu_count()} processors.\n"
    PAGE.write_text(text + where + FOOT, "utf-8")
    README.write_text(IN_README.sub(lambda _old: overview, README.read_text("utf-8")), "utf-8")
    print(f"wrote {PAGE} and the table of {README}")


def _result(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text()) if file.exists() else {"verdict": "not run", "why": "not run yet"}


def _overview(results: dict[str, dict[str, Any]]) -> list[str]:
    """A row for each ansible-core, with how many tests passed."""
    rows = [_across(f"{FLOOR.core}, the oldest", [FLOOR], results)]
    for core, _ansible, _pythons in CORES:
        rows.append(_across(core, [cell for cell in CELLS if cell.core == core], results))
    rows.append(_across("the newest", [NEWEST], results))
    heads = ["ansible-core", "amazon.aws", "boto3", *(f"Python {python}" for python in PYTHONS)]
    return [*_table(heads, rows), "", "In each field, how many tests passed. `-`: not tested, or this ansible-core does not run on this Python."]


def _across(name: str, cells: list[Cell], results: dict[str, dict[str, Any]]) -> list[str]:
    of_row = {cell.python: results[cell.name] for cell in cells}
    versions = [result["versions"] for result in of_row.values() if "versions" in result] or [{}]
    # The newest is whatever it was on the day.
    named = name if any(cell.core for cell in cells) else f"{versions[0].get('ansible-core', '')}, {name}".lstrip(", ")
    marks = [_mark(of_row[python]) if python in of_row else "-" for python in PYTHONS]
    return [named, *(versions[0].get(package, "") for package in ("amazon.aws", "boto3")), *marks]


def _mark(result: dict[str, Any]) -> str:
    return {"ok": f"ok ({result.get('passed')})"}.get(result["verdict"], f"**{result['verdict']}**")


def _cells(results: dict[str, dict[str, Any]]) -> list[str]:
    heads = ["Cell", "Python", "ansible-core", "amazon.aws", "boto3", "Passed", "Failed", "Skipped", "Sanity", "Measured", "Commit"]
    return _table(heads, [_row(cell, results[cell.name]) for cell in CELLS])


def _row(cell: Cell, result: dict[str, Any]) -> list[str]:
    if "versions" not in result:
        return [cell.name, cell.python, cell.core or "newest", "", "", f"{result['verdict']}: {result['why']}", *[""] * 5]
    versions, steps = result["versions"], result.get("steps", {})
    return [
        cell.name,
        *(versions[name] for name in ("python", "ansible-core", "amazon.aws", "boto3")),
        str(result["passed"]),
        str(result["failed"]),
        str(result.get("skipped", 0)),
        str(steps["sanity"][0]) if "sanity" in steps else "",
        result["when"],
        result["commit"],
    ]


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]
