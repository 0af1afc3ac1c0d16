# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules of amazon.aws and, as it has none for flow logs, the aws CLI for every host."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ..environments import Environment
from ..estate import DELIVERY
from ..estate import TRUST
from ..estate import Account
from .base import SECRET
from .base import Contestant
from .base import Stage
from .base import tool

_PLAYBOOKS = Path(__file__).resolve().parents[1] / "playbooks"
_KEYS = ["aws_access_key_id = bench", f"aws_secret_access_key = {SECRET}"]


class _AmazonAws(Contestant):
    environment = Environment("awscli")
    playbook = ""

    @property
    def most_targets(self) -> int:
        """It takes seconds for each."""
        return int(self.options.amazon)

    def rounds(self, targets: int, wanted: int) -> int:
        return wanted if targets <= 10 else 1

    def env(self, stage: Stage) -> dict[str, str]:
        """An account is a profile here: the CLI can't be told a role to assume."""
        sections = ["[profile caller]", *_KEYS]
        for account in stage.estate.accounts:
            sections += [f"[profile {account.name}]", *_entered(account)]
        config = stage.write("aws.config", "\n".join(sections) + "\n")
        programs = Path(self.environment.tool("aws")).parent
        return {"AWS_CONFIG_FILE": config, "PATH": f"{os.environ['PATH']}{os.pathsep}{programs}"}

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        stage.write("delivery.json", DELIVERY)
        stage.write("trust.json", TRUST)
        playbook = shutil.copy(_PLAYBOOKS / self.playbook, stage.directory)
        return [[tool("ansible-playbook"), "-i", str(stage.inventory), str(playbook)]]


def _entered(account: Account) -> list[str]:
    return [f"role_arn = {account.way_in}", "source_profile = caller"] if account.way_in else _KEYS


class EverythingPerHost(_AmazonAws):
    """As one writes it at first."""

    name = "amazon-per-host"
    title = "`amazon.aws` and aws CLI, everything per host"
    # Hosts lose the race for what they share.
    has_to_succeed = False
    playbook = "everything_per_host.yml"


class SharedPartsOnce(_AmazonAws):
    """As one writes it at last."""

    name = "amazon-once"
    title = "`amazon.aws` once, aws CLI per host"
    playbook = "shared_parts_once.yml"
