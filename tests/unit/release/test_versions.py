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


def _pins(*names: str) -> set[tuple[str, str]]:
    """Package, by its normal name, and release."""
    text = "".join((ROOT / "tests" / name).read_text("utf-8") for name in names)
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^ ;\n]+)", text, re.MULTILINE)
    return {(re.sub(r"[-_.]+", "-", name).lower(), release) for name, release in found}


def test_what_setup_installs_is_what_is_required_and_has_hashes() -> None:
    """make lock writes it."""
    below: list[str] = []
    for level in ("demo", "test", "site"):
        below.append(f"locked-{level}.txt")
        missing = _pins(f"requirements-{level}.txt") - _pins(*below)
        assert missing == set(), f"make lock: {missing}"
    names = {name for name, _release in _pins("constraints.txt")}
    assert {pin for pin in _pins(*below) if pin[0] in names} == _pins("constraints.txt")
    assert _tool("bootstrap").LEVELS["site"] == below
    pins = _pins(*below)
    several = {name for name, _release in pins if len([pin for pin in pins if pin[0] == name]) > 1}
    assert several == {"ansible-core"}, "two releases of one package, but for the one that differs by Python"
    for name in below:
        for block in re.split(r"\n(?=\S)", (ROOT / "tests" / name).read_text("utf-8").strip()):
            if block.startswith(("#", "-r ")):
                continue
            assert re.fullmatch(r"\S+==\S+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+", block), block


def test_every_amazon_aws_that_is_fetched_has_hashes(cells: Any) -> None:
    hashes = _tool("bootstrap").ANSIBLE_HASHES
    used = {cell.ansible for cell in cells.CELLS} | {_tool("bootstrap").ANSIBLE}
    assert used == set(hashes)
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for values in hashes.values() for value in values)


def test_ci_has_every_python_of_the_matrix(cells: Any) -> None:
    wanted = {python for _core, _ansible, pythons in cells.CORES for python in pythons}
    for name in ("ci.yml", "nightly.yml"):
        text = (ROOT / ".github" / "workflows" / name).read_text("utf-8")
        assert wanted <= set(re.findall(r"\b3\.\d+\b", text)), name


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# A tag can be moved to other code, a commit can't. The release in the comment is for people and for the next update.
PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")


def _actions(text: str) -> list[str]:
    """What a workflow uses that is not its own, up to the end of the line."""
    used = re.findall(r"^\s*(?:- )?[\"']?uses[\"']?\s*:\s*(.*?)\s*$", text, re.MULTILINE)
    return [action for action in used if not action.strip("\"'").startswith("./")]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_ci_pins_its_actions_by_commit(workflow: Path) -> None:
    used = _actions(workflow.read_text("utf-8"))
    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


def test_an_action_has_the_same_commit_in_every_workflow() -> None:
    pins: dict[str, set[str]] = {}
    for workflow in WORKFLOWS:
        for action in _actions(workflow.read_text("utf-8")):
            pins.setdefault(action.split("@")[0], set()).add(action)
    assert len(pins) >= 3
    assert {name: found for name, found in pins.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("actions/checkout@v4", id="a major release"),
        pytest.param("actions/checkout@v4.4.0", id="a release"),
        pytest.param("actions/checkout@main", id="a branch"),
        pytest.param("actions/checkout", id="whatever is there"),
        pytest.param("actions/checkout@11d5960", id="a short commit"),
        pytest.param("actions/checkout@11d5960a326750d5838078e36cf38b85af677262", id="a commit without its release"),
        pytest.param("docker://alpine:3", id="an image"),
    ],
)
def test_what_is_no_pin_is_noticed(action: str) -> None:
    text = f"    steps:\n      - uses: {action}\n      - name: x\n        uses: {action}\n"
    assert _actions(text) == [action, action]
    assert not PINNED.fullmatch(action)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_ci_may_only_read_and_needs_no_secret(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    assert "secrets." not in text
    content = yaml.safe_load(text)
    assert content["permissions"] == {"contents": "read"}
    assert [name for name, job in content["jobs"].items() if "permissions" in job] == []
    checkouts = [
        step
        for job in content["jobs"].values()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert checkouts
    assert [step for step in checkouts if step.get("with", {}).get("persist-credentials") is not False] == []
