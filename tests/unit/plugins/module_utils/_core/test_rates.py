# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import boto3
import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import rates as _rates
from ansible_collections.netops.flow_logs.plugins.module_utils._core.rates import Bucket
from ansible_collections.netops.flow_logs.plugins.module_utils._core.rates import hold_rates


class Clock:
    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))


def bucket(clock: Clock, capacity: float = 3, rate: float = 2) -> Bucket:
    return Bucket(capacity, rate, clock.now, clock.sleep)


def test_as_many_as_it_holds_go_at_once_and_the_next_ones_wait_for_their_turn() -> None:
    clock = Clock()
    held = bucket(clock)
    for _number in range(6):
        held.take()
    # Nobody really slept here, so those who wait are all in the queue at the same moment.
    assert clock.slept == [0.5, 1.0, 1.5]


def test_it_fills_up_again_but_never_beyond_what_it_holds() -> None:
    clock = Clock()
    held = bucket(clock)
    for _number in range(3):
        held.take()
    clock.time = 1.0
    for _number in range(2):
        held.take()
    assert clock.slept == []
    clock.time = 100.0
    for _number in range(4):
        held.take()
    assert clock.slept == [0.5]


def test_threads_share_it() -> None:
    clock = Clock()
    held = bucket(clock, capacity=1, rate=1)
    threads = [threading.Thread(target=held.take) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(clock.slept) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


@pytest.mark.parametrize(
    ("service", "operation", "rate"),
    [
        ("logs", "CreateLogGroup", ("CreateLogGroup", 10, 10)),
        ("logs", "PutRetentionPolicy", ("PutRetentionPolicy", 5, 5)),
        ("logs", "TagResource", ("TagResource", 5, 5)),
        ("ec2", "DescribeFlowLogs", ("reads", 100, 20)),
        ("ec2", "CreateFlowLogs", ("writes", 50, 5)),
        ("ec2", "DeleteTags", ("tags", 100, 10)),
    ],
)
def test_the_rates_are_aws(service: str, operation: str, rate: tuple[str, int, int]) -> None:
    assert _rates._rate_of(service, operation) == rate


def _taken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """The buckets that are asked, in their order; nothing waits and nothing is sent."""
    taken: list[tuple[str, str, str]] = []

    class Noted:
        def __init__(self, *key: str) -> None:
            self.key = key

        def take(self) -> None:
            taken.append((self.key[0], self.key[1], self.key[2]))
            raise ConnectionAbortedError

    monkeypatch.setattr(_rates, "_bucket", Noted)
    return taken


@pytest.mark.parametrize(
    ("service", "call", "bucket_key"),
    [
        ("ec2", "describe_vpcs", ("ec2", "eu-west-1", "DescribeVpcs")),
        ("logs", "describe_log_groups", ("logs", "eu-west-1", "DescribeLogGroups")),
    ],
)
def test_a_client_asks_before_each_call_once(
    monkeypatch: pytest.MonkeyPatch, service: str, call: str, bucket_key: tuple[str, str, str]
) -> None:
    taken = _taken(monkeypatch)
    client = boto3.client(service, "eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")
    for _twice in range(2):
        hold_rates(client)
    with pytest.raises(ConnectionAbortedError):
        getattr(client, call)()
    assert taken == [bucket_key]


def test_iam_publishes_no_rates_and_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = _taken(monkeypatch)
    client = boto3.client(
        "iam", "us-east-1", aws_access_key_id="x", aws_secret_access_key="y", endpoint_url="http://127.0.0.1:9"
    )
    hold_rates(client)
    with pytest.raises(Exception, match="Could not connect"):
        client.list_roles()
    assert taken == []
