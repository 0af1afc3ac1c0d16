# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The one way by which text that others wrote (tags, names, messages from AWS) enters Ansible's variables: as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import template

# From ansible-core 2.19 on, only text that is marked as trusted can be a template, and nothing here marks any. Before that,
# all text can be one, with or without braces: "#jinja2:" at its beginning chooses other delimiters.
TEXT_IS_A_TEMPLATE = not hasattr(template, "trust_as_template")


def as_data(value: Any) -> Any:
    """The same value, with every text in it, keys too, however deep, marked where ansible-core takes unmarked text for templates."""
    if not TEXT_IS_A_TEMPLATE:
        return value
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(value)


def composed(value: Any) -> Any:
    """The result of an expression on such text, as data that any listing of the inventory can show.

    Before ansible-core 2.19 an expression's text becomes what Python makes of it: a tag that reads "{0}" is a set, for which JSON
    has no word, and one such tag would stop ansible-inventory for all hosts.
    """
    return as_data(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        alike = all(isinstance(key, str) for key in value) or all(isinstance(key, int) for key in value)
        return {key if alike else str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, (set, frozenset, bytes, complex)) else value
