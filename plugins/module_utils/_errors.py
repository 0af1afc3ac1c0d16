# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Errors written for the person who reads them. Pure: neither boto nor Ansible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict


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

    def as_result(self) -> Dict[str, str]:
        return {"resource_id": self.resource_id, "code": self.code, "message": self.message, "hint": self.hint}

    def as_sentence(self) -> str:
        text = f"{self.resource_id}: {self.code}: {self.message}"
        return f"{text} Hint: {self.hint}" if self.hint else text
