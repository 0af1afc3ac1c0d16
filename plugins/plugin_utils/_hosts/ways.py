# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Ways into accounts. Several of them may lead into one account, whose IAM is then decided on once. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Callable
from typing import Optional

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput

_ROLE_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account_id>[0-9]{12}):role/[\w+=,.@/-]+")


@dataclass(frozen=True)
class Way:
    """Equal ways mean the same credentials, so the same account."""

    profile: str | None = None
    assume_role_arn: str | None = None
    endpoint_url: str | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """What ways are sorted by, so that the order of the hosts does not matter."""
        return self.assume_role_arn or "", self.profile or "", self.endpoint_url or ""


# Way -> the regions to ask in, in their order. The answer lacks ways of which it is not known where they lead.
Identify = Callable[[Mapping[Way, Sequence[Optional[str]]]], Mapping[Way, Account]]


def way_of(settings: Mapping[str, Any]) -> Way:
    """The way into the account out of the role's variables of a host."""
    return Way(
        profile=settings.get("flow_logs_profile") or None,
        assume_role_arn=settings.get("flow_logs_assume_role_arn") or None,
        endpoint_url=settings.get("flow_logs_endpoint_url") or None,
    )


def account_of_role(role_arn: str) -> Account:
    """The account that a role is in. Raises InvalidInput for what is not the ARN of a role."""
    match = _ROLE_ARN.fullmatch(role_arn)
    if match is None:
        raise InvalidInput(
            f"flow_logs_assume_role_arn {role_arn!r} is not the ARN of an IAM role, such as"
            " arn:aws:iam::123456789012:role/NetworkOperations."
        )
    return Account(match["account_id"], match["partition"])


def no_idea(_ways: Mapping[Way, Sequence[str | None]]) -> dict[Way, Account]:
    """Identifies nothing: each way then counts as an account of its own."""
    return {}
