# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines and branches of plugins/ the tests run, in all their processes: ansible-playbook, its forks, the role's side processes.

    tests/tools/run python tests/tools/measure_coverage.py              units, scenarios, functional
    tests/tools/run python tests/tools/measure_coverage.py tests/unit   these

What runs from Ansible's zip of a module in a process of its own cannot be told where it came from: the modules are measured in the
tests that run them in their own process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUALITY = ROOT / ".cache" / "quality"
DATA = QUALITY / "coverage"
RESULTS = QUALITY / "coverage.json"
TESTS = ["tests/unit/plugins", "tests/scenarios", "tests/robustness", "tests/functional"]
SETTINGS = f"""\
[run]
branch = true
parallel = true
source = {ROOT / "plugins"}
data_file = {DATA / "data"}
patch = subprocess, _exit, fork
sigterm = true
disable_warnings = no-data-collected, module-not-imported, couldnt-parse

[report]
include_namespace_packages = true
"""


def main() -> None:
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    settings = QUALITY / "coverage.ini"
    settings.write_text(SETTINGS)
    codes = [coverage(settings, "run", "-m", "pytest", "-q", "-n", "auto", tests) for tests in sys.argv[1:] or TESTS]
    if any(codes):
        print("ERROR: tests failed; what they would have covered is missing")
    coverage(settings, "combine", "--quiet")
    coverage(settings, "json", "--quiet", "-o", str(RESULTS))
    coverage(settings, "report", "--skip-covered", "--show-missing")
    totals = json.loads(RESULTS.read_text())["totals"]
    print(f"{totals['percent_covered']:.1f} % of lines and branches")
    sys.exit(any(codes))


def coverage(settings: Path, command: str, *arguments: str) -> int:
    program = Path(sys.executable).with_name("coverage")
    # Ansible's forks and modules that end by a signal still write what they have.
    environment = os.environ | {"COVERAGE_RCFILE": str(settings)}
    line = [str(program), command, f"--rcfile={settings}", *arguments]
    return subprocess.call(line, cwd=ROOT, env=environment)


if __name__ == "__main__":
    main()
