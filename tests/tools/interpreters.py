# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Pythons of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def find(version: str) -> str | None:
    """The path of a Python X.Y that runs, or None. On PATH, or where pyenv keeps those that its shims on PATH stand for."""
    for candidate in _candidates(version):
        if _version(candidate) == version:
            return candidate
    return None


def _candidates(version: str) -> Iterator[str]:
    name = f"python{version}"
    if "{}.{}".format(*sys.version_info) == version:
        yield os.path.realpath(sys.executable)
    for directory in os.environ["PATH"].split(os.pathsep):
        command = shutil.which(name, path=directory)
        if command and Path(directory).name == "shims":
            installed = Path(directory).parent.glob(f"versions/{version}.*/bin/{name}")
            yield from map(str, sorted(installed, reverse=True))
        elif command:
            yield command


def _version(python: str) -> str | None:
    asked = [python, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True)
    return answer.stdout.strip() if answer.returncode == 0 else None
