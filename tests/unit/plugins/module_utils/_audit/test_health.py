# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.health import GroupFacts
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.health import as_text
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.health import as_time
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.health import health
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.health import is_proof
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CREATED = NOW - timedelta(days=30)
GROUP = GroupFacts({"logGroupName": "/x", "retentionInDays": 90, "storedBytes": 7})


def log(**entry: Any) -> Any:
    """As DescribeFlowLogs answers."""
    known = {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "LogGroupName": "/x", "CreationTime": CREATED}
    return from_aws({**known, "DeliverLogsStatus": "SUCCESS", **entry}, {})


@pytest.mark.parametrize(
    ("entry", "group", "age", "state", "words"),
    [
        pytest.param({}, GROUP, timedelta(minutes=10), "delivering", "2026-06-01T11:50", id="a fresh record"),
        pytest.param({}, GROUP, timedelta(days=1), "delivering", "2026-05-31T12:00", id="a record of a day ago"),
        pytest.param({}, GROUP, timedelta(days=1, seconds=1), "unproven", "since 2026-05-31T11:59:59", id="silence"),
        pytest.param({}, GROUP, None, "unproven", "proves nothing", id="no record yet"),
        pytest.param({}, None, None, "unproven", "does not exist", id="no log group"),
        pytest.param(
            {}, GROUP, timedelta(days=31), "unproven", "proves nothing", id="a record of who was there before"
        ),
        pytest.param(
            {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": "Access error"},
            GROUP,
            timedelta(minutes=1),
            "failing",
            "flow_log_iam corrects it",
            id="an access error outweighs a record",
        ),
        pytest.param(
            {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": "Rate limited"},
            GROUP,
            None,
            "failing",
            "quotas",
            id="rate limited",
        ),
        pytest.param(
            {"DeliverLogsStatus": "FAILED"}, GROUP, None, "failing", "within AWS", id="failed without a reason"
        ),
        pytest.param(
            {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": "Something new"},
            GROUP,
            None,
            "failing",
            "AWS does not deliver: Something new.",
            id="failed for a reason that nobody knows",
        ),
        pytest.param({"LogGroupName": "/x:*"}, GROUP, timedelta(0), "failing", "':*'", id="to nowhere"),
        pytest.param(
            {"LogGroupName": None, "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::b"},
            None,
            None,
            "not_checked",
            "arn:aws:s3:::b",
            id="to S3",
        ),
        pytest.param(
            {
                "LogGroupName": None,
                "LogDestinationType": "s3",
                "LogDestination": "arn:aws:s3:::b",
                "DeliverLogsStatus": "FAILED",
                "DeliverLogsErrorMessage": "Access error",
            },
            None,
            None,
            "failing",
            "Access error",
            id="S3 that refuses",
        ),
    ],
)
def test_health(entry: Any, group: Any, age: Any, state: str, words: str) -> None:
    newest = None if age is None else NOW - age

    found = health(log(**entry), group, newest, NOW)

    assert found["state"] == state
    assert words in found["message"]
    assert ("log_group_exists" in found) == (log(**entry).destination.kind == "cloud-watch-logs")


def test_what_the_log_group_tells() -> None:
    there, gone = health(log(), GROUP, NOW, NOW), health(log(), None, None, NOW)

    assert (there["log_group_exists"], there["retention_in_days"]) == (True, 90)
    assert there["newest_event_time"] == "2026-06-01T12:00:00+00:00"
    assert (gone["log_group_exists"], gone["retention_in_days"], gone["newest_event_time"]) == (False, None, None)


@pytest.mark.parametrize(
    ("interval", "seconds", "proof"),
    [(600, 0, True), (600, -600, True), (600, -601, False), (60, -61, False), (60, 3600, True)],
)
def test_a_record_bears_the_beginning_of_its_interval(interval: int, seconds: int, proof: bool) -> None:
    flow_log = log(MaxAggregationInterval=interval)

    assert is_proof(flow_log, CREATED + timedelta(seconds=seconds)) is proof


def test_without_a_time_of_creation_any_record_is_proof() -> None:
    assert is_proof(log(CreationTime=None), CREATED)


def test_times() -> None:
    assert as_time(None) is None and as_text(None) is None
    assert as_text(as_time(1_780_000_000_000)) == "2026-05-28T20:26:40+00:00"


def test_a_group_under_aws_names() -> None:
    assert GROUP.as_result() == {
        "log_group_name": "/x",
        "retention_in_days": 90,
        "stored_bytes": 7,
        "kms_key_id": None,
        "log_group_class": None,
    }
