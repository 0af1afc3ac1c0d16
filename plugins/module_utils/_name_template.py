# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Log group names from a template: which facts it needs, what it becomes, whether that is legal. Pure."""

from __future__ import annotations

import re
from typing import Dict
from typing import FrozenSet
from typing import List
from typing import Mapping
from typing import Sequence

from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput

PLACEHOLDERS = (
    "resource_id",
    "resource_name",
    "resource_type",
    "vpc_id",
    "vpc_name",
    "account_id",
    "region",
)
# Those that differ from resource to resource; the others are the same for the whole call.
OF_THE_RESOURCE = frozenset({"resource_id", "resource_name", "resource_type", "vpc_id", "vpc_name"})

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# CreateLogGroup in botocore's model of CloudWatch Logs: 1 to 512 of these characters, not beginning with aws/.
_LEGAL = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_RULE = "A log group name has 1 to 512 of the characters a-z, A-Z, 0-9, '_', '-', '/', '.' and '#', and does not begin with 'aws/'."


def placeholders(template: str) -> FrozenSet[str]:
    """The placeholders that the template names. Raises InvalidInput when it can't give a legal name."""
    named = named_placeholders("log_group_name", template)
    rest = _PLACEHOLDER.sub("", template)
    if (rest and not _LEGAL.fullmatch(rest[:512])) or template.startswith("aws/") or not template:
        raise InvalidInput(f"log_group_name {template!r} is no legal log group name. {_RULE}")
    return named


def named_placeholders(option: str, template: str) -> FrozenSet[str]:
    """The placeholders that the template names. Raises InvalidInput on one that does not exist or a stray brace."""
    named = _PLACEHOLDER.findall(template)
    unknown = sorted({name for name in named if name not in PLACEHOLDERS})
    if unknown:
        raise InvalidInput(
            f"{option} {template!r} has unknown placeholders: {', '.join('{%s}' % name for name in unknown)}."
            f" Known are {', '.join('{%s}' % name for name in PLACEHOLDERS)}."
        )
    rest = _PLACEHOLDER.sub("", template)
    if "{" in rest or "}" in rest:
        raise InvalidInput(f"{option} {template!r} has a brace that belongs to no placeholder.")
    return frozenset(named)


def render(template: str, facts: Mapping[str, str]) -> str:
    """The template with its placeholders filled in; facts has all that it names."""
    return _PLACEHOLDER.sub(lambda match: facts[match.group(1)], template)


def beginning(template: str, facts: Mapping[str, str]) -> str:
    """What all names of the template begin with: all that comes before it speaks of the resource.

    facts has account_id and region.
    """
    first = next((found.start() for found in _PLACEHOLDER.finditer(template) if found[1] in OF_THE_RESOURCE), None)
    return render(template[:first], facts)


def is_legal(name: str) -> bool:
    """True when CreateLogGroup accepts the name."""
    return bool(_LEGAL.fullmatch(name)) and not name.startswith("aws/")


def render_all(template: str, facts_by_resource: Mapping[str, Mapping[str, str]]) -> Dict[str, str]:
    """Resource id -> log group name. Raises InvalidInput that lists the targets whose name would be illegal."""
    names = {resource_id: render(template, facts) for resource_id, facts in facts_by_resource.items()}
    illegal = [f"{resource_id} ({name!r})" for resource_id, name in names.items() if not is_legal(name)]
    if illegal:
        raise InvalidInput(
            f"log_group_name {template!r} gives no legal log group name for {', '.join(illegal)}. {_RULE}"
            " Rename the resource, or name the group by {resource_id}."
        )
    return names


def policy_pattern(template: str) -> str:
    """The template as a pattern for an IAM policy: a placeholder becomes a wildcard."""
    return _PLACEHOLDER.sub("*", template)


def common_prefix(names: Sequence[str]) -> str:
    """The longest beginning that all names share; empty when there are none."""
    if not names:
        return ""
    first, last = min(names), max(names)
    shared: List[str] = []
    for one, other in zip(first, last):
        if one != other:
            break
        shared.append(one)
    return "".join(shared)
