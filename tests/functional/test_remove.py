# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remove playbook: what goes, what stays, and what is said of what is left over."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import build
from ansible_collections.netops.flow_logs.tests.functional.support.estate import hosts
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

APPLY = "netops.flow_logs.apply"
REMOVE = "netops.flow_logs.remove"
NO_WAIT = ["-e", "flow_logs_removal_wait=0"]


def _owners(cloud: Cloud) -> set[str]:
    return {log["ResourceId"] for log in cloud.flow_logs()}


def test_one_project_goes_and_the_other_stays(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=2)
    inventory = estate.inventory()
    ansible.run(APPLY, inventory).succeeded()
    before = {log["FlowLogId"]: log for log in cloud.flow_logs()}
    doomed = [log for log in before.values() if log["ResourceId"] in estate.names["shop"]]

    check = ansible.run(REMOVE, inventory, ["--limit", "shop", "--check", "--diff"]).succeeded()
    assert check.calls.mutating == []
    for log in doomed:
        gone = [line for line in check.output.splitlines() if line.startswith(f"-flow log of {log['ResourceId']}: ")]
        assert len(gone) == 1 and f"flow_log_id {log['FlowLogId']}" in gone[0]
        assert f"{log['FlowLogId']} would be deleted" in check.output
    assert not any(log["FlowLogId"] in check.output for log in before.values() if log not in doomed)

    run = ansible.run(REMOVE, inventory, ["--limit", "shop"]).succeeded()
    assert run.actions == check.actions
    assert set(run.calls.mutating) == {"ec2:DeleteFlowLogs"}
    assert _owners(cloud) == set(estate.names["bank"])
    assert set(cloud.log_groups()) == estate.groups_of("shop") | estate.groups_of("bank")
    assert (cloud.roles(), cloud.policies(), cloud.attached("role", ROLE)) == ([ROLE], [POLICY], [POLICY])
    assert "Log groups and their records are kept." in run.output
    assert f"role {ROLE} is used by 6 more flow logs" in run.output

    again = ansible.run(REMOVE, inventory, ["--limit", "shop"]).succeeded()
    assert (again.changed, again.actions, again.calls.mutating) == (0, [], [])


def test_the_last_project_names_what_is_left_and_removes_it_on_request(cloud: Cloud, ansible: Ansible) -> None:
    cloud.role("Bystander")
    cloud.policy("Bystanders")
    estate = build(cloud, "shop", each=1)
    inventory = estate.inventory()
    ansible.run(APPLY, inventory).succeeded()

    check = ansible.run(REMOVE, inventory, ["--check", *NO_WAIT, "-e", "flow_logs_remove_iam=true"]).succeeded()
    first = ansible.run(REMOVE, inventory).succeeded()
    told = next(line for line in first.output.splitlines() if "nothing uses" in line)
    assert f"role {ROLE} and policy {POLICY}" in told
    assert "-e flow_logs_remove_iam=true" in told
    assert sorted(cloud.roles()) == ["Bystander", ROLE]

    last = ansible.run(REMOVE, inventory, ["-e", "flow_logs_remove_iam=true"]).succeeded()
    assert first.actions + last.actions == _in_order(check.actions, first.actions)
    assert (cloud.roles(), cloud.policies()) == (["Bystander"], ["Bystanders"])
    assert set(cloud.log_groups()) == estate.groups_of("shop")
    rest = ansible.run(REMOVE, inventory, ["-e", "flow_logs_remove_iam=true"]).succeeded()
    assert (rest.changed, rest.calls.mutating) == (0, [])


def test_a_role_that_serves_a_stream_as_well_is_kept(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    inventory = estate.inventory()
    ansible.run(APPLY, inventory).succeeded()
    stays = cloud.flow_log_elsewhere(cloud.vpc(), "firehose")

    run = ansible.run(REMOVE, inventory, [*NO_WAIT, "-e", "flow_logs_remove_iam=true"]).succeeded()

    assert (cloud.roles(), cloud.attached("role", ROLE)) == ([ROLE], [POLICY])
    assert [log["FlowLogId"] for log in cloud.flow_logs()] == [stays]
    assert stays in run.output


def _in_order(predicted: list[str], first: list[str]) -> list[str]:
    """The prediction of one run, in the order of the two that did it."""
    return first + [action for action in predicted if action not in first]


def test_log_groups_go_only_when_asked_for_and_only_those_of_the_project(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=1)
    inventory = estate.inventory()
    ansible.run(APPLY, inventory).succeeded()
    flags = ["--limit", "shop", *NO_WAIT, "-e", "flow_logs_remove_log_groups=true"]

    check = ansible.run(REMOVE, inventory, [*flags, "--check"]).succeeded()
    assert check.calls.mutating == []
    run = ansible.run(REMOVE, inventory, flags).succeeded()
    assert run.actions == check.actions
    assert set(cloud.log_groups()) == estate.groups_of("bank")
    order = run.calls.mutating
    assert order.index("logs:DeleteLogGroup") > max(i for i, name in enumerate(order) if name == "ec2:DeleteFlowLogs")
    for name in estate.groups_of("shop"):
        assert any(name in line and "deleted with its records" in line for line in run.output.splitlines())
    assert ansible.run(REMOVE, inventory, flags).succeeded().changed == 0


def test_a_log_group_that_another_project_writes_to_is_kept(cloud: Cloud, ansible: Ansible) -> None:
    mine, theirs = cloud.vpc("mine"), cloud.vpc("theirs")
    shared = {"flow_logs_log_group_name": "/aws/shared"}
    inventory: dict[str, Any] = {
        "all": {"children": {"shop": {"hosts": {mine: {}}}, "bank": {"hosts": {theirs: {}}}}, "vars": shared}
    }
    ansible.run(APPLY, inventory).succeeded()

    run = ansible.run(
        REMOVE, inventory, ["--limit", "shop", *NO_WAIT, "-e", "flow_logs_remove_log_groups=true"]
    ).failed()
    assert _owners(cloud) == {theirs}
    assert set(cloud.log_groups()) == {"/aws/shared"}
    assert "LogGroupInUse" in run.output
    assert f"of {theirs} still publishes to it" in run.output


def test_an_interface_that_its_vpc_covers_keeps_being_recorded_and_the_message_says_by_whom(
    cloud: Cloud, ansible: Ansible
) -> None:
    vpc = cloud.vpc("web")
    eni = cloud.eni(cloud.subnet(vpc, "web"), "card")
    where = {"flow_logs_log_group_name": "/aws/shop"}
    ansible.run(APPLY, hosts("shop", [vpc], **where)).succeeded()
    log = cloud.flow_log_of(vpc)

    run = ansible.run(REMOVE, hosts("shop", [eni], **where)).failed()
    assert run.calls.mutating == []
    message = run.failures
    assert vpc in message
    assert log["FlowLogId"] in message
    assert f"there: {vpc} owns it" in message

    other_place = ansible.run(REMOVE, hosts("shop", [eni])).succeeded()
    assert other_place.calls.mutating == []
    warning = " ".join(other_place.output.split())
    assert f"{eni} is still recorded by {log['FlowLogId']} of {vpc}" in warning


def test_with_the_least_privilege_nothing_waits_for_records_on_their_way(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    inventory = hosts("shop", [vpc], flow_logs_least_privilege=True, flow_logs_remove_log_groups=True)
    ansible.run(APPLY, inventory).succeeded()

    run = ansible.run(REMOVE, inventory, ["-e", "flow_logs_removal_wait=3600"]).succeeded()
    assert cloud.log_groups() == {}
    assert run.log and "waiting" not in run.log


def test_what_the_same_run_removes_elsewhere_covers_nobody(cloud: Cloud, ansible: Ansible) -> None:
    """A VPC and an interface in it, in two projects that share a log group, and with settings that differ."""
    vpc = cloud.vpc("web")
    eni = cloud.eni(cloud.subnet(vpc))
    inventory = {
        "all": {
            "vars": {"flow_logs_log_group_name": "/aws/shared"},
            "children": {
                "shop": {"hosts": {vpc: {}}},
                "bank": {"hosts": {eni: {}}, "vars": {"flow_logs_traffic_type": "REJECT"}},
            },
        }
    }
    ansible.run("netops.flow_logs.apply", inventory, ["--limit", "shop"]).succeeded()
    for arguments in (["--check"], []):
        run = ansible.run("netops.flow_logs.remove", inventory, arguments).succeeded()
        assert "CoveredByOwner" not in run.output and "still recorded by" not in run.output
    assert cloud.flow_logs() == []

    ansible.run("netops.flow_logs.apply", inventory).succeeded()
    alone = ansible.run("netops.flow_logs.remove", inventory, ["--limit", "bank"]).succeeded()
    assert f"{eni} is still recorded by" in alone.output
    assert "resource_ids" not in alone.output
    ansible.run("netops.flow_logs.remove", inventory).succeeded()
    assert cloud.flow_logs() == []
