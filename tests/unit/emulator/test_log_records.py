# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading records, as docs/aws-behaviour.md section 6.6 describes it, and what telemetry rules make (2.6)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator.telemetry_rules import RULE_TAG
from ansible_collections.netops.flow_logs.tests.emulator.telemetry_rules import make_flow_log
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ACCOUNT
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import REGION
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import refused

STREAM = "eni-0123456789abcdef0-all"


def query(estate: Estate, stream: str = STREAM, since: int = 3600) -> list[Any]:
    """Results of the query for the newest event."""
    now = int(time.time())
    text = f'fields @timestamp | filter @logStream = "{stream}" | sort @timestamp desc | limit 1'
    made = estate.logs.start_query(logGroupName=GROUP, startTime=now - since, endTime=now + 1, queryString=text)
    first = estate.logs.get_query_results(queryId=made["queryId"])
    assert (first["status"], first["results"]) == ("Running", [])
    second = estate.logs.get_query_results(queryId=made["queryId"])
    assert second["status"] == "Complete"
    return list(second["results"])


@pytest.mark.parametrize("log_class", ["STANDARD", "INFREQUENT_ACCESS"])
def test_insights_sees_both_classes(estate: Estate, log_class: str) -> None:
    estate.logs.create_log_group(logGroupName=GROUP, logGroupClass=log_class)
    make_flow_log(ACCOUNT, REGION, estate.vpc(), GROUP)
    assert query(estate) == []
    estate.aws.deliver()

    ((field,),) = query(estate)

    assert field["field"] == "@timestamp" and field["value"].startswith("20")
    assert query(estate, "another-stream") == []


def test_events_of_infrequent_access_can_t_be_read_directly(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP, logGroupClass="INFREQUENT_ACCESS")
    estate.logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)

    for name, call in (
        ("GetLogEvents", lambda: estate.logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM)),
        ("FilterLogEvents", lambda: estate.logs.filter_log_events(logGroupName=GROUP)),
    ):
        got, message, status = refused(call)
        assert (got, status) == ("InvalidOperationException", 400)
        assert message == (
            f"The log group {GROUP} is of log-group-class INFREQUENT_ACCESS. {name} is not supported for this log class."
        )
    assert len(estate.logs.describe_log_streams(logGroupName=GROUP)["logStreams"]) == 1


def test_wrong_queries(estate: Estate) -> None:
    request = {"startTime": 0, "endTime": 1, "queryString": "fields @message"}
    assert code(lambda: estate.logs.start_query(logGroupName=GROUP, **request)) == "ResourceNotFoundException"
    estate.logs.create_log_group(logGroupName=GROUP)
    assert code(lambda: estate.logs.start_query(logGroupName=GROUP, **request)) == "MalformedQueryException"
    assert code(lambda: estate.logs.get_query_results(queryId="none")) == "ResourceNotFoundException"


def test_a_listing_that_lags_behind(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP)
    make_flow_log(ACCOUNT, REGION, estate.vpc(), GROUP)
    estate.aws.deliver()
    assert "lastEventTimestamp" in estate.logs.describe_log_streams(logGroupName=GROUP)["logStreams"][0]
    estate.aws.scenario.late_stream_times = True

    (stream,) = estate.logs.describe_log_streams(logGroupName=GROUP)["logStreams"]

    assert not {"lastEventTimestamp", "lastIngestionTime"} & set(stream)
    assert estate.logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM)["events"]


def test_a_rule_s_flow_log_has_its_tag_and_no_role_and_delivers(estate: Estate) -> None:
    flow_log_id = make_flow_log(ACCOUNT, REGION, estate.vpc(), GROUP)
    estate.aws.deliver()

    (entry,) = estate.flow_logs()

    assert (entry["FlowLogId"], entry["Tags"]) == (flow_log_id, [{"Key": RULE_TAG, "Value": "true"}])
    assert "DeliverLogsPermissionArn" not in entry
    assert (entry["DeliverLogsStatus"], list(estate.groups())) == ("SUCCESS", [GROUP])
