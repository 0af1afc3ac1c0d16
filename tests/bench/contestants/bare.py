# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Below this nobody gets: the calls alone, and Ansible alone."""

from __future__ import annotations

import sys
from pathlib import Path

from .base import Contestant
from .base import Stage
from .base import tool

_FLOOR = Path(__file__).resolve().parents[1] / "floor.py"


class Floor(Contestant):
    """Bare boto3."""

    name = "floor"
    title = "floor: bare boto3, fewest calls"

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        return [[sys.executable, str(_FLOOR), str(stage.estate_json)]]


class Empty(Contestant):
    """What Ansible takes to do nothing for this inventory."""

    name = "empty"
    title = "floor: `ansible-playbook` without a task"
    makes_flow_logs = False

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        play = [{"hosts": "all", "gather_facts": False, "tasks": []}]
        return [[tool("ansible-playbook"), "-i", str(stage.inventory), stage.write("play.yml", play)]]
