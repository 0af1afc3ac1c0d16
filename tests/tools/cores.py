# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others write is data on the oldest and on the newest supported ansible-core, too; "make functional" tests the one between.

The environments are those of the matrix (tests/tools/matrix.py), in .cache/matrix, and stay for the next run. That the oldest can't be
made is a failure. Of the newer ones it takes the newest that a Python of this machine runs, and says so.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import environments
import interpreters
import matrix
from matrix_cells import CELLS
from matrix_cells import CORES
from matrix_cells import FLOOR
from matrix_cells import Cell

TESTS = ("tests/functional/test_hostile_values.py",)


def main() -> None:
    chosen = [oldest(), newest()]
    if None in chosen:
        sys.exit("ERROR: no Python of this machine runs the oldest or a newer ansible-core; 0 passed, 1 failed")
    cells = [cell for cell in chosen if cell is not None]
    for cell in cells:
        make(cell)
    with ThreadPoolExecutor(len(cells)) as threads:
        outcomes = list(threads.map(run, cells))
    for cell, (passed, failed, skipped) in zip(cells, outcomes, strict=True):
        print(f"ansible-core {cell.core}, Python {cell.python}: {passed} passed, {failed} failed, {skipped} skipped")
    passed, failed = (sum(outcome[which] for outcome in outcomes) for which in (0, 1))
    # A test that is skipped has shown nothing.
    failed += sum(outcome[2] for outcome in outcomes)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def oldest() -> Cell | None:
    """The lowest core that is supported, with the first Python of this machine that runs it."""
    for python in CORES[0][2]:
        if interpreters.find(python):
            return FLOOR if python == FLOOR.python else replace(FLOOR, name=f"floor-py{python}", python=python)
    return None


def newest() -> Cell | None:
    """The newest core that a Python of this machine runs."""
    for core, _ansible, pythons in reversed(CORES[1:]):
        for python in reversed(pythons):
            if interpreters.find(python):
                if core != CORES[-1][0]:
                    needs = " or ".join(CORES[-1][2])
                    print(f"No Python {needs} here for ansible-core {CORES[-1][0]}: the newest that runs is {core}.")
                return next(cell for cell in CELLS if (cell.core, cell.python) == (core, python))
    return None


def make(cell: Cell) -> None:
    directory = matrix.MATRIX / cell.name
    directory.mkdir(parents=True, exist_ok=True)
    try:
        environments.make(directory, str(interpreters.find(cell.python)), matrix.requirements(cell))
        matrix.make_tree(cell, directory)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"ERROR: the environment with ansible-core {cell.core} can't be made: {error}\n0 passed, 1 failed")


def run(cell: Cell) -> tuple[int, int, int]:
    directory = matrix.MATRIX / cell.name
    programs = directory / "venv" / "bin"
    pytest = [str(programs / "python"), "-m", "pytest", "-q", "-n", "2", "-o", f"pythonpath={directory}", *TESTS]
    return matrix.step("hostile values", pytest, directory, matrix.surroundings(directory, programs))


if __name__ == "__main__":
    main()
