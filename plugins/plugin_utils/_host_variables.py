# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The role's variables for every host of the batch, read on the controller without a process for each."""

from __future__ import annotations

import difflib
import re
from typing import Any
from typing import Dict
from typing import List
from typing import Mapping
from typing import Optional
from typing import Sequence
from typing import Tuple
from typing import Union

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.conditional import Conditional
from ansible.playbook.task_include import TaskInclude

from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.plugin_utils._deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._deliveries import alike
from ansible_collections.netops.flow_logs.plugins.plugin_utils._network import COVERAGE_GROUPS

PREFIX = "flow_logs_"
# The playbooks' own variable, and the inventory plugin's groups.
NOT_THE_ROLES = ("flow_logs_hosts", *COVERAGE_GROUPS)


# What a template may speak of and that is the same for all hosts: lists of hosts, mostly.
_COMMON = {"groups", "omit", "play_hosts", "ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch"}
# What makes two templates of the same text give different values.
_FICKLE = {"hostvars", "vars", "lookup", "query", "q", "now", "random", "shuffle", "ansible_date_time", "varnames"}
_WORD = re.compile(r"[A-Za-z_]\w*")

# Settings, or what is wrong with them.
_Reading = Union[Dict[str, Any], str]


def read_wishes(
    reader: HostVariables, spec: Mapping[str, Any], hosts: Sequence[str]
) -> Tuple[List[HostWish], List[str]]:
    """What each host wishes for, and what is wrong with the others, hosts with the same problem together.

    Hosts whose variables are written alike have the same settings: these are worked out once.
    """
    wishes: List[HostWish] = []
    problems: Dict[str, str] = {}
    known: Dict[Any, _Reading] = {}
    for host in hosts:
        try:
            raw = reader.raw(host)
            if not reader.includes(raw):
                continue
        except AnsibleError as error:
            problems[host] = str(error)
            continue
        key = fingerprint(raw, list(spec))
        reading = known.get(key) if key is not None else None
        if reading is None:
            reading = known[key] = _read(reader, spec, raw)
        if isinstance(reading, str):
            problems[host] = reading
        else:
            wishes.append(HostWish(host, reading))
    return wishes, alike(problems)


def _read(reader: HostVariables, spec: Mapping[str, Any], raw: Dict[str, Any]) -> _Reading:
    try:
        return _validated(spec, reader.read(raw))
    except (InvalidInput, AnsibleError) as error:
        return str(error)


def fingerprint(raw: Mapping[str, Any], names: Sequence[str]) -> Optional[Tuple[Tuple[str, str], ...]]:
    """Equal for hosts whose variables of these names, and all that their templates speak of, are written alike.

    None when that is not enough to know the values.
    """
    seen: Dict[str, str] = {}
    left = [name for name in names if name in raw]
    while left:
        name = left.pop()
        text = seen[name] = repr(raw[name])
        if "{{" in text or "{%" in text:
            words = set(_WORD.findall(text))
            if words & _FICKLE:
                return None
            left += [word for word in words if word in raw and word not in seen and word not in _COMMON]
    return tuple(sorted(seen.items()))


def _validated(spec: Mapping[str, Any], values: Dict[str, Any]) -> Dict[str, Any]:
    """The values in the types that the specification gives them. Raises InvalidInput."""
    outcome = ArgumentSpecValidator(spec).validate(values)
    if outcome.error_messages:
        raise InvalidInput("; ".join(outcome.error_messages))
    return {name: value for name, value in outcome.validated_parameters.items() if value is not None}


class HostVariables:
    """The role's variables as each host has them, with all of Ansible's precedence."""

    def __init__(self, task: Any, templar: Any, task_vars: Mapping[str, Any], names: Sequence[str]) -> None:
        self.task = task
        self.templar = templar
        self.names = names
        self.manager = task.get_variable_manager()
        self.inventory = self.manager._inventory
        # Lists of all the hosts, once: for each host anew they would cost the square of the number of hosts.
        self.common = {
            name: task_vars[name]
            for name in ("ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch", "hostvars")
            if name in task_vars
        }
        self.unknown: Dict[str, str] = {}
        self.conditions = _conditions(task)

    def includes(self, raw: Dict[str, Any]) -> bool:
        """False for a host that a condition on the role, or on what includes it, leaves out.

        Ansible asks the first host only, as the task runs once. Raises AnsibleError for a condition that can't be read.
        """
        if not self.conditions:
            return True
        templar = self.templar.copy_with_new_env(available_variables=raw)
        return all(_is_met(condition, templar, raw) for condition in self.conditions)

    def read(self, raw: Dict[str, Any]) -> Dict[str, Any]:
        """The values of the role's variables. Raises InvalidInput or AnsibleError (an undefined variable, for example)."""
        templar = self.templar.copy_with_new_env(available_variables=raw)
        return {key: self._template(templar, key, raw[key]) for key in self.names if key in raw}

    def raw(self, name: str) -> Dict[str, Any]:
        """All variables of the host, not templated, and its project where the inventory tells it."""
        host, play = self.inventory.get_host(name), self.task.get_play()
        raw: Dict[str, Any] = self.manager.get_vars(
            play=play, host=host, task=self.task, _hosts=[name], _hosts_all=[name]
        )
        raw.update(self.common)
        self._note_unknown(raw, name)
        project = None if "flow_logs_project" in raw else _project(host)
        if project is not None:
            raw["flow_logs_project"] = project
        return raw

    def _template(self, templar: Any, key: str, value: Any) -> Any:
        try:
            return templar.template(value)
        except AnsibleError as error:
            if "flow_logs_project" in str(error):
                raise InvalidInput(
                    "its project is not known, as it is in no group or in several that could be it: set flow_logs_project."
                ) from error
            raise InvalidInput(f"{key} can't be worked out: {error}") from error

    def _note_unknown(self, raw: Mapping[str, Any], host: str) -> None:
        for key in raw:
            if key.startswith(PREFIX) and key not in self.names and key not in NOT_THE_ROLES:
                self.unknown.setdefault(key, host)

    def misspelt(self) -> List[str]:
        """Warnings about variables that look like one of the role's."""
        warnings = []
        for key, host in self.unknown.items():
            close = difflib.get_close_matches(key, self.names, n=1, cutoff=0.8)
            if close:
                warnings.append(f"{key} (host {host}) is no variable of the role: is {close[0]} meant?")
        return warnings


def _conditions(task: Any) -> List[Any]:
    """What "when" says of the task, of the role, and of everything that includes it."""
    conditions = list(task.when or [])
    node = task._parent
    while node is not None:
        if isinstance(node, TaskInclude) and not node.statically_loaded:
            conditions += node.when or []
        node = getattr(node, "_parent", None)
    return conditions


def _is_met(condition: Any, templar: Any, variables: Dict[str, Any]) -> bool:
    if hasattr(templar, "evaluate_conditional"):
        return bool(templar.evaluate_conditional(condition))
    # ansible-core 2.18
    conditional: Any = Conditional(loader=templar._loader)
    conditional.when = [condition]
    return bool(conditional.evaluate_conditional(templar, variables))


def _project(host: Any) -> Optional[str]:
    """Groups are projects: the name of the one innermost group of the host, or None when that is not clear."""
    groups = [group for group in host.get_groups() if group.name not in ("all", "ungrouped", *NOT_THE_ROLES)]
    outer = {ancestor.name for group in groups for ancestor in group.get_ancestors()}
    inner = [str(group.name) for group in groups if group.name not in outer]
    return inner[0] if len(inner) == 1 else None
