# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection, install the artefact into an empty directory and use it there, as somebody who has no checkout would."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
NOT_FOR_USERS = ("Makefile", "ansible.cfg", "mypy.ini", "pyproject.toml", "tests/output")
NEEDED = ("README.md", "CHANGELOG.md", "meta/runtime.yml")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="artefact-") as directory:
        collections = Path(directory)
        ansible("galaxy", "collection", "build", "--force", "--output-path", str(collections), cwd=ROOT)
        artefact = next(collections.glob("netops-flow_logs-*.tar.gz"))
        check_members(artefact)

        (collections / "ansible_collections" / "amazon").mkdir(parents=True)
        (collections / "ansible_collections" / "amazon" / "aws").symlink_to(CACHE / "ansible_collections" / "amazon" / "aws")
        ansible("galaxy", "collection", "install", "--offline", "-p", directory, str(artefact), cwd=collections)
        ansible("galaxy", "collection", "verify", "--offline", "netops.flow_logs", cwd=collections)

        installed = collections / "ansible_collections" / "netops" / "flow_logs"
        modules = [f"netops.flow_logs.{path.stem}" for path in sorted(installed.glob("plugins/modules/[!_]*.py"))]
        ansible("doc", "--json", *modules, cwd=collections, quiet=True)
        for playbook in sorted(installed.glob("playbooks/*.yml")):
            ansible("playbook", "--syntax-check", f"netops.flow_logs.{playbook.stem}", cwd=collections)


def check_members(artefact: Path) -> None:
    with tarfile.open(artefact) as archive:
        names = archive.getnames()
    wrong = [name for name in names if name.startswith(NOT_FOR_USERS) or any(part.startswith(".") for part in Path(name).parts)]
    missing = [name for name in NEEDED if name not in names]
    if wrong or missing:
        sys.exit(f"ERROR: {artefact.name} should not hold {wrong} and lacks {missing}")
    print(f"{artefact.name}: {len(names)} members, {artefact.stat().st_size // 1024} KiB")


def ansible(tool: str, *arguments: str, cwd: Path, quiet: bool = False) -> None:
    """With the installed copy alone on the path, not the checkout."""
    environment = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(cwd)}
    del environment["ANSIBLE_CONFIG"]
    command = [f"ansible-{tool}", *arguments]
    print("+", *command, flush=True)
    subprocess.run(command, check=True, cwd=cwd, env=environment, stdout=subprocess.DEVNULL if quiet else None)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"ERROR: {error}")
