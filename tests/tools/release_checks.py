# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release tried out in a copy: its changelog, and what Galaxy's importer and REUSE say of the result."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import environments
import interpreters
import yaml

IMPORTER = ["galaxy-importer==0.4.44", "ansible-core==2.21.5"]
REUSE = ["reuse==6.2.0"]


class Wrong(Exception):
    """The release would not be right."""


def release(copy: Path) -> str:
    """Turns the fragments of the copy into the changelog's entry of its version, which is returned."""
    version = str(yaml.safe_load((copy / "galaxy.yml").read_text())["version"])
    log = copy / "changelogs" / "changelog.yaml"
    if log.exists() and version in yaml.safe_load(log.read_text())["releases"]:
        return version  # a released commit
    if not any("release_summary" in fragment.read_text() for fragment in copy.glob("changelogs/fragments/*.yml")):
        # Written when there is a release: see docs/releasing.md.
        (copy / "changelogs" / "fragments" / "trial.yml").write_text("---\nrelease_summary: A release tried out.\n")
    program = Path(sys.executable).with_name("antsibull-changelog")
    environment = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(copy.parents[2])}
    command = [str(program), "release", "--date", "2000-01-01"]
    done = subprocess.run(command, cwd=copy, env=environment, check=False, capture_output=True, text=True)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "MANIFEST.json" not in line]
    if done.returncode or any(re.search("warning|error", line, re.IGNORECASE) for line in said):
        raise Wrong("antsibull-changelog release: " + "\n".join(said))
    return version


def check_changelog(copy: Path) -> None:
    """Whatever is new in a release is listed in its entry, and so everything there is in one of the entries."""
    listed: set[tuple[str, str]] = set()
    for entry in yaml.safe_load((copy / "changelogs" / "changelog.yaml").read_text())["releases"].values():
        listed |= _listed(entry)
    here = {("module", path.stem) for path in copy.glob("plugins/modules/[!_]*.py")}
    here |= {("inventory", path.stem) for path in copy.glob("plugins/inventory/[!_]*.py")}
    here |= {("filter", path.stem) for path in copy.glob("plugins/filter/[!_]*.py")}
    here |= {("lookup", path.stem) for path in copy.glob("plugins/lookup/[!_]*.py")}
    here |= {("role", path.parent.name) for path in copy.glob("roles/*/tasks")}
    here |= {("playbook", path.stem) for path in copy.glob("playbooks/*.yml")}
    if missing := sorted(here - listed):
        raise Wrong(f"the changelog does not list {missing}; playbooks want a fragment with add object.playbook")


def _listed(entry: dict[str, Any]) -> set[tuple[str, str]]:
    found = {("module", each["name"]) for each in entry.get("modules", [])}
    for kind in ("plugins", "objects"):
        for what, names in entry.get(kind, {}).items():
            found |= {(what, each["name"]) for each in names}
    return found


def galaxy_import(artefact: Path, collections: Path, directory: Path) -> None:
    """As Galaxy does when a release is uploaded; without ansible-test, which "make sanity" runs.

    The importer hides ANSIBLE_COLLECTIONS_PATH from its tools, so that the collections have to be among the Python packages.
    """
    programs = environments.make(environments.CACHE / "importer", newest_python(), IMPORTER, constrained=False)
    for packages in programs.parent.glob("lib/python*/site-packages"):
        (packages / "ansible_collections").unlink(missing_ok=True)
        (packages / "ansible_collections").symlink_to(collections / "ansible_collections")
    wanted = {"RUN_ANSIBLE_TEST": "false", "CHECK_REQUIRED_TAGS": "true", "REQUIRE_V1_OR_GREATER": "true"}
    environment = os.environ | {f"GALAXY_IMPORTER_{name}": value for name, value in wanted.items()}
    environment |= {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(directory)}
    environment.pop("ANSIBLE_CONFIG", None)
    command = [str(programs / "python"), "-m", "galaxy_importer.main", str(artefact)]
    done = subprocess.run(command, cwd=directory, env=environment, check=False, capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode or re.search(r"\b(ERROR|WARNING|CRITICAL)\b", said) or "Importer processing completed" not in said:
        raise Wrong(f"galaxy-importer:\n{said}")


def reuse(copy: Path) -> None:
    """Every file says under which licence it is."""
    programs = environments.make(environments.CACHE / "reuse", newest_python(), REUSE, constrained=False)
    done = subprocess.run(
        [str(programs / "reuse"), "--root", str(copy), "lint", "--quiet"], check=False, capture_output=True, text=True
    )
    if done.returncode:
        told = subprocess.run(
            [str(programs / "reuse"), "--root", str(copy), "lint"], check=False, capture_output=True, text=True
        )
        raise Wrong(f"reuse lint:\n{told.stdout}{told.stderr}")


def newest_python() -> str:
    found = [python for version in ("3.13", "3.12") if (python := interpreters.find(version))]
    return found[0] if found else os.path.realpath(sys.executable)
