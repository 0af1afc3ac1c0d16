# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What an answer of CreateFlowLogs or DeleteFlowLogs says of each resource that was sent. Pure.

What the answer does not confirm is looked for, and a failure where it is not found: an entry of Unsuccessful that names nobody who
was sent may be anybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import NamedTuple

# The code of such a failure.
NOT_CONFIRMED = "NotConfirmed"
# Seconds between looks while EC2's reads lag behind its writes.
LOOKS = (0.0, 0.5, 1.0, 2.0)


class Unsuccessful(NamedTuple):
    """One entry of the list in which EC2 reports failures without failing."""

    resource_id: str
    code: str
    message: str


@dataclass
class Answered:
    """refused: by id, each once. strays: entries that name nobody who was sent. created: ids of flow logs."""

    refused: dict[str, Unsuccessful] = field(default_factory=dict)
    strays: list[Unsuccessful] = field(default_factory=list)
    created: set[str] = field(default_factory=set)

    def add(self, other: Answered) -> Answered:
        self.refused.update(other.refused)
        self.strays += other.strays
        self.created |= other.created
        return self

    def confirms(self, number: int) -> bool:
        """Whether so many flow logs were created: AWS does not say of which resource each is."""
        return not self.strays and len(self.created) == number

    def doubt(self, number: int) -> str:
        """Why it is not confirmed that so many were created."""
        return f"AWS's answer has {len(self.created)} new flow logs for {number} resources{self.of_strays()}"

    def of_strays(self) -> str:
        """What was refused to nobody who was sent."""
        first = next(iter(self.strays), None)
        return f", and a refusal that names none of them: {first.code}: {first.message.rstrip('.')}." if first else "."


def answered(refused: Sequence[Unsuccessful], sent: Sequence[str], created: Sequence[str] = ()) -> Answered:
    """The refusal of a single one is its own, whatever it names."""
    known = set(sent)
    found = Answered(created={flow_log_id for flow_log_id in created if flow_log_id})
    for entry in refused:
        owner = entry.resource_id if entry.resource_id in known else sent[0] if len(sent) == 1 else ""
        if owner:
            found.refused.setdefault(owner, entry._replace(resource_id=owner))
        else:
            found.strays.append(entry)
    return found
