# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/quality.md, from what measure_coverage.py and mutants.py found last."""

from __future__ import annotations

import datetime
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
QUALITY = ROOT / ".cache" / "quality"
PAGE = ROOT / "docs" / "quality.md"
HEAD = """\
# How well it is tested

Written by `make quality-page` on {day}, from the last runs of `make coverage` and `make mutants`. What it is tested with is in
[versions.md](versions.md), what AWS's failures do to it in [faults.md](faults.md).
"""
COVERAGE = """
## Lines and branches

What the unit tests, the scenarios and the playbooks end to end run of `plugins/`, measured in all their processes:
`ansible-playbook`, its forks, and the processes of the role for the accounts. A branch counts when both its ways were gone.

"""
MUTANTS = """
## Mutants

A line that runs is not a line that is tested. So one small mistake at a time is made in the files that decide, the pure ones: a
comparison the other way, `and` for `or`, a missing `not`, `True` for `False`, a number off by one, `None` returned, an element
missing, the two ways of a condition swapped. Then the unit tests of just that file run. A mutant is killed when they fail. Those
that survive are either tests that are missing, and were then written, or changes that make no difference, listed here with the
reason.

"""


def main() -> None:
    files = {name: QUALITY / f"{name}.json" for name in ("coverage", "mutants")}
    if missing := [name for name, file in files.items() if not file.exists()]:
        sys.exit("ERROR: nothing measured yet, run " + " and ".join(f"make {name}" for name in missing))
    coverage, mutants = (json.loads(file.read_text()) for file in files.values())
    text = HEAD.format(day=datetime.date.today().isoformat())
    text += COVERAGE + "\n".join(_coverage(coverage)) + "\n"
    text += MUTANTS + "\n".join([*_mutants(mutants), "", *_survivors(mutants)]) + "\n"
    PAGE.write_text(text, "utf-8")
    print(f"wrote {PAGE}")


def _coverage(measured: dict[str, Any]) -> list[str]:
    by_folder: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, file in measured["files"].items():
        by_folder[name[name.index("plugins/") :].rsplit("/", 1)[0]].append(file["summary"])
    rows = [[f"`{folder}`", *_numbers(summaries)] for folder, summaries in sorted(by_folder.items())]
    everything = [summary for summaries in by_folder.values() for summary in summaries]
    heads = ["", "Files", "Lines", "of them run", "Branches", "of them gone both ways", "Both"]
    return _table(heads, [*rows, ["**all**", *_numbers(everything)]])


def _numbers(summaries: list[dict[str, Any]]) -> list[str]:
    names = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    lines, run, branches, gone = (sum(summary[name] for summary in summaries) for name in names)
    both = 100 * (run + gone) / max(1, lines + branches)
    return [str(len(summaries)), str(lines), _share(run, lines), str(branches), _share(gone, branches), f"{both:.1f} %"]


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "-"


def _mutants(results: dict[str, Any]) -> list[str]:
    rows = []
    for name, result in sorted(results.items()):
        counts = [result["mutants"], result["killed"], len(result["explained"]), len(result["unexplained"])]
        rows.append([f"`{name}`", *map(str, counts)])
    totals = [sum(int(row[column]) for row in rows) for column in range(1, 5)]
    heads = ["File in `plugins/`", "Mutants", "Killed", "Make no difference", "Survived"]
    return _table(heads, [*rows, ["**all**", *map(str, totals)]])


def _survivors(results: dict[str, Any]) -> list[str]:
    lines = ["### Mutants that make no difference"]
    for name, result in sorted(results.items()):
        if result["explained"]:
            lines += ["", f"`{name}`", ""]
            lines += [f"- `{each['name']}`: {each['why'].strip()}" for each in result["explained"]]
    return lines


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


if __name__ == "__main__":
    main()
