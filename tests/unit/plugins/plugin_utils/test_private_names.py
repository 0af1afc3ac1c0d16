# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-core keeps private is named in one file, and each of its names has a way without it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

from ansible_collections.netops.flow_logs.plugins.plugin_utils import _ansible
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.module_defaults import members
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.similar import SimilarHosts

PLUGINS = Path(__file__).parents[4] / "plugins"
ADAPTER = PLUGINS / "plugin_utils" / "_ansible.py"
# What the guides of Ansible, amazon.aws and Python say is there for use, in spite of the underscore.
DOCUMENTED = {
    "_asdict",
    "_replace",
    "_diff",
    "_exit",
    "_read_config_data",
    "_compose",
    "_add_host_to_composed_groups",
    "_add_host_to_keyed_groups",
    "_set_composite_vars",
    "_set_frozen_credentials",
    "_frozen_credentials",
    "_supports_check_mode",
    "_task",
    "_templar",
    "_display",
    "_options",
    "_meta",
}
# Of botocore and urllib3, whose pools can be bounded in no other way.
OF_THE_SDK = {"_response_parser_factory", "_endpoint", "_manager", "_proxy_managers", "_pool_classes_by_scheme"}

# Of this collection, of an object that another file makes.
OWN = {"_voices"}


def private(name: object) -> bool:
    return isinstance(name, str) and name.startswith("_") and not name.startswith("__") and name.isidentifier()


def private_names(tree: ast.Module) -> Iterator[str]:
    """Attributes, keyword arguments and imports that are private, and not the file's own."""
    own = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    # What a class sets on itself, wherever: self._x = ...
    own |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr):
            # "self" has what its class has, others have what they keep private.
            is_self = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if not (is_self and node.attr in own):
                yield node.attr
        elif isinstance(node, ast.keyword) and private(node.arg) and node.arg not in own:
            yield str(node.arg)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ansible."):
            yield from (part for part in str(node.module).split(".") if private(part))
            yield from (alias.name for alias in node.names if private(alias.name))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "hasattr"):
            yield from (each.value for each in node.args if isinstance(each, ast.Constant) and private(each.value))


FILES = sorted(PLUGINS.rglob("*.py"))


@pytest.mark.parametrize("path", [file for file in FILES if file != ADAPTER], ids=lambda path: path.stem)
def test_no_other_file_names_anything_private(path: Path) -> None:
    # Actions of the role have methods of their base class, which is in another file.
    base = ast.parse((PLUGINS / "plugin_utils" / "_role_action.py").read_text("utf-8"))
    inherited = {node.name for node in ast.walk(base) if isinstance(node, ast.FunctionDef)}
    inherited |= {
        node.target.id
        for node in ast.walk(base)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    allowed = DOCUMENTED | OF_THE_SDK | OWN | (inherited if path.parent.name == "action" else set())

    assert sorted(set(private_names(ast.parse(path.read_text("utf-8")))) - allowed) == []


def test_the_file_says_of_each_name_what_it_gains() -> None:
    text = ADAPTER.read_text("utf-8")
    found = set(private_names(ast.parse(text))) - DOCUMENTED

    assert found <= set(_ansible.GAINS)
    assert all(text.count(f'"{name}"') > 1 for name in _ansible.GAINS)


@pytest.mark.parametrize(
    "source",
    [
        "host._vars",
        "get_vars(_hosts=[])",
        "getattr(task, '_parent', None)",
        "from ansible._internal import x",
        "from ansible.playbook.base import _load",
        "class A:\n    def f(self): return self._connection_of_the_base",
    ],
)
def test_the_rule_finds(source: str) -> None:
    assert list(private_names(ast.parse(source)))


class Controller:
    """An inventory of files and a play. variables: those of its task for the first host."""

    def __init__(self, directory: Path, hosts: int = 4) -> None:
        self.source = directory / "hosts.yml"
        names = "".join(f"    host-{number}: {{alpha: {number}}}\n" for number in range(hosts))
        self.source.write_text(f"shop:\n  hosts:\n{names}  vars: {{beta: group}}\n")
        self.loader = DataLoader()
        self.loader.set_basedir(str(directory))
        self.inventory = InventoryManager(loader=self.loader, sources=[str(self.source)])
        self.manager = VariableManager(loader=self.loader, inventory=self.inventory)
        play = {"name": "A play", "hosts": "all", "gather_facts": False, "tasks": [{"debug": {"msg": "x"}}]}
        self.play = Play.load(play, variable_manager=self.manager, loader=self.loader)
        self.task = self.play.get_tasks()[0][0]
        self.play.hosts = "all"


class Without:
    """Another object but for one attribute."""

    def __init__(self, real: Any, *names: str) -> None:
        self.__dict__.update(real=real, names=names)

    def __getattr__(self, name: str) -> Any:
        if name in self.names:
            raise AttributeError(name)
        return getattr(self.real, name)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(_ansible, "_said", set())
    ours = "netops.flow_logs: "
    monkeypatch.setattr(
        Display, "vvv", lambda _self, line, **_more: lines.extend([line] if line.startswith(ours) else [])
    )
    return lines


def narrow(name: str) -> Any:
    """A get_vars that does not take the argument any more."""

    def get_vars(real: VariableManager, **named: Any) -> Any:
        if name in named:
            raise TypeError(f"get_vars() got an unexpected keyword argument '{name}'")
        return real.get_vars(**named)

    return get_vars


@pytest.mark.parametrize("name", ["_hosts", "_hosts_all"])
def test_variables_are_the_same_without_the_private_arguments(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    controller = Controller(tmp_path)
    known = _ansible.variables_asked(controller.task)
    manager = SimpleNamespace(get_vars=lambda **named: narrow(name)(controller.manager, **named))
    monkeypatch.setattr(controller.task, "get_variable_manager", lambda: manager)
    ask = _ansible.variables_asked(controller.task)
    lists = {"ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch", "play_hosts", "vars"}

    for host in controller.inventory.get_hosts():
        answers = [{key: value for key, value in each(host).items() if key not in lists} for each in (ask, known)]
        assert answers[0] == answers[1]

    assert len(said) == 1


def test_a_mistake_of_ansibles_is_no_missing_argument(tmp_path: Path, said: list[str]) -> None:
    def get_vars(**_named: Any) -> Any:
        raise TypeError("of another kind")

    task = SimpleNamespace(get_variable_manager=lambda: SimpleNamespace(get_vars=get_vars), get_play=lambda: None)

    with pytest.raises(TypeError, match="of another kind"):
        _ansible.variables_asked(task)(SimpleNamespace(name="host"))
    assert said == []


@pytest.mark.parametrize("name", ["_sources", "_vars_cache", "_nonpersistent_fact_cache", "_fact_cache"])
def test_without_what_is_known_of_single_hosts_each_is_asked_for(tmp_path: Path, said: list[str], name: str) -> None:
    controller = Controller(tmp_path)
    task = SimpleNamespace(
        get_variable_manager=lambda: Without(controller.manager, name),
        get_loader=lambda: controller.loader,
        get_search_path=controller.task.get_search_path,
        get_play=lambda: controller.play,
    )
    hosts = controller.inventory.get_hosts()
    asked: list[str] = []

    def ask(host: Any) -> dict[str, Any]:
        asked.append(host.name)
        return dict(controller.manager.get_vars(play=controller.play, host=host, task=controller.task))

    similar = SimilarHosts(task, ask, hosts, _ansible.SingleHosts(task, Without(controller.inventory, name)))
    found = [similar.variables(host)["alpha"] for host in hosts]

    assert (found, asked) == ([0, 1, 2, 3], [host.name for host in hosts])
    assert len(said) == 1 and f"no {name}," in said[0]


def test_an_inventory_that_is_not_to_be_had_is_read_again(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    controller = Controller(tmp_path)
    controller.inventory.add_group("added")
    controller.inventory.add_host("late", "added")
    variables = {
        "groups": controller.inventory.get_groups_dict(),
        "hostvars": SimpleNamespace(raw_get=lambda name: {"own": f"of {name}"}),
    }
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict(inventory=(str(controller.source),)))
    manager = Without(controller.manager, "_inventory")
    task = SimpleNamespace(get_variable_manager=lambda: manager, get_loader=lambda: controller.loader)

    again = _ansible.inventory_of(task, variables)

    def seen(inventory: InventoryManager) -> dict[str, set[str]]:
        return {host.name: {group.name for group in host.get_groups()} for host in inventory.get_hosts()}

    assert again is not controller.inventory
    assert seen(again) == seen(controller.inventory)
    assert again.get_host("host-2").get_vars()["alpha"] == 2
    assert again.get_host("late").get_vars()["own"] == "of late"
    assert len(said) == 1


def test_a_group_of_modules_has_those_of_the_groups_that_it_extends() -> None:
    assert "netops.flow_logs.log_group" in members("netops.flow_logs.aws")
    assert "amazon.aws.ec2_vpc_net" in members("netops.flow_logs.aws")
    assert "netops.flow_logs.log_group" not in members("amazon.aws.aws")
    assert members("ansible.builtin.aws") == frozenset() == members("nobody.none.all")
