# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What kind of machine this is, and which versions were measured."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import subprocess
from pathlib import Path

from .measure import CHECKOUT

_HERE = Path(__file__).resolve().parent


def machine() -> dict[str, str]:
    """For the page: nothing that names this machine."""
    installed = {name: importlib.metadata.version(name) for name in ("ansible-core", "boto3", "moto")}
    manifest = CHECKOUT / ".cache" / "ansible_collections" / "amazon" / "aws" / "MANIFEST.json"
    amazon = json.loads(manifest.read_text())["collection_info"]["version"]
    return {
        "commit": commit(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} on {platform.machine()}",
        "Python": platform.python_version(),
        **installed,
        "amazon.aws": amazon,
        "c7n": _listed("c7n", "c7n"),
        "c7n_org": _listed("c7n", "c7n_org"),
        "awscli": _listed("awscli", "awscli"),
    }


def commit() -> str:
    """Of the checkout, and whether what is measured differs from it."""
    changed = _git("status", "--porcelain", "--", "plugins", "roles", "playbooks", "meta", "tests/bench")
    return _git("rev-parse", "--short=7", "HEAD") + (" with changes" if changed else "")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout.strip()


def _listed(environment: str, package: str) -> str:
    """The version that a requirements file asks for."""
    text = (_HERE / f"requirements-{environment}.txt").read_text()
    found = re.search(rf"^{package}==(.+)$", text, re.MULTILINE)
    return found[1] if found else "?"
