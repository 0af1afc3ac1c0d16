# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection."""

from __future__ import annotations

from pathlib import Path

from .base import Contestant
from .base import Stage
from .base import tool


class Role(Contestant):
    """The user's own three lines."""

    name = "role"
    title = "**the role**, in a play of three lines"

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        play = [{"hosts": "all", "gather_facts": False, "roles": ["netops.flow_logs.flow_logs"]}]
        return [[tool("ansible-playbook"), "-i", str(stage.inventory), stage.write("play.yml", play)]]


class Apply(Contestant):
    """The collection's own playbook."""

    name = "apply"
    title = "**the playbook** `netops.flow_logs.apply`"

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        return [[tool("ansible-playbook"), "-i", str(stage.inventory), "netops.flow_logs.apply"]]


class Copy(Contestant):
    """One of the two, of a copy of the collection. collections: the directory with ansible_collections/netops/flow_logs in it."""

    def __init__(self, contestant: Contestant, when: str, collections: Path) -> None:
        super().__init__(contestant.options)
        self.contestant = contestant
        self.name = f"{contestant.name}-{when}"
        self.collections = collections

    def env(self, stage: Stage) -> dict[str, str]:
        return {**self.contestant.env(stage), "ANSIBLE_COLLECTIONS_PATH": str(self.collections)}

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        return self.contestant.commands(stage, number)
