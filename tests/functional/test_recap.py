# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's own results: the hosts that failed are those that failed, each with its own message, and the others go on."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import hosts
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.recap import FORMS
from ansible_collections.netops.flow_logs.tests.functional.support.recap import LATER
from ansible_collections.netops.flow_logs.tests.functional.support.recap import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.recap import UNKNOWN
from ansible_collections.netops.flow_logs.tests.functional.support.recap import partly_unknown
from ansible_collections.netops.flow_logs.tests.functional.support.recap import play
from ansible_collections.netops.flow_logs.tests.functional.support.recap import went_on


@pytest.mark.parametrize("form", FORMS)
def test_the_role_fails_the_hosts_that_failed_and_the_others_go_on(cloud: Cloud, ansible: Ansible, form: str) -> None:
    good, inventory = partly_unknown(cloud)
    run = ansible.run([play(form), LATER], inventory).failed()
    assert sorted(run.failed_hosts) == UNKNOWN
    for host in UNKNOWN:
        assert host in run.failures_of(host)
        assert not set(UNKNOWN) - {host} & set(run.failures_of(host).split())
    assert {host for host in good if run.recap[host]["changed"]} == set(good)
    assert went_on(run, "Next task") == went_on(run) == set(good)
    again = ansible.run([play(form), LATER], inventory).failed()
    assert sorted(again.failed_hosts) == UNKNOWN and again.changed == 0
    assert went_on(again) == set(good)


@pytest.mark.parametrize("serial", [3, "30%", [1, 4, "100%"]])
def test_other_batches_are_done(cloud: Cloud, ansible: Ansible, serial: Any) -> None:
    good, inventory = partly_unknown(cloud)
    # The first of one host alone: a batch of which all fail ends the play, which is Ansible's own rule.
    if serial == [1, 4, "100%"]:
        inventory = hosts("shop", [good[0], UNKNOWN[0], *good[1:], UNKNOWN[1]])
    run = ansible.run([play(serial=serial), LATER], inventory).failed()
    assert sorted(run.failed_hosts) == UNKNOWN
    assert {log["ResourceId"] for log in cloud.flow_logs()} == set(good)
    assert went_on(run) == set(good)


def test_rescue_sees_the_hosts_that_failed(cloud: Cloud, ansible: Ansible) -> None:
    good, inventory = partly_unknown(cloud)
    block = {
        "block": [{"ansible.builtin.include_role": {"name": ROLE}}],
        "rescue": [{"name": "Rescued", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}],
    }
    run = ansible.run([{"hosts": "all", "gather_facts": False, "tasks": [block]}, LATER], inventory).succeeded()
    assert sorted(went_on(run, "Rescued")) == UNKNOWN
    assert went_on(run) == {*good, *UNKNOWN}


@pytest.mark.parametrize(("percentage", "goes_on"), [(5, False), (50, True)])
def test_max_fail_percentage_counts_the_hosts_that_failed(
    cloud: Cloud, ansible: Ansible, percentage: int, goes_on: bool
) -> None:
    good, inventory = partly_unknown(cloud)
    run = ansible.run([play(max_fail_percentage=percentage)], inventory).failed()
    assert sorted(run.failed_hosts) == UNKNOWN
    assert went_on(run, "Next task") == (set(good) if goes_on else set())


@pytest.mark.parametrize("playbook", ["apply", "remove", "report"])
def test_a_playbook_fails_the_hosts_that_failed(cloud: Cloud, ansible: Ansible, playbook: str) -> None:
    good, inventory = partly_unknown(cloud, 3)
    inventory["all"]["children"]["shop"]["hosts"]["bastion1"] = {}
    ansible.run(f"netops.flow_logs.{playbook}", inventory)
    run = ansible.run([{"import_playbook": f"netops.flow_logs.{playbook}"}, LATER], inventory).failed()
    assert sorted(set(run.failed_hosts) - set(UNKNOWN)) == ["bastion1"], run.output
    assert not set(run.failed_hosts) & set(good)
    assert set(good) <= went_on(run)
    assert "bastion1 is not a valid id" in run.failures_of("bastion1")


def test_the_retry_file_has_the_hosts_that_failed(cloud: Cloud, ansible: Ansible) -> None:
    good, inventory = partly_unknown(cloud, 3)
    env = {"ANSIBLE_RETRY_FILES_ENABLED": "1", "ANSIBLE_RETRY_FILES_SAVE_PATH": str(ansible.directory)}
    ansible.run("netops.flow_logs.apply", inventory, env=env).failed()
    (retry,) = ansible.directory.glob("*.retry")
    assert retry.read_text("utf-8").split() == UNKNOWN
    run = ansible.run("netops.flow_logs.apply", inventory, ["--limit", f"@{retry}"], env).failed()
    assert sorted(run.failed_hosts) == UNKNOWN
    assert len(cloud.flow_logs()) == len(good)
