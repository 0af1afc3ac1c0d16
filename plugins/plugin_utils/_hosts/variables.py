# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The role's variables for every host of the batch, read on the controller without a process for each."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import Union

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.conditional import Conditional

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import SingleHosts
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import as_template
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import conditions_around
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import foreign_texts
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import inventory_of
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import is_omit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import variables_asked
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import without_braces
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import COVERAGE_GROUPS

from .deliveries import HostWish
from .guard import FOUND_ACCOUNT
from .guard import guarded
from .problems import Problems
from .shareable import closure
from .shareable import of_conditions
from .shareable import of_value
from .similar import SimilarHosts
from .switches import refuse_switch

PREFIX = "flow_logs_"
# The playbooks' own variable, and the inventory plugin's groups.
OF_PLAYBOOKS = ("flow_logs_hosts",)
# What the role leaves behind for later tasks.
RESULTS = ("flow_logs_result", "flow_logs_report", "flow_logs_result_host")
NOT_THE_ROLES = (*OF_PLAYBOOKS, *RESULTS, FOUND_ACCOUNT, *COVERAGE_GROUPS)
# Begins the names of the variables of the entry point "report".
_OF_THE_REPORT = "flow_logs_report_"


# Lists of the hosts, and what leads to their variables.
_OF_ALL_HOSTS = ("play_hosts", "ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch", "hostvars")
# What a template may speak of and that is the same for all hosts: lists of hosts, mostly.
_COMMON = frozenset(
    ("groups", "omit", "play_hosts", "ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch")
)

_PROJECT = "flow_logs_project"
# What the groups say, kept beside a project that may turn out to be empty.
_PROJECT_OF_GROUP = "__flow_logs_project_of_group"
# Besides the role's variables, what settings depend on.
_DECISIVE_TOO = (FOUND_ACCOUNT, _PROJECT_OF_GROUP)
# Variables whose values have placeholders of this collection.
_TEMPLATES = ("flow_logs_log_group_name", "flow_logs_insights_query_folder")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")

# Settings, or what is wrong with them, or None for a host that a condition leaves out.
_Reading = Union[dict[str, Any], str, None]


def read_wishes(
    reader: HostVariables, spec: Mapping[str, Any], hosts: Sequence[str]
) -> tuple[list[HostWish], Problems]:
    """What each host wishes for, and what is wrong with the others.

    Hosts whose variables are written alike have the same settings: these are worked out once.
    """
    wishes: list[HostWish] = []
    problems = Problems()
    known: dict[Any, _Reading] = {}
    for host in hosts:
        try:
            raw = reader.raw(host)
            key = fingerprint(raw, [*reader.names, *_DECISIVE_TOO], reader.conditions)
        except AnsibleError as error:
            problems.add([host], str(error))
            continue
        if key is None or key not in known:
            known[key] = _read(reader, spec, host)
        reading = known[key]
        if isinstance(reading, str):
            problems.add([host], reading)
        elif reading is not None:
            wishes.append(HostWish(host, reading))
    return wishes, problems


def _read(reader: HostVariables, spec: Mapping[str, Any], host: str) -> _Reading:
    try:
        variables = reader.exact(host)
        if not reader.includes(variables):
            return None
        values = guarded(reader.read(variables), variables.get(FOUND_ACCOUNT))
        foreign = reader.foreign_placeholders(variables, values)
        if foreign:
            raise InvalidInput(foreign)
        return _validated(spec, values)
    except (InvalidInput, AnsibleError) as error:
        return str(error)


def spoken_of(
    raw: Mapping[str, Any], names: Iterable[str], conditions: Sequence[Any] = ()
) -> tuple[dict[str, str], bool]:
    """The variables of these names and all that their templates and the conditions name, as they are written.

    The second is whether that is enough to know the values.
    """
    asked = of_conditions(conditions)
    seen, settled = closure(raw, [*names, *asked.names], _COMMON)
    return seen, settled and asked.settled


def fingerprint(
    raw: Mapping[str, Any], names: Sequence[str], conditions: Sequence[Any] = ()
) -> frozenset[tuple[str, str]] | None:
    """Equal for hosts whose variables of these names, and all that their templates and the conditions name, are written alike.

    None when that is not enough to know the values.
    """
    seen, settled = spoken_of(raw, names, conditions)
    return frozenset(seen.items()) if settled else None


def _validated(spec: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The values in the types that the specification gives them; those that are null are left out. Raises InvalidInput."""
    given = {name: value for name, value in values.items() if value is not None}
    for name, value in given.items():
        refuse_switch(name, value, spec[name])
    outcome = ArgumentSpecValidator(spec).validate(given)
    if outcome.error_messages:
        raise InvalidInput("; ".join(outcome.error_messages))
    return {name: value for name, value in outcome.validated_parameters.items() if value is not None}


class HostVariables:
    """The role's variables as each host has them, with all of Ansible's precedence."""

    def __init__(self, task: Any, templar: Any, task_vars: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
        self.task = task
        self.templar = templar
        self.names = list(spec)
        # A variable that is left empty ("name:" in YAML) has the default, as one that is left out.
        self.defaults = {name: as_template(option["default"]) for name, option in spec.items() if "default" in option}
        self.manager = task.get_variable_manager()
        self.inventory = inventory_of(task, task_vars)
        self._variables_asked = variables_asked(task)
        # Lists of all the hosts, once: for each host anew they would cost the square of the number of hosts.
        self.common = {name: task_vars[name] for name in _OF_ALL_HOSTS if name in task_vars}
        self.unknown: dict[str, str] = {}
        self.conditions = conditions_around(task)
        hosts = [self.inventory.get_host(name) for name in task_vars.get("ansible_play_batch", [])]
        self.similar = SimilarHosts(task, self._ask, hosts, SingleHosts(task, self.inventory))
        self._seen: set[str] = set()
        # By the groups that a host is in.
        self._projects: dict[frozenset[int], str | None] = {}

    def includes(self, variables: dict[str, Any]) -> bool:
        """False for a host that a condition on the role, or on what includes it, leaves out.

        Ansible asks the first host only, as the task runs once. Raises AnsibleError for a condition that can't be read.
        """
        if not self.conditions:
            return True
        templar = self.templar.copy_with_new_env(available_variables=variables)
        return all(self._is_met(condition, templar, variables) for condition in self.conditions)

    def _is_met(self, condition: Any, templar: Any, variables: dict[str, Any]) -> bool:
        if hasattr(templar, "evaluate_conditional"):
            return bool(templar.evaluate_conditional(condition))
        # ansible-core 2.18
        conditional: Any = Conditional(loader=self.task.get_loader())
        conditional.when = [condition]
        return bool(conditional.evaluate_conditional(templar, variables))

    def read(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The values of the role's variables. Raises InvalidInput or AnsibleError (an undefined variable, for example)."""
        templar = self.templar.copy_with_new_env(available_variables=variables)
        if _PROJECT in variables and is_blank((self._template(templar, _PROJECT, variables[_PROJECT]) or [None])[0]):
            variables = {key: value for key, value in variables.items() if key != _PROJECT}
            if variables.get(_PROJECT_OF_GROUP) is not None:
                variables[_PROJECT] = variables[_PROJECT_OF_GROUP]
            templar = self.templar.copy_with_new_env(available_variables=variables)
        values: dict[str, Any] = {}
        for key in self.names:
            found = self._template(templar, key, variables[key]) if key in variables else []
            if key in variables and not found and key in self.defaults:
                found = self._template(templar, key, self.defaults[key])
            values.update((key, value) for value in found)
        return values

    def foreign_placeholders(self, variables: Mapping[str, Any], values: Mapping[str, Any]) -> str:
        """What is wrong with a template for names whose placeholders came out of a tag; empty when nothing is.

        A tag is data: "{region}" in it is no placeholder, and makes no legal name.
        """
        for template in _TEMPLATES:
            marks = set(_PLACEHOLDER.findall(str(values.get(template) or "")))
            spoken, settled = spoken_of(variables, [template]) if marks else ({}, True)
            names = sorted(set(spoken if settled else variables) - set(self.common) - {template})
            found = {own: _those_in(marks, variables[own]) for own in names}
            found = {own: foreign for own, foreign in found.items() if foreign}
            if found and self._count_without(found, template, variables) < _count_of(values[template]):
                return (
                    f"{template} has {', '.join(sorted(set().union(*found.values())))} out of {', '.join(found)}, which is data and not"
                    " part of the template. Change the tag that it comes from, or set the variable in group_vars."
                )
        return ""

    def _count_without(self, names: Iterable[str], template: str, variables: Mapping[str, Any]) -> int:
        """How many placeholders the template has, if those in the data of these variables are none."""
        inert = {name: without_braces(variables[name]) for name in names}
        return _count_of(self.read({**variables, **inert}).get(template))

    def raw(self, name: str) -> dict[str, Any]:
        """All variables of the host but "vars", not templated, and its project where the inventory tells it: for looking at."""
        host = self.inventory.get_host(name)
        raw = self._completed(self.similar.variables(host), host)
        self._note_unknown(raw, name)
        return raw

    def exact(self, name: str) -> dict[str, Any]:
        """The same, as Ansible itself has them: for templates to work with."""
        host = self.inventory.get_host(name)
        return self._completed(self._ask(host), host)

    def _ask(self, host: Any) -> dict[str, Any]:
        return {**self._variables_asked(host), **self.common}

    def _completed(self, raw: dict[str, Any], host: Any) -> dict[str, Any]:
        """With the project that the groups say, and with defaults in place of what is left empty."""
        for name, default in self.defaults.items():
            if raw.get(name, default) is None:
                raw[name] = default
        project = raw.get(_PROJECT)
        if is_blank(project) or "{" in str(project):
            groups = frozenset(map(id, host.get_groups()))
            if groups not in self._projects:
                self._projects[groups] = _project(host)
            raw[_PROJECT_OF_GROUP] = self._projects[groups]
            if is_blank(project):
                raw.pop(_PROJECT, None)
                if raw[_PROJECT_OF_GROUP] is not None:
                    raw[_PROJECT] = raw[_PROJECT_OF_GROUP]
        return raw

    def _template(self, templar: Any, key: str, value: Any) -> list[Any]:
        """A list of the value; an empty one for "{{ omit }}", which unsets what a group has set."""
        try:
            # Entries of a list may be omitted on every ansible-core, a value alone may not.
            found: list[Any] = templar.template([value])
            return [each for each in found if not is_omit(each, templar.available_variables)]
        except AnsibleError as error:
            if "flow_logs_project" in str(error):
                raise InvalidInput(
                    "its project is not known, as it is in no group or in several that could be it: set flow_logs_project."
                ) from error
            raise InvalidInput(f"{key} can't be worked out: {error}") from error

    def _note_unknown(self, raw: Mapping[str, Any], host: str) -> None:
        new = raw.keys() - self._seen
        self._seen |= new
        for key in new:
            # What is given for this run alone may have its very prefix misspelt.
            ours = key.startswith(PREFIX) or (key in self.manager.extra_vars and _looks_like_ours(key))
            if not ours or key.startswith(_OF_THE_REPORT):
                continue
            if key not in self.names and key not in NOT_THE_ROLES:
                self.unknown[key] = host

    def misspelt(self, removes: bool = False) -> list[str]:
        """Warnings about variables that look like one of the role's.

        Raises InvalidInput for one of the command line: it is meant for this run alone, which would do something else without it.
        A run that removes takes none there that nothing speaks of: most likely it is to say what is to go.
        """
        warnings = []
        for key, host in self.unknown.items():
            close = difflib.get_close_matches(key.lower(), [*self.names, *OF_PLAYBOOKS], n=1, cutoff=0.8)
            if not close:
                if removes and key in self.manager.extra_vars and not self._is_spoken_of(key, host):
                    raise InvalidInput(
                        f"-e {key}: there is no such variable. Choose targets by --limit. Nothing was done."
                    )
                continue
            if key in self.manager.extra_vars:
                raise InvalidInput(f"-e {key}: there is no such variable. Is {close[0]} meant? Nothing was done.")
            warnings.append(f"{key} (host {host}) is not a variable of the role: is {close[0]} meant?")
        return warnings

    def _is_spoken_of(self, key: str, host: str) -> bool:
        spoken, settled = spoken_of(self.raw(host), self.names, self.conditions)
        return key in spoken or not settled

    def differ_in(self, texts: Sequence[Any], hosts: Sequence[str]) -> list[str]:
        """Variables that templates in texts speak of and that are not the same for all of the hosts."""
        names = of_value(list(texts)).names
        seen: dict[str, set[str]] = {}
        for host in hosts if names else ():
            spoken, _settled = spoken_of(self.raw(host), names)
            for name, text in spoken.items():
                seen.setdefault(name, set()).add(text)
        return sorted(name for name, values in seen.items() if len(values) > 1)


def _looks_like_ours(key: str) -> bool:
    return re.sub("[^a-z]", "", key.lower()).startswith(("flowlog", "flowslog"))


def _those_in(marks: set[str], value: Any) -> set[str]:
    texts = list(foreign_texts(value))
    return {mark for mark in marks if any(mark in text for text in texts)}


def _count_of(value: Any) -> int:
    return len(_PLACEHOLDER.findall(str(value or "")))


def is_blank(value: Any) -> bool:
    """True for what counts as not set: nothing, or nothing but blanks."""
    return value is None or not str(value).strip()


def _project(host: Any) -> str | None:
    """Groups are projects: the name of the one innermost group of the host, or None when that is not clear."""
    groups = [group for group in host.get_groups() if group.name not in ("all", "ungrouped", *NOT_THE_ROLES)]
    outer = {ancestor.name for group in groups for ancestor in group.get_ancestors()}
    inner = [str(group.name) for group in groups if group.name not in outer]
    return inner[0] if len(inner) == 1 else None
