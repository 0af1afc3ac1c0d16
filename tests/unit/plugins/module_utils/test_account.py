# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._account import require_account
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_arns_are_of_the_accounts_partition(partition: str) -> None:
    account = Account("123456789012", partition)

    assert account.iam_arn("role", "/netops/", "Writer") == f"arn:{partition}:iam::123456789012:role/netops/Writer"
    assert account.log_group_arn("eu-west-1", "/x") == f"arn:{partition}:logs:eu-west-1:123456789012:log-group:/x"


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(None, id="when none is expected"),
        pytest.param("123456789012", id="when it is the one"),
    ],
)
def test_an_account_is_accepted(expected: str | None) -> None:
    require_account(Account("123456789012", "aws"), expected)


def test_another_account_than_the_expected_one_is_refused_and_both_are_named() -> None:
    with pytest.raises(InvalidInput, match=r"123456789012.*210987654321.*Nothing was written"):
        require_account(Account("123456789012", "aws"), "210987654321")
