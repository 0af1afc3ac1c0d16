# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that people paste: whatever names hold, they do what they say or are not given."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible.inventory.manager import order_patterns
from ansible.inventory.manager import split_host_pattern
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import Command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import module_command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import playbook_command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import playbook_on_one
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import with_note
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable

APPLY, MODULE = "netops.flow_logs.apply", "netops.flow_logs.log_group"
# What shells, Ansible and terminals could take for something else.
PARTS = st.sampled_from(
    [*"{}%#'\"`$()[]*?!&~@:,;|<>\\- =\t\n\r\x00\x1b\x9b\u202e\ud800", "{{", "#jinja2:", "é", "東", "web", "all", "-e"]
)
TEXT = st.lists(PARTS | st.characters(), max_size=12).map("".join)


def words_of(command: Command) -> list[str]:
    assert command.text is not None, command.why
    assert command.why == ""
    return shlex.split(command.text)


def refused(command: Command) -> str:
    assert command.text is None
    assert command.why.startswith("No command is given here: ") and is_printable(command.why)
    return command.why


@given(value=TEXT, items=st.lists(TEXT, max_size=3))
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_a_module_gets_its_options_as_they_are_or_there_is_no_command(value: str, items: list[str]) -> None:
    options = {"log_group_name": value, "resource_ids": items, "retention_in_days": 90}
    command = module_command(MODULE, options)
    if command.text is None:
        refused(command)
        return
    assert is_printable(command.text)
    *before, arguments = words_of(command)
    assert before == ["ansible", "localhost", "-m", MODULE, "-a"]
    assert json.loads(arguments) == options
    assert not any(mark in arguments for mark in ("{{", "{%", "{#", "#jinja2:"))


@given(hosts=st.lists(TEXT, min_size=1, max_size=3), source=TEXT)
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_a_playbook_runs_on_the_hosts_that_are_named_or_there_is_no_command(hosts: list[str], source: str) -> None:
    command = playbook_command(APPLY, [source], hosts, groups=["web"])
    if command.text is None:
        refused(command)
        return
    words = words_of(command)
    limit = words[-1].removeprefix("--limit=")
    # As Ansible takes it apart, and without what would mean all others.
    assert order_patterns(split_host_pattern(limit)) == hosts
    assert not {"web", "all", "ungrouped"} & set(hosts)
    assert not any(set("*?[]") & set(host) or host[0] in "!&~@" for host in hosts)
    given_source = [f"--inventory={source}"] if source.startswith("-") else ["-i", source]
    assert words[: 2 + len(given_source)] == ["ansible-playbook", *given_source, APPLY]


@pytest.mark.parametrize("name", ["web-1", "Web VPC (prod)", "bob's", "a:b", "-e", "--help", "é", "$(id)", "`id`", "a;b", "=x"])
def test_names_that_can_be_said_are_said(name: str) -> None:
    words = words_of(playbook_command(APPLY, ["hosts.yml"], [name], groups=["shop"]))
    limit = words[-1].removeprefix("--limit=")
    assert words[:4] == ["ansible-playbook", "-i", "hosts.yml", APPLY]
    assert split_host_pattern(limit) == [name]


@pytest.mark.parametrize("name", ["web", "10.0.0.1", "vpc-0123"])
def test_ordinary_names_are_said_plainly(name: str) -> None:
    command = playbook_command(APPLY, ["hosts.yml"], [name, "other"])
    assert command.text == f"ansible-playbook -i hosts.yml {APPLY} --limit {name},other"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((name, "for a pattern") for name in ("*", "web?", "web[0]", "!web", "&web", "~web", "@file", "a,b", "{{ x }}", " a", "")),
        *((name, "is that of a group too") for name in ("all", "ungrouped", "shop")),
        *((name, "characters that can't be pasted") for name in ("a\nb", "a\x1bM", "a\x9b", "a\u202eb", "a\ud800", "a\x00b")),
    ],
)
def test_names_that_would_mean_others_are_not_said(name: str, why: str) -> None:
    assert why in refused(playbook_command(APPLY, [], ["first", name], groups=["shop"]))


@pytest.mark.parametrize("source", ["my estate.yml", "-x,", "--list", "a'b", "web,", "~/x"])
def test_inventories_are_given_as_they_are(source: str) -> None:
    words = words_of(playbook_command(APPLY, [source], ["web"]))
    assert words[1:-3] == ([f"--inventory={source}"] if source.startswith("-") else ["-i", source])


def test_an_inventory_whose_path_ansible_would_change_is_not_given() -> None:
    assert "$HOME" in refused(playbook_command(APPLY, ["/etc/$HOME/hosts"], ["web"]))


@pytest.mark.parametrize("value", ["{{ lookup('pipe', 'id') }}", "{% x %}", "{# x #}", "#jinja2:x", "a\nb", "\x9b", "\u202e", "\ud800"])
@pytest.mark.parametrize("shape", [lambda text: text, lambda text: [text], lambda text: {"k": text}, lambda text: {text: "v"}])
def test_no_option_is_a_template_or_unseen(shape: Any, value: str) -> None:
    for command in (
        module_command(MODULE, {"log_group_name": shape(value)}),
        playbook_command(APPLY, [], ["web"], {"flow_logs_project": shape(value)}),
        playbook_on_one(APPLY, "vpc-1", {"flow_logs_project": shape(value)}),
    ):
        refused(command)


@pytest.mark.parametrize("name", ["*", "-e", "a b", "a,b", "", "vpc-1\n"])
def test_an_inventory_of_one_is_one(name: str) -> None:
    refused(playbook_on_one(APPLY, name, {}))
    assert words_of(playbook_on_one(APPLY, "vpc-1", {"x": 1})) == ["ansible-playbook", "-i", "vpc-1,", APPLY, "-e", '{"x": 1}']


def test_a_password_in_an_address_is_in_no_command() -> None:
    address = "https://ops:secret@aws.example:8080/x"
    for name in ("endpoint_url", "flow_logs_endpoint_url"):
        assert "secret" not in refused(module_command(MODULE, {name: address}))
    words_of(module_command(MODULE, {"endpoint_url": "https://aws.example/a@b"}))


def test_what_is_too_long_for_one_argument_is_not_given() -> None:
    hosts = [f"host-{number}" for number in range(10_000)]
    assert "too long" in refused(playbook_command(APPLY, [], hosts))


def test_a_note_stands_by_the_command_and_the_reason_in_its_place() -> None:
    command, none = Command("ansible"), Command(None, "Why.")
    assert with_note(command, "note", "otherwise") == {"command": "ansible", "command_note": "note"}
    assert with_note(none, "note", "Do this.") == {"command": None, "command_note": "Do this. Why."}
    assert with_note(none, "note") == {"command": None, "command_note": "Why."}


def test_a_shell_that_runs_the_commands_runs_nothing_else(tmp_path: Path) -> None:
    """bash itself, with functions in place of Ansible's programs that show what they were given."""
    hostile = ["$(touch ran)", "`touch ran`", "; touch ran", "'; touch ran; '", '"; touch ran; "', "\\'; touch ran", "!!", "=ls"]
    commands = [module_command(MODULE, {"profile": text}) for text in hostile]
    commands += [playbook_command(APPLY, [text], [text]) for text in hostile if text[0] != "!" and "$" not in text]
    shown = "ansible() { printf '%s\\0' ansible \"$@\"; }; ansible-playbook() { printf '%s\\0' ansible-playbook \"$@\"; }"
    for command in commands:
        assert command.text is not None
        script = f"{shown}\n{command.text}\n"
        said = subprocess.run(["bash"], input=script, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert said.stdout.split("\0")[:-1] == shlex.split(command.text)
    assert list(tmp_path.iterdir()) == []
