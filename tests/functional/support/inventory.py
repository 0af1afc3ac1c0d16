# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-inventory on a file of the collection's plugin and tells what it showed."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Calls
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import TIMEOUT
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.settings import BIN
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment

PLUGIN = "netops.flow_logs.network"
# Of amazon.aws before 11 itself, with ansible-core 2.19 and later.
_OF_AMAZON_AWS = re.compile(
    r" ?\[DEPRECATION WARNING\]: (Passing `disable_lookups` to `template`|Importing '\w+' from 'ansible\.module_utils\._text')"
    r" is deprecated\. This feature will be removed from ansible-core version [\d.]+\."
    r"( Use ansible\.module_utils\.common\.text\.converters instead\.)?"
)
_ON_DEPRECATIONS = (
    "[WARNING]: Deprecation warnings can be disabled by setting `deprecation_warnings=False` in ansible.cfg."
)


@dataclass(frozen=True)
class Shown:
    """output is the inventory, messages are the warnings and errors."""

    code: int
    output: str
    messages: str
    calls: Calls

    @cached_property
    def listing(self) -> dict[str, Any]:
        listing: dict[str, Any] = json.loads(self.output, object_hook=_plain)
        return listing

    def group(self, name: str) -> set[str]:
        return set(self.listing.get(name, {}).get("hosts", []))

    def vars(self, host: str) -> dict[str, Any]:
        variables: dict[str, Any] = self.listing["_meta"]["hostvars"][host]
        return variables


def _plain(value: dict[str, Any]) -> Any:
    """ansible-core 2.19 and later say of all text that a plugin made that it is no template."""
    return value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else value


def show(ansible: Ansible, source: Path, *how: str) -> Shown:
    """What ansible-inventory --list, or how it is told to, says of the file or directory; only the calls of this run count."""
    ansible.emulator.forget()
    done = subprocess.run(
        [str(BIN / "ansible-inventory"), "-i", str(source), *(how or ["--list"])],
        cwd=ansible.directory,
        env={**environment(ansible.emulator.url), "ANSIBLE_HOME": str(ansible.directory / "ansible")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Shown(done.returncode, done.stdout, _messages(done.stderr), ansible.emulator.calls)


def _messages(text: str) -> str:
    """As one line, as they were broken for a terminal; without deprecations that are amazon.aws's alone."""
    line = _OF_AMAZON_AWS.sub("", " ".join(text.split()))
    return line if "[DEPRECATION WARNING]" in line else line.replace(_ON_DEPRECATIONS, "").strip()
