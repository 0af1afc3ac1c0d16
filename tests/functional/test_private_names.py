# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release of ansible-core may drop what it keeps private, or read a role's specification: the run succeeds, with the same result."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import GAINS
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.settings import CHECKOUT
from ansible_collections.netops.flow_logs.tests.functional.support.settings import collections_path

ROLE_NAME = "netops.flow_logs.flow_logs"
NOTHING_AWAY = "with all"
# One name after the other, then all of them.
WITHOUT = [*(f"without {name}" for name in GAINS), f"without {' '.join(GAINS)}"]


def test_without_any_private_name_the_run_succeeds_with_the_same_result(cloud: Cloud, ansible: Ansible) -> None:
    there = cloud.elsewhere(region="eu-central-1")
    vpcs = [there.vpc(f"net-{number}") for number in range(7)]
    *listed, skipped, added = vpcs
    inventory = {"shop": {"hosts": {vpc: {"owner": f"owner of {vpc}"} for vpc in [*listed, skipped]}}}
    ansible.write("group_vars/shop.yml", {"flow_logs_tags": {"owner": "{{ owner }}"}, "skipped": False})
    ansible.write(f"host_vars/{listed[1]}.yml", {"flow_logs_retention_in_days": 30})
    ansible.write(f"host_vars/{skipped}.yml", {"skipped": True})
    say = {
        "ansible.builtin.set_fact": {"flow_logs_traffic_type": "REJECT"},
        "when": f"inventory_hostname == '{listed[2]}'",
    }
    more = {"ansible.builtin.add_host": {"name": added, "groups": ["shop"], "owner": "added"}, "changed_when": False}
    first = {"hosts": "all", "gather_facts": False, "tasks": [say, more]}
    # The role does nothing for a host that a condition leaves out, around it or on it.
    call = {
        "ansible.builtin.include_role": {"name": ROLE_NAME},
        "when": "not skipped",
        "vars": {"flow_logs_role_name": "Own"},
    }
    defaults = {"group/netops.flow_logs.aws": {"region": "{{ home }}"}}
    plays: list[dict[str, Any]] = [
        {
            "name": name,
            "hosts": "shop",
            "gather_facts": False,
            "vars": {"home": "eu-central-1"},
            "environment": {"AWS_REGION": "us-east-1"},
            "module_defaults": defaults,
            "tasks": [call],
        }
        for name in (NOTHING_AWAY, *WITHOUT)
    ]
    env = {"ANSIBLE_CALLBACKS_ENABLED": "record,without"}

    run = ansible.run([first, *plays], inventory, ["-vvv"], env=env).succeeded()

    converged = [task["result"] for task in run.tasks if task["action"] == "netops.flow_logs.converge"]
    assert [(each["any_changed"], each["targets"]) for each in converged] == [(True, 6), *[(False, 6)] * len(WITHOUT)]
    logs = {log["ResourceId"]: there.flow_log_of(log["ResourceId"]) for log in there.flow_logs()}
    assert set(logs) == {*listed, added}
    assert {log["TrafficType"] for vpc, log in logs.items() if vpc != listed[2]} == {"ALL"}
    assert logs[listed[2]]["TrafficType"] == "REJECT"
    assert logs[added]["Tags"] == {"owner": "added"}
    retention = {name: group.get("retentionInDays") for name, group in there.log_groups().items()}
    assert retention == {
        f"/aws/shop/vpc/net-{number}/flowlogs": 30 if number == 1 else None for number in (0, 1, 2, 3, 4, 6)
    }
    for name in GAINS:
        # Once in its own play, and once where all are away. What get_vars does not take is found out together.
        expected = {"_hosts": 3, "_hosts_all": 0}.get(name, 2)
        assert run.output.count(f"this ansible-core has no {name}, ") == expected, name


@pytest.mark.parametrize("how", ["roles", "import_role", "include_role"])
def test_a_core_that_reads_the_specification_of_the_role_validates_and_goes_on(
    cloud: Cloud, ansible: Ansible, tmp_path: Path, how: str
) -> None:
    """The file without extension in meta hides it from releases that look for that first."""
    shop, bank = cloud.vpc("shop-net"), cloud.vpc("bank-net")
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {shop: {}}},
                "bank": {"hosts": {bank: {}}, "vars": {"flow_logs_log_group_name": "/x/{{ flow_logs_project }}"}},
            }
        }
    }
    call: dict[str, Any] = {"tasks": [{f"ansible.builtin.{how}": {"name": ROLE_NAME}}]}
    play = {"hosts": "all", "gather_facts": False, **({"roles": [ROLE_NAME]} if how == "roles" else call)}
    env = {"ANSIBLE_COLLECTIONS_PATH": str(without_hiding(tmp_path / "collections"))}

    run = ansible.run([play], inventory, env=env).succeeded()

    assert "Validating arguments against arg spec" in run.output
    assert set(cloud.log_groups()) == {"/aws/shop/vpc/shop-net/flowlogs", "/x/bank"}


def test_the_playbooks_do_not_validate_for_each_host(cloud: Cloud, ansible: Ansible, tmp_path: Path) -> None:
    inventory = {"shop": {"hosts": {cloud.vpc(f"net-{number}"): {} for number in range(2)}}}
    env = {"ANSIBLE_COLLECTIONS_PATH": str(without_hiding(tmp_path / "collections"))}
    for playbook in ("setup", "apply", "report", "remove"):
        run = ansible.run(f"netops.flow_logs.{playbook}", inventory, env=env).succeeded()
        assert "Validating arguments" not in run.output, playbook


def without_hiding(directory: Path) -> Path:
    """The collections, this one without the file that hides the role's specification."""
    own = directory / "ansible_collections" / "netops" / "flow_logs"
    own.mkdir(parents=True)
    for name in ("plugins", "playbooks", "meta", "galaxy.yml"):
        (own / name).symlink_to(CHECKOUT / name)
    shutil.copytree(CHECKOUT / "roles", own / "roles")
    (own / "roles" / "flow_logs" / "meta" / "argument_specs").unlink()
    (directory / "ansible_collections" / "amazon").symlink_to(
        Path(collections_path()) / "ansible_collections" / "amazon"
    )
    return directory
