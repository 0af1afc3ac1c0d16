# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What an audit could not read though it went on: a hole in one field, never the loss of all the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Callable
from typing import TypeVar

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable

Answer = TypeVar("Answer")

# Subjects that a sentence names before it only counts the others.
_NAMED = 3


@dataclass(frozen=True)
class Hole:
    """what is one of _audit/parts.py; subject is whose."""

    what: str
    subject: str
    code: str
    reason: str


class Holes:
    """Several threads may add to it."""

    def __init__(self) -> None:
        self.found: list[Hole] = []

    def add(self, what: str, subject: str, error: AwsError) -> str:
        """Returns why it could not be read."""
        self.found.append(Hole(what, subject, error.code or "NoAnswer", error.told))
        return error.told

    def read(self, what: str, subject: str, call: Callable[[], Answer], otherwise: Answer) -> Answer:
        """What the call returns, or the other where AWS refuses."""
        try:
            return call()
        except AwsError as error:
            self.add(what, subject, error)
            return otherwise

    def reason(self, *what: str) -> str:
        """Why something of the kinds could not be read; empty where all could."""
        return next((hole.reason for hole in self.found if hole.what in what), "")

    def as_result(self) -> list[dict[str, Any]]:
        """An entry for each cause: hundreds of log groups are refused for one reason."""
        causes: dict[tuple[str, str], list[Hole]] = {}
        for hole in sorted(self.found, key=lambda each: (each.what, each.subject)):
            causes.setdefault((hole.what, hole.code), []).append(hole)
        return [
            {
                "what": what,
                "subjects": list(dict.fromkeys(hole.subject for hole in holes)),
                "code": code,
                "message": printable(f"{_title(what, holes)} could not be read: {holes[0].reason}"),
            }
            for (what, code), holes in causes.items()
        ]


def _title(what: str, holes: list[Hole]) -> str:
    subjects = list(dict.fromkeys(hole.subject for hole in holes))
    more = f" and {len(subjects) - _NAMED} more" if len(subjects) > _NAMED else ""
    return f"{what[0].upper()}{what[1:]} of {', '.join(subjects[:_NAMED])}{more}"
