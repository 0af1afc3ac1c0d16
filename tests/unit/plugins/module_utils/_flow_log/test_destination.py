# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import Destination
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import from_aws
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group

NAME = "/aws/shop/vpc/web/flowlogs"
PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso"]


def arn(partition: str) -> str:
    return f"arn:{partition}:logs:eu-west-1:123456789012:log-group:{NAME}"


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"LogDestinationType": "cloud-watch-logs", "LogGroupName": NAME}, id="created by name"),
        pytest.param({"LogGroupName": NAME}, id="from before there were types"),
        pytest.param({"LogDestinationType": None, "LogGroupName": NAME, "LogDestination": None}, id="type null"),
        *(
            pytest.param(
                {"LogDestinationType": "cloud-watch-logs", "LogGroupName": NAME, "LogDestination": arn(partition)},
                id=f"created by ARN in {partition}",
            )
            for partition in PARTITIONS
        ),
        *(
            pytest.param(
                {"LogDestinationType": "cloud-watch-logs", "LogDestination": arn(partition)},
                id=f"ARN alone in {partition}",
            )
            for partition in PARTITIONS
        ),
        pytest.param({"LogDestination": arn("aws") + ":*"}, id="ARN with ':*'"),
        pytest.param({"LogGroupName": f"{NAME}:*", "LogDestination": arn("aws") + ":*"}, id="name and ARN with ':*'"),
        pytest.param({"LogDestination": NAME}, id="the bare name where an ARN belongs"),
    ],
)
def test_a_log_group_is_the_same_however_it_comes_back(entry: dict[str, Any]) -> None:
    assert from_aws(entry) == log_group(NAME)


def test_another_kind_is_never_taken_for_a_log_group_of_the_same_name() -> None:
    assert from_aws({"LogDestinationType": "s3", "LogDestination": NAME}) != log_group(NAME)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        pytest.param("s3", "arn:aws:s3:::bucket/folder/", id="bucket with folder"),
        pytest.param("kinesis-data-firehose", "arn:aws:firehose:eu-west-1:1:deliverystream/x", id="stream"),
    ],
)
def test_other_destinations_keep_their_arn_and_need_no_role(kind: str, place: str) -> None:
    destination = from_aws({"LogDestinationType": kind, "LogDestination": place})

    assert destination == Destination(kind, place)
    assert destination.create_arguments() == {"LogDestinationType": kind, "LogDestination": place}
    assert destination.as_result() == {"log_destination_type": kind, "log_destination": place}
    assert not destination.needs_role


def test_a_log_group_is_created_by_its_name_and_needs_a_role() -> None:
    destination = log_group(NAME)

    assert destination.create_arguments() == {"LogDestinationType": "cloud-watch-logs", "LogGroupName": NAME}
    assert destination.as_result() == {"log_destination_type": "cloud-watch-logs", "log_group_name": NAME}
    assert destination.needs_role
