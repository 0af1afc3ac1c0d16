# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments of the rivals that need another botocore than Ansible has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_CACHE = _HERE.parents[1] / ".cache"


class Environment:
    """.cache/bench-NAME, with what requirements-NAME.txt lists."""

    def __init__(self, name: str) -> None:
        self.requirements = _HERE / f"requirements-{name}.txt"
        self.directory = _CACHE / f"bench-{name}"

    def tool(self, name: str) -> str:
        """The path of one of its programs."""
        return str(self.directory / "bin" / name)

    def set_up(self) -> None:
        """Installs what is not installed. A changed list, another Python or an interrupted run begins anew."""
        stamp = self.directory / "installed.txt"
        wanted = f"{sys.version} {self.directory}\n{self.requirements.read_text()}"
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print(f"setup: installing tests/bench/{self.requirements.name} into .cache/{self.directory.name}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.directory)], check=True)
        pip = [self.tool("python"), "-m", "pip", "--quiet", "--quiet", "--no-input", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--requirement", str(self.requirements)], check=True)
        stamp.write_text(wanted)
