# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""A target: one VPC, subnet or network-interface id, its type read from its prefix. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput

# AWS hands out 8 or 17 hexadecimal digits.
_ID = re.compile(r"(?P<prefix>vpc|subnet|eni)-[0-9a-f]{8,17}")

_FLOW_LOG_ID = re.compile(r"fl-[0-9a-f]{8,17}")

# Prefix of the id -> ResourceType of CreateFlowLogs (its botocore model).
RESOURCE_TYPES: dict[str, str] = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}


@dataclass(frozen=True)
class Target:
    """resource_id as AWS writes it; prefix is vpc, subnet or eni."""

    resource_id: str
    prefix: str

    @property
    def resource_type(self) -> str:
        """The type under the name that CreateFlowLogs has for it."""
        return RESOURCE_TYPES[self.prefix]


def is_an_id(value: object) -> bool:
    return _ID.fullmatch(str(value).strip()) is not None


def parse_targets(resource_ids: Iterable[object]) -> list[Target]:
    """Targets in the order given, each once. Raises InvalidInput that names every id of another shape."""
    targets: dict[str, Target] = {}
    wrong: list[str] = []
    for value in resource_ids:
        resource_id = str(value).strip()
        match = _ID.fullmatch(resource_id)
        if match:
            targets[resource_id] = Target(resource_id, match.group("prefix"))
        else:
            wrong.append(repr(value) if isinstance(value, str) else repr(str(value)))
    if wrong:
        raise InvalidInput(
            f"These resource_ids are no VPC, subnet or network interface ids: {', '.join(wrong)}."
            " Give ids such as vpc-0123456789abcdef0, subnet-0123456789abcdef0 or eni-0123456789abcdef0."
        )
    return list(targets.values())


def parse_flow_log_ids(flow_log_ids: Iterable[object] | None) -> frozenset[str] | None:
    """The ids, None for None. Raises InvalidInput that names every id of another shape."""
    if flow_log_ids is None:
        return None
    ids = [str(value).strip() for value in flow_log_ids]
    wrong = [repr(value) for value in ids if not _FLOW_LOG_ID.fullmatch(value)]
    if wrong:
        raise InvalidInput(f"These are no ids of flow logs: {', '.join(wrong)}. Give ids such as fl-0123456789abcdef0.")
    return frozenset(ids)
