# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Log group names from a template: which facts it needs, what it becomes, whether that is legal. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited

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
# CreateLogGroup in botocore's model of CloudWatch Logs: 1 to 512 of these characters, not beginning with aws/. CloudWatch Logs
# answers "Log groups starting with AWS/ are reserved" to small letters, too (terraform 10739): no case is taken for allowed.
_LEGAL = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
RULE = "A log group name has 1 to 512 of the characters a-z, A-Z, 0-9, '_', '-', '/', '.' and '#', and does not begin with 'aws/' in any case."


def placeholders(template: str) -> frozenset[str]:
    """The placeholders that the template names. Raises InvalidInput when it can't give a legal name."""
    named = named_placeholders("log_group_name", template)
    rest = _PLACEHOLDER.sub("", template)
    if (rest and not _LEGAL.fullmatch(rest[:512])) or _is_reserved(template) or not template:
        raise InvalidInput(f"log_group_name {limited(repr(template), 600)} is not a valid log group name. {RULE}")
    return named


def named_placeholders(option: str, template: str) -> frozenset[str]:
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
    return bool(_LEGAL.fullmatch(name)) and not _is_reserved(name)


def _is_reserved(name: str) -> bool:
    return name.lower().startswith("aws/")


def illegal_name(resource_id: str, name: str) -> Failure:
    """Of a target whose own data (its Name tag, that of its VPC) make no legal log group name."""
    return Failure(
        resource_id,
        "InvalidLogGroupName",
        f"{limited(repr(name), 600)} is not a valid log group name. {RULE}",
        "Rename the resource (its Name tag, or that of its VPC), or name the log group by {resource_id}.",
    )


def policy_pattern(template: str, facts: Mapping[str, str] | None = None) -> str:
    """The template as a pattern for an IAM policy: a placeholder that facts does not have becomes a wildcard."""
    return _PLACEHOLDER.sub(lambda match: (facts or {}).get(match.group(1), "*"), template)


def fixed_beginning(pattern: str) -> str:
    """What comes before a pattern's first wildcard, without the slash that nearly all names begin with."""
    return re.split(r"[*?]", pattern, maxsplit=1)[0].strip("/")


def require_scoped(template: str, region: str | None = None) -> None:
    """Raises InvalidInput when the template's pattern in a policy begins with a wildcard, so that it is none or next to none.

    The account is known by the time that the policy is written, the region is where it was given.
    """
    facts = {"account_id": "account", **({"region": region} if region else {})}
    if not fixed_beginning(policy_pattern(template, facts)):
        raise InvalidInput(
            f"log_group_name {template!r} begins with a placeholder, so a policy scoped to it would allow every log group, and"
            " flow_logs_least_privilege asks for less. Put a fixed beginning before the placeholder, such as"
            " /aws/shop/{resource_name}, or set flow_logs_least_privilege to false."
        )


def common_prefix(names: Sequence[str]) -> str:
    """The longest beginning that all names share; empty when there are none."""
    if not names:
        return ""
    first, last = min(names), max(names)
    shared: list[str] = []
    for one, other in zip(first, last):
        if one != other:
            break
        shared.append(one)
    return "".join(shared)
