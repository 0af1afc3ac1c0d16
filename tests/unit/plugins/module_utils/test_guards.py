# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules that the code keeps about itself."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[4] / "plugins"
OWN = "ansible_collections.netops.flow_logs.plugins."
MODULE_UTILS = sorted((PLUGINS / "module_utils").rglob("*.py"))
FILES = [*MODULE_UTILS, *sorted((PLUGINS / "plugin_utils").rglob("*.py"))]

# Values, grammar and planners: whatever else is called pure, these have to be.
HAVE_TO_BE_PURE = {
    "module_utils._audit.roles",
    "module_utils._core.account",
    "module_utils._core.errors",
    "module_utils._core.hints",
    "module_utils._core.plan",
    "module_utils._core.regions",
    "module_utils._core.tags",
    "module_utils._flow_log.destination",
    "module_utils._flow_log.log_format",
    "module_utils._flow_log.plan",
    "module_utils._flow_log.removal",
    "module_utils._flow_log.value",
    "module_utils._iam.options",
    "module_utils._iam.plan",
    "module_utils._iam.removal",
    "module_utils._iam.usage",
    "module_utils._insights.catalogue",
    "module_utils._insights.plan",
    "module_utils._insights.removal",
    "module_utils._log_group.plan",
    "module_utils._log_group.removal",
    "module_utils._target.ids",
    "module_utils._target.template",
    "plugin_utils._hosts.deliveries",
    "plugin_utils._hosts.query_folders",
    "plugin_utils._results.summary",
}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    """Full name of the Python module in the file."""
    return OWN + ".".join(path.relative_to(PLUGINS).with_suffix("").parts)


def is_pure(path: Path) -> bool:
    """What its docstring promises."""
    return "Pure" in (ast.get_docstring(tree(path)) or "")


PURE = [path for path in FILES if is_pure(path)]


def is_package(module: str) -> bool:
    """True for a folder of this collection: what is imported from it are modules."""
    return module.startswith(OWN) and (PLUGINS / Path(*module[len(OWN) :].split("."))).is_dir()


def imports(path: Path) -> set[str]:
    """Full names of the modules that the file imports, wherever in it."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                parent = module_name(path).split(".")[: -node.level]
                module = ".".join([*parent, *filter(None, [node.module])])
            names |= {f"{module}.{alias.name}" for alias in node.names} if is_package(module) else {module}
    return names


def test_the_guards_walk_into_the_rooms() -> None:
    assert {path.parent.name for path in FILES} >= {"_core", "_audit", "_hosts", "_report"}


def test_values_and_planners_promise_to_be_pure() -> None:
    assert {module_name(path).removeprefix(OWN) for path in PURE} >= HAVE_TO_BE_PURE


@pytest.mark.parametrize("path", PURE, ids=lambda path: module_name(path).removeprefix(OWN))
def test_what_is_pure_imports_neither_boto_nor_ansible_nor_what_does(path: Path) -> None:
    pure = {module_name(other) for other in PURE}

    foreign = {name for name in imports(path) if name not in pure and name.split(".")[0] not in sys.stdlib_module_names}

    assert foreign == set()


@pytest.mark.parametrize("path", PURE, ids=lambda path: module_name(path).removeprefix(OWN))
def test_what_is_pure_does_not_reach_out_of_the_process(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {
        "os",
        "socket",
        "subprocess",
        "time",
        "random",
        "urllib",
    }


def reads_check_mode(path: Path) -> bool:
    """True for the attribute or the text, but neither for the argument supports_check_mode nor in documentation."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in ("check_mode", "_check_mode"):
            return True
        if isinstance(node, ast.Name) and node.id == "check_mode":
            return True
        if isinstance(node, ast.Constant) and node.value == "check_mode":
            return True
    return False


def test_check_mode_is_known_in_one_place_only() -> None:
    files = [*MODULE_UTILS, *sorted((PLUGINS / "modules").glob("*.py"))]

    assert [path.relative_to(PLUGINS).as_posix() for path in files if reads_check_mode(path)] == [
        "module_utils/_core/converge.py"
    ]


def test_retention_in_days_has_the_same_list_in_code_and_documentation() -> None:
    import yaml

    from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import RETENTION_DAYS
    from ansible_collections.netops.flow_logs.plugins.modules import log_group

    documented = yaml.safe_load(log_group.DOCUMENTATION)["options"]["retention_in_days"]["choices"]

    assert documented == ["never", *map(str, RETENTION_DAYS)]


@pytest.mark.parametrize("path", sorted(PLUGINS.rglob("*.py")), ids=lambda path: path.name)
def test_no_check_is_switched_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [comment for comment in ("noqa", "type: ignore", "pylint:", "pragma: no cover") if comment in text] == []
    assert not list((PLUGINS.parent / "tests" / "sanity").glob("ignore*"))
