# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which flow logs deliver through which role, and where that could not be seen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog


@dataclass(frozen=True)
class Unread:
    """A region that could not be read: nothing is known about what is there."""

    region: str
    code: str
    message: str

    def as_result(self) -> dict[str, str]:
        return {"region": self.region, "code": self.code, "message": self.message}


@dataclass(frozen=True)
class User:
    """A flow log that delivers through a role."""

    region: str
    log: FlowLog

    def as_result(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "flow_log_id": self.log.flow_log_id,
            "resource_id": self.log.resource_id,
            **self.log.destination.as_result(),
        }

    def __str__(self) -> str:
        return f"{self.log.flow_log_id} of {self.log.resource_id} in {self.region}"


@dataclass(frozen=True)
class Users:
    """users: role ARN in lower case -> the flow logs that use it. unread: regions of which nothing is known."""

    users: dict[str, list[User]]
    unread: tuple[Unread, ...] = ()

    def of(self, role_arn: str) -> list[User]:
        return self.users.get(role_arn.lower(), [])

    def of_name(self, role_name: str) -> list[User]:
        """Those of a role of the account, whatever its path."""
        last = f"/{role_name.lower()}"
        return [user for arn, users in self.users.items() if arn.endswith(last) for user in users]
