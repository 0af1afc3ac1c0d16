# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import parse_account_id
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import require_account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput


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


@pytest.mark.parametrize("value", ["123456789012", 123456789012, "012345670123", "000000000000"])
def test_twelve_digits_are_the_number_of_an_account(value: Any) -> None:
    assert parse_account_id(value, "expected_account_id") == str(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="an empty text, as of a lookup that finds nothing"),
        pytest.param(1402433619, id="what YAML makes of 012345670123"),
        pytest.param("1402433619", id="the same as a module gets it"),
        pytest.param("1234567890123", id="a digit too many"),
        pytest.param(" 123456789012", id="a blank before it"),
        pytest.param("123456789012\n", id="a line break after it"),
        pytest.param("١٢٣٤٥٦٧٨٩٠١٢", id="digits of another script"),
        pytest.param("1234-5678-9012", id="as the console writes it"),
        pytest.param("my account", id="a name"),
        pytest.param(True, id="a truth value"),
        pytest.param(123456789012.0, id="a fraction"),
        pytest.param(-12345678901, id="a negative number"),
        pytest.param(["123456789012"], id="a list"),
        pytest.param(None, id="nothing"),
        pytest.param("x" * 5000, id="a long text"),
    ],
)
def test_anything_else_is_refused_with_how_to_write_it(value: Any) -> None:
    with pytest.raises(InvalidInput, match=r"flow_logs_expected_account_id is .*12 digits.*quote") as refused:
        parse_account_id(value, "flow_logs_expected_account_id")
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("expected", ["", "1402433619", 1402433619])
def test_a_guard_that_is_no_number_lets_nobody_through(expected: Any) -> None:
    with pytest.raises(InvalidInput, match="quote"):
        require_account(Account("123456789012", "aws"), expected)
