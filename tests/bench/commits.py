# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the collection, as it is and as it was, each where Ansible finds it: both are measured in the same way."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

from .measure import CHECKOUT


def of_commit(commit: str, directory: Path) -> Path:
    """The directory for ANSIBLE_COLLECTIONS_PATH, which is named like the commit. Raises SystemExit where git knows no such commit."""
    try:
        name = _git("rev-parse", "--verify", "--short=7", f"{commit}^{{commit}}").decode().strip()
        archive = _git("archive", "--format=zip", name)
    except subprocess.CalledProcessError as error:
        raise SystemExit(error.stderr.decode().strip()) from error
    collections, collection = _empty(directory / name)
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(collection)
    return collections


def of_working_tree(directory: Path) -> Path:
    """The same for all files here that git knows or would add."""
    collections, collection = _empty(directory / "working-tree")
    for name in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0"):
        if (CHECKOUT / name).is_file():
            (collection / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, collection / name)
    return collections


def _empty(collections: Path) -> tuple[Path, Path]:
    """Both work with the amazon.aws of this checkout."""
    shutil.rmtree(collections, ignore_errors=True)
    collection = collections / "ansible_collections" / "netops" / "flow_logs"
    collection.mkdir(parents=True)
    (collections / "ansible_collections" / "amazon").symlink_to(CHECKOUT / ".cache" / "ansible_collections" / "amazon")
    return collections, collection


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=CHECKOUT, check=True, capture_output=True).stdout
