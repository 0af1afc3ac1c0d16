# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream_api import find_streams
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream_api import newest_event
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

NEWEST_FIRST: dict[str, Any] = {"logGroupName": "/x", "limit": 50, "orderBy": "LastEventTime", "descending": True}


def eni(number: int) -> str:
    return f"eni-{number:017x}"


def page(*numbers: int, token: str | None = None) -> dict[str, Any]:
    streams = [{"logStreamName": f"{eni(number)}-all", "lastEventTimestamp": 1000 - number} for number in numbers]
    return {"logStreams": streams, **({"nextToken": token} if token else {})}


def test_few_interfaces_are_asked_for_one_by_one(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    for number in (1, 2):
        logs.expect(
            "describe_log_streams", page(number), logGroupName="/x", limit=50, logStreamNamePrefix=f"{eni(number)}-"
        )

    found = find_streams(logs.client, "/x", {eni(2), eni(1)})

    assert [(stream.interface_id, stream.newest_event) for stream in found] == [(eni(1), 999), (eni(2), 998)]


def test_many_are_listed_with_the_newest_first_and_others_left_out(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    logs.expect("describe_log_streams", page(1, 2, 90, token="more"), **NEWEST_FIRST)
    logs.expect("describe_log_streams", page(3, 4, 5), nextToken="more", **NEWEST_FIRST)

    found = find_streams(logs.client, "/x", {eni(number) for number in range(1, 6)})

    assert [stream.interface_id for stream in found] == [eni(number) for number in range(1, 6)]


def test_the_dead_are_not_read_to_the_end(stubs: StubbedClients) -> None:
    """For five interfaces two pages, however many streams there are."""
    logs = stubs("logs")
    logs.expect("describe_log_streams", page(1, token="more"), **NEWEST_FIRST)
    logs.expect("describe_log_streams", page(91, token="still more"), nextToken="more", **NEWEST_FIRST)

    assert len(find_streams(logs.client, "/x", {eni(number) for number in range(1, 6)})) == 1


def test_no_such_group(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    logs.fail("describe_log_streams", "ResourceNotFoundException")

    assert find_streams(logs.client, "/x", {eni(1)}) == []


def test_a_denial(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    logs.fail("describe_log_streams", "AccessDeniedException")

    with pytest.raises(AwsError, match="list the streams of the log group"):
        find_streams(logs.client, "/x", {eni(1)})


LAST_ONE: dict[str, Any] = {"logGroupName": "/x", "logStreamName": "s", "limit": 1, "startFromHead": False}


def test_the_newest_event_itself(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    logs.expect("get_log_events", {"events": [{"timestamp": 5, "message": "m"}]}, **LAST_ONE)
    logs.expect("get_log_events", {"events": []}, **LAST_ONE)
    logs.fail("get_log_events", "ResourceNotFoundException")

    assert [newest_event(logs.client, "/x", "s") for _time in range(3)] == [5, None, None]
