# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The variables of many hosts, for which Ansible is asked about a few of them only.

Asking Ansible for one host's variables takes about a third of a millisecond, which for thousands of hosts is more than all
of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Callable

from ansible import constants as C
from ansible.inventory.host import Host

from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import SingleHosts

# host -> all its variables, asked of Ansible.
Ask = Callable[[Any], dict[str, Any]]
# Equal for hosts that differ in nothing but the values of the variables that the inventory gives them.
_Kind = frozenset[tuple[str, Any]]


class _Marked(Host):
    """Another host's double, whose variables have marks for values: where a mark turns up, the host's own value wins."""

    def __init__(self, host: Host) -> None:
        # Not Host's own: the double is to be the same in all but the values.
        self.__dict__.update(vars(host))
        # Plain text, as ansible-core takes values of few types only. Made at run time, so that each is an object of its own.
        self.marks = {name: f"mark of {name}" for name in host.get_vars()}

    def get_vars(self) -> dict[str, Any]:
        return dict(self.marks)


@dataclass(frozen=True)
class _Pattern:
    """The variables of all hosts of a kind: what they have in common, and the names whose values are each host's own."""

    common: Mapping[str, Any]
    own: tuple[str, ...]

    def of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.common, **{name: values[name] for name in self.own}}


class SimilarHosts:
    """All variables of a host but "vars", which repeats the others, with all of Ansible's precedence.

    Hosts are of one kind when they are in the same groups, the inventory gives them variables of the same names, and neither
    files, plugins nor facts say anything of one of them alone. The first of a kind is asked for. With the second a
    pattern is made, by a question about a double with marks in place of values; it holds for all further ones if it foretells what
    Ansible says of the second.
    """

    def __init__(self, task: Any, ask: Ask, hosts: Sequence[Any], single: SingleHosts) -> None:
        self._ask = ask
        self._single = single
        self._sharable = single.known and _sharable(task)
        # One question for all of them: mostly, the answer is no.
        self._plugins_speak = self._sharable and single.plugins_speak_of(hosts)
        self._first: dict[_Kind, Any] = {}
        self._patterns: dict[_Kind, _Pattern | None] = {}

    def variables(self, host: Any) -> dict[str, Any]:
        """Raises AnsibleError as Ansible does."""
        if not self._sharable or self._is_told_of(host):
            return self._asked(host)
        values = host.get_vars()
        kind = self._kind(host, values)
        if kind not in self._first:
            self._first[kind] = host
            return self._asked(host)
        if kind not in self._patterns:
            known = self._asked(host)
            pattern = self._pattern(self._first[kind])
            self._patterns[kind] = pattern if pattern.of(values) == known else None
            return known
        shared = self._patterns[kind]
        return self._asked(host) if shared is None else shared.of(values)

    def _asked(self, host: Any) -> dict[str, Any]:
        answer = self._ask(host)
        answer.pop("vars", None)
        return answer

    def _pattern(self, host: Any) -> _Pattern:
        double = _Marked(host)
        answer = self._asked(double)
        own = tuple(name for name, mark in double.marks.items() if answer.get(name) is mark)
        return _Pattern({name: value for name, value in answer.items() if name not in own}, own)

    def _kind(self, host: Any, values: Mapping[str, Any]) -> _Kind:
        return frozenset(
            [
                *(("group", id(group)) for group in host.get_groups()),
                *((name, "") for name in values),
                *self._single.said(host.name),
            ]
        )

    def _is_told_of(self, host: Any) -> bool:
        """Whether host_vars, another vars plugin, or facts have anything for this host."""
        return (self._plugins_speak and self._single.plugins_speak_of([host])) or self._single.has_facts(host.name)


def _sharable(task: Any) -> bool:
    """False where a host's value decides on more than itself: by a file's name, or by being merged with others."""
    files: list[Any] = task.get_play().get_vars_files() or []
    return C.config.get_config_value("DEFAULT_HASH_BEHAVIOUR") == "replace" and not any(
        mark in repr(files) for mark in ("{{", "{%")
    )
