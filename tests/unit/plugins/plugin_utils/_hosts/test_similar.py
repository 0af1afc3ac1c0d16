# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the inventory and the play say: the same variables as Ansible's own, for every host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ansible.template
import pytest
from ansible import constants
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.vars.manager import VariableManager
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import SingleHosts
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.similar import SimilarHosts

NAMES = ("alpha", "beta", "inventory_hostname")
GROUPS = ("shop", "bank")


def template(text: str) -> Any:
    """Text as a playbook has it: ansible-core 2.19 and later take no other for a template."""
    trust = getattr(ansible.template, "trust_as_template", str)
    return trust(text)


class Controller:
    """An inventory and a play with one task, in a directory of their own. asked: the hosts that Ansible was asked for."""

    def __init__(
        self,
        directory: Path,
        hosts: dict[str, list[dict[str, Any]]],
        play: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        files: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        """hosts: group -> its hosts' own variables."""
        for name, content in (files or {}).items():
            (directory / name).parent.mkdir(exist_ok=True)
            (directory / name).write_text(json.dumps(content))
        source = directory / "inventory.json"
        children = {
            group: {"hosts": {f"{group}-{number}": own for number, own in enumerate(members)}}
            for group, members in hosts.items()
        }
        source.write_text(json.dumps({"all": {"children": children}}))
        loader = DataLoader()
        loader.set_basedir(str(directory))
        self.inventory = InventoryManager(loader=loader, sources=[str(source)])
        self.manager = VariableManager(loader=loader, inventory=self.inventory)
        self.manager._extra_vars = dict(extra or {})
        tasks = [{"name": "A task", "debug": {"msg": "x"}}]
        self.play = Play.load(
            {"name": "A play", "hosts": "all", "gather_facts": False, "tasks": tasks, **(play or {})},
            variable_manager=self.manager,
            loader=loader,
        )
        self.task = self.play.get_tasks()[0][0]
        self.asked: list[str] = []

    def ask(self, host: Any) -> dict[str, Any]:
        self.asked.append(host.name)
        return self.own(host)

    def own(self, host: Any) -> dict[str, Any]:
        everybody = {"_hosts": ["x"], "_hosts_all": ["x"]}
        return dict(self.manager.get_vars(play=self.play, host=host, task=self.task, **everybody))

    def require_ansibles_own(self) -> None:
        hosts = self.inventory.get_hosts()
        similar = SimilarHosts(self.task, self.ask, hosts, SingleHosts(self.task, self.inventory))
        for host in hosts:
            own = self.own(host)
            del own["vars"]
            assert similar.variables(host) == own, host.name


def alike(count: int) -> list[dict[str, Any]]:
    return [{"alpha": number, "beta": f"b{number}"} for number in range(count)]


@pytest.mark.parametrize("count", [3, 30])
def test_however_many_hosts_of_a_kind_ansible_is_asked_three_times(tmp_path: Path, count: int) -> None:
    controller = Controller(tmp_path, {"shop": alike(count), "bank": [{}] * count})

    controller.require_ansibles_own()

    # The first, the second, and the double of the first.
    assert controller.asked == ["shop-0", "shop-1", "shop-0", "bank-0", "bank-1", "bank-0"]


@pytest.mark.parametrize(
    ("more", "alphas"),
    [
        pytest.param({}, [0, 1, 2, 3, 4], id="nothing else"),
        pytest.param({"play": {"vars": {"alpha": 1}}}, [1] * 5, id="the play, with the value that one of them has"),
        pytest.param({"extra": {"alpha": 2, "beta": "extra"}}, [2] * 5, id="extra variables"),
        pytest.param(
            {"extra": {"inventory_hostname": "shop-1"}}, [0, 1, 2, 3, 4], id="extra variables, on the host's name"
        ),
        pytest.param(
            {"files": {"group_vars/shop.yml": {"alpha": "group", "gamma": 1}}}, [0, 1, 2, 3, 4], id="group_vars"
        ),
        pytest.param(
            {"files": {"host_vars/shop-3.yml": {"alpha": "file"}}}, [0, 1, 2, "file", 4], id="host_vars of one of them"
        ),
        pytest.param(
            {"play": {"vars_files": ["more.yml"]}, "files": {"more.yml": {"alpha": "file"}}},
            ["file"] * 5,
            id="a file of the play",
        ),
        pytest.param(
            {
                "play": {"vars_files": [template("{{ beta }}.yml")]},
                "files": {"b2.yml": {"alpha": "b2"}, "b3.yml": {"gamma": "b3"}},
            },
            [0, 1, "b2", 3, 4],
            id="a file of the play for some of them",
        ),
    ],
)
def test_whatever_else_speaks(tmp_path: Path, more: dict[str, Any], alphas: list[Any]) -> None:
    controller = Controller(tmp_path, {"shop": alike(5)}, **more)

    controller.require_ansibles_own()

    assert [controller.own(host)["alpha"] for host in controller.inventory.get_hosts()] == alphas


def test_dictionaries_that_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = constants.config.get_config_value

    def get_config_value(name: str, *more: Any, **others: Any) -> Any:
        return "merge" if name == "DEFAULT_HASH_BEHAVIOUR" else known(name, *more, **others)

    monkeypatch.setattr(constants, "DEFAULT_HASH_BEHAVIOUR", "merge", raising=False)
    monkeypatch.setattr(constants.config, "get_config_value", get_config_value)
    hosts = {"shop": [{"alpha": {"own": number}} for number in range(4)]}
    files = {"group_vars/shop.yml": {"alpha": {"shared": True}}}
    controller = Controller(tmp_path, hosts, files=files)

    controller.require_ansibles_own()

    assert controller.own(controller.inventory.get_host("shop-3"))["alpha"] == {"own": 3, "shared": True}


@pytest.mark.parametrize("number", range(4))
def test_what_a_task_said_of_one_of_them(tmp_path: Path, number: int) -> None:
    controller = Controller(tmp_path, {"shop": alike(4)})
    controller.manager.set_nonpersistent_facts(f"shop-{number}", {"alpha": "said"})

    controller.require_ansibles_own()


def test_what_a_task_said_of_all_is_shared(tmp_path: Path) -> None:
    controller = Controller(tmp_path, {"shop": alike(9)})
    result = {"rc": 0}
    for host in controller.inventory.get_hosts():
        controller.manager.set_nonpersistent_facts(host.name, {"registered": result})

    controller.require_ansibles_own()

    assert len(controller.asked) == 3


def test_facts_of_one_of_them(tmp_path: Path) -> None:
    controller = Controller(tmp_path, {"shop": alike(4)})
    controller.manager.set_host_facts("shop-2", {"ansible_alpha": "gathered", "alpha": "gathered"})

    controller.require_ansibles_own()


def test_an_ansible_that_makes_more_of_a_host_than_is_known_here_is_believed(tmp_path: Path) -> None:
    controller = Controller(tmp_path, {"shop": alike(6)})
    own = controller.own
    controller.own = lambda host: {**own(host), "address": f"address of {host.name}"}

    controller.require_ansibles_own()


VALUES = st.sampled_from([1, 2, "text", "{{ beta }}", ["a"], {"a": 1}, None])
SOME = st.dictionaries(st.sampled_from(NAMES[:2]), VALUES)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hosts=st.fixed_dictionaries({group: st.lists(SOME, max_size=5) for group in GROUPS}),
    play=SOME,
    extra=st.dictionaries(st.sampled_from(NAMES), VALUES),
    shop=SOME,
    said=st.dictionaries(st.integers(0, 4), SOME),
)
def test_any_inventory(
    tmp_path_factory: pytest.TempPathFactory,
    hosts: dict[str, list[dict[str, Any]]],
    play: dict[str, Any],
    extra: dict[str, Any],
    shop: dict[str, Any],
    said: dict[int, dict[str, Any]],
) -> None:
    directory = tmp_path_factory.mktemp("any")
    controller = Controller(directory, hosts, {"vars": play}, extra, {"group_vars/shop.yml": shop})
    for number, facts in said.items():
        controller.manager.set_nonpersistent_facts(f"shop-{number}", facts)

    controller.require_ansibles_own()
