# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.telemetry_rule import RULE_TAG
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import Destination
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import TWICE
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import plan_flow_logs
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.twice import Twice
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.twice import warning_of
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target

VPC, SUBNET, ENI = (Target(f"{prefix}-00000001", prefix) for prefix in ("vpc", "subnet", "eni"))
OWNERS = {SUBNET.resource_id: (VPC.resource_id,), ENI.resource_id: (SUBNET.resource_id, VPC.resource_id)}
GROUP, OLD = log_group("/aws/shop/vpc/web/flowlogs"), log_group("/aws/shop/vpc/old/flowlogs")
ARCHIVE = Destination("s3", "arn:aws:s3:::archive")
ROLE = "arn:aws:iam::123456789012:role/r"


def log(number: int, target: Target = VPC, destination: Destination = OLD, **more: Any) -> FlowLog:
    return FlowLog(target.resource_id, destination, role_arn=ROLE, flow_log_id=f"fl-{number}", **more)


def twice(*current: FlowLog, targets: tuple[Target, ...] = (VPC,), **settings: Any) -> list[Twice]:
    a_wish = Wish({"role_arn": ROLE, **settings})
    plan = plan_flow_logs(a_wish, dict.fromkeys(targets, GROUP), current, COMPARISON, owners=OWNERS)
    return list(plan.notes[TWICE])


def by(entries: list[Twice]) -> list[tuple[str, list[str]]]:
    return [(entry.resource_id, [log.flow_log_id for log in entry.flow_logs]) for entry in entries]


def test_a_name_that_changed_leaves_a_flow_log_that_goes_on() -> None:
    """The new one has no id yet: it comes first."""
    (entry,) = twice(log(1))

    told = entry.as_result()
    assert told["traffic"] == ["ACCEPT", "REJECT"]
    assert [(each["flow_log_id"], each["log_group_name"]) for each in told["flow_logs"]] == [
        (None, GROUP.name),
        ("fl-1", OLD.name),
    ]
    assert "ingested and paid twice" in told["message"] and "fl-1 to /aws/shop/vpc/old/flowlogs" in told["message"]
    assert "may be left over from another name" in told["hint"] and "flow_log_ids: [fl-1]" in told["hint"]


def test_once_it_is_there_its_id_is_known() -> None:
    (entry,) = twice(log(1))

    assert entry.is_planned
    assert by([entry.seen({VPC.resource_id: log(2, destination=GROUP)})]) == [(VPC.resource_id, ["fl-2", "fl-1"])]


def test_it_is_said_as_long_as_it_is_so() -> None:
    assert by(twice(log(1), log(2, destination=GROUP))) == [(VPC.resource_id, ["fl-2", "fl-1"])]
    assert twice(log(2, destination=GROUP)) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("ALL", "ALL", ("ACCEPT", "REJECT")),
        ("ALL", "REJECT", ("REJECT",)),
        ("ACCEPT", "ALL", ("ACCEPT",)),
        ("ACCEPT", "REJECT", ()),
    ],
)
def test_only_the_same_traffic_counts(mine: str, theirs: str, both: tuple[str, ...]) -> None:
    assert [each.traffic for each in twice(log(1, traffic_type=theirs), traffic_type=mine)] == ([both] if both else [])


@pytest.mark.parametrize(
    "other",
    [
        log(1, destination=ARCHIVE),
        log(1, facts={"DeliverLogsStatus": "FAILED"}),
        log(1, to_nowhere=True),
        log(1, Target("vpc-00000002", "vpc")),
    ],
    ids=["in S3", "failing", "to nowhere", "another's"],
)
def test_what_costs_nothing_here_does_not_count(other: FlowLog) -> None:
    assert twice(other) == []


def test_what_a_target_lies_in_records_it_too() -> None:
    """Not the other way round, and two flow logs around a target that gets none here are not its matter."""
    around = [log(1, VPC), log(2, SUBNET)]

    assert by(twice(*around, targets=(ENI,))) == [(ENI.resource_id, ["", "fl-2", "fl-1"])]
    assert twice(log(3, ENI), targets=(VPC,)) == []


def test_a_flow_log_that_a_replacement_takes_away_does_not_count() -> None:
    assert twice(log(1, destination=GROUP, traffic_type="REJECT"), traffic_type="ALL") == []


def test_a_rule_s_flow_log_is_named_as_such() -> None:
    (entry,) = twice(log(1, tags={RULE_TAG: "true"}))

    assert "fl-1 was made by a CloudWatch telemetry rule" in entry.as_result()["hint"]
    assert entry.as_result()["flow_logs"][1]["managed_by_rule"]


def test_one_warning_for_a_thousand() -> None:
    targets = tuple(Target(f"vpc-{number:08}", "vpc") for number in range(12))
    entries = [each.as_result() for each in twice(*(log(n, t) for n, t in enumerate(targets)), targets=targets)]

    (warning,) = warning_of(entries)
    assert "vpc-00000009" in warning and "vpc-00000010" not in warning and "and 2 more" in warning
    assert warning_of([]) == []
