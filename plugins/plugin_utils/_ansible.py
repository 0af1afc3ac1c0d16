# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Where releases of ansible-core differ in what they make of text, and what they keep private."""

from __future__ import annotations

from typing import Any
from typing import Iterator
from typing import List
from typing import Mapping

from ansible import template
from ansible.errors import AnsibleError
from ansible.module_utils.ansible_release import __version__ as CORE_VERSION
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.unsafe_proxy import AnsibleUnsafe

from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.foreign import as_data

# Whether what a template for run_once comes to for the first batch of a play holds for all of them (seen in 2.21 and 2.22).
KEEPS_RUN_ONCE = tuple(int(part) for part in CORE_VERSION.split(".")[:2]) >= (2, 21)


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


def environments_around(task: Any) -> List[Any]:
    """What "environment" says of the role that the task is in, and of all that includes it, as it is written.

    Ansible works the keyword out for the first host before the task runs, and keeps what was written to itself (task._role,
    task._parent, _environment). Without these, only the play's own is known, which is public.
    """
    parent: Any = getattr(task, "_parent", None)
    chain = parent.get_dep_chain() if hasattr(parent, "get_dep_chain") else None
    nodes = [getattr(task, "_role", None), *(chain or [])]
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
