# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The apply playbook and the role on an estate of thirty targets in two projects."""

from __future__ import annotations

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.estate import build
from ansible_collections.netops.flow_logs.tests.functional.support.modules import predictable
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import MODULES
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

APPLY = "netops.flow_logs.apply"


def test_two_projects_from_nothing(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank")
    inventory = estate.inventory(
        shop={"flow_logs_retention_in_days": 90, "flow_logs_tags": {"project": "shop"}},
        bank={"flow_logs_traffic_type": "REJECT", "flow_logs_max_aggregation_interval": 60},
    )
    check = ansible.run(APPLY, inventory, ["--check", "--diff", "--forks", "10"]).succeeded()
    assert check.calls.mutating == []
    assert check.changed > 0
    assert "+++ after" in check.output

    real = ansible.run(APPLY, inventory, ["--forks", "10"]).succeeded()
    assert real.failed_hosts == []
    assert real.actions == check.actions
    for module in MODULES:
        assert [predictable(_without_diff(result)) for result in check.of(module)] == [
            predictable(_without_diff(result)) for result in real.of(module)
        ]
    assert real.module_runs == 5  # IAM, and for two projects log groups and flow logs

    assert (cloud.roles(), cloud.policies(), cloud.attached("role", ROLE)) == ([ROLE], [POLICY], [POLICY])
    groups = cloud.log_groups()
    assert set(groups) == estate.groups_of("shop") | estate.groups_of("bank")
    assert {groups[name].get("retentionInDays") for name in estate.groups_of("shop")} == {90}
    assert {groups[name].get("retentionInDays") for name in estate.groups_of("bank")} == {None}
    assert len(cloud.flow_logs()) == 30
    for project, traffic, interval, tags in (("shop", "ALL", 600, {"project": "shop"}), ("bank", "REJECT", 60, {})):
        for resource_id, name in estate.names[project].items():
            log = cloud.flow_log_of(resource_id)
            assert log["LogGroupName"] == f"/aws/{project}/vpc/{name}/flowlogs"
            assert (log["TrafficType"], log["MaxAggregationInterval"], log["Tags"]) == (traffic, interval, tags)
            assert (log["DeliverLogsPermissionArn"], log["DeliverLogsStatus"]) == (ROLE_ARN, "SUCCESS")
            told = (resource_id, log["FlowLogId"], "created", log["LogGroupName"])
            assert any(all(text in line for text in told) for line in real.output.splitlines()), told
            assert any(resource_id in line and "would be created" in line for line in check.output.splitlines())

    again = ansible.run(APPLY, inventory).succeeded()
    assert (again.changed, again.actions, again.calls.mutating) == (0, [], [])
    assert "15 unchanged" in again.output


def _without_diff(result: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in result.items() if key not in ("diff", "_ansible_no_log")}


def test_limit_leaves_the_other_project_alone(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=2)
    ansible.run(APPLY, estate.inventory(), ["--limit", "bank"]).succeeded()
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(estate.names["bank"])
    assert set(cloud.log_groups()) == estate.groups_of("bank")
    one, *_others = estate.names["shop"]
    ansible.run(APPLY, estate.inventory(), ["--limit", one, "-e", "flow_logs_hosts=shop"]).succeeded()
    assert {log["ResourceId"] for log in cloud.flow_logs()} == {*estate.names["bank"], one}


def test_serial_batches_come_to_the_same(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=2)
    play = [{**PLAY[0], "serial": 7}]
    run = ansible.run(play, estate.inventory(), ["--forks", "10"]).succeeded()
    assert run.failed_hosts == []
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(estate.ids)
    assert set(cloud.log_groups()) == estate.groups_of("shop") | estate.groups_of("bank")
    assert run.module_runs == 8  # the first batch has a host of bank, the second only those


def test_the_playbook_among_plays_of_ones_own(cloud: Cloud, ansible: Ansible) -> None:
    """A host that failed before is left out, even the first one; the others are done at once, and the plays go on."""
    estate = build(cloud, "shop", "bank", each=1)
    settings = {"flow_logs_log_group_name": "/of/{{ ansible_play_batch | length }}/{{ flow_logs_project }}"}
    inventory = estate.inventory(shop=settings, bank=settings)
    fails = {
        "ansible.builtin.fail": {"msg": "this host is out"},
        "when": "inventory_hostname == ansible_play_hosts_all[0]",
    }
    plays = [
        {"hosts": "all", "gather_facts": False, "tasks": [fails]},
        {"ansible.builtin.import_playbook": APPLY},
        {"hosts": "all", "gather_facts": False, "tasks": [{"name": "after", "ansible.builtin.debug": {}}]},
    ]
    run = ansible.run(plays, inventory)
    (out,) = run.failed_hosts
    assert {log["ResourceId"] for log in cloud.flow_logs()} == {*estate.ids} - {out}
    assert set(cloud.log_groups()) == {"/of/5/shop", "/of/5/bank"}
    assert len(run.of("flow_log_iam")) == 1
    assert {task["host"] for task in run.tasks if task["task"] == "after"} == {*estate.ids} - {out}
    assert "Traceback" not in run.output


def test_after_the_playbook_later_plays_go_on_without_the_hosts_that_failed(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=1)
    inventory = estate.inventory(bank={"flow_logs_traffic_type": "SOME"})
    after = {"hosts": "all", "gather_facts": False, "tasks": [{"name": "after", "ansible.builtin.debug": {}}]}
    run = ansible.run([{"ansible.builtin.import_playbook": APPLY}, after], inventory).failed()
    assert "flow_logs_traffic_type" in run.output
    assert len([task for task in run.tasks if task["action"] == "netops.flow_logs.converge"]) == 1
    assert {task["host"] for task in run.tasks if task["task"] == "after"} == set(estate.names["shop"])
    assert sorted(run.failed_hosts) == sorted(estate.names["bank"])
    assert set(cloud.log_groups()) == estate.groups_of("shop")


def test_a_change_of_variables_is_carried_out_and_shown(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=2)
    before = {"flow_logs_retention_in_days": "30", "flow_logs_tags": {"stage": "test"}}
    after = {
        "flow_logs_retention_in_days": "never",
        "flow_logs_tags": {"stage": "live"},
        "flow_logs_traffic_type": "ACCEPT",
        "flow_logs_log_format": "${version} ${srcaddr} ${action}",
        "flow_logs_iam_tags": {"owner": "network"},
    }
    ansible.run(APPLY, estate.inventory(shop=before)).succeeded()
    check = ansible.run(APPLY, estate.inventory(shop=after), ["--check", "--diff"]).succeeded()
    assert check.calls.mutating == []
    for line in ("traffic_type", "ACCEPT", '"stage": "live"', "retention_in_days 30"):
        assert line in check.output
    real = ansible.run(APPLY, estate.inventory(shop=after), ["--diff"]).succeeded()
    assert check.actions == real.actions
    assert len(cloud.flow_logs()) == 6
    for resource_id in estate.ids:
        log = cloud.flow_log_of(resource_id)
        assert (log["TrafficType"], log["LogFormat"]) == ("ACCEPT", after["flow_logs_log_format"])
        assert log["Tags"] == {"stage": "live"}
    for name, group in cloud.log_groups().items():
        assert "retentionInDays" not in group
        assert cloud.log_group_tags(name) == {"stage": "live"}
    assert cloud.client("iam").get_role(RoleName=ROLE)["Role"]["Tags"] == [{"Key": "owner", "Value": "network"}]
    assert "replaced" in real.output


def test_a_thousand_targets_cost_no_more_than_a_few_calls(cloud: Cloud, ansible: Ansible) -> None:
    vpcs = cloud.vpcs(1000, "net")
    variables = {"flow_logs_log_group_name": "/aws/{{ flow_logs_project }}/flowlogs"}
    inventory = {"all": {"children": {"shop": {"hosts": {vpc: {} for vpc in vpcs}, "vars": variables}}}}
    made = ansible.run(APPLY, inventory).succeeded()
    assert (len(cloud.flow_logs()), made.module_runs) == (1000, 3)
    assert len(made.calls) <= 30
    again = ansible.run(APPLY, inventory).succeeded()
    assert (again.changed, again.module_runs) == (0, 3)
    assert len(again.calls) <= 15
