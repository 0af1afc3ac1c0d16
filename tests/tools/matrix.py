# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tests with every supported combination of ansible-core, Python, amazon.aws and boto3.

    tests/tools/run python tests/tools/matrix.py                       every cell
    tests/tools/run python tests/tools/matrix.py core-2.18-py3.11 ...  these
    tests/tools/run python tests/tools/matrix.py --page                docs/versions.md, of what was measured last

Each cell has an environment and a tree of collections of its own in .cache/matrix/NAME. A Python that this machine lacks makes a
cell "not run", and the whole failed, unless MATRIX_MISSING=allow.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import bootstrap
import environments
import interpreters
import matrix_page
from matrix_cells import CELLS
from matrix_cells import Cell

ROOT = environments.ROOT
MATRIX = environments.CACHE / "matrix"
# Of tests/requirements-*.txt: what is tested itself, and what only the checks need that know no versions. The tests take the rest.
TESTED = ("ansible-core", "boto3", "botocore")
NO_TESTS = ("ansible-lint", "antsibull-changelog", "antsibull-docs", "mypy", "ruff", "types-PyYAML", "uv")
# What depends on the versions: every line of the plugins, and from the command line to the API. The emulator's own tests do not.
UNITS = ("tests/unit/plugins",)
PLAYBOOKS = ("tests/functional",)
# The role, its variables, the inventory plugin, the modules in plays and a removal with everything: half the time of the whole.
SOME_PLAYBOOKS = (
    *(f"tests/functional/test_{name}.py" for name in ("apply", "variables", "inventory", "modules_in_plays")),
    "tests/functional/test_remove.py::test_the_last_project_names_what_is_left_and_removes_it_on_request",
)
VERSIONS = """\
import importlib.metadata, json, platform
from ansible_collections.amazon.aws.plugins import module_utils
from pathlib import Path
manifest = json.loads((Path(module_utils.__path__[0]).parents[1] / "MANIFEST.json").read_text())
names = ("ansible-core", "boto3", "botocore")
found = {name: importlib.metadata.version(name) for name in names}
print(json.dumps({"python": platform.python_version(), "amazon.aws": manifest["collection_info"]["version"], **found}))
"""


def main() -> None:
    arguments = sys.argv[1:]
    if arguments == ["--page"]:
        matrix_page.write(MATRIX)
        return
    wanted = [cell for cell in CELLS if not arguments or cell.name in arguments]
    if unknown := set(arguments) - {cell.name for cell in CELLS}:
        sys.exit(f"ERROR: no cells are called {sorted(unknown)}; there are {' '.join(cell.name for cell in CELLS)}")
    results = [run(cell) for cell in wanted]
    print("\n== matrix")
    for result in results:
        print(matrix_page.line(result))
    missing = sum(result["verdict"] == "not run" for result in results)
    allowed = os.environ.get("MATRIX_MISSING") == "allow"
    passed = sum(result["passed"] for result in results)
    failed = sum(result["failed"] for result in results) + (0 if allowed else missing)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def run(cell: Cell) -> dict[str, Any]:
    directory = MATRIX / cell.name
    directory.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    result: dict[str, Any] = {"cell": cell.name, "when": datetime.date.today().isoformat(), "commit": commit()}
    python = interpreters.find(cell.python)
    if python is None:
        counts = {"verdict": "not run", "passed": 0, "failed": 0, "why": f"no Python {cell.python} on this machine"}
    else:
        try:
            counts = measure(cell, python, directory)
        except subprocess.CalledProcessError as error:
            counts = {"verdict": "FAILED", "passed": 0, "failed": 1, "why": str(error)}
    result |= counts | {"seconds": round(time.monotonic() - began)}
    (directory / "result.json").write_text(json.dumps(result, indent=1))
    print(matrix_page.line(result), flush=True)
    return result


def measure(cell: Cell, python: str, directory: Path) -> dict[str, Any]:
    programs = environments.make(directory, python, requirements(cell), constrained=cell.core is not None)
    make_tree(cell, directory)
    environment = surroundings(directory, programs)
    interpreter = str(programs / "python")
    asked = subprocess.run(
        [interpreter, "-c", VERSIONS],
        check=True,
        env=environment | {"PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
    )
    versions = json.loads(asked.stdout)
    if cell.core not in (None, versions["ansible-core"]) or cell.sdk not in (None, versions["boto3"]):
        return {"verdict": "FAILED", "passed": 0, "failed": 1, "why": f"has {versions}", "versions": versions}
    pytest = [interpreter, "-m", "pytest", "-q", "-n", "auto", "-o", f"pythonpath={directory}"]
    steps = {"units": [*pytest, *UNITS], "playbooks": [*pytest, *(PLAYBOOKS if cell.whole else SOME_PLAYBOOKS)]}
    if cell.sanity:
        steps["sanity"] = [interpreter, "tests/tools/sanity.py"]
    outcomes = {name: step(name, command, directory, environment) for name, command in steps.items()}
    passed, failed, skipped = (sum(counts) for counts in zip(*outcomes.values(), strict=True))
    return {
        "verdict": "FAILED" if failed else "ok",
        "passed": passed,
        "failed": failed,
        "skipped": skipped,
        "steps": outcomes,
        "versions": versions,
    }


def requirements(cell: Cell) -> list[str]:
    core = f"ansible-core=={cell.core}" if cell.core else "ansible-core"
    sdk = [f"{name}=={cell.sdk}" if cell.sdk else name for name in ("boto3", "botocore")]
    return [core, *sdk, *tools()]


def tools() -> list[str]:
    """The lines of tests/requirements-*.txt for what the tests need besides what is tested: the pinned releases."""
    lines = [
        line
        for level in ("demo", "test")
        for line in (ROOT / "tests" / f"requirements-{level}.txt").read_text().splitlines()
        if "==" in line
    ]
    return [line for line in lines if re.split(r"[\[=]", line)[0] not in (*TESTED, *NO_TESTS)]


def make_tree(cell: Cell, directory: Path) -> None:
    """This checkout and the cell's amazon.aws, and no other collection."""
    amazon = MATRIX / "amazon.aws" / cell.ansible
    amazon.parent.mkdir(parents=True, exist_ok=True)
    bootstrap.unpack_amazon_aws(cell.ansible, amazon, amazon.with_suffix(".txt"))
    for name, goal in {"amazon/aws": amazon, "netops/flow_logs": ROOT}.items():
        link = directory / "ansible_collections" / name
        bootstrap.remove(link)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(goal)
    (directory / "ansible.cfg").write_text(f"[defaults]\ncollections_path = {directory}\n")


def surroundings(directory: Path, programs: Path) -> dict[str, str]:
    """As tests/tools/run has it, but with nothing of .cache/venv."""
    others = [path for path in os.environ["PATH"].split(os.pathsep) if path != str(environments.CACHE / "venv" / "bin")]
    return os.environ | {
        "PATH": os.pathsep.join([str(programs), *others]),
        "ANSIBLE_COLLECTIONS_PATH": str(directory),
        "ANSIBLE_CONFIG": str(directory / "ansible.cfg"),
    }


def step(name: str, command: list[str], directory: Path, environment: dict[str, str]) -> tuple[int, int, int]:
    """How many tests passed, failed and were skipped. What they said is in a file of the cell's, and shown when some failed."""
    print(f"-- {directory.name}: {name}", flush=True)
    log = directory / f"{name}.log"
    with log.open("w") as stream:
        code = subprocess.call(command, cwd=ROOT, env=environment, stdout=stream, stderr=subprocess.STDOUT)
    text = log.read_text(errors="replace")
    closing = ([line for line in text.splitlines() if re.search(r"\d+ (passed|failed|error)", line)] or [""])[-1]
    passed, failed, errors, skipped = (count(closing, what) for what in ("passed", "failed", "errors?", "skipped"))
    if code and not failed + errors:  # it died before or after counting
        failed = 1
    if not code and not passed:  # nothing ran
        failed = 1
    if failed + errors:
        print("\n".join(text.splitlines()[-60:]), f"\n({log})", flush=True)
    return passed, failed + errors, skipped


def count(line: str, what: str) -> int:
    found = re.search(rf"(\d+) {what}\b", line)
    return int(found[1]) if found else 0


def commit() -> str:
    """What was measured; empty where no git is."""
    asked = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    answer = subprocess.run(asked, cwd=ROOT, check=False, capture_output=True, text=True)
    return answer.stdout.strip()


if __name__ == "__main__":
    main()
