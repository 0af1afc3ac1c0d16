# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_log, step by step on an emulated account: create, leave alone, tags, templates, failures."""

from __future__ import annotations

import json

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

GROUP = "/aws/shop/vpc/flowlogs"
TO_GROUP = {"log_group_name": GROUP, "role_arn": ROLE_ARN}
DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol}"
    " ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)


def test_mixed_resources_get_flow_logs_with_awss_defaults(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    eni = cloud.eni(subnet)
    made = modules.change("flow_log", resource_ids=[eni, vpc, subnet, vpc], **TO_GROUP)
    assert [(log["resource_id"], log["action"]) for log in made["flow_logs"]] == [
        (eni, "created"),
        (vpc, "created"),
        (subnet, "created"),
    ]
    assert sorted(made.calls.mutating) == ["ec2:CreateFlowLogs"] * 3
    assert {call.parameters["ResourceType"] for call in made.calls.of("CreateFlowLogs")} == {
        "VPC",
        "Subnet",
        "NetworkInterface",
    }
    for log in made["flow_logs"]:
        real = cloud.flow_log_of(log["resource_id"])
        assert log["flow_log_id"] == real["FlowLogId"]
        assert (real["LogGroupName"], real["DeliverLogsPermissionArn"]) == (GROUP, ROLE_ARN)
        assert (real["TrafficType"], real["MaxAggregationInterval"]) == ("ALL", 600)
        assert real["LogFormat"] == log["log_format"] == DEFAULT_FORMAT
    assert made["diff"]["before"] == {"flow_logs": []}


def test_every_option_reaches_the_flow_log(cloud: Cloud, modules: Modules) -> None:
    eni = cloud.eni(cloud.subnet(cloud.vpc()))
    options = {
        **TO_GROUP,
        "resource_ids": [eni],
        "traffic_type": "REJECT",
        "max_aggregation_interval": 60,
        "log_format": "${version}  ${vpc-id}\n${srcaddr} ${action}\n",
        "tags": {"project": "shop", "cost": 42},
    }
    made = modules.change("flow_log", **options)
    real = cloud.flow_log_of(eni)
    assert real["TrafficType"] == "REJECT"
    assert real["MaxAggregationInterval"] == 60
    assert real["LogFormat"] == "${version} ${vpc-id} ${srcaddr} ${action}"
    assert real["Tags"] == made["flow_logs"][0]["tags"] == {"project": "shop", "cost": "42"}
    # Left out is left alone, with and without the role.
    modules.rest("flow_log", resource_ids=[eni], **TO_GROUP)
    modules.rest("flow_log", resource_ids=[eni], log_group_name=GROUP)


def test_tags_change_without_a_new_flow_log(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(3)
    modules.run("flow_log", resource_ids=vpcs, tags={"project": "shop", "stage": "test"}, **TO_GROUP)
    ids = {log["FlowLogId"] for log in cloud.flow_logs()}
    modules.rest("flow_log", resource_ids=vpcs, **TO_GROUP)
    added = modules.change("flow_log", resource_ids=vpcs, tags={"cost": "1"}, purge_tags=False, **TO_GROUP)
    assert {log["action"] for log in added["flow_logs"]} == {"retagged"}
    assert added.calls.mutating == ["ec2:CreateTags"]
    assert cloud.flow_log_of(vpcs[0])["Tags"] == {"project": "shop", "stage": "test", "cost": "1"}
    modules.change("flow_log", resource_ids=vpcs, tags={"stage": "live"}, **TO_GROUP)
    assert cloud.flow_log_of(vpcs[2])["Tags"] == {"stage": "live"}
    modules.change("flow_log", resource_ids=vpcs, tags={}, **TO_GROUP)
    assert cloud.flow_log_of(vpcs[1])["Tags"] == {}
    assert {log["FlowLogId"] for log in cloud.flow_logs()} == ids


def test_flow_logs_to_other_destinations_are_not_touched(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    other = cloud.flow_log(vpc, LogGroupName="/somebody/elses", TrafficType="REJECT", tags={"owner": "audit"})
    longer = cloud.flow_log(vpc, LogGroupName=f"{GROUP}-2")
    made = modules.change("flow_log", resource_ids=[vpc], tags={"a": "b"}, traffic_type="ALL", **TO_GROUP)
    assert [log["action"] for log in made["flow_logs"]] == ["created"]
    logs = {log["FlowLogId"]: log for log in cloud.flow_logs([vpc])}
    assert len(logs) == 3
    assert logs[other]["TrafficType"] == "REJECT"
    assert logs[other]["Tags"] == [{"Key": "owner", "Value": "audit"}]
    assert not logs[longer].get("Tags")


@pytest.mark.parametrize("end", ["", ":*"], ids=["arn", "arn with :*"])
def test_a_flow_log_that_was_made_by_arn_is_the_same_one(cloud: Cloud, modules: Modules, end: str) -> None:
    vpc = cloud.vpc()
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}{end}"
    flow_log_id = cloud.flow_log(vpc, LogDestination=arn)
    same = modules.rest("flow_log", resource_ids=[vpc], **TO_GROUP)
    told = [(log["flow_log_id"], log["log_group_name"], log["log_destination"]) for log in same["flow_logs"]]
    assert told == [(flow_log_id, GROUP, arn)]
    modules.change("flow_log", resource_ids=[vpc], tags={"a": "b"}, **TO_GROUP)
    assert cloud.flow_log_of(vpc)["FlowLogId"] == flow_log_id


def test_templates_name_groups_after_resources(cloud: Cloud, modules: Modules) -> None:
    web, nameless = cloud.vpc("web"), cloud.vpc()
    front, plain = cloud.subnet(web, "front"), cloud.subnet(nameless)
    card, bare = cloud.eni(front, "card"), cloud.eni(plain)
    resources = [web, nameless, front, plain, card, bare]
    template = "/aws/{account_id}/{region}/{resource_type}/{vpc_name}/{resource_name}"
    options = {"resource_ids": resources, "log_group_name": template, "role_arn": ROLE_ARN}
    made = modules.change("flow_log", **options)
    names = [log["log_group_name"].removeprefix(f"/aws/{ACCOUNT}/{REGION}/") for log in made["flow_logs"]]
    assert names == [
        "vpc/web/web",
        f"vpc/{nameless}/{nameless}",
        "subnet/web/front",
        f"subnet/{nameless}/{plain}",
        "eni/web/card",
        f"eni/{nameless}/{bare}",
    ]
    by_id = {**options, "log_group_name": "/aws/{vpc_id}/{resource_id}"}
    made = modules.change("flow_log", **by_id)
    assert [log["log_group_name"] for log in made["flow_logs"]][-1] == f"/aws/{nameless}/{bare}"
    assert made.calls.of("DescribeVpcs") == []  # a VPC knows its own id


def test_a_vpc_is_read_for_its_name_also_when_only_its_card_is_a_target(cloud: Cloud, modules: Modules) -> None:
    eni = cloud.eni(cloud.subnet(cloud.vpc("web")))
    options = {"resource_ids": [eni], "log_group_name": "/aws/{vpc_name}", "role_arn": ROLE_ARN}
    assert modules.change("flow_log", **options)["flow_logs"][0]["log_group_name"] == "/aws/web"


@pytest.mark.parametrize("name", ["web shop", "naïve", "a:b", "x" * 500, "web{region}", "日本"])
def test_a_name_tag_that_makes_no_log_group_name_fails_its_target_alone(
    cloud: Cloud, modules: Modules, name: str
) -> None:
    good = cloud.vpc("good")
    (bad,) = cloud.vpcs(1)
    cloud.client("ec2").create_tags(Resources=[bad], Tags=[{"Key": "Name", "Value": name}])
    options = {"resource_ids": [good, bad], "log_group_name": "/aws/shop/vpc/{resource_name}"}
    for module, own in (("log_group", {}), ("flow_log", {"role_arn": ROLE_ARN})):
        for check in (True, False):
            result = modules.fail(module, check=check, **options, **own)
            assert [failure["resource_id"] for failure in result["failures"]] == [bad]
            assert bad in result.msg and name in result.msg and good not in result.msg
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [good]
    assert set(cloud.log_groups()) == {"/aws/shop/vpc/good"}


def test_a_name_tag_of_blanks_counts_as_none(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc("  ")
    options = {"resource_ids": [vpc], "log_group_name": "/aws/{resource_name}", "role_arn": ROLE_ARN}
    assert modules.change("flow_log", **options)["flow_logs"][0]["log_group_name"] == f"/aws/{vpc}"


@pytest.mark.parametrize("template", [GROUP, "/aws/{resource_name}"], ids=["one group", "template"])
def test_resources_that_do_not_exist_do_not_stop_the_others(cloud: Cloud, modules: Modules, template: str) -> None:
    vpcs = cloud.vpcs(5)
    subnet = cloud.subnet(vpcs[0])
    gone = ["vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "eni-0123456789abcdef0"]
    resources = [vpcs[0], gone[0], *vpcs[1:], gone[1], subnet, gone[2]]
    foretold = modules.fail("flow_log", check=True, resource_ids=resources, log_group_name=template, role_arn=ROLE_ARN)
    failed = modules.fail("flow_log", resource_ids=resources, log_group_name=template, role_arn=ROLE_ARN)
    assert failed["changed"] is True
    assert (foretold["changed"], foretold["actions"]) == (True, failed["actions"])
    for told in (foretold, failed):
        assert sorted((entry["resource_id"], entry["code"].lower()) for entry in told["failures"]) == sorted(
            (one, f"invalid{kind}id.notfound") for one, kind in zip(gone, ("vpc", "subnet", "networkinterface"), strict=True)
        )
    assert len(failed["actions"]) == 6
    assert sorted(log["ResourceId"] for log in cloud.flow_logs()) == sorted([*vpcs, subnet])
    assert {log["resource_id"]: log["action"] for log in failed["flow_logs"]} == dict.fromkeys(
        [*vpcs, subnet], "created"
    )
    assert {entry["resource_id"]: entry["code"] for entry in failed["failures"]} == {
        gone[0]: "InvalidVpcID.NotFound",
        gone[1]: "InvalidSubnetID.NotFound",
        gone[2]: "InvalidNetworkInterfaceID.NotFound",
    }
    for entry in failed["failures"]:
        assert entry["resource_id"] in entry["message"]
        assert entry["hint"]
        assert entry["resource_id"] in failed.msg
    # The next run goes on from there.
    again = modules.fail("flow_log", resource_ids=resources, log_group_name=template, role_arn=ROLE_ARN)
    assert again["changed"] is False
    modules.rest("flow_log", resource_ids=[*vpcs, subnet], log_group_name=template, role_arn=ROLE_ARN)


def test_check_mode_looks_for_new_targets_only_and_the_run_itself_for_none(cloud: Cloud, modules: Modules) -> None:
    old, new = cloud.vpcs(2)
    cloud.flow_log(old, LogGroupName=GROUP)
    options = {"resource_ids": [old, new], "log_group_name": GROUP, "role_arn": ROLE_ARN}
    check = modules.run("flow_log", check=True, **options)
    [asked] = check.calls.of("DescribeVpcs")
    assert new in str(asked) and old not in str(asked)
    assert "ec2:DescribeVpcs" not in modules.run("flow_log", **options).calls.names
    assert "ec2:DescribeVpcs" not in modules.run("flow_log", check=True, **options).calls.names


def test_check_mode_says_so_when_it_may_not_look(cloud: Cloud, modules: Modules) -> None:
    (vpc,) = cloud.vpcs(1)
    modules.emulator.refuse("ec2:DescribeVpcs", "UnauthorizedOperation", "No.", status=403)
    check = modules.run("flow_log", check=True, resource_ids=[vpc], log_group_name=GROUP, role_arn=ROLE_ARN)
    assert [log["action"] for log in check["flow_logs"]] == ["created"]
    assert f"Whether {vpc}" in str(check["warnings"]) and "could not be seen" in str(check["warnings"])


def test_a_new_flow_log_needs_a_role(cloud: Cloud, modules: Modules) -> None:
    old, new = cloud.vpcs(2)
    cloud.flow_log(old, LogGroupName=GROUP)
    failed = modules.refuse("flow_log", resource_ids=[old, new], log_group_name=GROUP)
    (entry,) = failed["failures"]
    assert (entry["resource_id"], entry["code"]) == (new, "RoleArnRequired")
    assert "role_arn" in entry["hint"]


def test_a_missing_pass_role_prints_the_policy_to_attach(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(4)
    text = "You are not authorized to perform this operation."
    cloud.emulator.refuse("ec2:CreateFlowLogs", "UnauthorizedOperation", text, times=10, status=403)
    failed = modules.fail("flow_log", resource_ids=vpcs, **TO_GROUP)
    assert failed["changed"] is False
    assert {entry["resource_id"] for entry in failed["failures"]} == set(vpcs)
    for entry in failed["failures"]:
        assert entry["message"] == text
        policy = json.dumps({"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN})
        assert policy in entry["hint"]
    assert len(failed.calls.of("CreateFlowLogs")) <= 3


def test_a_role_that_is_too_new_is_waited_for(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    text = "Unable to assume given IAM role"
    cloud.emulator.refuse("ec2:CreateFlowLogs", "InvalidParameter", text, times=1)
    assert modules.run("flow_log", resource_ids=[vpc], **TO_GROUP)["changed"]
    assert len(cloud.flow_logs()) == 1
    cloud.emulator.refuse("ec2:CreateFlowLogs", "InvalidParameter", text, times=9)
    (other,) = cloud.vpcs(1)
    failed = modules.fail("flow_log", resource_ids=[other], wait_timeout=0, **TO_GROUP)
    assert len(failed.calls.of("CreateFlowLogs")) == 1
    assert "vpc-flow-logs.amazonaws.com" in failed["failures"][0]["hint"]


def test_throttling_is_waited_out(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    for operation in ("ec2:DescribeFlowLogs", "ec2:CreateFlowLogs"):
        cloud.emulator.refuse(operation, "RequestLimitExceeded", "Request limit exceeded.", times=2, status=503)
    modules.change("flow_log", resource_ids=[vpc], **TO_GROUP)


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_other_partitions(cloud: Cloud, modules: Modules, region: str, partition: str) -> None:
    there = cloud.elsewhere(region=region)
    vpc = there.vpc("web")
    role = f"arn:{partition}:iam::{ACCOUNT}:role/flow-logs"
    options = {
        "resource_ids": [vpc],
        "log_group_name": "/aws/{region}/{resource_name}",
        "role_arn": role,
        "region": region,
    }
    modules.change("flow_log", **options)
    real = there.flow_log_of(vpc)
    assert (real["LogGroupName"], real["DeliverLogsPermissionArn"]) == (f"/aws/{region}/web", role)
    assert cloud.flow_logs() == []
