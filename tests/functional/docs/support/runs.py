# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs what a page shows, each in check mode first and then for real."""

from __future__ import annotations

import json
from typing import Any

import yaml

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import SECRET
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run
from ansible_collections.netops.flow_logs.tests.functional.support.settings import CHECKOUT
from ansible_collections.netops.flow_logs.tests.pages import kinds

SETUP = "netops.flow_logs.setup"
APPLY = "netops.flow_logs.apply"
ROLE_PATH = str(CHECKOUT / "roles" / "flow_logs")
# The profiles that pages speak of.
PROFILES = ("network-operations",)
ROLE = {
    "name": "Flow logs",
    "ansible.builtin.include_role": {"name": "netops.flow_logs.flow_logs"},
    "run_once": True,
}


# What an example is there to show: it opens what was tighter, and that is not done without a word.
_MEANT = (
    "it is opened for all log groups",
    "could be assumed for flow logs of its own account only",
    # Several examples are about the same resources.
    "Recorded twice: ",
)

# What brings the role in.
ROLES = {"ansible.builtin.include_role", "ansible.builtin.import_role"}


class Documented:
    """What it runs has to succeed, and to have done something."""

    def __init__(self, ansible: Ansible, targets: list[str]) -> None:
        self._ansible = ansible
        self.targets = targets

    def plays(self, plays: list[dict[str, Any]], inventory: Any = None) -> Run:
        groups = {host for play in plays for host in str(play.get("hosts", "all")).split(":") if host not in ("all", "localhost")}
        both = [{**play, "check_mode": True} for play in plays] + plays
        return self._run(both, inventory or self._inventory(*sorted(groups)))

    def part_of_a_play(self, content: dict[str, Any]) -> Run:
        return self.plays([{"name": "Around a part", "hosts": "all", "gather_facts": False, **content}])

    def tasks(self, tasks: list[dict[str, Any]]) -> Run:
        """On the controller, or for all hosts where the role is concerned, which is the only one that looks at hosts."""
        on_hosts = any(task.keys() & ROLES or _is_of_role(task) for task in kinds.tasks_of(tasks))
        play = {
            "name": "Around tasks",
            "hosts": "all" if on_hosts else "localhost",
            "gather_facts": False,
            "module_defaults": {"group/netops.flow_logs.aws": {"region": REGION}},
            "vars": {"role_path": ROLE_PATH},
            # As within the role.
            "vars_files": [f"{ROLE_PATH}/defaults/main.yml"] if on_hosts else [],
            "tasks": tasks,
        }
        return self.plays([play])

    def inventory(self, content: dict[str, Any]) -> Run:
        """Applied to all its hosts; by whoever may not change IAM, where it says so, once that is set up."""
        if "flow_logs_manage_iam" in json.dumps(content):
            self._run(SETUP, content)
        play = {"name": "Apply", "hosts": "all", "gather_facts": False, "tasks": [ROLE]}
        done = self.plays([play], content)
        assert any("delivery" in outcome for outcome in done.outcomes)
        return done

    def variables(self, content: dict[str, Any]) -> Run:
        return self.inventory({"shop": {"hosts": dict.fromkeys(self.targets), "vars": content}})

    def source(self, text: str) -> Run:
        """A file of the inventory plugin, with the role on what it finds."""
        where = self._ansible.write("estate.network.yml", text)
        return self._run(APPLY, None, "-i", str(where), "--check")

    def _inventory(self, *groups: str) -> dict[str, Any]:
        return {name: {"hosts": dict.fromkeys(self.targets)} for name in groups or ("shop",)}

    def _run(self, play: Any, inventory: Any, *arguments: str) -> Run:
        """With keys in a file only, as a profile and keys in the environment exclude each other."""
        config = self._ansible.write(
            "aws.config", "".join(f"[profile {name}]\nregion = {REGION}\n" for name in PROFILES)
        )
        names = ("default", *PROFILES)
        keys = "".join(f"[{name}]\naws_access_key_id = testing\naws_secret_access_key = {SECRET}\n" for name in names)
        done = self._ansible.run(
            play,
            inventory,
            arguments,
            env={
                "AWS_ACCESS_KEY_ID": None,
                "AWS_SECRET_ACCESS_KEY": None,
                "AWS_CONFIG_FILE": str(config),
                "AWS_SHARED_CREDENTIALS_FILE": str(self._ansible.write("aws.credentials", keys)),
                "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
                "HOME": str(self._ansible.directory),
            },
        )
        assert done.succeeded().tasks, done.output
        warnings = [line for line in done.output.splitlines() if "[WARNING]" in line and "flow_logs" in line]
        unexpected = [line for line in warnings if not any(words in line for words in _MEANT)]
        assert unexpected == [], unexpected
        return done


def _is_of_role(task: dict[str, Any]) -> bool:
    return any(name in task for name in ("netops.flow_logs.audit", "netops.flow_logs.converge"))


def without_delays(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nobody waits for an emulator."""
    return [_without_delays(task) for task in tasks]


def _without_delays(task: dict[str, Any]) -> dict[str, Any]:
    if "block" in task:
        return {**task, "block": without_delays(task["block"])}
    return {**task, "delay": 0} if "until" in task else task


def documents(text: str) -> list[Any]:
    return list(yaml.safe_load_all(text))
