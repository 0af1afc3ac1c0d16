# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The one way by which text that others wrote (tags, names, messages from AWS) enters Ansible's variables: as data."""

from __future__ import annotations

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
