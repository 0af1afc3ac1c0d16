# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of an organisation, as the documentation has it: three accounts, two regions, four projects."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.inventory import show
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "organisation"
ACCOUNTS = {"retail": "111111111111", "broadcast": "222222222222", "platform": "333333333333"}
REGIONS = ("eu-west-1", "us-east-1")
# Project -> the accounts that it is in.
PROJECTS = {
    "shop": ("retail",),
    "payments": ("retail", "platform"),
    "streaming": ("broadcast",),
    "identity": ("platform",),
}


@pytest.fixture
def vpcs(cloud: Cloud) -> dict[tuple[str, str, str], str]:
    """(account, region, project) -> VPC, of each one, beside the default VPCs that nobody tagged."""
    made = {}
    for project, accounts in PROJECTS.items():
        for account in accounts:
            for region in REGIONS:
                there = cloud.elsewhere(ACCOUNTS[account], region)
                vpc = there.vpc(f"{project}-{region}")
                there.client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "project", "Value": project}])
                made[account, region, project] = vpc
    return made


@pytest.fixture
def play(ansible: Ansible) -> list[dict[str, Any]]:
    """The example's inventory is copied beside the play, as caches and the like do not belong into a checkout."""
    shutil.copytree(EXAMPLE / "inventory", ansible.directory / "inventory")
    plays: list[dict[str, Any]] = yaml.safe_load((EXAMPLE / "flow_logs.yml").read_text("utf-8"))
    return plays


def test_from_the_inventory_directory_to_the_recap(
    cloud: Cloud, ansible: Ansible, vpcs: dict[tuple[str, str, str], str], play: list[dict[str, Any]]
) -> None:
    inventory = ["-i", str(ansible.directory / "inventory")]
    graph = show(ansible, ansible.directory / "inventory")
    for project in PROJECTS:
        assert graph.group(project) == {vpc for (_account, _region, name), vpc in vpcs.items() if name == project}
    for account in ACCOUNTS:
        assert graph.group(f"account_{account}") == {vpc for (name, *_rest), vpc in vpcs.items() if name == account}

    run = ansible.run(play, None, inventory).succeeded()
    assert run.failed_hosts == []
    for (account, region, project), vpc in vpcs.items():
        there = cloud.elsewhere(ACCOUNTS[account], region)
        group = f"/aws/{project}/vpc/{project}-{region}/flowlogs"
        log = there.flow_log_of(vpc)
        assert log["LogGroupName"] == group
        assert log["TrafficType"] == ("REJECT" if project == "streaming" else "ALL")
        assert log["MaxAggregationInterval"] == (60 if project == "payments" else 600)
        assert log["Tags"] == {"managed_by": "netops", "project": project}
        assert there.log_groups()[group]["retentionInDays"] == (365 if project == "payments" else 90)
        assert there.roles() == [ROLE]
        assert f"{project} in {region}, 1 target ({ACCOUNTS[account]}): 1 created" in run.output
    for account_id in ACCOUNTS.values():
        assert {log["ResourceId"] for region in REGIONS for log in cloud.elsewhere(account_id, region).flow_logs()} == {
            vpc for (account, *_rest), vpc in vpcs.items() if ACCOUNTS[account] == account_id
        }

    again = ansible.run(play, None, inventory).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])


def test_one_account_that_refuses_leaves_the_others_done(
    cloud: Cloud, ansible: Ansible, vpcs: dict[tuple[str, str, str], str], play: list[dict[str, Any]]
) -> None:
    inventory = ["-i", str(ansible.directory / "inventory")]
    cloud.emulator.refuse(
        "iam:GetPolicy", "AccessDenied", "Retail's operators may not.", times=99, status=403, holding="111111111111"
    )
    run = ansible.run(play, None, inventory).failed()
    message = run.failures
    assert "111111111111" in message
    assert "Retail's operators may not." in message
    for (account, region, _project), vpc in vpcs.items():
        logs = cloud.elsewhere(ACCOUNTS[account], region).flow_logs([vpc])
        assert len(logs) == (0 if account == "retail" else 1)
    assert "111111111111: FAILED" in run.output
    assert f"shop in {REGIONS[0]}, 1 target: not done" in run.output
