# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every contestant says of itself: the files it needs, and its commands."""

from __future__ import annotations

import argparse
import json
import sys
from abc import ABC
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..environments import Environment
from ..estate import Estate

SECRET = "bench-secret-key-of-the-caller"


@dataclass(frozen=True)
class Stage:
    """Where a run takes place. The directory is the run's own, the inventory and estate.json are the estate's."""

    estate: Estate
    inventory: Path
    estate_json: Path
    directory: Path

    def write(self, name: str, content: Any) -> str:
        """A file of the run, of text or as JSON, which is YAML as well; returns its path."""
        path = self.directory / name
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
        return str(path)


class Contestant(ABC):
    """name is for the command line, title for the page."""

    name = ""
    title = ""
    # False: the role has to be there before.
    makes_iam = True
    # Sends all the ids of a project in one call, of which AWS takes 300 only.
    all_ids_at_once = False
    # False: it does nothing, however often it runs.
    makes_flow_logs = True
    # False: whatever comes of it is a figure too.
    has_to_succeed = True
    environment: Environment | None = None

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    @property
    def most_targets(self) -> int:
        """The largest estate that it is measured with."""
        return 1_000_000

    def rounds(self, targets: int, wanted: int) -> int:
        """How often it is measured with so many targets."""
        return wanted

    def why_not(self) -> str | None:
        """Why it can't be measured on this machine."""
        return None

    def fits(self, accounts: int) -> bool:
        """Whether it can show anything of its own with so many accounts."""
        return True

    def env(self, stage: Stage) -> dict[str, str]:
        """What the environment needs beside AWS's address: here, the caller's keys."""
        return {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": SECRET}

    def preparation(self, stage: Stage) -> list[list[str]]:
        """Commands that run before the first run and are not measured."""
        return []

    @abstractmethod
    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        """The commands of the first or the second run, one after another. Writes the files that they read."""


def tool(name: str) -> str:
    """A program beside the Python that runs the bench."""
    return str(Path(sys.executable).with_name(name))
