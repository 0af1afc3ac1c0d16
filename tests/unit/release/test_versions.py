# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions are written down in many places, and have to be the same in all of them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text("utf-8")
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))
SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$")


@pytest.fixture(scope="module")
def cells() -> Any:
    """What the matrix runs."""
    return _tool("matrix_cells")


def _tool(name: str) -> Any:
    sys.path.insert(0, str(ROOT / "tests" / "tools"))
    try:
        return __import__(name)
    finally:
        sys.path.pop(0)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-")[0].split("."))


def _requirements(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return dict(re.findall(r"^([a-z0-9-]+)>=([\d.]+)$", "\n".join(lines), re.MULTILINE))


def test_the_version_is_semantic() -> None:
    assert SEMANTIC.match(GALAXY["version"])


def test_no_release_is_newer_than_the_version_and_the_changelog_is_of_the_last_one() -> None:
    log = ROOT / "changelogs" / "changelog.yaml"
    releases = yaml.safe_load(log.read_text("utf-8"))["releases"] if log.exists() else {}
    assert [name for name in releases if _number(name) > _number(GALAXY["version"])] == []
    page = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [name for name in releases if f"v{name}" not in page] == []
    assert releases or "Nothing is released yet" in page
    assert GALAXY["version"] in releases or list((ROOT / "changelogs" / "fragments").glob("*.yml"))


def _added() -> list[tuple[str, str]]:
    files = [*ROOT.glob("plugins/*/*.py"), *ROOT.glob("roles/*/meta/argument_specs.yml")]
    found = []
    for file in files:
        text = file.read_text("utf-8")
        found += [(file.name, version) for version in re.findall(r"^\s*version_added: (.*)$", text, re.MULTILINE)]
    return found


def test_nothing_was_added_in_a_version_that_is_not_there_yet() -> None:
    added = [(name, version.strip("\"'")) for name, version in _added()]
    assert added
    assert [entry for entry in added if not SEMANTIC.match(entry[1])] == []
    assert [entry for entry in added if _number(entry[1]) > _number(GALAXY["version"])] == []


def test_the_floor_is_what_is_declared_and_what_is_tested(cells: Any) -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text("utf-8"))
    assert runtime["requires_ansible"] == f">={cells.FLOOR.core}"
    sdk = {"boto3": cells.FLOOR.sdk, "botocore": cells.FLOOR.sdk}
    assert _requirements("requirements.txt") == _requirements("meta/ee-requirements.txt") == sdk
    # The release of "ansible" is in the floor for its amazon.aws.
    assert (GALAXY["dependencies"], cells.FLOOR.ansible) == ({"amazon.aws": ">=9.0.0"}, "11.0.0")


def test_the_readme_names_the_floor(cells: Any) -> None:
    oldest_python = ".".join(map(str, _tool("bootstrap").OLDEST_PYTHON))
    minor = ".".join(cells.FLOOR.core.split(".")[:2])
    assert f"ansible-core {minor} or later, Python {oldest_python} or later" in README
    assert f"`boto3` and `botocore` {cells.FLOOR.sdk} or later" in README
    assert "`amazon.aws` 9.0.0 or later" in README
    assert cells.FLOOR.python == oldest_python


def test_the_readme_names_the_tested_releases_of_ansible_core(cells: Any) -> None:
    minors = [core.rsplit(".", 1)[0] for core, _ansible, _pythons in cells.CORES]
    assert f"supported are {minors[0]} to {minors[-1]}" in README
    assert minors == [f"2.{number}" for number in range(int(minors[0][2:]), int(minors[-1][2:]) + 1)]


def test_the_readme_shows_the_table_of_the_matrix(cells: Any) -> None:
    """Both are written by make matrix-page."""
    (table,) = re.findall(r"<!-- make matrix-page -->\n(.*?)\n<!-- end -->", README, re.DOTALL)
    page = (ROOT / "docs" / "versions.md").read_text("utf-8")
    assert table in page
    assert [core for core, _ansible, _pythons in cells.CORES if f"\n| {core} |" not in table] == []
    assert [cell.name for cell in cells.CELLS if f"\n| {cell.name} |" not in page] == []


def test_make_test_uses_releases_that_the_matrix_has_too(cells: Any) -> None:
    demo = (ROOT / "tests" / "requirements-demo.txt").read_text("utf-8")
    cores = {core for core, _ansible, _pythons in cells.CORES}
    assert set(re.findall(r"^ansible-core==([\d.]+)", demo, re.MULTILINE)) <= cores
    assert set(re.findall(r"^boto(?:3|core)==([\d.]+)", demo, re.MULTILINE)) == {cells.SDK}
    assert cells.CORES[-1][1] == _tool("bootstrap").ANSIBLE


def test_ci_has_every_python_of_the_matrix(cells: Any) -> None:
    wanted = {python for _core, _ansible, pythons in cells.CORES for python in pythons}
    for name in ("ci.yml", "nightly.yml"):
        text = (ROOT / ".github" / "workflows" / name).read_text("utf-8")
        assert wanted <= set(re.findall(r"\b3\.\d+\b", text)), name


def test_ci_needs_no_secret_and_pins_its_actions() -> None:
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert workflows
    for workflow in workflows:
        text = workflow.read_text("utf-8")
        assert "secrets." not in text
        used = re.findall(r"uses: (\S+)", text)
        assert used
        assert [action for action in used if not re.fullmatch(r"[\w/-]+@v\d+(\.\d+)*", action)] == []
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
