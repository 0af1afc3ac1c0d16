# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook, shows what matters of its output and keeps all of it in a file."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import screen
from checks import DemoFailed

APPLY = "netops.flow_logs.apply"
REPORT = "netops.flow_logs.report"
_COLOUR = re.compile(r"\033\[[0-9;]*m")
# Results that say no more than that a task ran.
_DULL = re.compile(r"(ok|skipping): \[[^]]*\]$|included: ")
_RECAP = re.compile(r"^\S+ +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+) ", re.MULTILINE)


def run_playbook(playbook: str, inventory: str, log: Path, *options: str) -> int:
    """Returns how many tasks changed something. Raises DemoFailed when Ansible does not report success."""
    arguments = ["-i", inventory, playbook, *options]
    screen.command("ansible-playbook", *arguments)
    process = subprocess.Popen(
        [Path(sys.executable).with_name("ansible-playbook"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C is for the demo, which then stops Ansible
        env={**os.environ, "ANSIBLE_FORCE_COLOR" if screen.COLOURED else "ANSIBLE_NOCOLOR": "true"},
    )
    with process, log.open("w") as whole:
        try:
            for block in _blocks(_copied(process.stdout or [], whole)):
                if not _is_dull(block):
                    print("".join(block), end="", flush=True)
            process.wait()
        finally:
            process.terminate()  # does nothing when it has ended by itself
    recap = [tuple(map(int, counts)) for counts in _RECAP.findall(log.read_text())]
    if process.returncode or not recap or any(unreachable or failed for _changed, unreachable, failed in recap):
        raise DemoFailed(f"Ansible reports no success (exit code {process.returncode}), see {log}")
    return sum(changed for changed, _unreachable, _failed in recap)


def _copied(lines: Iterable[str], whole: TextIO) -> Iterator[str]:
    for line in lines:
        whole.write(_plain(line))
        yield line


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """Ansible puts an empty line after each task."""
    block: list[str] = []
    for line in lines:
        block.append(line)
        if not _plain(line).strip():
            yield block
            block = []
    if block:
        yield block


def _is_dull(block: list[str]) -> bool:
    """True for a task that had nothing to tell."""
    heading, *results = [_plain(line).rstrip() for line in block]
    return heading.startswith("TASK ") and all(_DULL.match(result) for result in results if result)


def _plain(line: str) -> str:
    return _COLOUR.sub("", line)
