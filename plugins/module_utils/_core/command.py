# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Commands of Ansible that a person may paste into a shell: safe, and doing exactly what they say, or not given at all. Pure.

Names in them come from tags, inventories and AWS. Quoting keeps the shell from running them; it does not keep Ansible from
running a template in -e or -a, or from taking a host's name for a pattern of hosts. What can't be said safely has a reason in
place of a command.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Callable

from .text import is_printable
from .text import limited
from .text import printable

# What makes Ansible take a string for a template.
_TEMPLATE_MARKS = ("{{", "{%", "{#", "#jinja2:")
# Names that mean a pattern to Ansible: wildcards and ranges, separators; at the beginning exclusion, intersection, a regular
# expression, a file of names.
_PATTERN = re.compile(r"[*?\[\]{},]|^[!&~@]")
# Names that --limit takes by themselves; others need a comma behind them, or Ansible would take them apart at spaces and colons.
_PLAIN = re.compile(r"[\w.-]+")
# Credentials in front of a host's name.
_PASSWORD = re.compile(r"//[^/?#]*@")
# Groups that every inventory has.
_GROUPS = ("all", "ungrouped")
# Characters of one argument: Linux takes 128 KiB, and a character has four bytes at most.
_LONGEST = 32 * 1024
_SHOWN = 80


@dataclass(frozen=True)
class Command:
    """text is ready for a shell; where there is none, why says what stands in the way."""

    text: str | None
    why: str = ""


class _Refused(Exception):
    """There is no such command; the message says why."""


def playbook_command(
    playbook: str,
    inventory: Sequence[str] = (),
    hosts: Sequence[str] = (),
    variables: Mapping[str, Any] | None = None,
    groups: Collection[str] = (),
) -> Command:
    """A playbook for these hosts, all where there are none. inventory: the arguments of -i. groups: names that mean groups."""

    def words() -> list[str]:
        where = [word for source in inventory for word in _source(source)]
        limit = _limit(hosts, groups) if hosts else []
        extra = ["-e", _arguments(variables)] if variables else []
        return ["ansible-playbook", *where, playbook, *limit, *extra]

    return _command(words)


def module_command(module: str, options: Mapping[str, Any]) -> Command:
    """A single module, run on the controller."""
    return _command(lambda: ["ansible", "localhost", "-m", module, "-a", _arguments(options)])


def playbook_on_one(playbook: str, host: str, variables: Mapping[str, Any]) -> Command:
    """A playbook for a host that is in no inventory."""

    def words() -> list[str]:
        if not _PLAIN.fullmatch(_host(host, ())) or host.startswith("-"):
            raise _Refused(f"the name {_named(host)} can't be given as an inventory of its own")
        return ["ansible-playbook", "-i", f"{host},", playbook, "-e", _arguments(variables)]

    return _command(words)


def with_note(
    command: Command, note: str | None = None, otherwise: str | None = None
) -> dict[str, str | None]:
    """The two fields of a finding: the command with its note or, with what to do otherwise, why there is none."""
    if command.text is not None:
        return {"command": command.text, "command_note": note}
    return {"command": None, "command_note": " ".join(filter(None, (otherwise, command.why))) or None}


def _command(words: Callable[[], list[str]]) -> Command:
    try:
        return Command(" ".join(_quoted(word) for word in words()))
    except _Refused as error:
        return Command(None, f"No command is given here: {error}.")


def _quoted(word: str) -> str:
    if not is_printable(word):
        raise _Refused(f"{_named(word)} has characters that can't be pasted")
    if len(word) > _LONGEST:
        raise _Refused("it would be too long for a shell")
    quoted = shlex.quote(word)
    # zsh takes an unquoted word with an equals sign in front for the path of a program.
    return f"'{word}'" if quoted == word and word.startswith("=") else quoted


def _arguments(options: Mapping[str, Any]) -> str:
    for name, value in options.items():
        _refuse_template(name, value)
    if _has_password(options):
        raise _Refused("the address of the endpoint has a password in it")
    return json.dumps(dict(options))


def _refuse_template(name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for part in (*value.keys(), *value.values()):
            _refuse_template(name, part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _refuse_template(name, part)
    elif isinstance(value, str):
        if any(mark in value for mark in _TEMPLATE_MARKS):
            raise _Refused(f"Ansible would run the template in {name} ({_named(value)})")
        if not is_printable(value):
            raise _Refused(f"{name} ({_named(value)}) has characters that can't be pasted")


def _has_password(options: Mapping[str, Any]) -> bool:
    return any(name.endswith("endpoint_url") and _PASSWORD.search(str(value)) for name, value in options.items())


def _source(source: str) -> list[str]:
    """An argument of -i. Ansible replaces $NAME in paths by the environment's variable, whatever the quotes."""
    if "$" in source and "," not in source:
        raise _Refused(f"Ansible would take a part of the inventory's path ({_named(source)}) for a variable")
    return [f"--inventory={source}"] if source.startswith("-") else ["-i", source]


def _limit(hosts: Sequence[str], groups: Collection[str]) -> list[str]:
    limit = ",".join(_host(host, groups) for host in hosts)
    if len(hosts) == 1 and not _PLAIN.fullmatch(limit):
        limit += ","
    return [f"--limit={limit}"] if limit.startswith("-") else ["--limit", limit]


def _host(host: str, groups: Collection[str]) -> str:
    if not host or host != host.strip() or _PATTERN.search(host):
        raise _Refused(f"Ansible would take the host's name {_named(host)} for a pattern")
    if host in _GROUPS or host in groups:
        raise _Refused(f"the host's name {_named(host)} is that of a group too")
    return host


def _named(text: str) -> str:
    return f'"{limited(printable(text), _SHOWN)}"'
