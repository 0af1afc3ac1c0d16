# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The plan for removing saved queries. Pure.

All of the folder go; or, where log groups of others stay in them, only the log groups that are named, and a query when it
has none left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step

from .plan import Current
from .plan import Definition
from .plan import Wish
from .plan import delete
from .plan import regroup
from .plan import to_result


def plan_removal(wish: Wish, current: Current) -> Plan:
    """A step for each query that goes or is left with fewer log groups."""
    steps: list[Step] = []
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    for name in wish.scope:
        for definition in current.definitions.get(name, ()):
            before.append(to_result(definition, "unchanged"))
            names = _names_left(wish, current, definition)
            if names is None:
                steps.append(delete(definition))
                after.append(to_result(definition, "deleted"))
            elif names != definition.log_group_names:
                steps.append(regroup(definition, names))
                after.append(to_result(replace(definition, log_group_names=names), "updated"))
            else:
                after.append(to_result(definition, "unchanged"))
    return Plan({"queries": before}, {"queries": after}, tuple(steps))


def _names_left(wish: Wish, current: Current, definition: Definition) -> tuple[str, ...] | None:
    """The log groups that a query still speaks of; None for one that has to go."""
    if wish.purge:
        return None
    if not definition.log_group_names:
        return () if current.others else None
    left = tuple(name for name in definition.log_group_names if name in current.there)
    return left or None
