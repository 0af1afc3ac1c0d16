# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is supported: the versions that the tests are run with, each combination a cell."""

from __future__ import annotations

from dataclasses import dataclass

SDK = "1.44.5"  # as in tests/requirements-demo.txt


@dataclass(frozen=True)
class Cell:
    """One combination. A version of None is the newest there is."""

    name: str
    python: str
    core: str | None
    ansible: str  # the release of the package that carries the amazon.aws to test with
    sdk: str | None = SDK  # of boto3 and botocore alike
    whole: bool = False  # every test of a playbook; otherwise a choice
    sanity: bool = False  # ansible-test too

    @property
    def minor(self) -> str:
        """Of ansible-core."""
        return ".".join(self.core.split(".")[:2]) if self.core else "newest"


# ansible-core, the "ansible" with the amazon.aws that belongs to it, and its Pythons, with the newest of which ansible-test runs.
CORES = (
    ("2.18.19", "11.13.0", ("3.11", "3.12", "3.13")),
    ("2.19.14", "12.3.0", ("3.11", "3.12", "3.13")),
    ("2.20.10", "13.8.0", ("3.12", "3.13")),
    ("2.21.5", "14.5.0", ("3.12", "3.13")),
)

# The next one, before its release: what it changes shows in "make cores", and the matrix has what is released.
COMING = Cell("core-2.22-py3.13", "3.13", "2.22.0rc1", "14.5.0")

# Each declared lower bound: requires_ansible in meta/runtime.yml, amazon.aws in galaxy.yml, boto3 in meta/ee-requirements.txt.
FLOOR = Cell("floor", "3.11", "2.18.0", "11.0.0", sdk="1.34.0", whole=True, sanity=True)
NEWEST = Cell("newest", "3.13", None, "14.5.0", sdk=None, whole=True)


def _of_the_core(core: str, ansible: str, pythons: tuple[str, ...]) -> list[Cell]:
    minor = core.rsplit(".", 1)[0]
    return [Cell(f"core-{minor}-py{python}", python, core, ansible, sanity=python == pythons[-1]) for python in pythons]


CELLS = [FLOOR, *(cell for row in CORES for cell in _of_the_core(*row)), NEWEST]
