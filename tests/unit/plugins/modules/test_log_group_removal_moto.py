# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module log_group with state absent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

NAME = "/aws/shop/vpc/web/flowlogs"
PROTECTED = "Log group is protected from deletion."
ABSENT = {"log_group_name": NAME, "state": "absent"}


def make(cloud: Cloud, *names: str) -> None:
    for name in names:
        cloud.client("logs").create_log_group(logGroupName=name)


def test_a_group_goes_with_its_records(cloud: Cloud, modules: Modules) -> None:
    make(cloud, NAME)
    cloud.client("logs").put_retention_policy(logGroupName=NAME, retentionInDays=30)

    gone = modules.change("log_group", **ABSENT)

    assert cloud.log_groups() == {}
    assert gone.calls.mutating == ["logs:DeleteLogGroup"]
    [group] = gone["log_groups"]
    assert (group["action"], group["retention_in_days"]) == ("deleted", 30)
    assert gone["actions"] == [f"delete log group {NAME} with its records"]
    assert [entry["log_group_name"] for entry in gone["diff"]["before"]["log_groups"]] == [NAME]
    assert gone["diff"]["after"] == {"log_groups": []}


def test_neighbours_stay(cloud: Cloud, modules: Modules) -> None:
    neighbours = [f"{NAME}-2", f"{NAME}/deeper", NAME[:-1], NAME.upper()]
    make(cloud, *neighbours)
    modules.rest("log_group", **ABSENT)
    make(cloud, NAME)

    modules.change("log_group", **ABSENT)

    assert sorted(cloud.log_groups()) == sorted(neighbours)


def test_a_group_for_each_resource(cloud: Cloud, modules: Modules) -> None:
    web, api, never_made = cloud.vpc("web"), cloud.vpc("api"), cloud.vpc("new")
    make(cloud, "/aws/shop/web", "/aws/shop/api", "/aws/shop/other")

    gone = modules.change(
        "log_group", log_group_name="/aws/shop/{resource_name}", resource_ids=[web, api, never_made], state="absent"
    )

    assert list(cloud.log_groups()) == ["/aws/shop/other"]
    assert [(group["log_group_name"], group["resource_ids"]) for group in gone["log_groups"]] == [
        ("/aws/shop/web", [web]),
        ("/aws/shop/api", [api]),
    ]


def test_a_resource_that_is_gone_leaves_its_group_and_a_warning(cloud: Cloud, modules: Modules) -> None:
    """Nobody knows the name any more."""
    web = cloud.vpc("web")
    make(cloud, "/aws/web", "/aws/old")
    resource_ids = [web, "vpc-0123456789abcdef0"]

    gone = modules.change("log_group", log_group_name="/aws/{resource_name}", resource_ids=resource_ids, state="absent")

    assert list(cloud.log_groups()) == ["/aws/old"]
    assert "vpc-0123456789abcdef0" in str(gone["warnings"]) and "give its name" in str(gone["warnings"])


def test_a_group_that_a_flow_log_publishes_to_is_kept(cloud: Cloud, modules: Modules) -> None:
    make(cloud, NAME)
    vpc = cloud.vpc()
    flow_log_id = cloud.flow_log(vpc, LogGroupName=NAME)
    cloud.flow_log(vpc, LogGroupName=f"{NAME}-2")

    refused = modules.refuse("log_group", **ABSENT)

    [failure] = refused["failures"]
    assert (failure["resource_id"], failure["code"]) == (NAME, "LogGroupInUse")
    assert flow_log_id in refused.msg and vpc in refused.msg
    assert refused["log_groups"][0]["action"] == "unchanged"
    assert NAME in cloud.log_groups()
    # As a play does that removes the flow log in check mode before.
    modules.run("log_group", check=True, ignored_flow_log_ids=[flow_log_id], **ABSENT)
    modules.run("flow_log", flow_log_ids=[flow_log_id], state="absent")
    modules.change("log_group", **ABSENT)


def test_a_flow_log_to_be_ignored_does_not_stand_in_the_way(cloud: Cloud, modules: Modules) -> None:
    make(cloud, NAME)
    first, second = (cloud.flow_log(vpc, LogGroupName=NAME) for vpc in cloud.vpcs(2))

    refused = modules.refuse("log_group", ignored_flow_log_ids=[first], **ABSENT)
    assert second in refused.msg and first not in refused.msg
    modules.change("log_group", ignored_flow_log_ids=[first, second], **ABSENT)


def test_a_flow_log_of_another_region_is_none_of_its_business(cloud: Cloud, modules: Modules) -> None:
    make(cloud, NAME)
    there = cloud.elsewhere(region="us-east-1")
    there.flow_log(there.vpc(), LogGroupName=NAME)

    modules.change("log_group", **ABSENT)


def test_a_protected_group_is_kept_with_a_clear_error(cloud: Cloud, modules: Modules) -> None:
    make(cloud, NAME)
    cloud.emulator.refuse("logs:DeleteLogGroup", "ValidationException", PROTECTED)

    failed = modules.fail("log_group", **ABSENT)

    [failure] = failed["failures"]
    assert (failure["resource_id"], failure["code"]) == (NAME, "DeletionProtected")
    assert "deletion_protection: false" in failed.msg
    assert (failed["changed"], failed["actions"]) == (False, [])
    assert failed["log_groups"][0]["action"] == "failed"
    assert NAME in cloud.log_groups()


def test_groups_that_are_kept_do_not_stop_the_others(cloud: Cloud, modules: Modules) -> None:
    used, free = cloud.vpcs(2)
    make(cloud, f"/aws/{used}", f"/aws/{free}")
    cloud.flow_log(used, LogGroupName=f"/aws/{used}")

    failed = modules.fail("log_group", log_group_name="/aws/{resource_id}", resource_ids=[used, free], state="absent")

    assert list(cloud.log_groups()) == [f"/aws/{used}"]
    assert failed["changed"] is True
    assert [failure["resource_id"] for failure in failed["failures"]] == [f"/aws/{used}"]


def test_operations_in_progress_are_waited_for(cloud: Cloud, modules: Modules) -> None:
    make(cloud, NAME)
    cloud.emulator.refuse("logs:DeleteLogGroup", "OperationAbortedException", "Please try again.", times=2)

    modules.change("log_group", **ABSENT)


def test_what_may_not_be_deleted_is_told(cloud: Cloud, modules: Modules) -> None:
    make(cloud, NAME)
    text = "User is not authorized to perform: logs:DeleteLogGroup"
    cloud.emulator.refuse("logs:DeleteLogGroup", "AccessDeniedException", text)

    failed = modules.fail("log_group", **ABSENT)

    assert text in failed.msg
    assert failed["changed"] is False


def test_who_can_not_see_the_flow_logs_deletes_nothing(cloud: Cloud, modules: Modules) -> None:
    """Not to be allowed to look is no proof that nothing is there."""
    make(cloud, NAME)
    text = "You are not authorized to perform this operation."
    cloud.emulator.refuse("ec2:DescribeFlowLogs", "UnauthorizedOperation", text, times=2, status=403)

    refused = modules.refuse("log_group", **ABSENT)

    assert "describe flow logs" in refused.msg
    assert NAME in cloud.log_groups()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"log_group_name": "/aws/{resource_id}"}, "give resource_ids"),
        ({"log_group_name": "/aws/{project}"}, "{project}"),
        ({"log_group_name": "/aws/web shop"}, "'/aws/web shop'"),
        ({"log_group_name": ""}, "''"),
        ({"log_group_name": NAME, "ignored_flow_log_ids": ["vpc-00000001"]}, "'vpc-00000001'"),
        ({"log_group_name": NAME, "expected_account_id": "999999999999"}, ACCOUNT),
    ],
    ids=["whose?", "no placeholder", "no name", "empty", "no flow log", "another account"],
)
def test_wrong_options_delete_nothing(cloud: Cloud, modules: Modules, options: dict[str, Any], complaint: str) -> None:
    make(cloud, NAME)
    refused = modules.refuse("log_group", state="absent", **options)
    assert complaint in refused.msg
    assert NAME in cloud.log_groups()


def test_many_groups_cost_a_call_each(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(120)
    make(cloud, *(f"/aws/{vpc}" for vpc in vpcs), "/aws/vpc-of-somebody")
    options = {"log_group_name": "/aws/{resource_id}", "resource_ids": vpcs, "state": "absent"}

    gone = modules.run("log_group", **options)

    assert list(cloud.log_groups()) == ["/aws/vpc-of-somebody"]
    counted = gone.calls.counted()
    assert counted["logs:DeleteLogGroup"] == 120
    assert (counted["ec2:DescribeFlowLogs"], counted["logs:DescribeLogGroups"]) == (1, 3)
    modules.rest("log_group", **options)
