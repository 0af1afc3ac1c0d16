# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin network as users run it, with ansible-inventory and playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from typing import cast

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import region_denied
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Refusal
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator
from ansible_collections.netops.flow_logs.tests.functional.support.inventory import PLUGIN
from ansible_collections.netops.flow_logs.tests.functional.support.inventory import show
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

APPLY = "netops.flow_logs.apply"
RETAIL, MEDIA = "111111111111", "222222222222"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
THREE_LINES = f"plugin: {PLUGIN}\nregions: [{REGION}]\nproject_tag: project\n"


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsLike]:
    with AwsLike() as aws:
        yield aws


@pytest.fixture
def emulator(aws: AwsLike) -> Emulator:
    """The one that is like AWS, in place of the usual one."""
    return cast(Any, aws)


@contextmanager
def _small_pages(aws: AwsLike) -> Iterator[None]:
    """Inside, listings come two entries at a time. The tests' own readings are not made for that."""
    aws.scenario.page_size = 2
    yield
    aws.scenario.page_size = None


def _vpc(cloud: Cloud, name: str, project: str | None = None) -> str:
    vpc = cloud.vpc(name)
    if project is not None:
        cloud.client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "project", "Value": project}])
    return vpc


def _operator(account: str) -> str:
    return f"arn:aws:iam::{account}:role/operator"


def _branch(graph: str, group: str) -> list[str]:
    """The hosts that --graph draws below a group."""
    lines = graph.splitlines()
    below = lines[lines.index(f"  |--@{group}:") + 1 :]
    stop = next((number for number, line in enumerate(below) if line.startswith("  |--")), len(below))
    return [line.strip("| -") for line in below[:stop]]


def test_three_lines_draw_the_projects(aws: AwsLike, cloud: Cloud, ansible: Ansible) -> None:
    shop = sorted(_vpc(cloud, f"shop-{number}", "shop") for number in range(3))
    bank = [_vpc(cloud, "bank", "Bank & Sons")]
    [default] = [vpc["VpcId"] for vpc in cloud.client("ec2").describe_vpcs()["Vpcs"] if vpc["IsDefault"]]
    estate = ansible.write("estate.network.yml", THREE_LINES)

    with _small_pages(aws):
        graph, listing = show(ansible, estate, "--graph"), show(ansible, estate)
    assert graph.code == 0
    assert _branch(graph.output, "shop") == shop
    assert _branch(graph.output, "Bank___Sons") == bank
    assert _branch(graph.output, "untagged") == [default]
    assert sorted(_branch(graph.output, "flow_logs_uncovered")) == sorted([*shop, *bank, default])
    assert _branch(graph.output, "flow_logs_partly_covered") == []

    assert listing.messages == ""
    assert listing.vars(bank[0])["flow_logs_project"] == "Bank & Sons"
    assert listing.vars(shop[0])["resource_tags"]["project"] == "shop"
    # Five VPCs on pages of two.
    assert listing.calls.counted() == {"sts:GetCallerIdentity": 1, "ec2:DescribeVpcs": 3, "ec2:DescribeFlowLogs": 1}


def test_limit_to_the_uncovered_mends_what_is_missing_and_then_nobody_is_left(
    aws: AwsLike, cloud: Cloud, ansible: Ansible
) -> None:
    cloud.role(trust=TRUST)
    lacking = [_vpc(cloud, "web", "shop"), _vpc(cloud, "books", "bank"), _vpc(cloud, "lost")]
    covered, half = _vpc(cloud, "old", "shop"), _vpc(cloud, "older", "shop")
    cloud.flow_log(covered, LogGroupName="/somebody/else")
    cloud.flow_log(half, LogGroupName="/somebody/else", TrafficType="REJECT")
    [default] = [vpc["VpcId"] for vpc in cloud.client("ec2").describe_vpcs()["Vpcs"] if vpc["IsDefault"]]
    before = {log["FlowLogId"] for log in cloud.flow_logs()}
    estate = str(ansible.write("estate.network.yml", THREE_LINES))

    with _small_pages(aws):
        first = ansible.run(APPLY, None, ["-i", estate, "--limit", "flow_logs_uncovered"]).succeeded()
    made = [log for log in cloud.flow_logs() if log["FlowLogId"] not in before]
    assert {log["ResourceId"]: log["LogGroupName"] for log in made} == {
        lacking[0]: "/aws/shop/vpc/web/flowlogs",
        lacking[1]: "/aws/bank/vpc/books/flowlogs",
        lacking[2]: "/aws/untagged/vpc/lost/flowlogs",
        default: f"/aws/untagged/vpc/{default}/flowlogs",
    }
    assert before <= {log["FlowLogId"] for log in cloud.flow_logs()}
    assert "is not a variable of the role" not in first.output

    # Ansible itself says that a limit leaves nobody, with an exit code of its own.
    second = ansible.run(APPLY, None, ["-i", estate, "--limit", "flow_logs_uncovered"])
    assert (second.code, second.calls.mutating, second.tasks) == (1, [], [])
    assert "leaves us with no hosts to target" in second.output
    # For those who want success: the group as the playbook's hosts.
    third = ansible.run(APPLY, None, ["-i", estate, "-e", "flow_logs_hosts=flow_logs_uncovered"]).succeeded()
    assert (third.calls.mutating, third.tasks) == ([], [])
    assert "no hosts matched" in third.output

    assert show(ansible, Path(estate)).group("flow_logs_partly_covered") == {half}
    ansible.run(APPLY, None, ["-i", estate, "--limit", "flow_logs_partly_covered"]).succeeded()
    shown = show(ansible, Path(estate))
    assert shown.group("flow_logs_partly_covered") | shown.group("flow_logs_uncovered") == set()
    assert len(shown.vars(half)["flow_logs"]) == 2


def test_everything_in_the_inventory_can_be_applied_and_is_then_covered(
    aws: AwsLike, cloud: Cloud, ansible: Ansible
) -> None:
    vpc = _vpc(cloud, "web", "shop")
    subnet = cloud.subnet(vpc, "front")
    eni = cloud.eni(subnet)
    estate = ansible.write("estate.network.yml", f"{THREE_LINES}resource_types: [vpc, subnet, eni]\n")

    with _small_pages(aws):
        ansible.run(APPLY, None, ["-i", str(estate), "--limit", "shop"]).succeeded()
    assert {log["ResourceId"]: log["LogGroupName"] for log in cloud.flow_logs()} == {
        vpc: "/aws/shop/vpc/web/flowlogs",
        subnet: "/aws/shop/vpc/front/flowlogs",
        eni: f"/aws/shop/vpc/{eni}/flowlogs",
    }
    shown = show(ansible, estate)
    assert shown.group("shop") == {vpc, subnet, eni}
    assert [each["through"] for each in shown.vars(eni)["flow_logs"]] == ["own", "subnet", "vpc"]
    assert not shown.group("shop") & shown.group("flow_logs_uncovered")


def test_a_cached_inventory_makes_no_call_until_it_is_flushed(cloud: Cloud, ansible: Ansible) -> None:
    vpc = _vpc(cloud, "web", "shop")
    cache = f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {ansible.directory / 'cache'}\n"
    account = f"assume_role_arn: {_operator(ACCOUNT)}\n"
    estate = ansible.write("estate.network.yml", THREE_LINES + account + cache)
    fresh = show(ansible, estate)
    assert "ec2:DescribeVpcs" in fresh.calls.names
    other = _vpc(cloud, "new", "bank")

    cached = show(ansible, estate)
    assert (cached.calls, cached.listing) == ([], fresh.listing)
    run = ansible.run(APPLY, None, ["-i", str(estate), "--limit", "shop"]).succeeded()
    assert cloud.flow_log_of(vpc)["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
    assert "ec2:DescribeVpcs" in run.calls.names  # the module's own, for the Name tag
    # As old as the cache; then as new as AWS.
    assert vpc in show(ansible, estate).group("flow_logs_uncovered")
    # ansible-inventory has the option since ansible-core 2.19 only.
    nothing = [{"hosts": "all", "gather_facts": False, "tasks": []}]
    flush = ansible.run(nothing, None, ["-i", str(estate), "--flush-cache"]).succeeded()
    assert "ec2:DescribeVpcs" in flush.calls.names
    flushed = show(ansible, estate)
    assert vpc not in flushed.group("flow_logs_uncovered")
    assert flushed.group("bank") == {other}
    again = show(ansible, estate)
    assert (again.calls, again.listing) == ([], flushed.listing)


def test_a_denied_region_is_a_warning_and_the_rest_is_done(aws: AwsLike, cloud: Cloud, ansible: Ansible) -> None:
    here, there = _vpc(cloud, "web", "shop"), _vpc(cloud.elsewhere(region="eu-central-1"), "web", "shop")
    aws.scenario.refusals += region_denied("me-south-1")
    text = THREE_LINES.replace(REGION, f"{REGION}, me-south-1, eu-central-1")
    estate = ansible.write("estate.network.yml", text)

    shown = show(ansible, estate)
    assert shown.group("shop") == {here, there}
    assert "left out: me-south-1: may not describe VPCs (AuthFailure" in shown.messages
    run = ansible.run(APPLY, None, ["-i", str(estate), "--limit", "shop"]).succeeded()
    assert "me-south-1: may not describe VPCs" in " ".join(run.output.split())
    for place, vpc in ((cloud, here), (cloud.elsewhere(region="eu-central-1"), there)):
        assert place.flow_log_of(vpc)["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"

    strict = show(ansible, ansible.write("strict.network.yml", text + "strict_permissions: true\n"))
    assert strict.group("shop") == set()
    assert "Regions that can't be read: me-south-1: may not describe VPCs" in strict.messages


def test_two_accounts_are_two_files_in_one_directory(cloud: Cloud, ansible: Ansible) -> None:
    retail, media = cloud.elsewhere(RETAIL), cloud.elsewhere(MEDIA)
    shop, tv = _vpc(retail, "web", "shop"), _vpc(media, "studio", "tv")
    for name, account in (("retail", RETAIL), ("media", MEDIA)):
        ansible.write(f"estate/{name}.network.yml", f"{THREE_LINES}assume_role_arn: {_operator(account)}\n")
    ansible.write("estate/group_vars/tv.yml", "flow_logs_retention_in_days: 30\n")
    estate = ansible.directory / "estate"

    shown = show(ansible, estate)
    assert (shown.group("shop"), shown.group("tv")) == ({shop}, {tv})
    assert [shown.vars(vpc)["flow_logs_account_id"] for vpc in (shop, tv)] == [RETAIL, MEDIA]

    arguments = ["-i", str(estate), "-e", "flow_logs_hosts=shop:tv"]
    ansible.run(APPLY, None, arguments).succeeded()
    assert (cloud.roles(), retail.roles(), media.roles()) == ([], [ROLE], [ROLE])
    assert retail.flow_log_of(shop)["DeliverLogsPermissionArn"] == f"arn:aws:iam::{RETAIL}:role/{ROLE}"
    assert media.log_groups()["/aws/tv/vpc/studio/flowlogs"]["retentionInDays"] == 30
    again = ansible.run(APPLY, None, arguments).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])


def test_an_account_that_can_not_be_read_does_not_stop_the_other(aws: AwsLike, cloud: Cloud, ansible: Ansible) -> None:
    tv = _vpc(cloud.elsewhere(MEDIA), "studio", "tv")
    for name, account in (("media", MEDIA), ("retail", RETAIL)):
        ansible.write(f"estate/{name}.network.yml", f"{THREE_LINES}assume_role_arn: {_operator(account)}\n")
    # The file of retail comes second.
    shown = show(ansible, ansible.directory / "estate")
    assert tv in shown.group("tv")
    assumed = [call for call in shown.calls if call.operation == "AssumeRole"]
    assert [call.parameters["RoleArn"] for call in assumed] == [_operator(MEDIA), _operator(RETAIL)]

    message = f"User is not authorized to perform: sts:AssumeRole on resource: {_operator(MEDIA)}"
    aws.scenario.refusals.append(Refusal(["sts:AssumeRole"], code="AccessDenied", message=message, times=1, status=403))
    shown = show(ansible, ansible.directory / "estate")
    assert shown.group("tv") == set()
    assert shown.group("untagged") != set()  # retail's default VPC
    assert "media.network.yml" in shown.messages
    assert message in shown.messages
