# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Release into a copy, build that, install the artefact in an empty environment, and use it there as somebody without a checkout would."""

from __future__ import annotations

import functools
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import environments
import quick_start
import release_checks
import sanity
import yaml

NOT_FOR_USERS = ("Makefile", "ansible.cfg", "mypy.ini", "pyproject.toml", "tests/output")
NEEDED = (
    *("README.md", "CHANGELOG.md", "COPYING", "changelogs/changelog.yaml", "meta/runtime.yml", "meta/execution-environment.yml"),
    # What the example for consumers is copied from, and starts.
    *("docs/examples/molecule/molecule/default/operator.json", "tests/emulator/__main__.py"),
)
# All that a user has beside the collections.
USERS = ["ansible-core==2.21.5", "boto3==1.44.5", "botocore==1.44.5"]
USERS_ON_OLD_PYTHON = ["ansible-core==2.19.14", *USERS[1:]]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="artefact-") as directory:
        trial = Trial(Path(directory))
        checks: list[tuple[str, Callable[[], None]]] = [
            ("the release's changelog", trial.release),
            ("build", trial.build),
            ("members of the artefact", trial.check_members),
            ("install and verify", trial.install),
            ("documentation and playbooks of the installed copy", trial.look),
            ("what an execution environment takes from it", trial.introspect),
            ("the README's quick start", trial.quick_start),
            ("Galaxy's importer", trial.galaxy_import),
            ("licences of all files", trial.reuse),
        ]
        results = [passes(name, check) for name, check in checks]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(not all(results))


def passes(name: str, check: Callable[[], None]) -> bool:
    print(f"-- {name}", flush=True)
    try:
        check()
    except (subprocess.CalledProcessError, quick_start.Wrong, release_checks.Wrong, OSError) as error:
        print(f"ERROR: {name}: {error}")
        return False
    return True


@dataclass
class Trial:
    directory: Path

    @functools.cached_property
    def copy(self) -> Path:
        return sanity.copy_checkout(self.directory / "checkout")

    @functools.cached_property
    def artefact(self) -> Path:
        return next(self.directory.glob("netops-flow_logs-*.tar.gz"))

    @functools.cached_property
    def programs(self) -> Path:
        """Of an environment with ansible-core, boto3 and nothing else."""
        python = release_checks.newest_python()
        old = not any(minor in Path(python).name for minor in ("3.12", "3.13"))
        return environments.make(environments.CACHE / "user", python, USERS_ON_OLD_PYTHON if old else USERS)

    @property
    def collections(self) -> Path:
        return self.directory / "collections"

    @property
    def installed(self) -> Path:
        return self.collections / "ansible_collections" / "netops" / "flow_logs"

    def release(self) -> None:
        print("version", release_checks.release(self.copy))
        release_checks.check_changelog(self.copy)

    def build(self) -> None:
        self.ansible("galaxy", "collection", "build", "--output-path", str(self.directory), cwd=self.copy)

    def check_members(self) -> None:
        with tarfile.open(self.artefact) as archive:
            names = archive.getnames()
        hidden = [name for name in names if any(part.startswith(".") for part in Path(name).parts)]
        wrong = [name for name in names if name.startswith(NOT_FOR_USERS)] + hidden
        missing = [name for name in NEEDED if name not in names]
        if wrong or missing:
            raise release_checks.Wrong(f"{self.artefact.name} should not hold {wrong} and lacks {missing}")
        print(f"{self.artefact.name}: {len(names)} members, {self.artefact.stat().st_size // 1024} KiB")

    def install(self) -> None:
        beside = self.collections / "ansible_collections" / "amazon"
        beside.mkdir(parents=True)
        (beside / "aws").symlink_to(environments.CACHE / "ansible_collections" / "amazon" / "aws")
        self.ansible("galaxy", "collection", "install", "--offline", "-p", str(self.collections), str(self.artefact))
        self.ansible("galaxy", "collection", "verify", "--offline", "netops.flow_logs")

    def look(self) -> None:
        modules = [f"netops.flow_logs.{path.stem}" for path in sorted(self.installed.glob("plugins/modules/[!_]*.py"))]
        self.ansible("doc", "--json", *modules)
        self.ansible("doc", "--json", "-t", "role", "netops.flow_logs.flow_logs")
        self.ansible("doc", "--json", "-t", "inventory", "netops.flow_logs.network")
        for playbook in sorted(self.installed.glob("playbooks/*.yml")):
            self.ansible("playbook", "--syntax-check", f"netops.flow_logs.{playbook.stem}")

    def introspect(self) -> None:
        builder = Path(sys.executable).with_name("ansible-builder")
        command = [str(builder), "introspect", "--sanitize", str(self.collections)]
        told = yaml.safe_load(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        ours = sorted(line.split(" ")[0] for line in told["python"] if "netops.flow_logs" in line)
        wanted = sorted((self.copy / "requirements.txt").read_text().split())
        if ours != wanted:
            raise release_checks.Wrong(f"an execution environment would get {ours}, not {wanted}")

    def quick_start(self) -> None:
        home = self.directory / "home"
        home.mkdir()
        quick_start.follow(self.installed / "README.md", home, self.programs, self.collections)

    def galaxy_import(self) -> None:
        release_checks.galaxy_import(self.artefact, self.collections, self.directory)

    def reuse(self) -> None:
        release_checks.reuse(self.copy)

    def ansible(self, tool: str, *arguments: str, cwd: Path | None = None) -> None:
        """With the installed copy alone on the path, not the checkout."""
        command = [str(self.programs / f"ansible-{tool}"), *arguments]
        print("+", f"ansible-{tool}", *arguments, flush=True)
        environment = quick_start.surroundings(self.directory, self.programs, self.collections)
        done = subprocess.run(
            command, cwd=cwd or self.directory, env=environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise release_checks.Wrong(done.stdout + done.stderr)


if __name__ == "__main__":
    main()
