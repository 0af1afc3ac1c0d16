# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_log where a flow log has to give way to another one, and where there are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto.ec2.models.flow_logs import FlowLogsBackend

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

GROUP = "/aws/shop/vpc/flowlogs"
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
TO_GROUP = {"log_group_name": GROUP, "role_arn": ROLE_ARN}
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"


@pytest.mark.parametrize(
    ("option", "value", "name"),
    [
        ("traffic_type", "REJECT", "TrafficType"),
        ("max_aggregation_interval", 60, "MaxAggregationInterval"),
        ("log_format", "${version} ${srcaddr} ${action}", "LogFormat"),
        ("role_arn", OTHER_ROLE, "DeliverLogsPermissionArn"),
    ],
)
def test_a_setting_that_differs_means_a_new_flow_log(
    cloud: Cloud, modules: Modules, option: str, value: Any, name: str
) -> None:
    """The emulator refuses a second flow log to the same group, so the old one has to go first."""
    vpc = cloud.vpc()
    old = cloud.flow_log(vpc, LogGroupName=GROUP, tags={"project": "shop"})
    made = modules.change("flow_log", resource_ids=[vpc], **{**TO_GROUP, option: value})
    real = cloud.flow_log_of(vpc)
    assert real[name] == value
    assert real["FlowLogId"] != old
    assert real["Tags"] == {"project": "shop"}
    (log,) = made["flow_logs"]
    assert (log["action"], log["flow_log_id"], log["replaced_flow_log_ids"]) == ("replaced", real["FlowLogId"], [old])
    (action,) = made["actions"]
    assert old in action and option in action and str(value) in action
    # All else is as it was.
    others = {
        "TrafficType": "ALL",
        "MaxAggregationInterval": 600,
        "DeliverLogsPermissionArn": ROLE_ARN,
        "LogGroupName": GROUP,
    }
    assert {key: real[key] for key in others if key != name} == {key: others[key] for key in others if key != name}


def test_many_at_once_where_only_some_differ(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(6)
    for number, vpc in enumerate(vpcs[:4]):
        cloud.flow_log(vpc, LogGroupName=GROUP, TrafficType="ALL" if number % 2 else "ACCEPT")
    made = modules.change("flow_log", resource_ids=vpcs, traffic_type="ALL", tags={"a": "b"}, **TO_GROUP)
    assert [log["action"] for log in made["flow_logs"]] == [
        "replaced",
        "retagged",
        "replaced",
        "retagged",
        "created",
        "created",
    ]
    assert {(log["ResourceId"], log["TrafficType"]) for log in cloud.flow_logs()} == {(vpc, "ALL") for vpc in vpcs}
    assert len(cloud.flow_logs()) == 6


def test_a_refused_replacement_puts_the_old_flow_log_back(cloud: Cloud, modules: Modules) -> None:
    bad, good = cloud.vpcs(2)
    old = cloud.flow_log(bad, LogGroupName=GROUP, tags={"project": "shop"}, MaxAggregationInterval=60)
    cloud.flow_log(good, LogGroupName=GROUP)
    # The first call is the one that asks for both at once and is refused because of the old ones.
    format_of_mine = "${version} ${srcaddr} ${no-such-field}"
    text = "Value for parameter LogFormat is invalid: unknown field no-such-field"
    refused = modules.emulator
    refused.refuse("ec2:CreateFlowLogs", "FlowLogAlreadyExists", "There is an existing Flow Log", times=1)
    refused.refuse("ec2:CreateFlowLogs", "InvalidParameterValue", text, times=1)
    failed = modules.fail("flow_log", resource_ids=[bad], log_format=format_of_mine, **TO_GROUP)
    real = cloud.flow_log_of(bad)
    assert real["FlowLogId"] != old
    assert real["MaxAggregationInterval"] == 60
    assert "no-such-field" not in real["LogFormat"]
    assert real["Tags"] == {"project": "shop"}
    (entry,) = failed["failures"]
    assert entry["code"] == "InvalidParameterValue"
    assert text in entry["message"] and "put back" in entry["message"]
    # Deleted and made again is a change, and says so.
    assert failed["changed"] is True
    (shown,) = failed["flow_logs"]
    assert shown["flow_log_id"] == real["FlowLogId"]


def test_a_replacement_can_be_forbidden(cloud: Cloud, modules: Modules) -> None:
    differs, fits, new = cloud.vpcs(3)
    old = cloud.flow_log(differs, LogGroupName=GROUP)
    cloud.flow_log(fits, LogGroupName=GROUP, TrafficType="REJECT", MaxAggregationInterval=60)
    options = {"traffic_type": "REJECT", "max_aggregation_interval": 60, "allow_replace": False, **TO_GROUP}
    refused = modules.refuse("flow_log", resource_ids=[differs, fits], **options)
    (entry,) = refused["failures"]
    assert (entry["resource_id"], entry["code"]) == (differs, "ReplaceNotAllowed")
    assert "traffic_type from ALL to REJECT" in entry["message"]
    assert "max_aggregation_interval from 600 to 60" in entry["message"]
    assert "allow_replace" in entry["hint"]
    # The others are done.
    failed = modules.fail("flow_log", resource_ids=[differs, fits, new], **options)
    assert failed["actions"] == [f"create a flow log of {new} to {GROUP}"]
    assert cloud.flow_log_of(differs)["FlowLogId"] == old
    modules.change("flow_log", resource_ids=[fits], tags={"a": "b"}, **options)


@pytest.fixture
def several_allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As AWS does, the emulator lets flow logs of different settings share a group."""
    create = FlowLogsBackend.create_flow_logs

    def with_settings(self: Any, *args: Any, **kwargs: Any) -> Any:
        hidden = {key: log for key, log in self.flow_logs.items() if not _same(log, args, kwargs)}
        for key in hidden:
            del self.flow_logs[key]
        try:
            return create(self, *args, **kwargs)
        finally:
            self.flow_logs.update(hidden)

    monkeypatch.setattr(FlowLogsBackend, "create_flow_logs", with_settings)
    yield


def _same(log: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    names = (
        "resource_type",
        "resource_ids",
        "traffic_type",
        "deliver_logs_permission_arn",
        "log_destination_type",
        "log_destination",
        "log_group_name",
        "log_format",
        "max_aggregation_interval",
    )
    wanted = {**dict(zip(names, args, strict=False)), **kwargs}
    return all(getattr(log, name) == str(wanted[name]) for name in ("traffic_type", "log_format")) and (
        log.max_aggregation_interval == int(wanted["max_aggregation_interval"])
    )


def test_where_aws_allows_a_second_one_nothing_goes_unrecorded(
    cloud: Cloud, modules: Modules, several_allowed: None
) -> None:
    vpcs = cloud.vpcs(3)
    old = {cloud.flow_log(vpc, LogGroupName=GROUP) for vpc in vpcs}
    options = {"resource_ids": vpcs, "traffic_type": "ACCEPT", **TO_GROUP}
    check = modules.run("flow_log", check=True, **options)
    made = modules.run("flow_log", **options)
    assert made.calls.mutating == ["ec2:CreateFlowLogs", "ec2:DeleteFlowLogs"]
    assert check["actions"] == made["actions"]
    assert {log["TrafficType"] for log in cloud.flow_logs()} == {"ACCEPT"}
    assert {old_id for log in made["flow_logs"] for old_id in log["replaced_flow_log_ids"]} == old
    modules.rest("flow_log", **options)


def test_accepted_and_rejected_traffic_share_a_group(cloud: Cloud, modules: Modules, several_allowed: None) -> None:
    vpc = cloud.vpc()
    options = {"resource_ids": [vpc], "lookup": "traffic_type", **TO_GROUP}
    modules.change("flow_log", traffic_type="ACCEPT", **options)
    made = modules.change("flow_log", traffic_type="REJECT", **options)
    assert [(log["action"], log["traffic_type"]) for log in made["flow_logs"]] == [("created", "REJECT")]
    modules.change("flow_log", traffic_type="REJECT", tags={"a": "b"}, **options)
    changed = modules.change("flow_log", traffic_type="ACCEPT", max_aggregation_interval=60, **options)
    assert [log["action"] for log in changed["flow_logs"]] == ["replaced"]
    assert sorted((log["TrafficType"], log["MaxAggregationInterval"]) for log in cloud.flow_logs([vpc])) == [
        ("ACCEPT", 60),
        ("REJECT", 600),
    ]
    # Without saying which, two of one destination are ambiguous, and none is touched.
    plain = {"resource_ids": [vpc], **TO_GROUP}
    refused = modules.refuse("flow_log", **plain)
    (entry,) = refused["failures"]
    assert entry["code"] == "AmbiguousFlowLogs"
    assert "traffic_type" in entry["hint"]
    assert len(cloud.flow_logs([vpc])) == 2


def test_what_an_interrupted_replacement_left_is_cleared_up(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    old = cloud.flow_log(vpc, LogGroupName=GROUP, TrafficType="ALL")
    new = cloud.flow_log(vpc, LogDestination=GROUP_ARN, TrafficType="REJECT")
    made = modules.change("flow_log", resource_ids=[vpc], traffic_type="REJECT", **TO_GROUP)
    assert made["flow_logs"][0]["replaced_flow_log_ids"] == [old]
    assert made.calls.mutating == ["ec2:DeleteFlowLogs"]
    assert cloud.flow_log_of(vpc)["FlowLogId"] == new


def test_hundreds_are_read_and_created_by_few_calls(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(350, "net")
    options = {"resource_ids": vpcs, "tags": {"project": "shop"}, **TO_GROUP}
    made = modules.run("flow_log", **options)
    assert len(made["flow_logs"]) == len(cloud.flow_logs()) == 350
    assert sorted(len(call.values("ResourceId")) for call in made.calls.of("CreateFlowLogs")) == [50, 300]
    _filters_of_200_at_most(made)
    assert len(made.calls) <= 8
    rest = modules.run("flow_log", **options)
    assert (rest["changed"], rest.calls.counted()) == (False, {"sts:GetCallerIdentity": 1, "ec2:DescribeFlowLogs": 2})

    named = modules.run("flow_log", check=True, **{**options, "log_group_name": "/aws/{resource_name}"})
    assert len(named["actions"]) == 350
    _filters_of_200_at_most(named)

    changed = modules.run("flow_log", **{**options, "tags": {"project": "bank"}})
    assert [len(call.values("ResourceId")) for call in changed.calls.of("CreateTags")] == [200, 150]
    assert {log["action"] for log in changed["flow_logs"]} == {"retagged"}


def _filters_of_200_at_most(result: Any) -> None:
    for call in result.calls:
        if call.operation.startswith("Describe"):
            assert 0 < len(call.values("Filter.1.Value")) <= 200


def test_one_missing_among_hundreds(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(320)
    gone = "vpc-0123456789abcdef0"
    failed = modules.fail("flow_log", resource_ids=[*vpcs[:170], gone, *vpcs[170:]], **TO_GROUP)
    assert [entry["resource_id"] for entry in failed["failures"]] == [gone]
    assert len(cloud.flow_logs()) == len(failed["actions"]) == 320
    assert len(failed.calls) <= 14
