# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Token buckets, and throttling by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..behaviours import check
from ..calls import Call
from ..errors import throttled
from ..request import Request


class Rate(NamedTuple):
    """A bucket: how many calls at once, and how many more each second."""

    bucket: str
    capacity: float
    refill: float


# EC2 API guide, "Request throttling".
_EC2_READS = Rate("reads", 100, 20)
_EC2_BARE_READS = Rate("reads without filter and page size", 50, 10)
_EC2_WRITES = Rate("writes", 50, 5)
_EC2_TAGS = Rate("tags", 100, 10)
_BARE_READS = ("DescribeInstances", "DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeVolumes")
# "CloudWatch Logs quotas": transactions a second, for each operation by itself.
_LOGS = {
    "CreateLogGroup": 10,
    "DeleteLogGroup": 10,
    "DescribeLogGroups": 10,
    "DescribeLogStreams": 25,
    "CreateLogStream": 50,
    "FilterLogEvents": 10,
    "GetLogEvents": 25,
    "PutLogEvents": 5000,
}
_LOGS_ELSE = 5
# IAM publishes none; these are supposed. IAM's are the account's, whatever the region.
_IAM_READS = Rate("reads", 100, 20)
_IAM_WRITES = Rate("writes", 50, 5)


class Buckets:
    """What is left of each bucket."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, ...], _Bucket] = {}

    def take(self, call: Call, rate: Rate, factor: float, now: float) -> bool:
        """Takes one; False when the bucket is empty."""
        region = "" if call.service == "iam" else call.region
        key = (call.account, region, call.service, rate.bucket)
        bucket = self._left.setdefault(key, _Bucket(rate.capacity * factor, now))
        bucket.left = min(rate.capacity * factor, bucket.left + (now - bucket.at) * rate.refill * factor)
        bucket.at = now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True


@dataclass
class _Bucket:
    left: float
    at: float


def rate_of(call: Call) -> Rate | None:
    """The bucket that a call takes from."""
    if call.service == "logs":
        rate = _LOGS.get(call.operation, _LOGS_ELSE)
        return Rate(call.operation, rate, rate)
    if call.service == "iam":
        return _IAM_WRITES if call.mutates else _IAM_READS
    if call.service != "ec2":
        return None
    if call.operation in ("CreateTags", "DeleteTags"):
        return _EC2_TAGS
    if call.mutates:
        return _EC2_WRITES
    bare = "MaxResults" not in call.parameters and not call.values("Filter")
    return _EC2_BARE_READS if bare and call.operation in _BARE_READS else _EC2_READS


@check("ec2:*", "logs:*", "iam:*", cites="7.1 7.2")
def rates_are_held(request: Request) -> None:
    """Calls beyond AWS's request rates are throttled."""
    factor, rate = request.world.scenario.rates, rate_of(request.call)
    if not factor or rate is None or request.call.by_test:
        return
    if not request.world.memory(Buckets).take(request.call, rate, factor, request.world.clock.now()):
        raise throttled(request.call.service)


@check("*", cites="7.1 7.2")
def some_calls_are_throttled(request: Request) -> None:
    """A fraction of the calls is throttled by chance."""
    world = request.world
    if not request.call.by_test and any(
        entry.strikes(request.call, world.random) for entry in world.scenario.throttles
    ):
        raise throttled(request.call.service)
