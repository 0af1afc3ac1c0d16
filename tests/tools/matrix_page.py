# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the matrix found: a line for the screen, and the page docs/versions.md."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

from matrix_cells import CELLS
from matrix_cells import CORES
from matrix_cells import Cell

PAGE = Path(__file__).resolve().parents[2] / "docs" / "versions.md"
PYTHONS = ("3.11", "3.12", "3.13")
HEAD = """\
# Versions that it is tested with

Written by `make matrix-page`, from the runs of `make matrix` that the last table names. Each cell is an environment of its own with exactly these
releases, and in it run all unit tests of the plugins and the playbooks end to end against an AWS emulator (role, inventory plugin, modules, apply and
remove): for the newest Python of each ansible-core and for the floor all of them and all of `ansible-test sanity`, for the others a choice.

"""
FOOT = """
`make matrix` runs every cell, `make matrix CELL=core-2.18-py3.11` one. A Python that the machine lacks makes a cell "not run", which is no success:
`make matrix` then fails, unless `MATRIX_MISSING=allow` is set.

The floor is what `meta/runtime.yml`, `galaxy.yml` and `meta/ee-requirements.txt` declare as the oldest releases. The cell "newest" takes the newest
ansible-core and boto3 there are on the day. What the versions mean for releases of the collection: [releasing.md](releasing.md).
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
    text = HEAD + "\n".join(_overview(results)) + "\n\n## The cells\n\n" + "\n".join(_cells(results)) + "\n"
    where = f"\nMeasured on {platform.system()} {platform.machine()} with {os.cpu_count()} processors.\n"
    PAGE.write_text(text + where + FOOT, "utf-8")
    print(f"wrote {PAGE}")


def _result(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text()) if file.exists() else {"verdict": "not run", "why": "not run yet"}


def _overview(results: dict[str, dict[str, Any]]) -> list[str]:
    heads = ["ansible-core", "amazon.aws", *(f"Python {python}" for python in PYTHONS)]
    rows = []
    for core, _ansible, pythons in CORES:
        minor = core.rsplit(".", 1)[0]
        of_row = {python: results[f"core-{minor}-py{python}"] for python in pythons}
        versions = [result["versions"]["amazon.aws"] for result in of_row.values() if "versions" in result]
        marks = [_mark(of_row[python]) if python in of_row else "-" for python in PYTHONS]
        rows.append([core, versions[0] if versions else "", *marks])
    return [*_table(heads, rows), "", "`-`: this ansible-core does not run on this Python."]


def _mark(result: dict[str, Any]) -> str:
    return {"ok": f"ok ({result.get('passed')})"}.get(result["verdict"], f"**{result['verdict']}**")


def _cells(results: dict[str, dict[str, Any]]) -> list[str]:
    heads = ["Cell", "Python", "ansible-core", "amazon.aws", "boto3", "Passed", "Failed", "Sanity", "Measured", "Commit"]
    return _table(heads, [_row(cell, results[cell.name]) for cell in CELLS])


def _row(cell: Cell, result: dict[str, Any]) -> list[str]:
    if "versions" not in result:
        return [cell.name, cell.python, cell.core or "newest", "", "", f"{result['verdict']}: {result['why']}", "", "", "", ""]
    versions, steps = result["versions"], result.get("steps", {})
    return [
        cell.name,
        *(versions[name] for name in ("python", "ansible-core", "amazon.aws", "boto3")),
        str(result["passed"]),
        str(result["failed"]),
        str(steps["sanity"][0]) if "sanity" in steps else "",
        result["when"],
        result["commit"],
    ]


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]
