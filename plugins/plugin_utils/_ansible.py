# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Where releases of ansible-core differ in what they make of text, and all that they keep private and this collection uses.

What is private may go with any release. Nothing here is needed: without it a run succeeds, slower, and says so once with -vvv.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import Callable

from ansible import context
from ansible import template
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.ansible_release import __version__ as CORE_VERSION
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import AnsibleUnsafe

from ansible_collections.netops.flow_logs.plugins.plugin_utils._foreign import as_data

# Whether what a template for run_once comes to for the first batch of a play holds for all of them (seen in 2.21 and 2.22).
KEEPS_RUN_ONCE = tuple(int(part) for part in CORE_VERSION.split(".")[:2]) >= (2, 21)
# What is private -> what it gains. No other file names any of it.
GAINS = {
    "_hosts": "get_vars makes no list of all hosts for each of them",
    "_hosts_all": "nor a second one, of those that the play began with",
    "_inventory": "the inventory is not read again",
    "_sources": "one question whether files or plugins have anything for single hosts",
    "_vars_cache": "shows that include_vars said the same of two hosts",
    "_nonpersistent_fact_cache": "shows that set_fact and register said the same of two hosts",
    "_fact_cache": "shows that there are no facts of a host",
    "get_vars_from_inventory_sources": "the question itself, to what is beside the inventory",
    "get_vars_from_path": "the same, to what is beside the playbook",
    "_parent": "an environment of a block that differs from host to host is refused",
    "_role": "the same of a role",
    "_environment": "the same: as it was written, before it is worked out for the first host",
}
_said: set[str] = set()


def is_foreign(value: Any) -> bool:
    """True for text that ansible-core takes for data and never for a template, as it came from AWS, for example.

    From ansible-core 2.19 on that is all text that is not marked as trusted, before that what is marked as unsafe.
    """
    if not isinstance(value, str):
        return False
    is_trusted = getattr(template, "is_trusted_as_template", None)
    return isinstance(value, AnsibleUnsafe) if is_trusted is None else not is_trusted(value)


def as_template(value: Any) -> Any:
    """The collection's own text, which may be a template: ansible-core 2.19 and later want that to be said."""
    trust = getattr(template, "trust_as_template", None)
    return value if trust is None or not isinstance(value, str) else trust(value)


def is_omit(value: Any, variables: Mapping[str, Any]) -> bool:
    """True for what "{{ omit }}" comes to; variables has Ansible's own of that name."""
    omit = variables.get("omit")
    return omit is not None and (value is omit or (isinstance(omit, str) and value == omit))


def decrypted(value: Any) -> str | None:
    """The text of a value that ansible-vault has encrypted; None for every other value."""
    # The second is the name of ansible-core 2.18.
    return str(value) if type(value).__name__ in ("EncryptedString", "AnsibleVaultEncryptedUnicode") else None


def without_braces(value: Any) -> Any:
    """The value with a mark in place of each opening brace of such text, however deep."""
    if isinstance(value, dict):
        return {without_braces(key): without_braces(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_braces(inner) for inner in value]
    return as_data(str(value).replace("{", "\ufffd")) if is_foreign(value) else value


def foreign_texts(value: Any) -> Iterator[str]:
    """All such text in a value, keys of dictionaries too, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from foreign_texts(key)
            yield from foreign_texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from foreign_texts(inner)
    elif is_foreign(value):
        yield str(value)


def _private(owner: Any, name: str) -> Any:
    """What this release of ansible-core keeps under a private name; None where it has no such name."""
    if not hasattr(owner, name):
        _say_missing(name)
    return getattr(owner, name, None)


def _say_missing(name: str) -> None:
    if name not in _said:
        _said.add(name)
        Display().vvv(
            f"netops.flow_logs: this ansible-core has no {name}, which gains: {GAINS[name]}. It goes on without."
        )


def variables_asked(task: Any) -> Callable[[Any], dict[str, Any]]:
    """A function: host -> all its variables for the task, with all of Ansible's precedence. It raises AnsibleError as Ansible does."""
    manager, play = task.get_variable_manager(), task.get_play()
    narrow: list[dict[str, Any]] = [{"_hosts": [], "_hosts_all": []}]

    def ask(host: Any) -> dict[str, Any]:
        public = {"play": play, "host": host, "task": task}
        if narrow:
            try:
                return dict(manager.get_vars(**public, **{name: [host.name] for name in narrow[0]}))
            except TypeError:
                answer = dict(manager.get_vars(**public))
                narrow.clear()
                _say_missing("_hosts")
                return answer
        return dict(manager.get_vars(**public))

    return ask


def inventory_of(task: Any, variables: Mapping[str, Any]) -> Any:
    """The inventory with its hosts and groups. variables are the task's."""
    known = _private(task.get_variable_manager(), "_inventory")
    return _read_again(task, variables) if known is None else known


def _read_again(task: Any, variables: Mapping[str, Any]) -> InventoryManager:
    """The inventory out of its sources, and what the plays so far have added to it."""
    inventory = InventoryManager(loader=task.get_loader(), sources=context.CLIARGS.get("inventory"))
    in_sources = set(inventory.hosts)
    groups: Mapping[str, Sequence[str]] = variables.get("groups") or {}
    for group, hosts in groups.items():
        if group not in inventory.groups:
            inventory.add_group(group)
        members = {host.name for host in inventory.groups[group].get_hosts()}
        for name in hosts:
            if name not in members:
                inventory.add_host(name, group)
    hostvars = variables.get("hostvars")
    for name in set(inventory.hosts) - in_sources:
        for key, value in dict(hostvars.raw_get(name) if hostvars else {}).items():
            inventory.hosts[name].set_variable(key, value)
    return inventory


class SingleHosts:
    """What is known of one host alone, beside the variables that the inventory gives it. known: whether that can be told at all."""

    def __init__(self, task: Any, inventory: Any) -> None:
        manager = task.get_variable_manager()
        self._loader = task.get_loader()
        self._paths = list(dict.fromkeys([*task.get_search_path(), self._loader.get_basedir()]))
        self._sources = _private(inventory, "_sources")
        self._caches = [_private(manager, name) for name in ("_vars_cache", "_nonpersistent_fact_cache")]
        self._facts = _private(manager, "_fact_cache")
        plugins = _module("ansible.vars.plugins")
        self._beside_inventory = _private(plugins, "get_vars_from_inventory_sources")
        self._beside_play = _private(plugins, "get_vars_from_path")
        needed = (self._sources, *self._caches, self._facts, self._beside_inventory, self._beside_play)
        self.known = not any(each is None for each in needed)

    def said(self, name: str) -> list[tuple[str, int]]:
        """What set_fact, register and include_vars said: the same where it is the same object, as Ansible keeps these."""
        return [(key, id(value)) for cache in self._caches for key, value in cache.get(name, {}).items()]

    def has_facts(self, name: str) -> bool:
        try:
            return bool(self._facts.get(name))
        except KeyError:
            return False

    def plugins_speak_of(self, hosts: Sequence[Any]) -> bool:
        """Whether host_vars or another vars plugin have anything for one of the hosts."""
        entities = list(hosts)
        try:
            return bool(
                self._beside_inventory(self._loader, self._sources, entities, "task")
                or any(self._beside_play(self._loader, path, entities, "task") for path in self._paths)
            )
        except AnsibleError:
            # Whose fault it is will show when Ansible is asked for each of them.
            return True


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def conditions_around(task: Any) -> list[Any]:
    """What "when" says of the task, of the role, and of everything that includes it."""
    conditions = list(task.when or [])
    include = task.get_first_parent_include()
    while include is not None:
        # What is imported hands its conditions on.
        if not include.statically_loaded:
            conditions += include.when or []
        include = include.get_first_parent_include()
    return conditions


def environments_around(task: Any) -> list[Any]:
    """What "environment" says of the role that the task is in, and of all that includes it, as it is written.

    Ansible works the keyword out for the first host before the task runs. Without what is private only the play's own is known.
    """
    _private(task, "_environment")
    parent = _private(task, "_parent")
    chain = parent.get_dep_chain() if hasattr(parent, "get_dep_chain") else None
    nodes = [_private(task, "_role"), *(chain or [])]
    while parent is not None:
        nodes.append(parent)
        parent = getattr(parent, "_parent", None)
    found = [getattr(node, "_environment", None) for node in nodes]
    # What a role says is no list.
    return [each for each in found if isinstance(each, (list, dict))]


def is_for_the_first_host(task: Any, templar: Any) -> bool:
    """Whether an include around the role has run_once: its tasks are then those of the first host alone.

    True also where that can't be known, as a failure that no host is given would otherwise go unnoticed.
    """
    try:
        node = task.get_first_parent_include()
        while node is not None:
            if not node.statically_loaded and node.run_once and boolean(templar.template(node.run_once), strict=False):
                return True
            node = node.get_first_parent_include()
    except (AttributeError, AnsibleError):
        return True
    return False
