# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Staying below AWS's request rates, so that thousands of calls side by side are a stream and no storm.

Each operation has a bucket of calls that fills up again by the second. A call takes one, or waits for it; so does each retry.
Throttling may strike all the same, as others use the account too: then the call is retried.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable

# Bucket -> calls at once, and calls a second. EC2: "Request throttling for the Amazon EC2 API".
_EC2_READS = ("reads", 100, 20)
_EC2_WRITES = ("writes", 50, 5)
_EC2_TAGS = ("tags", 100, 10)
# Calls a second of each operation by itself: "CloudWatch Logs quotas". Those not listed: five.
_LOGS = {
    "CreateLogGroup": 10,
    "DeleteLogGroup": 10,
    "DescribeLogGroups": 10,
    "DescribeLogStreams": 25,
    "GetLogEvents": 25,
}
_LOGS_ELSE = 5
# A little less than AWS allows: its clock and its idea of a second are not ours.
_SHARE = 0.9


@dataclass
class Bucket:
    """capacity: calls at once; rate: calls that it gains in a second."""

    capacity: float
    rate: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _left: float = field(init=False)
    _at: float = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._left, self._at = self.capacity, self.clock()

    def take(self) -> None:
        """Takes one call, and waits where there is none. Those who wait are served in their order."""
        with self._lock:
            now = self.clock()
            self._left = min(self.capacity, self._left + (now - self._at) * self.rate)
            self._at = now
            self._left -= 1
            wait = -self._left / self.rate
        if wait > 0:
            self.sleep(wait)


_buckets: dict[tuple[str, str, str], Bucket] = {}
_buckets_lock = threading.Lock()


def _bucket(service: str, region: str, operation: str) -> Bucket:
    """A process works for one account, so buckets are told apart by service and region."""
    name, capacity, rate = _rate_of(service, operation)
    key = (service, region, name)
    with _buckets_lock:
        if key not in _buckets:
            _buckets[key] = Bucket(max(1.0, capacity * _SHARE), rate * _SHARE)
        return _buckets[key]


def _rate_of(service: str, operation: str) -> tuple[str, int, int]:
    if service == "logs":
        rate = _LOGS.get(operation, _LOGS_ELSE)
        return operation, rate, rate
    if operation in ("CreateTags", "DeleteTags"):
        return _EC2_TAGS
    return _EC2_READS if operation.startswith("Describe") else _EC2_WRITES


def hold_rates(client: Any) -> Any:
    """The client, which from now on waits rather than be throttled. IAM and STS publish no rates: theirs are left alone."""
    service = client.meta.service_model.service_name
    if service not in ("ec2", "logs"):
        return client
    region = client.meta.region_name

    def before_send(event_name: str, **_event: Any) -> None:
        _bucket(service, region, event_name.rsplit(".", 1)[-1]).take()

    # The event of each try. The id keeps a client that is asked for twice from waiting twice.
    hyphenated = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"before-send.{hyphenated}", before_send, unique_id="netops-flow-logs-rates")
    return client
