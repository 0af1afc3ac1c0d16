# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream import Stream
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream import by_interface
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream import from_aws
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.stream import newest

ENI, OTHER = "eni-0123456789abcdef0", "eni-1123456789abcdef0"


@pytest.mark.parametrize("kind", ["all", "accept", "reject"])
def test_a_stream_of_a_flow_log(kind: str) -> None:
    entry = {"logStreamName": f"{ENI}-{kind}", "lastEventTimestamp": 7}

    assert from_aws(entry) == Stream(f"{ENI}-{kind}", ENI, kind, 7)


@pytest.mark.parametrize("name", ["i-0123456789abcdef0", f"{ENI}", f"{ENI}-ALL", f"{ENI}-all-2", f"x{ENI}-all", ""])
def test_a_stream_of_somebody_else(name: str) -> None:
    assert from_aws({"logStreamName": name}) is None


@pytest.mark.parametrize(
    ("kind", "traffic_type", "fits"),
    [
        ("all", "ALL", True),
        ("accept", "ACCEPT", True),
        ("reject", "REJECT", True),
        ("reject", "ACCEPT", False),
        ("accept", "ALL", False),
        # One flow log for accepted traffic and one for rejected write to one stream (VPC user guide, flow-logs-cwl).
        ("all", "REJECT", True),
    ],
)
def test_whose_stream_it_is(kind: str, traffic_type: str, fits: bool) -> None:
    assert Stream(f"{ENI}-{kind}", ENI, kind).fits(traffic_type) is fits


def test_the_newest() -> None:
    old, new = Stream("a", ENI, "all", 1), Stream("b", ENI, "all", 2)
    silent, rejected = Stream("c", ENI, "all"), Stream("e", ENI, "reject", 9)

    assert newest([old, new, silent, rejected], "ALL") == new
    assert newest([old, rejected], "REJECT") == rejected
    assert newest([silent], "ALL") == silent
    assert newest([rejected], "ALL") is None
    assert newest([], "ALL") is None


def test_streams_by_interface() -> None:
    one, two, other = Stream("a", ENI, "accept"), Stream("b", ENI, "reject"), Stream("c", OTHER, "all")

    assert by_interface([one, other, two]) == {ENI: [one, two], OTHER: [other]}
