# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every file of code says whose it is and under which licence; of the others REUSE.toml says it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
CODE = sorted(
    path
    for folder in ("plugins", "tests", "extensions", "roles")
    for path in (ROOT / folder).rglob("*.py")
    if "output" not in path.relative_to(ROOT).parts
)
SCRIPTS = [ROOT / "tests" / "tools" / "run", ROOT / ".ci" / "run"]
HEADER = """\
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""


@pytest.mark.parametrize("folder", ["plugins", "tests", "extensions"])
def test_code_begins_with_the_header(folder: str) -> None:
    files = [path for path in CODE if path.relative_to(ROOT).parts[0] == folder]
    assert files
    assert [str(path.relative_to(ROOT)) for path in files if not _has_header(path)] == []


def test_scripts_have_the_header_after_their_first_line() -> None:
    present = [path for path in SCRIPTS if path.exists()]  # an installed collection has none that are hidden
    assert present
    assert [str(path.relative_to(ROOT)) for path in present if not _has_header(path)] == []


def _has_header(path: Path) -> bool:
    text = path.read_text("utf-8")
    first, _newline, rest = text.partition("\n")
    return (rest if first.startswith("#!") else text).startswith(HEADER)


def test_whatever_has_no_header_is_under_the_same_licence() -> None:
    (everything,) = tomllib.loads((ROOT / "REUSE.toml").read_text("utf-8"))["annotations"]
    licences = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["license"]
    assert (everything["path"], [everything["SPDX-License-Identifier"]]) == ("**", licences)
    assert (ROOT / "LICENSES" / f"{licences[0]}.txt").read_text("utf-8") == (ROOT / "COPYING").read_text("utf-8")
