# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for records, on scripted calls and a clock of its own."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.proof import Proof
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.proof import Watch
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

NOW = datetime.now(UTC)
ENI = "eni-0123456789abcdef0"
STREAM = f"{ENI}-all"
FAILED = {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": "Access error"}


class Story:
    """One flow log of one VPC, looked at again and again."""

    def __init__(self, stubs: StubbedClients) -> None:
        self.ec2, self.logs = stubs("ec2"), stubs("logs")
        self.clock = Clock()
        self.told: list[str] = []

    def look(
        self, interfaces: bool = True, group: bool = True, listed: Any = None, event: Any = None, **entry: Any
    ) -> None:
        """What AWS answers to one look. listed: whether the stream is, and with what age of its newest event."""
        known = {
            "FlowLogId": "fl-1",
            "ResourceId": "vpc-1",
            "LogGroupName": "/x",
            "CreationTime": NOW,
            "DeliverLogsStatus": "SUCCESS",
        }
        self.ec2.expect("describe_flow_logs", {"FlowLogs": [{**known, **entry}]})
        found = [{"NetworkInterfaceId": ENI, "VpcId": "vpc-1", "SubnetId": "subnet-1"}] if interfaces else []
        self.ec2.expect("describe_network_interfaces", {"NetworkInterfaces": found})
        groups = [{"logGroupName": "/x"}] if group else []
        self.logs.expect("describe_log_groups", {"logGroups": groups})
        if not (interfaces and group):
            return
        streams = [] if listed is None else [{"logStreamName": STREAM, "lastEventTimestamp": milliseconds(listed)}]
        self.logs.expect("describe_log_streams", {"logStreams": streams})
        if event is not None:
            self.logs.expect("get_log_events", {"events": [{"timestamp": milliseconds(event), "message": "m"}]})

    def proof(self, timeout: float = 60) -> Proof:
        for script in (self.ec2, self.logs):
            # Parameters are told by the tests of the API.
            for queued in script.stubber._queue:
                queued["expected_params"] = None
        watch = Watch(self.ec2.client, self.logs.client, self.told.append, self.clock.now, self.clock.sleep)
        return watch.until_proven({"fl-1": "vpc-1"}, timeout)


def milliseconds(age: timedelta) -> int:
    return int((NOW - age).timestamp() * 1000)


@pytest.fixture
def story(stubs: StubbedClients) -> Story:
    return Story(stubs)


def test_records_are_there_already(story: Story) -> None:
    story.look(listed=timedelta(minutes=1))

    assert story.proof() == Proof(["fl-1"], [])
    assert (story.clock.slept, story.told) == ([], [])


def test_records_come_while_it_waits(story: Story) -> None:
    story.look()
    story.look()
    story.look(listed=timedelta(minutes=1))

    assert story.proof(timeout=200).delivering == ["fl-1"]
    assert story.clock.slept == [10, 10]
    assert story.told == ["waiting for the first records of 1 of 1 flow logs"] * 2


def test_the_listing_is_late_and_the_event_itself_is_read(story: Story) -> None:
    """As after a replacement: the stream is there, and what AWS lists of it is of the flow log before."""
    story.look(listed=timedelta(hours=3), event=timedelta(minutes=1))

    assert story.proof().delivering == ["fl-1"]


def test_no_traffic_yet(story: Story) -> None:
    for _time in range(4):
        story.look()

    proof = story.proof(timeout=3)

    (failure,) = proof.failures
    assert (failure.resource_id, failure.code) == ("vpc-1", "NoRecordsYet")
    assert "no traffic yet" in failure.hint and "flow_logs_verify_timeout" in failure.hint
    assert story.clock.slept == [1, 1, 1]
    assert proof.as_result()["failures"][0]["code"] == "NoRecordsYet"


def test_nothing_there_that_could_have_traffic(story: Story) -> None:
    story.look(interfaces=False)
    story.look(interfaces=False)

    (failure,) = story.proof(timeout=1).failures

    assert "no network interface" in failure.hint


def test_an_access_error_is_not_waited_for(story: Story) -> None:
    story.look(**FAILED)

    (failure,) = story.proof().failures

    assert (failure.code, story.clock.slept) == ("DeliveryFailed", [])
    assert "Access error" in failure.message and "fl-1" in failure.message


def test_an_old_access_error_may_clear_up(story: Story) -> None:
    """The role was corrected a moment ago, and AWS still says what was wrong before."""
    old = {"CreationTime": NOW - timedelta(days=3)}
    story.look(**FAILED, **old)
    story.look(listed=timedelta(minutes=1), **old)

    assert story.proof().delivering == ["fl-1"]


def test_an_old_access_error_that_stays(story: Story) -> None:
    old = {"CreationTime": NOW - timedelta(days=3)}
    story.look(**FAILED, **old)
    story.look(**FAILED, **old)

    assert [failure.code for failure in story.proof(timeout=1).failures] == ["DeliveryFailed"]


def test_a_flow_log_that_somebody_deleted_meanwhile(story: Story) -> None:
    story.ec2.expect("describe_flow_logs", {"FlowLogs": []})

    (failure,) = story.proof(timeout=0).failures

    assert (failure.resource_id, failure.code) == ("vpc-1", "InvalidFlowLogId.NotFound")
    assert "fl-1" in failure.message
