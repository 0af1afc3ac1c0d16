# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The account that the credentials belong to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import InvalidInput
from .text import limited
from .text import printable

# [0-9] and not \d, which takes the digits of every script.
_NUMBER = re.compile(r"[0-9]{12}")


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


def parse_account_id(value: object, option: str) -> str:
    """The 12 digits of an account. Raises InvalidInput for anything else; None (not set) is the caller's to handle."""
    # A boolean is an int, too, but has no 12 digits.
    text = str(value) if isinstance(value, (str, int)) else ""
    if _NUMBER.fullmatch(text):
        return text
    raise InvalidInput(
        f"{option} is {limited(printable(repr(value)), 100)}, which is not an AWS account number. Set it to the 12 digits of the account, within quotes, such"
        ' as "012345670123": without a quote, YAML reads a number that begins with 0 as an octal one and drops the zero.'
        " To work without this check, leave it out."
    )


def require_account(account: Account, expected_account_id: object) -> None:
    """Raises InvalidInput when the credentials belong to another account than the one expected; None expects none."""
    if expected_account_id is None:
        return
    expected = parse_account_id(expected_account_id, "expected_account_id")
    if account.account_id != expected:
        raise InvalidInput(
            f"The credentials belong to account {account.account_id}, but expected_account_id is {expected}."
            " Nothing was written. Use the profile, role or keys of the expected account."
        )
