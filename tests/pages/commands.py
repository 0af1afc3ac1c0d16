# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that pages show: what each speaks of has to exist, and its options too."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import shlex
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.doc import DocCLI
from ansible.cli.inventory import InventoryCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.parsing.splitter import parse_kv
from ansible.utils.plugin_docs import get_docstring

from .blocks import CHECKOUT
from .blocks import Block

COLLECTION = "netops.flow_logs."
# Programs of others, which are taken as they are.
_OTHERS = {"ansible-builder", "aws", "cd", "cp", "git", "jq", "mkdir", "molecule", "pip", "terraform"}
# Variables of the playbooks besides the role's.
OF_PLAYBOOKS = {"flow_logs_hosts"}
# Set by the inventory plugin, for whoever wants to know.
OF_THE_INVENTORY = {"flow_logs_account_id"}


def commands_of(block: Block) -> list[str]:
    """In console blocks the lines after a prompt; in shell blocks every line."""
    lines = re.sub(r"\\\n\s*", "", block.text).splitlines()
    if block.language == "console":
        return [line[2:] for line in lines if line.startswith("$ ")]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def scripts_of(content: Any) -> list[str]:
    """The commands of a CI job."""
    if isinstance(content, list):
        return [each for entry in content for each in scripts_of(entry)]
    if not isinstance(content, dict):
        return []
    found = []
    for key, value in content.items():
        if key in ("run", "script"):
            texts = value if isinstance(value, list) else [value]
            found += [line for text in texts for line in str(text).splitlines()]
        else:
            found += scripts_of(value)
    return found


def problems(command: str, page: Path) -> list[str]:
    """What is wrong with a command line, each part of a pipe by itself."""
    words = shlex.split(command, comments=True)
    found, part = [], list[str]()
    for word in [*words, "|"]:
        if word in ("|", "&&", "||", ";"):
            found += _problems(part, page) if part else ["an empty command"]
            part = []
        else:
            part.append(word)
    return [f"{command}: {problem}" for problem in found]


def _problems(words: list[str], page: Path) -> list[str]:
    while words[0] == "env" or re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    program, arguments = words[0], words[1:]
    if program in _OTHERS:
        return []
    checks: dict[str, Callable[[list[str], Path], list[str]]] = {
        "ansible": _ansible,
        "ansible-doc": _ansible_doc,
        "ansible-galaxy": _ansible_galaxy,
        "ansible-inventory": _ansible_inventory,
        "ansible-playbook": _ansible_playbook,
        "make": _make,
        "python": _python,
        "tests/tools/run": _problems_in_tools,
    }
    return checks[program](arguments, page) if program in checks else [f"unknown program {program}"]


def _problems_in_tools(words: list[str], page: Path) -> list[str]:
    return [] if words[0] in {"pytest", "molecule", "mypy", "ruff", "antsibull-docs"} else _problems(words, page)


def _parsed(program: type[Any], arguments: list[str]) -> argparse.Namespace | str:
    """Ansible's own parser; its complaint where it has one."""
    cli = program([program.name, *arguments])
    cli.init_parser()
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            parsed: argparse.Namespace = cli.parser.parse_args(arguments)
    except SystemExit:
        return complaint.getvalue().strip().splitlines()[-1]
    return parsed


def _ansible_playbook(arguments: list[str], page: Path) -> list[str]:
    parsed = _parsed(PlaybookCLI, arguments)
    if isinstance(parsed, str):
        return [parsed]
    return [
        *(problem for name in parsed.args for problem in _playbook(name, page)),
        *(problem for given in parsed.extra_vars for problem in _extra_vars(given)),
        *(problem for source in parsed.inventory or [] for problem in _source(source, page)),
    ]


def _playbook(name: str, page: Path) -> list[str]:
    if name.startswith(COLLECTION):
        exists = (CHECKOUT / "playbooks" / f"{name.removeprefix(COLLECTION)}.yml").exists()
        return [] if exists else [f"there is no playbook {name}"]
    return _shown(name, page)


def _source(name: str, page: Path) -> list[str]:
    return [] if name.endswith(",") else _shown(name, page)


def _shown(name: str, page: Path) -> list[str]:
    """A file lies beside the page, or is one that the page or the README shows under its name in a comment."""
    if (page.parent / name).exists():
        return []
    known = page.read_text("utf-8") + (CHECKOUT / "README.md").read_text("utf-8")
    return [] if re.search(rf"# {re.escape(name)}\b", known) else [f"no page shows the file {name}"]


def _extra_vars(given: Any) -> list[str]:
    text = str(given)
    if text.startswith("@"):
        return []
    variables = yaml.safe_load(text) if text.startswith("{") else parse_kv(text)
    known = {*role_variables(), *OF_PLAYBOOKS}
    return [f"there is no variable {name}" for name in variables if name not in known]


def _ansible(arguments: list[str], page: Path) -> list[str]:
    parsed = _parsed(AdHocCLI, arguments)
    if isinstance(parsed, str):
        return [parsed]
    if not parsed.module_name.startswith(COLLECTION):
        return [f"{parsed.module_name} is none of the collection's modules"]
    name = parsed.module_name.removeprefix(COLLECTION)
    if name not in plugins("modules"):
        return [f"there is no module {parsed.module_name}"]
    given = parsed.module_args or ""
    options = json.loads(given) if given.startswith("{") else parse_kv(given)
    return [f"{name} has no option {option}" for option in options if option not in module_options(name)]


def _ansible_inventory(arguments: list[str], page: Path) -> list[str]:
    parsed = _parsed(InventoryCLI, arguments)
    if isinstance(parsed, str):
        return [parsed]
    return [problem for source in parsed.inventory or [] for problem in _source(source, page)]


def _ansible_doc(arguments: list[str], page: Path) -> list[str]:
    parsed = _parsed(DocCLI, arguments)
    if isinstance(parsed, str):
        return [parsed]
    known = {
        "module": plugins("modules"),
        "inventory": plugins("inventory"),
        "role": {path.name for path in (CHECKOUT / "roles").iterdir()},
    }[parsed.type]
    wrong = [name for name in parsed.args if name.removeprefix(COLLECTION) not in known]
    return [f"there is no {parsed.type} {name}" for name in wrong]


def _ansible_galaxy(arguments: list[str], page: Path) -> list[str]:
    fits = arguments[:2] == ["collection", "install"] and arguments[2].split(":")[0] == "netops.flow_logs"
    return [] if fits else ["not how the collection is installed"]


def _make(arguments: list[str], page: Path) -> list[str]:
    targets = re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE)
    groups = re.search(r"^GROUPS := (.*)$", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE)
    known = {*targets, *(groups[1].split() if groups else [])}
    return [f"there is no target {name}" for name in arguments if "=" not in name and name not in known]


def _python(arguments: list[str], page: Path) -> list[str]:
    fits = arguments[0] == "-m" and (CHECKOUT / arguments[1].replace(".", "/") / "__main__.py").exists()
    return [] if fits else ["no module of the checkout"]


@cache
def plugins(kind: str) -> set[str]:
    return {path.stem for path in (CHECKOUT / "plugins" / kind).glob("*.py") if not path.stem.startswith("_")}


@cache
def role_variables() -> dict[str, dict[str, Any]]:
    """Of all entry points."""
    spec = yaml.safe_load((CHECKOUT / "roles/flow_logs/meta/argument_specs.yml").read_text("utf-8"))["argument_specs"]
    return {name: option for entry in spec.values() for name, option in entry["options"].items()}


@cache
def module_options(name: str) -> set[str]:
    """With those that come from amazon.aws."""
    from ansible.plugins.loader import fragment_loader
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()
    documentation = get_docstring(str(CHECKOUT / "plugins" / "modules" / f"{name}.py"), fragment_loader)[0]
    options = documentation["options"]
    return {spelling for option, facts in options.items() for spelling in (option, *facts.get("aliases", []))}
