# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Values that YAML reads as switches where text or a number is meant. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput

_NO_SWITCHES = ("str", "int", "float")


def refuse_switch(name: str, value: Any, option: Mapping[str, Any]) -> None:
    """Raises InvalidInput: Ansible would take "yes" for 1, also in a list of days, and "no" for the name False."""
    if isinstance(value, bool) and option.get("type", "str") in _NO_SWITCHES:
        raise InvalidInput(
            f"{name} is {value}: YAML reads yes, no, on and off as switches. Put text in quotes, and give a number where one is meant."
        )
