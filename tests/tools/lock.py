# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes tests/locked-LEVEL.txt: what pip installs for tests/requirements-LEVEL.txt, with the hashes of all files of each release.

For all platforms and all Pythons from the oldest on. Each level has only what the one below lacks.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import environments
from bootstrap import OLDEST_PYTHON

TESTS = Path(__file__).resolve().parents[1]
LEVELS = ("demo", "test", "site")
HEAD = "# Written by make lock from {source} and constraints.txt; see docs/releasing.md.\n"


def main() -> None:
    # The releases of the highest level hold for those below: what one of them leaves open is not to differ.
    whole = TESTS.parent / ".cache" / "locked.txt"
    whole.write_text(compiled(f"requirements-{LEVELS[-1]}.txt"))
    known: dict[str, str] = {}
    for number, level in enumerate(LEVELS):
        source = f"requirements-{level}.txt"
        wanted = blocks(compiled(source, "--constraint", str(whole)))
        for name in known.keys() & wanted.keys():
            if known[name] != wanted[name]:
                sys.exit(f"{name} is another one for {source} than for what it builds on:\n{known[name]}\n{wanted[name]}")
        below = f"-r locked-{LEVELS[number - 1]}.txt\n" if number else ""
        own = "".join(block for name, block in wanted.items() if name not in known)
        (TESTS / f"locked-{level}.txt").write_text(f"{HEAD.format(source=source)}{below}{own}", "utf-8")
        known |= wanted


def compiled(source: str, *more: str) -> str:
    python = ".".join(map(str, OLDEST_PYTHON))
    options = ["--universal", "--python-version", python, "--generate-hashes", "--no-annotate", "--no-header"]
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "--quiet", "pip", "compile", *options, "--no-emit-index-url", *more, str(TESTS / source)]
    return subprocess.run(command, check=True, env=environments.settings(), stdout=subprocess.PIPE, text=True).stdout


def blocks(text: str) -> dict[str, str]:
    """Requirement without its hashes' line breaks -> its lines. One package may have several releases, by Python."""
    found = re.findall(r"^(?=\S)(?:.*\\\n)*.*\n", text, re.MULTILINE)
    return {block.split(" \\\n")[0]: block for block in found}


if __name__ == "__main__":
    main()
