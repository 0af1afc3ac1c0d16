# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What depends on the release of ansible-core, on each of them; "make functional" tests the one of the tools.

On every minor release and on the next one, before it is out: without each name that ansible-core keeps private, and with its own
validation of the role. On the oldest and the newest, too: what others write is data.

The environments are those of the matrix (tests/tools/matrix.py), in .cache/matrix, and stay for the next run. That one can't be
made is a failure. A release that no Python of this machine runs is named, and left out unless it is the oldest.
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
from matrix_cells import COMING
from matrix_cells import CORES
from matrix_cells import FLOOR
from matrix_cells import Cell

ENDS = ("tests/functional/test_hostile_values.py", "tests/functional/test_recap.py")
PRIVATE = ("tests/functional/test_private_names.py", "tests/unit/plugins/plugin_utils/test_private_names.py")
# Of the cells that run one after the other, so many at a time.
SIDE_BY_SIDE = 2


def main() -> None:
    chosen = cells()
    for cell in chosen:
        make(cell)
    ends = {chosen[0].name, chosen[-1].name}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        # The longest begin first.
        order = sorted(chosen, key=lambda cell: cell.name not in ends)
        outcomes = list(threads.map(lambda cell: run(cell, (*PRIVATE, *(ENDS if cell.name in ends else ()))), order))
    for cell, (passed, failed, skipped) in zip(order, outcomes, strict=True):
        print(f"ansible-core {cell.core}, Python {cell.python}: {passed} passed, {failed} failed, {skipped} skipped")
    passed, failed = (sum(outcome[which] for outcome in outcomes) for which in (0, 1))
    # A test that is skipped has shown nothing.
    failed += sum(outcome[2] for outcome in outcomes)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def cells() -> list[Cell]:
    """The oldest release of ansible-core, the last of each later minor one, and the next, each with the newest Python here that runs it."""
    first = oldest()
    if first is None:
        sys.exit("ERROR: no Python of this machine runs the oldest ansible-core; 0 passed, 1 failed")
    found = [first]
    # Of the oldest one's minor release, that one is enough.
    for core, _ansible, pythons in CORES[1:]:
        python = next((each for each in reversed(pythons) if interpreters.find(each)), None)
        if python is None:
            print(f"No Python {' or '.join(pythons)} here for ansible-core {core}: left out.")
        else:
            found.append(next(cell for cell in CELLS if (cell.core, cell.python) == (core, python)))
    if interpreters.find(COMING.python):
        found.append(COMING)
    else:
        print(f"No Python {COMING.python} here for ansible-core {COMING.core}: left out.")
    return found


def oldest() -> Cell | None:
    """The lowest core that is supported, with the first Python of this machine that runs it."""
    for python in CORES[0][2]:
        if interpreters.find(python):
            return FLOOR if python == FLOOR.python else replace(FLOOR, name=f"floor-py{python}", python=python)
    return None


def make(cell: Cell) -> None:
    directory = matrix.MATRIX / cell.name
    directory.mkdir(parents=True, exist_ok=True)
    try:
        environments.make(directory, str(interpreters.find(cell.python)), matrix.requirements(cell))
        matrix.make_tree(cell, directory)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"ERROR: the environment with ansible-core {cell.core} can't be made: {error}\n0 passed, 1 failed")


def run(cell: Cell, tests: tuple[str, ...]) -> tuple[int, int, int]:
    directory = matrix.MATRIX / cell.name
    programs = directory / "venv" / "bin"
    pytest = [str(programs / "python"), "-m", "pytest", "-q", "-o", f"pythonpath={directory}", *tests]
    return matrix.step("cores", pytest, directory, matrix.surroundings(directory, programs))


if __name__ == "__main__":
    main()
