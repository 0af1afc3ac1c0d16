# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as changed, what is refused, and what later tasks and plays can use."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import hosts
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.recap import LATER
from ansible_collections.netops.flow_logs.tests.functional.support.recap import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.recap import UNKNOWN
from ansible_collections.netops.flow_logs.tests.functional.support.recap import partly_unknown
from ansible_collections.netops.flow_logs.tests.functional.support.recap import play
from ansible_collections.netops.flow_logs.tests.functional.support.recap import went_on


def test_hosts_that_changed_count_as_changed_and_no_others(cloud: Cloud, ansible: Ansible) -> None:
    good = sorted(cloud.vpc(f"net-{number}") for number in range(4))
    inventory = hosts("shop", good)
    ansible.run("netops.flow_logs.apply", inventory, ["--limit", ",".join(good[:3])]).succeeded()
    for runs in ([{"import_playbook": "netops.flow_logs.apply"}], [play()]):
        run = ansible.run(runs, inventory, ["--check"]).succeeded()
        assert {host for host, counts in run.recap.items() if counts["changed"]} == {good[3]}
    # More than are counted one by one: the task counts, once.
    run = ansible.run([play()], inventory, ["-e", "flow_logs_count_changed_hosts=0"]).succeeded()
    assert run.changed == 1


def test_a_playbook_that_is_imported_twice_shows_each_host_once(cloud: Cloud, ansible: Ansible) -> None:
    first, second = cloud.vpc("first"), cloud.vpc("second")
    inventory = {"all": {"children": {"shop": {"hosts": {first: {}}}, "bank": {"hosts": {second: {}}}, "none": {}}}}
    plays = [
        {"import_playbook": "netops.flow_logs.apply", "vars": {"flow_logs_hosts": group}}
        for group in ("shop", "bank", "none")
    ]
    run = ansible.run(plays, inventory).succeeded()
    assert {host: counts["changed"] for host, counts in run.recap.items() if host.startswith("vpc-")} == {
        first: 1,
        second: 1,
    }


def test_names_that_are_patterns_to_ansible_fail_alone_too(cloud: Cloud, ansible: Ansible) -> None:
    good = cloud.vpc("good")
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {good: {}, "Web VPC (prod)": {"flow_logs_resource_id": UNKNOWN[0]}, "shop": {}}}
            }
        }
    }
    run = ansible.run("netops.flow_logs.apply", inventory).failed()
    assert sorted(run.failed_hosts) == ["Web VPC (prod)", "shop"]


def test_a_strategy_that_would_do_all_hosts_for_each_host_is_refused(cloud: Cloud, ansible: Ansible) -> None:
    good, inventory = partly_unknown(cloud, 2)
    run = ansible.run([play(strategy="ansible.builtin.free")], inventory).failed()
    assert "bypasses the host loop" in run.output
    assert cloud.flow_logs() == [] and good


def test_a_tag_that_no_task_has_is_not_taken_for_nothing_to_do(cloud: Cloud, ansible: Ansible) -> None:
    good, inventory = partly_unknown(cloud, 1)
    run = ansible.run("netops.flow_logs.apply", inventory, ["--tags", "flowlogs"]).failed()
    assert "--tags flowlogs: this playbook has no such tag" in run.output
    assert cloud.flow_logs() == []
    ansible.run("netops.flow_logs.apply", hosts("shop", good), ["--tags", "flow_logs"]).succeeded()
    assert len(cloud.flow_logs()) == 1


def test_one_failure_for_all_where_that_is_asked_for(cloud: Cloud, ansible: Ansible) -> None:
    _good, inventory = partly_unknown(cloud, 2)
    run = ansible.run([play(), LATER], inventory, ["-e", "flow_logs_fail_each_host=false"]).failed()
    (only,) = run.failed_hosts
    assert all(host in run.failures_of(only) for host in UNKNOWN)
    assert went_on(run) == set()


def test_an_include_for_the_first_host_alone_still_fails_and_says_what_to_leave_out(
    cloud: Cloud, ansible: Ansible
) -> None:
    good, inventory = partly_unknown(cloud, 2)
    include = {"ansible.builtin.include_role": {"name": ROLE}, "run_once": True}
    run = ansible.run([{"hosts": "all", "gather_facts": False, "tasks": [include]}], inventory).failed()
    (only,) = run.failed_hosts
    assert all(host in run.failures_of(only) for host in UNKNOWN)
    assert "Leave run_once out" in run.output
    assert len(cloud.flow_logs()) == len(good)


def test_a_condition_of_each_host_leaves_out_the_hosts_that_do_not_meet_it(cloud: Cloud, ansible: Ansible) -> None:
    good, inventory = partly_unknown(cloud, 3)
    include = {"ansible.builtin.include_role": {"name": ROLE}, "when": f"inventory_hostname != '{UNKNOWN[0]}'"}
    run = ansible.run([{"hosts": "all", "gather_facts": False, "tasks": [include]}, LATER], inventory).failed()
    assert run.failed_hosts == [UNKNOWN[1]]
    assert went_on(run) == {UNKNOWN[0], *good}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"flow_logs_call_timeout": "{{ nobody_set_this }}"}, "nobody_set_this"),
        ({"flow_logs_call_timeout": 0}, "flow_logs_call_timeout is 0"),
        ({"flow_logs_fail_each_host": "perhaps"}, "flow_logs_fail_each_host"),
    ],
)
def test_a_setting_of_the_whole_run_that_is_wrong_for_the_first_host_fails_that_host_alone(
    cloud: Cloud, ansible: Ansible, wrong: dict[str, Any], said: str
) -> None:
    first, second = sorted([cloud.vpc("a"), cloud.vpc("b")])
    inventory = hosts("shop", [first, second])
    inventory["all"]["children"]["shop"]["hosts"][first] = wrong
    run = ansible.run("netops.flow_logs.apply", inventory).failed()
    assert run.failed_hosts == [first]
    assert said in run.failures_of(first)
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [second]


def test_later_plays_and_tasks_can_use_what_was_done(cloud: Cloud, ansible: Ansible) -> None:
    good, _inventory = partly_unknown(cloud, 2)
    one = {
        "name": "Mine",
        "ansible.builtin.debug": {"msg": "{{ flow_logs_result.hosts[inventory_hostname].flow_logs | to_json }}"},
    }
    other = json.loads(json.dumps(one).replace("flow_logs_result.hosts", "hostvars[hostvars['localhost'].flow_logs_result_host].flow_logs_result.hosts"))
    seen: list[Any] = []
    for arguments in (["--check"], [], []):
        own = play()
        own["post_tasks"] = [one]
        run = ansible.run([own], hosts("shop", good), arguments).succeeded()
        seen.append({each["host"]: json.loads(each["result"]["msg"]) for each in run.tasks if each["task"] == "Mine"})
        assert set(seen[-1]) == set(good)
    planned, made, same = seen
    for host in good:
        assert [entry["action"] for entry in (planned[host][0], made[host][0], same[host][0])] == [
            "created",
            "created",
            "unchanged",
        ]
        assert planned[host][0]["flow_log_id"] is None
        assert made[host][0]["flow_log_id"] == same[host][0]["flow_log_id"] == cloud.flow_log_of(host)["FlowLogId"]
        assert set(planned[host][0]) == set(made[host][0]) == set(same[host][0])
    later = {**LATER, "tasks": [other]}
    run = ansible.run([{"import_playbook": "netops.flow_logs.apply"}, later], hosts("shop", good)).succeeded()
    assert {each["host"] for each in run.tasks if each["task"] == "Mine"} == set(good)
