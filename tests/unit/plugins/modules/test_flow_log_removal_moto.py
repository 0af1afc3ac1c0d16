# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module flow_log with state absent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

GROUP = "/aws/shop/vpc/flowlogs"
ABSENT = {"log_group_name": GROUP, "state": "absent"}


def ids(cloud: Cloud) -> set[str]:
    return {entry["FlowLogId"] for entry in cloud.flow_logs()}


def failures(data: Any) -> dict[str, str]:
    return {entry["resource_id"]: entry["code"] for entry in data["failures"]}


def test_the_flow_logs_of_all_kinds_of_resources_go(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    targets = [vpc, subnet, cloud.eni(subnet)]
    modules.run("flow_log", resource_ids=targets, log_group_name=GROUP, role_arn=ROLE_ARN, tags={"a": "b"})
    stays = cloud.flow_log(cloud.vpc(), LogGroupName=GROUP)

    gone = modules.change("flow_log", resource_ids=targets, **ABSENT)

    assert ids(cloud) == {stays}
    assert gone.calls.mutating == ["ec2:DeleteFlowLogs"]
    assert [(log["resource_id"], log["action"], log["tags"]) for log in gone["flow_logs"]] == [
        (target, "deleted", {"a": "b"}) for target in targets
    ]
    assert [log["flow_log_id"] for log in gone["diff"]["before"]["flow_logs"]] == [
        log["flow_log_id"] for log in gone["flow_logs"]
    ]
    assert gone["diff"]["after"] == {"flow_logs": [], "covered_by": []}
    assert all(target in sentence for target, sentence in zip(targets, gone["actions"], strict=True))


def test_flow_logs_to_other_places_stay(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    cloud.client("s3").create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION})
    stay = {
        cloud.flow_log(vpc, LogGroupName="/somebody/elses"),
        cloud.flow_log(vpc, LogGroupName=f"{GROUP}-2"),
        cloud.flow_log(vpc, LogDestinationType="s3", LogDestination="arn:aws:s3:::archive"),
    }
    modules.rest("flow_log", resource_ids=[vpc], **ABSENT)
    doomed = cloud.flow_log(vpc, LogGroupName=GROUP)

    gone = modules.change("flow_log", resource_ids=[vpc], **ABSENT)

    assert [log["flow_log_id"] for log in gone["flow_logs"]] == [doomed]
    assert ids(cloud) == stay


def test_a_log_group_and_its_records_stay(cloud: Cloud, modules: Modules) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="eni-1")
    vpc = cloud.vpc()
    cloud.flow_log(vpc, LogGroupName=GROUP)

    modules.change("flow_log", resource_ids=[vpc], **ABSENT)

    assert len(logs.describe_log_streams(logGroupName=GROUP)["logStreams"]) == 1


@pytest.mark.parametrize("end", ["", ":*"], ids=["arn", "arn with :*"])
def test_a_flow_log_that_was_made_by_arn_goes(cloud: Cloud, modules: Modules, end: str) -> None:
    vpc = cloud.vpc()
    cloud.flow_log(vpc, LogDestination=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}{end}")

    modules.change("flow_log", resource_ids=[vpc], **ABSENT)

    assert ids(cloud) == set()


def test_settings_are_not_looked_at(cloud: Cloud, modules: Modules) -> None:
    """It goes whatever it records and whatever the options say of that: the flow log of a resource to a group is one."""
    vpc = cloud.vpc()
    cloud.flow_log(vpc, LogGroupName=GROUP, TrafficType="REJECT", MaxAggregationInterval=60)

    modules.change("flow_log", resource_ids=[vpc], traffic_type="ALL", role_arn=ROLE_ARN, tags={"a": "b"}, **ABSENT)


def test_a_template_means_each_resources_own_group(cloud: Cloud, modules: Modules) -> None:
    web, api = cloud.vpc("web"), cloud.vpc("api")
    modules.run(
        "flow_log", resource_ids=[web, api], log_group_name="/aws/shop/{resource_name}/flowlogs", role_arn=ROLE_ARN
    )
    stays = cloud.flow_log(web, LogGroupName="/aws/shop/api/flowlogs")

    options = {"log_group_name": "/aws/shop/{resource_name}/flowlogs", "state": "absent"}
    gone = modules.change("flow_log", resource_ids=[web, api], **options)

    assert ids(cloud) == {stays}
    assert len(gone["flow_logs"]) == 2


def test_other_regions_are_not_touched(cloud: Cloud, modules: Modules) -> None:
    there = cloud.elsewhere(region="us-east-1")
    vpc = there.vpc()
    there.flow_log(vpc, LogGroupName=GROUP)

    modules.rest("flow_log", resource_ids=[vpc], **ABSENT)
    modules.change("flow_log", resource_ids=[vpc], region="us-east-1", **ABSENT)


# Owners.


@pytest.mark.parametrize("owner", ["vpc", "subnet"])
def test_the_owners_flow_log_is_not_removed_through_a_card(cloud: Cloud, modules: Modules, owner: str) -> None:
    vpc = cloud.vpc("web")
    subnet = cloud.subnet(vpc)
    eni = cloud.eni(subnet)
    owner_id = {"vpc": vpc, "subnet": subnet}[owner]
    flow_log_id = cloud.flow_log(owner_id, LogGroupName=GROUP)

    refused = modules.refuse("flow_log", resource_ids=[eni], **ABSENT)

    assert failures(refused) == {eni: "CoveredByOwner"}
    assert owner_id in refused.msg and flow_log_id in refused.msg
    assert f"there: {owner_id} owns it" in refused.msg
    assert [(entry["owner_id"], entry["flow_log_id"]) for entry in refused["covered_by"]] == [(owner_id, flow_log_id)]
    assert refused["flow_logs"] == []
    # As the message says.
    modules.change("flow_log", resource_ids=[owner_id], **ABSENT)
    modules.rest("flow_log", resource_ids=[eni], **ABSENT)


def test_a_subnet_that_its_vpc_covers(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    cloud.flow_log(vpc, LogGroupName=GROUP)

    assert failures(modules.refuse("flow_log", resource_ids=[subnet], **ABSENT)) == {subnet: "CoveredByOwner"}


def test_an_owner_that_goes_along_is_no_complaint(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    eni = cloud.eni(subnet)
    cloud.flow_log(vpc, LogGroupName=GROUP)

    gone = modules.change("flow_log", resource_ids=[eni, subnet, vpc], **ABSENT)

    assert gone["covered_by"] == []
    assert "warnings" not in gone, gone["warnings"]


def test_the_owners_flow_log_to_elsewhere_is_told(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    eni = cloud.eni(cloud.subnet(vpc))
    cloud.flow_log(eni, LogGroupName=GROUP)
    stays = cloud.flow_log(vpc, LogGroupName="/somebody/elses")

    gone = modules.change("flow_log", resource_ids=[eni], **ABSENT)

    assert ids(cloud) == {stays}
    assert [entry["flow_log_id"] for entry in gone["covered_by"]] == [stays]
    assert stays in str(gone["warnings"])


def test_the_owners_flow_log_stays_when_the_cards_own_goes(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    eni = cloud.eni(cloud.subnet(vpc))
    stays, goes = cloud.flow_log(vpc, LogGroupName=GROUP), cloud.flow_log(eni, LogGroupName=GROUP)

    foretold = modules.run("flow_log", check=True, resource_ids=[eni], **ABSENT)
    gone = modules.run("flow_log", resource_ids=[eni], **ABSENT)

    assert foretold["actions"] == gone["actions"]
    assert [log["flow_log_id"] for log in gone["flow_logs"]] == [goes]
    assert ids(cloud) == {stays}
    assert vpc in str(gone["warnings"]) and stays in str(gone["warnings"])
    # From here on the card has none of its own.
    assert failures(modules.refuse("flow_log", resource_ids=[eni], **ABSENT)) == {eni: "CoveredByOwner"}


def test_one_that_is_covered_does_not_stop_the_others(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    covered, own = (cloud.eni(cloud.subnet(vpc, cidr=cidr)) for cidr in ("10.0.1.0/24", "10.0.2.0/24"))
    stays = cloud.flow_log(vpc, LogGroupName=GROUP)
    cloud.flow_log(own, LogGroupName=GROUP)

    failed = modules.fail("flow_log", resource_ids=[covered, own], **ABSENT)

    assert failures(failed) == {covered: "CoveredByOwner"}
    assert failed["changed"] is True
    assert ids(cloud) == {stays}


# By id.


def test_by_id_whatever_the_destination(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    first, second = cloud.flow_log(vpc, LogGroupName=GROUP), cloud.flow_log(vpc, LogGroupName="/other")
    stays = cloud.flow_log(vpc, LogGroupName="/third")
    wanted = [first, second, "fl-0123456789abcdef0"]

    gone = modules.change("flow_log", flow_log_ids=wanted, state="absent")

    assert {log["flow_log_id"] for log in gone["flow_logs"]} == {first, second}
    assert ids(cloud) == {stays}


def test_by_id_only_those_of_the_resources(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    eni = cloud.eni(cloud.subnet(vpc))
    of_vpc, of_eni = cloud.flow_log(vpc, LogGroupName=GROUP), cloud.flow_log(eni, LogGroupName=GROUP)

    failed = modules.fail("flow_log", flow_log_ids=[of_vpc, of_eni], resource_ids=[eni], state="absent")

    assert failures(failed) == {of_vpc: "NotTheOwner"}
    assert f"resource_ids: [{vpc}]" in failed.msg
    assert ids(cloud) == {of_vpc}
    modules.refuse("flow_log", flow_log_ids=[of_vpc, of_eni], resource_ids=[eni], state="absent")
    modules.change("flow_log", flow_log_ids=[of_vpc, of_eni], resource_ids=[vpc], state="absent")


# Resources that are gone.


def test_resources_that_are_gone_do_not_stop_the_others(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc("web")
    cloud.flow_log(vpc, LogGroupName="/aws/web")
    gone = ["vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "eni-0123456789abcdef0"]

    done = modules.change("flow_log", resource_ids=[*gone, vpc], log_group_name="/aws/{resource_name}", state="absent")

    assert ids(cloud) == set()
    assert all(resource_id in str(done["warnings"]) for resource_id in gone)


def test_a_flow_log_outlives_its_resource(cloud: Cloud, modules: Modules) -> None:
    eni = cloud.eni(cloud.subnet(cloud.vpc()), "card")
    flow_log_id = cloud.flow_log(eni, LogGroupName="/aws/card")
    cloud.client("ec2").delete_network_interface(NetworkInterfaceId=eni)

    refused = modules.refuse("flow_log", resource_ids=[eni], log_group_name="/aws/{resource_name}", state="absent")
    assert failures(refused) == {eni: "ResourceGone"}
    assert f"flow_log_ids: [{flow_log_id}]" in refused.msg

    modules.change("flow_log", resource_ids=[eni], log_group_name="/aws/card", state="absent")


# What AWS refuses.


def test_what_may_not_be_deleted_stays_and_says_why(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(3)
    for vpc in vpcs:
        cloud.flow_log(vpc, LogGroupName=GROUP)
    text = "You are not authorized to perform this operation."
    cloud.emulator.refuse("ec2:DeleteFlowLogs", "UnauthorizedOperation", text, status=403)

    failed = modules.fail("flow_log", resource_ids=vpcs, **ABSENT)

    assert set(failures(failed)) == set(vpcs)
    assert (failed["changed"], failed["actions"]) == (False, [])
    assert "lacks the permission" in failed.msg
    assert {log["action"] for log in failed["flow_logs"]} == {"unchanged"}
    assert len(ids(cloud)) == 3
    modules.change("flow_log", resource_ids=vpcs, **ABSENT)


def test_throttling_is_waited_out(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    cloud.flow_log(vpc, LogGroupName=GROUP)
    for operation in ("ec2:DescribeFlowLogs", "ec2:DeleteFlowLogs"):
        cloud.emulator.refuse(operation, "RequestLimitExceeded", "Request limit exceeded.", times=2, status=503)

    modules.change("flow_log", resource_ids=[vpc], **ABSENT)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"resource_ids": ["vpc-00000001"]}, "needs log_group_name, or flow_log_ids"),
        ({"log_group_name": GROUP}, "resource_ids, flow_log_ids"),
        ({}, "resource_ids, flow_log_ids"),
        ({"flow_log_ids": ["fl-00000001"], "log_group_name": GROUP}, "mutually exclusive"),
        ({"flow_log_ids": ["vpc-00000001"]}, "'vpc-00000001'"),
        ({"resource_ids": ["vpc-00000001"], "log_group_name": GROUP, "lookup": "traffic_type"}, "traffic_type"),
    ],
    ids=["to where?", "of what?", "nothing", "both", "no flow log", "which traffic?"],
)
def test_wrong_options_call_nothing(cloud: Cloud, modules: Modules, options: dict[str, Any], complaint: str) -> None:
    refused = modules.refuse("flow_log", state="absent", **options)
    assert complaint in refused.msg
    assert refused.calls == []


def test_ids_of_flow_logs_are_for_removal_only(cloud: Cloud, modules: Modules) -> None:
    refused = modules.refuse("flow_log", flow_log_ids=["fl-00000001"], role_arn=ROLE_ARN)
    assert "resource_ids" in refused.msg


def test_the_credentials_of_another_account_remove_nothing(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    cloud.flow_log(vpc, LogGroupName=GROUP)
    refused = modules.refuse("flow_log", resource_ids=[vpc], expected_account_id="999999999999", **ABSENT)
    assert ACCOUNT in refused.msg
    assert refused.calls.names == ["sts:GetCallerIdentity"]


def test_a_thousand_vpcs_cost_a_dozen_calls(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(1000)
    modules.run("flow_log", resource_ids=vpcs, log_group_name=GROUP, role_arn=ROLE_ARN)

    gone = modules.run("flow_log", resource_ids=vpcs, **ABSENT)

    assert len(gone["flow_logs"]) == 1000
    assert ids(cloud) == set()
    assert gone.calls.counted() == {"sts:GetCallerIdentity": 1, "ec2:DescribeFlowLogs": 10, "ec2:DeleteFlowLogs": 1}
