# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role in plays of all kinds, and two plays at the same time."""

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import build
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

ROLE_NAME = "netops.flow_logs.flow_logs"


@pytest.mark.parametrize("how", ["include_role", "roles"])
def test_hosts_that_a_condition_excludes_are_left_alone(cloud: Cloud, ansible: Ansible, how: str) -> None:
    estate = build(cloud, "bank", "shop", each=1)
    inventory = estate.inventory()
    inventory["all"]["hosts"] = {"db-server": {"flow_logs_traffic_type": "SOME"}}
    condition = "'bank' in group_names"
    call = {
        "include_role": {"tasks": [{"ansible.builtin.include_role": {"name": ROLE_NAME}, "when": condition}]},
        "roles": {"roles": [{"role": ROLE_NAME, "when": condition}]},
    }[how]
    # The first host has to meet the condition when the role is called by roles: it decides for a task that runs once.
    play = {"hosts": "bank:shop:db-server", "gather_facts": False, **call}
    ansible.run([play], inventory).succeeded()
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(estate.names["bank"])


def test_only_the_tagged_role_of_a_play_runs_whole(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    boom = {"name": "not asked for", "ansible.builtin.fail": {"msg": "not asked for"}}
    by_import = {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [boom, {"ansible.builtin.import_role": {"name": ROLE_NAME}, "tags": ["flowlogs"]}],
    }
    ansible.run([by_import], estate.inventory(), ["--tags", "flowlogs"]).succeeded()
    assert len(cloud.flow_logs()) == 3
    applied = {"name": ROLE_NAME, "apply": {"tags": ["flowlogs"]}}
    by_include = {
        "hosts": "all",
        "gather_facts": False,
        "vars": {"flow_logs_tags": {"second": "run"}},
        "tasks": [boom, {"ansible.builtin.include_role": applied, "tags": ["flowlogs"]}],
    }
    ansible.run([by_include], estate.inventory(), ["--tags", "flowlogs"]).succeeded()
    assert cloud.flow_log_of(estate.ids[0])["Tags"] == {"second": "run"}


def test_settings_of_the_play_and_its_hosts_do_not_reach_the_controllers_work(cloud: Cloud, ansible: Ansible) -> None:
    """Hosts are resources, not machines: no connection, no become, no failure of another host matters."""
    estate = build(cloud, "shop", each=1)
    inventory = estate.inventory(
        shop={
            "ansible_connection": "ssh",
            "ansible_host": "192.0.2.1",
            "ansible_user": "nobody",
            "ansible_become": True,
            "ansible_become_user": "no-such-user",
            "ansible_python_interpreter": "/no/such/python",
        }
    )
    vpc, *others = estate.ids
    play = {
        "hosts": "all",
        "gather_facts": False,
        "become": True,
        "remote_user": "nobody",
        "environment": {"AWS_REGION": "eu-west-1"},
        "pre_tasks": [{"ansible.builtin.fail": {"msg": "this host is out"}, "when": f"inventory_hostname == '{vpc}'"}],
        "roles": [ROLE_NAME],
        "post_tasks": [{"name": "after", "ansible.builtin.debug": {"var": "ansible_play_hosts"}}],
    }
    run = ansible.run([play], inventory, env={"AWS_REGION": None})
    assert run.failed_hosts == [vpc]
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(others)
    assert sorted(task["host"] for task in run.tasks if task["task"] == "after") == sorted(others)


def test_two_plays_at_the_same_time(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", "bank", each=4)
    inventory = estate.inventory(shop={"flow_logs_tags": {"project": "shop"}}, bank={"flow_logs_retention_in_days": 7})
    play = [{"hosts": "all", "gather_facts": False, "serial": 12, "roles": [ROLE_NAME]}]
    reverse = [{**play[0], "order": "reverse_inventory"}]
    running = [ansible.start(each, inventory, ["--forks", "10"]) for each in (play, reverse)]
    for run in [each.wait() for each in running]:
        run.succeeded()
        assert run.failed_hosts == []
    assert (cloud.roles(), cloud.policies(), cloud.attached("role", ROLE)) == ([ROLE], [POLICY], [POLICY])
    assert len(cloud.policy_versions()) == 1
    assert sorted(log["ResourceId"] for log in cloud.flow_logs()) == sorted(estate.ids)
    assert set(cloud.log_groups()) == estate.groups_of("shop") | estate.groups_of("bank")
    again = ansible.run(play, inventory).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])
