# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the named make targets one after another, all of them whatever fails, and end with one line that counts.

A target that prints how many of its tests passed and failed (pytest, sanity.py) counts with those, any other as one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass
class Outcome:
    target: str
    passed: int
    failed: int
    seconds: float


def main() -> None:
    outcomes = [check(target) for target in sys.argv[1:]]
    print("\n== results")
    for outcome in outcomes:
        verdict = "FAILED" if outcome.failed else "ok"
        print(f"{outcome.target:13} {verdict:6} {outcome.seconds:4.0f} s  {outcome.passed} passed, {outcome.failed} failed")
    passed, failed = sum(each.passed for each in outcomes), sum(each.failed for each in outcomes)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def check(target: str) -> Outcome:
    start = time.monotonic()
    command = [os.environ.get("MAKE", "make"), "--no-print-directory", target]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    last = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        if re.search(r"\d+ (passed|failed)\b", line):
            last = line
    return_code = process.wait()
    passed, failed = count(last, "passed"), count(last, "failed") + count(last, "errors?")
    if return_code and not failed:  # it died before or after counting
        failed = 1
    elif not return_code and not passed:
        passed = 1
    return Outcome(target, passed, failed, time.monotonic() - start)


def count(line: str, what: str) -> int:
    found = re.search(rf"(\d+) {what}\b", line)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
