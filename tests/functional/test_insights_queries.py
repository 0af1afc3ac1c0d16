# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role saves queries for its log groups on request, and takes them away with the log groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import QUERY_NAMES
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import Estate
from ansible_collections.netops.flow_logs.tests.functional.support.estate import build
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.unit.support.botocore_models import needs_deletion_protection

APPLY = "netops.flow_logs.apply"
REMOVE = "netops.flow_logs.remove"
WITH = {"flow_logs_insights_queries": True}
GROUPS_TOO = ["-e", "flow_logs_remove_log_groups=true", "-e", "flow_logs_removal_wait=0"]
OF_ONE = set(QUERY_NAMES) - {"traffic_by_log_group"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[AwsLike]:
    """moto alone has no saved queries."""
    with AwsLike() as aws:
        yield aws


def saved(cloud: Cloud) -> dict[str, set[str]]:
    """Folder -> names of its queries."""
    found: dict[str, set[str]] = {}
    for name in cloud.queries():
        folder, _slash, query = name.rpartition("/")
        found.setdefault(folder, set()).add(query)
    return found


def read_by(cloud: Cloud, folder: str) -> set[str]:
    """The log groups that the queries of a folder read, all of them the same."""
    (names,) = {tuple(query["logGroupNames"]) for query in cloud.queries(f"{folder}/").values()}
    return set(names)


def inventory(estate: Estate, **variables: Any) -> dict[str, Any]:
    return estate.inventory(**{key: {**WITH, **variables} for key in estate.names})


def test_a_folder_for_each_project_and_nothing_to_do_afterwards(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=1)
    check = ansible.run(APPLY, inventory(estate), ["--check", "--diff"]).succeeded()
    assert (check.calls.mutating, cloud.queries()) == ([], {})
    assert "queries in flow-logs/aws/shop/vpc (123456789012): 7 created" in check.output

    run = ansible.run(APPLY, inventory(estate)).succeeded()
    assert run.actions == check.actions
    assert saved(cloud) == {key: set(QUERY_NAMES) for key in ["flow-logs/aws/shop/vpc", "flow-logs/aws/bank/vpc"]}
    for project in ("shop", "bank"):
        assert read_by(cloud, f"flow-logs/aws/{project}/vpc") == estate.groups_of(project)
    assert "queries in flow-logs/aws/bank/vpc (123456789012): 7 created" in run.output

    again = ansible.run(APPLY, inventory(estate)).succeeded()
    assert (again.changed, again.actions, again.calls.mutating) == (0, [], [])
    assert len(again.calls.of("DescribeQueryDefinitions")) == 2


def test_nobody_gets_queries_without_asking(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    run = ansible.run(APPLY, estate.inventory()).succeeded()
    assert (run.of("insights_queries"), run.calls.of("DescribeQueryDefinitions"), cloud.queries()) == ([], [], {})


def test_hosts_of_several_deliveries_share_the_queries_of_their_project(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    hosts = inventory(estate)
    hosts["all"]["children"]["shop"]["hosts"][estate.ids[0]] = {"flow_logs_retention_in_days": 30}
    run = ansible.run(APPLY, hosts).succeeded()
    assert len(run.of("flow_log")) == 2
    assert read_by(cloud, "flow-logs/aws/shop/vpc") == estate.groups_of("shop")
    again = ansible.run(APPLY, hosts).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])


def test_a_run_for_some_hosts_takes_nothing_from_the_others(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    first, *_others = estate.ids
    ansible.run(APPLY, inventory(estate)).succeeded()
    limited = ansible.run(APPLY, inventory(estate), ["--limit", first]).succeeded()
    assert (limited.changed, limited.calls.mutating) == (0, [])

    ansible.run(REMOVE, inventory(estate), ["--limit", first, *GROUPS_TOO]).succeeded()
    left = estate.groups_of("shop") - {f"/aws/shop/vpc/{estate.names['shop'][first]}/flowlogs"}
    assert read_by(cloud, "flow-logs/aws/shop/vpc") == left


def test_queries_go_with_their_log_groups_and_not_before(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=1)
    hosts = inventory(estate)
    cloud.client("logs").put_query_definition(name="flow-logs/aws/shop/vpc/mine", queryString="limit 1")
    ansible.run(APPLY, hosts).succeeded()
    ansible.run(REMOVE, hosts, ["--limit", "shop"]).succeeded()
    assert saved(cloud)["flow-logs/aws/shop/vpc"] == {*QUERY_NAMES, "mine"}

    check = ansible.run(REMOVE, hosts, ["--limit", "shop", "--check", *GROUPS_TOO]).succeeded()
    assert check.calls.mutating == []
    run = ansible.run(REMOVE, hosts, ["--limit", "shop", *GROUPS_TOO]).succeeded()
    assert run.actions == check.actions
    assert "queries in flow-logs/aws/shop/vpc (123456789012): 7 deleted" in run.output
    assert saved(cloud) == {"flow-logs/aws/bank/vpc": set(QUERY_NAMES), "flow-logs/aws/shop/vpc": {"mine"}}
    rest = ansible.run(REMOVE, hosts, ["--limit", "shop", *GROUPS_TOO]).succeeded()
    assert (rest.changed, rest.calls.mutating) == (0, [])


@needs_deletion_protection
def test_a_log_group_that_is_kept_keeps_its_queries(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    ansible.run(APPLY, inventory(estate)).succeeded()
    protected = min(estate.groups_of("shop"))
    logs = cloud.client("logs")
    logs.put_log_group_deletion_protection(logGroupIdentifier=protected, deletionProtectionEnabled=True)
    ansible.run(REMOVE, inventory(estate), GROUPS_TOO).failed()
    assert read_by(cloud, "flow-logs/aws/shop/vpc") == {protected}
    logs.put_log_group_deletion_protection(logGroupIdentifier=protected, deletionProtectionEnabled=False)
    ansible.run(REMOVE, inventory(estate), GROUPS_TOO).succeeded()
    assert cloud.queries() == {}


def test_queries_for_a_format_of_the_users_own(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    hosts = inventory(estate, flow_logs_log_format="${interface-id} ${bytes}", flow_logs_insights_query_folder="mine")
    ansible.run(APPLY, hosts).succeeded()
    assert saved(cloud) == {"mine": {"traffic_by_interface", "traffic_by_log_group", "traffic_over_time"}}
    text = cloud.queries()["mine/traffic_over_time"]["queryString"]
    assert 'parse @message "* *" as interfaceId, bytes' in text


def test_one_folder_and_two_formats_write_nothing_at_all(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    hosts = inventory(estate)
    hosts["all"]["children"]["shop"]["hosts"][estate.ids[0]] = {"flow_logs_log_format": "${bytes}"}
    run = ansible.run(APPLY, hosts).failed()
    assert "share the folder flow-logs/aws/shop/vpc" in run.output and "flow_logs_log_format" in run.output
    assert run.calls.mutating == []


def test_a_quota_that_is_used_up_fails_the_run_and_leaves_the_flow_logs(
    emulator: AwsLike, cloud: Cloud, ansible: Ansible
) -> None:
    estate = build(cloud, "shop", each=1)
    emulator.refuse("logs:PutQueryDefinition", "LimitExceededException", "No more.", times=None)
    run = ansible.run(APPLY, inventory(estate)).failed()
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(estate.ids)
    assert cloud.queries() == {}
    assert "queries in flow-logs/aws/shop/vpc (123456789012): 7 failed" in run.output
    assert "LimitExceededException" in run.output and "A quota of the account is used up" in run.output
    emulator.use("plain")
    ansible.run(APPLY, inventory(estate)).succeeded()
    assert len(cloud.queries()) == len(QUERY_NAMES)


def test_queries_that_may_not_be_read_fail_the_run_after_the_flow_logs(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    denied = "You are not authorized to perform this operation."
    cloud.emulator.refuse("logs:DescribeQueryDefinitions", "AccessDeniedException", denied, times=1)
    run = ansible.run(APPLY, inventory(estate)).failed()
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(estate.ids)
    assert "queries in flow-logs/aws/shop/vpc (123456789012): FAILED" in run.output
    assert "lacks the permission" in run.output


def test_a_host_that_does_not_exist_is_told_once(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    estate.names["shop"]["vpc-0123456789abcdef0"] = "gone"
    run = ansible.run(APPLY, inventory(estate)).failed()
    del estate.names["shop"]["vpc-0123456789abcdef0"]
    assert read_by(cloud, "flow-logs/aws/shop/vpc") == estate.groups_of("shop")
    message = run.failures
    assert str(message).count("InvalidVpcID.NotFound") == 1


def test_the_plays_defaults_for_the_module_count(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    play = {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {"netops.flow_logs.insights_queries": {"queries": ["top_talkers"]}},
        "roles": ["netops.flow_logs.flow_logs"],
    }
    hosts = {"all": {"children": {"shop": {"hosts": {vpc: {}}, "vars": WITH}}}}
    ansible.run([play], hosts).succeeded()
    assert list(cloud.queries()) == ["flow-logs/aws/shop/vpc/top_talkers"]
