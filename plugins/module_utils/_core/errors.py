# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Errors written for the person who reads them. Pure: neither boto nor Ansible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class FlowLogsError(Exception):
    """Something that ends the module. The message says what was wrong, with which resource, and what to do."""


class InvalidInput(FlowLogsError):
    """Options that can't be right, found before anything was written."""


class Conflict(FlowLogsError):
    """Somebody else changed the same resource meanwhile: look again and plan again."""


@dataclass(frozen=True)
class Failure:
    """One target that could not be served; the others go on.

    code is AWS's error code, or one of this collection's own where AWS was never asked.
    """

    resource_id: str
    code: str
    message: str
    hint: str = ""

    def as_result(self) -> dict[str, str]:
        return {"resource_id": self.resource_id, "code": self.code, "message": self.message, "hint": self.hint}


def with_hint(said: str, hint: str) -> str:
    """What was said, and then what to do: two sentences, whether AWS ended its own with a full stop or not."""
    return f"{said.rstrip('.')}. {hint}" if hint else said


# Ids that a sentence names before it only counts the others.
_NAMED = 10


def in_sentences(failures: Sequence[Failure]) -> list[str]:
    """A sentence for each kind of failure, with those whom it struck: a hundred targets often have one cause."""
    kinds: dict[tuple[str, str, str], list[Failure]] = {}
    for failure in failures:
        alike = failure.message.replace(failure.resource_id, "")
        kinds.setdefault((failure.code, alike, failure.hint), []).append(failure)
    return [_sentence(struck) for struck in kinds.values()]


def _sentence(struck: Sequence[Failure]) -> str:
    first = struck[0]
    named = ", ".join(failure.resource_id for failure in struck[:_NAMED])
    more = f" and {len(struck) - _NAMED} more" if len(struck) > _NAMED else ""
    return with_hint(f"{named}{more}: {first.code}: {first.message}", first.hint)
