# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The account that the credentials belong to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput


@dataclass(frozen=True)
class Account:
    """partition is aws, aws-cn, aws-us-gov, ...: never assume the first."""

    account_id: str
    partition: str

    def iam_arn(self, kind: str, path: str, name: str) -> str:
        """The ARN that IAM gives a role or policy; path begins and ends with a slash."""
        return f"arn:{self.partition}:iam::{self.account_id}:{kind}{path}{name}"

    def log_group_arn(self, region: str, name: str) -> str:
        """The ARN without ':*', the form that tags and flow logs want."""
        return f"arn:{self.partition}:logs:{region}:{self.account_id}:log-group:{name}"


def require_account(account: Account, expected_account_id: Optional[str]) -> None:
    """Raises InvalidInput when the credentials belong to another account than the one expected."""
    if expected_account_id and account.account_id != expected_account_id:
        raise InvalidInput(
            f"The credentials belong to account {account.account_id}, but expected_account_id is {expected_account_id}."
            " Nothing was written. Use the profile, role or keys of the expected account."
        )
