# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The newest record of a stream, by whichever way the log group's class allows."""

from __future__ import annotations

import time
from datetime import UTC
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.holes import Holes
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.records import newest_record
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream import Stream
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.tests.unit.support.clients import ANY
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Script
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

NAME = "eni-0123456789abcdef0-all"
MOMENT = int(datetime(2026, 1, 31, 12, 10, 0, 500000, tzinfo=UTC).timestamp() * 1000)
INFREQUENT = {"logGroupName": "/x", "logGroupClass": "INFREQUENT_ACCESS"}
STANDARD = {"logGroupName": "/x", "logGroupClass": "STANDARD"}
FOUND = [[{"field": "@timestamp", "value": "2026-01-31 12:10:00.500"}, {"field": "@ptr", "value": "x"}]]
QUERY = f'fields @timestamp | filter @logStream = "{NAME}" | sort @timestamp desc | limit 1'


def stream(ingested: int | None = None) -> Stream:
    return Stream(NAME, "eni-0123456789abcdef0", "all", None, ingested)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def logs(stubs: StubbedClients, slept: list[float]) -> Script:
    return stubs("logs")


def started(logs: Script) -> None:
    logs.expect(
        "start_query",
        {"queryId": "q"},
        logGroupName="/x",
        startTime=ANY,
        endTime=ANY,
        queryString=QUERY,
        limit=1,
    )


def answered(logs: Script, status: str, results: Any = ()) -> None:
    logs.expect("get_query_results", {"status": status, "results": list(results)}, queryId="q")


def test_a_query_is_waited_for(logs: Script, slept: list[float]) -> None:
    started(logs)
    answered(logs, "Scheduled")
    answered(logs, "Running")
    answered(logs, "Complete", FOUND)

    assert newest_record(logs.client, INFREQUENT, stream()) == MOMENT
    assert slept == [0.2, 0.5]


def test_a_query_looks_back_two_hours_and_no_further(logs: Script) -> None:
    """What it reads is paid."""
    started(logs)
    answered(logs, "Complete")
    sent: list[dict[str, Any]] = []
    call = logs.client.client.meta.events

    def handler(params: dict[str, Any], **_more: Any) -> None:
        sent.append(params)

    call.register("provide-client-params.cloudwatch-logs.StartQuery", handler)
    try:
        newest_record(logs.client, INFREQUENT, stream())
    finally:
        call.unregister("provide-client-params.cloudwatch-logs.StartQuery", handler)

    assert 7200 <= sent[0]["endTime"] - sent[0]["startTime"] <= 7202


def test_one_query_too_many_at_a_time_waits_for_another_to_end(logs: Script) -> None:
    logs.fail("start_query", "LimitExceededException")
    started(logs)
    answered(logs, "Complete", FOUND)

    assert newest_record(logs.client, INFREQUENT, stream()) == MOMENT


@pytest.mark.parametrize("ingested", [None, 5])
@pytest.mark.parametrize("status", ["Failed", "Timeout", "Complete"])
def test_where_a_query_finds_nothing_the_listing_counts(logs: Script, status: str, ingested: int | None) -> None:
    started(logs)
    answered(logs, status)

    assert newest_record(logs.client, INFREQUENT, stream(ingested)) == ingested


def test_a_query_that_never_ends_is_given_up(logs: Script, slept: list[float]) -> None:
    started(logs)
    for _look in range(7):
        answered(logs, "Running")

    assert newest_record(logs.client, INFREQUENT, stream()) is None
    assert 30 <= sum(slept) <= 35


def test_a_time_that_is_none_is_nothing(logs: Script) -> None:
    started(logs)
    answered(logs, "Complete", [[{"field": "@timestamp", "value": "yesterday"}]])

    assert newest_record(logs.client, INFREQUENT, stream()) is None


def test_other_classes_are_read_directly(logs: Script) -> None:
    event = {"events": [{"timestamp": 7, "message": "m"}]}
    logs.expect("get_log_events", event, logGroupName="/x", logStreamName=NAME, limit=1, startFromHead=False)

    assert newest_record(logs.client, STANDARD, stream()) == 7


@pytest.mark.parametrize(
    ("group", "operation"), [(STANDARD, "get_log_events"), (INFREQUENT, "start_query")], ids=["standard", "infrequent"]
)
def test_a_denial_is_a_hole_or_an_error(logs: Script, group: Any, operation: str) -> None:
    """In an audit it costs nothing but itself."""
    holes = Holes()
    logs.fail(operation, "AccessDeniedException", "no")
    assert newest_record(logs.client, group, stream(5), holes) == 5
    (entry,) = holes.as_result()
    assert (entry["what"], entry["subjects"], entry["code"]) == ("newest records", ["/x"], "AccessDeniedException")
    assert "Newest records of /x could not be read" in entry["message"]
    logs.fail(operation, "AccessDeniedException", "no")
    with pytest.raises(AwsError):
        newest_record(logs.client, group, stream())
