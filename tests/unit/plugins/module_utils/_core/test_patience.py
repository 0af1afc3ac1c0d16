# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import patience
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import AccountTimeout
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import Patience
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import account_timeout
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import with_patience

READ, ROLE = "DescribeFlowLogs of ec2 in eu-west-1 (ec2.test)", "GetRole of iam in us-east-1 (iam.test)"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Account:
    """Calls of an account whose patience is ten seconds."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.patience = Patience(10, self.clock)

    def later(self, seconds: float) -> None:
        self.clock.now += seconds

    def check(self) -> None:
        with with_patience(self.patience):
            patience.check()


def test_calls_that_nobody_answers_end_the_account_together() -> None:
    account = Account()
    for name in (READ, ROLE):
        account.patience.sent(name)
        account.later(4)
        account.check()
        account.patience.ended()
    account.patience.sent(READ)
    account.later(2)
    with pytest.raises(AccountTimeout) as raised:
        account.check()
    assert "within 10 seconds" in str(raised.value)
    assert READ in str(raised.value) and ROLE in str(raised.value)


def test_an_answer_begins_the_time_again() -> None:
    account = Account()
    for _number in range(5):
        account.patience.sent(READ)
        account.later(9)
        account.patience.answered()
        account.patience.ended()
        account.check()


def test_what_waits_without_a_call_does_not_count() -> None:
    account = Account()
    account.patience.sent(READ)
    account.later(1)
    account.patience.ended()
    account.later(3600)
    account.check()
    account.patience.sent(READ)
    account.later(8)
    account.check()


def test_one_call_that_is_answered_keeps_another_waiting() -> None:
    account = Account()

    def other() -> None:
        account.patience.sent(ROLE)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    account.later(9)
    account.patience.sent(READ)
    account.patience.answered()
    account.later(9)
    account.check()
    account.later(1)
    with pytest.raises(AccountTimeout) as raised:
        account.check()
    assert ROLE in str(raised.value) and READ not in str(raised.value)


def test_many_calls_are_counted() -> None:
    account = Account()
    for number in range(7):
        account.patience.sent(f"call {number}")
    account.later(10)
    with pytest.raises(AccountTimeout, match="call 4 and 2 more"):
        account.check()


def test_where_nobody_set_one_nothing_is_raised() -> None:
    patience.check()
    assert patience.current() is None


def test_the_seconds_of_the_environment() -> None:
    assert account_timeout({}) == 900
    assert account_timeout({"FLOW_LOGS_ACCOUNT_TIMEOUT": " 2.5 "}) == 2.5


@pytest.mark.parametrize("value", ["0", "-1", "soon", "inf", "nan"])
def test_no_number_of_seconds_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput, match=r"flow_logs_account_timeout.* more than 0"):
        account_timeout({"FLOW_LOGS_ACCOUNT_TIMEOUT": value})
