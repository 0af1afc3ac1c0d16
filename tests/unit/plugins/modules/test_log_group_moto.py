# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""log_group, step by step on an emulated account."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

NAME = "/aws/shop/vpc/web/flowlogs"


def test_a_group_is_created_with_its_retention_and_tags(cloud: Cloud, modules: Modules) -> None:
    made = modules.change("log_group", log_group_name=NAME, retention_in_days=90, tags={"project": "shop"})
    (group,) = made["log_groups"]
    assert (group["action"], group["retention_in_days"], group["tags"]) == ("created", 90, {"project": "shop"})
    assert group["log_group_arn"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{NAME}"
    assert made["diff"]["before"] == {"log_groups": []}
    assert cloud.log_groups()[NAME]["retentionInDays"] == 90
    assert cloud.log_group_tags(NAME) == {"project": "shop"}


def test_a_name_alone_is_enough(cloud: Cloud, modules: Modules) -> None:
    made = modules.change("log_group", log_group_name=NAME)
    assert made.calls.mutating == ["logs:CreateLogGroup"]
    assert "retentionInDays" not in cloud.log_groups()[NAME]


def test_retention_changes_in_place_and_is_left_alone_when_left_out(cloud: Cloud, modules: Modules) -> None:
    cloud.client("logs").create_log_group(logGroupName=NAME)
    created = cloud.log_groups()[NAME]["creationTime"]
    steps: list[tuple[Any, int | None, str]] = [
        (30, 30, "logs:PutRetentionPolicy"),
        ("1096", 1096, "logs:PutRetentionPolicy"),
        ("never", None, "logs:DeleteRetentionPolicy"),
        (3653, 3653, "logs:PutRetentionPolicy"),
    ]
    for wanted, days, call in steps:
        made = modules.change("log_group", log_group_name=NAME, retention_in_days=wanted)
        assert made.calls.mutating == [call]
        assert made["log_groups"][0]["action"] == "updated"
        assert made["diff"]["after"]["log_groups"][0]["retention_in_days"] == days
        assert cloud.log_groups()[NAME].get("retentionInDays") == days
        assert cloud.log_groups()[NAME]["creationTime"] == created
    left = modules.rest("log_group", log_group_name=NAME)
    assert left["log_groups"][0]["retention_in_days"] == 3653
    assert (
        modules.rest("log_group", log_group_name=NAME, retention_in_days="3653").calls.of("ListTagsForResource") == []
    )


def test_an_existing_group_and_its_records_survive_1096_days(cloud: Cloud, modules: Modules) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName=NAME, tags={"keep": "me"})
    logs.create_log_stream(logGroupName=NAME, logStreamName="eni-1")
    made = modules.change("log_group", log_group_name=NAME, retention_in_days=1096)
    assert made.calls.mutating == ["logs:PutRetentionPolicy"]
    assert [stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName=NAME)["logStreams"]] == [
        "eni-1"
    ]
    assert cloud.log_group_tags(NAME) == {"keep": "me"}


@pytest.mark.parametrize("days", [1097, 0, -1, "forever", 30.5, "", [30]], ids=str)
def test_a_retention_that_aws_does_not_know_calls_nothing(cloud: Cloud, modules: Modules, days: Any) -> None:
    cloud.client("logs").create_log_group(logGroupName=NAME)
    for check in (True, False):
        failed = modules.fail("log_group", check=check, log_group_name=NAME, retention_in_days=days)
        assert "retention_in_days" in failed.msg
        assert failed.calls == []
    assert "retentionInDays" not in cloud.log_groups()[NAME]


def test_tags_are_set_left_alone_added_and_purged(cloud: Cloud, modules: Modules) -> None:
    cloud.client("logs").create_log_group(logGroupName=NAME, tags={"old": "1", "stage": "test"})
    modules.rest("log_group", log_group_name=NAME)
    modules.change("log_group", log_group_name=NAME, tags={"new": "2"}, purge_tags=False)
    assert cloud.log_group_tags(NAME) == {"old": "1", "stage": "test", "new": "2"}
    made = modules.change("log_group", log_group_name=NAME, resource_tags={"stage": "live"})
    assert cloud.log_group_tags(NAME) == {"stage": "live"}
    assert made["log_groups"][0]["tags"] == {"stage": "live"}
    modules.change("log_group", log_group_name=NAME, tags={})
    assert cloud.log_group_tags(NAME) == {}


def test_a_group_for_each_resource(cloud: Cloud, modules: Modules) -> None:
    web, nameless = cloud.vpc("web"), cloud.vpc()
    subnet = cloud.subnet(web, "front")
    options = {"log_group_name": "/aws/shop/vpc/{resource_name}/flowlogs", "resource_ids": [web, nameless, subnet]}
    made = modules.change("log_group", **options, retention_in_days=30)
    assert sorted(cloud.log_groups()) == sorted(f"/aws/shop/vpc/{name}/flowlogs" for name in ("web", nameless, "front"))
    assert {group["log_group_name"]: group["resource_ids"] for group in made["log_groups"]} == {
        "/aws/shop/vpc/web/flowlogs": [web],
        f"/aws/shop/vpc/{nameless}/flowlogs": [nameless],
        "/aws/shop/vpc/front/flowlogs": [subnet],
    }
    assert cloud.calls.mutating == []  # the last run of change


def test_of_many_groups_only_those_that_differ_are_written_and_shown(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(60, "net")
    options = {"log_group_name": "/aws/shop/{resource_name}", "resource_ids": vpcs, "retention_in_days": 30}
    modules.run("log_group", **options)
    cloud.client("logs").delete_retention_policy(logGroupName="/aws/shop/net-7")
    cloud.client("logs").delete_log_group(logGroupName="/aws/shop/net-8")
    made = modules.change("log_group", **options)
    assert made.calls.counted()["logs:PutRetentionPolicy"] == 2
    assert made.calls.counted()["logs:CreateLogGroup"] == 1
    after = [group["log_group_name"] for group in made["diff"]["after"]["log_groups"]]
    assert after == ["/aws/shop/net-7", "/aws/shop/net-8"]
    # 60 names come by two pages, not by a call each.
    assert modules.rest("log_group", **options).calls.counted()["logs:DescribeLogGroups"] == 2


def test_groups_of_strangers_with_the_same_beginning_are_left_alone(cloud: Cloud, modules: Modules) -> None:
    logs = cloud.client("logs")
    for number in range(120):
        logs.create_log_group(logGroupName=f"{NAME}-{number:03}")
    made = modules.change("log_group", log_group_name=NAME, retention_in_days=7)
    assert made["log_groups"][0]["action"] == "created"
    assert [name for name, group in cloud.log_groups().items() if "retentionInDays" in group] == [NAME]


def test_resources_that_do_not_exist_do_not_stop_the_others(cloud: Cloud, modules: Modules) -> None:
    web = cloud.vpc("web")
    gone = "vpc-0123456789abcdef0"
    options = {"log_group_name": "/aws/shop/{resource_name}", "resource_ids": [gone, web]}
    check = modules.fail("log_group", check=True, **options)
    real = modules.fail("log_group", **options)
    assert check["changed"] is real["changed"] is True
    assert check["actions"] == real["actions"] == ["create log group /aws/shop/web"]
    for result in (check, real):
        (failure,) = result["failures"]
        assert (failure["resource_id"], failure["code"]) == (gone, "InvalidVpcID.NotFound")
        assert REGION in failure["message"] and failure["hint"]
    assert list(cloud.log_groups()) == ["/aws/shop/web"]


def test_a_group_that_aws_refuses_does_not_stop_the_others(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(5, "net")
    cloud.emulator.refuse("logs:CreateLogGroup", "InvalidParameterException", "The specified KMS key is disabled.")
    options = {"log_group_name": "/aws/shop/{resource_name}", "resource_ids": vpcs}
    failed = modules.fail("log_group", **options)
    assert len(cloud.log_groups()) == len(failed["log_groups"]) == 4
    (failure,) = failed["failures"]
    assert failure["code"] == "InvalidParameterException"
    assert "KMS" in failure["hint"]
    modules.change("log_group", **options)


def test_throttling_is_waited_out(cloud: Cloud, modules: Modules) -> None:
    cloud.emulator.refuse("logs:CreateLogGroup", "ThrottlingException", "Rate exceeded", times=2)
    made = modules.run("log_group", log_group_name=NAME)
    assert made.calls.mutating == ["logs:CreateLogGroup"] * 3
    assert list(cloud.log_groups()) == [NAME]


def test_somebody_else_creates_the_same_group_meanwhile(cloud: Cloud, modules: Modules) -> None:
    cloud.emulator.refuse(
        "logs:CreateLogGroup", "ResourceAlreadyExistsException", "The specified log group already exists"
    )
    assert modules.run("log_group", log_group_name=NAME, retention_in_days=5)["changed"]
    assert cloud.log_groups()[NAME]["retentionInDays"] == 5


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_other_partitions(cloud: Cloud, modules: Modules, region: str, partition: str) -> None:
    name = "/aws/{account_id}/{region}/flowlogs"
    made = modules.change("log_group", log_group_name=name, region=region, tags={"a": "b"})
    (group,) = made["log_groups"]
    assert group["log_group_name"] == f"/aws/{ACCOUNT}/{region}/flowlogs"
    assert group["log_group_arn"] == f"arn:{partition}:logs:{region}:{ACCOUNT}:log-group:{group['log_group_name']}"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"tags": {"owner": "ops, network"}}, "CloudWatch Logs (log groups) takes letters", id="a comma in a tag"),
        pytest.param({"tags": {"owner": None}}, "the value is missing", id="a tag without a value"),
        pytest.param({"log_group_name": "AWS/shop"}, "does not begin with 'aws/' in any case", id="a name of AWS's own"),
        pytest.param(
            {"kms_key_id": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd"}, "is a key of us-east-1", id="another region's key"
        ),
        pytest.param({"kms_key_id": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine"}, "ARN of an alias", id="an alias"),
        pytest.param({"region": "eu-west-1 "}, "Is eu-west-1 meant?", id="a blank too many"),
        pytest.param({"region": "eu_west_1"}, "Is eu-west-1 meant?", id="underscores"),
    ],
)
def test_what_aws_would_refuse_is_refused_in_check_mode_too(
    cloud: Cloud, modules: Modules, options: dict[str, Any], said: str
) -> None:
    refused = modules.refuse("log_group", **{"log_group_name": NAME, **options})
    assert said in refused.msg
    assert set(refused.calls.names) <= {"sts:GetCallerIdentity"}
    assert cloud.log_groups() == {}


def test_a_numeric_key_beside_text_keys_becomes_text(cloud: Cloud, modules: Modules) -> None:
    modules.change("log_group", log_group_name=NAME, tags={7: 8, "owner": True})
    assert cloud.log_group_tags(NAME) == {"7": "8", "owner": "True"}
