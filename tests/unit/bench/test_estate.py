# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate, as the inventory and the contestants' files have it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

from ansible_collections.netops.flow_logs.tests.bench.contestants import CONTESTANTS
from ansible_collections.netops.flow_logs.tests.bench.contestants import Stage
from ansible_collections.netops.flow_logs.tests.bench.contestants.custodian import CustodianOrganisation
from ansible_collections.netops.flow_logs.tests.bench.contestants.terraform import configuration
from ansible_collections.netops.flow_logs.tests.bench.estate import CALLER
from ansible_collections.netops.flow_logs.tests.bench.estate import Estate
from ansible_collections.netops.flow_logs.tests.bench.estate import Size
from ansible_collections.netops.flow_logs.tests.bench.estate import estate
from ansible_collections.netops.flow_logs.tests.bench.estate import plan
from ansible_collections.netops.flow_logs.tests.bench.estate import write_inventory

ORGANISATION = Size.of_organisation("3x2x5")


def _estate(size: Size) -> Estate:
    return estate(
        (account, region, name, [f"vpc-{region}-{name}-{n}" for n in range(count)])
        for account, region, name, count in plan(size)
    )


@pytest.mark.parametrize("accounts", [1, 2])
@pytest.mark.parametrize("targets", [4, 10, 1000])
def test_projects_share_targets_and_accounts_projects(targets: int, accounts: int) -> None:
    it = _estate(Size(targets, accounts))
    assert it.targets == targets
    assert [len(account.projects) for account in it.accounts] == [4 // accounts] * accounts
    sizes = list(map(len, it.projects.values()))
    assert max(sizes) - min(sizes) <= 1
    assert [account.way_in is None for account in it.accounts] == [
        account.account_id == CALLER for account in it.accounts
    ]


def test_each_account_of_an_organisation_has_a_project_in_all_regions() -> None:
    it = _estate(ORGANISATION)
    assert (len(it.accounts), it.targets, ORGANISATION.targets) == (3, 30, 30)
    assert len({account.account_id for account in it.accounts}) == 3
    for number, account in enumerate(it.accounts, 1):
        name = f"project{number}"
        assert account.way_in == f"arn:aws:iam::{account.account_id}:role/operator"
        assert {region: list(map(len, projects.values())) for region, projects in account.regions.items()} == {
            "eu-west-1": [5],
            "eu-central-1": [5],
        }
        assert account.projects == {name: [*account.regions["eu-west-1"][name], *account.regions["eu-central-1"][name]]}


@pytest.mark.parametrize("text", ["20", "20x10", "1x10x5", "2x1x5", "2x11x5", "2x2x0", "twoxtwoxtwo"])
def test_what_is_no_organisation_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Size.of_organisation(text)


def test_a_host_of_another_region_names_it(tmp_path: Path) -> None:
    it = _estate(ORGANISATION)
    write_inventory(tmp_path / "inventory.ini", it)
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[str(tmp_path / "inventory.ini")])
    variables = VariableManager(loader, inventory)
    for account in it.accounts:
        for region, projects in account.regions.items():
            for project, vpcs in projects.items():
                for vpc in vpcs:
                    host = inventory.get_host(vpc)
                    assert project in {group.name for group in host.get_groups()}
                    found = variables.get_vars(host=host)
                    assert found["flow_logs_region"] == region
                    assert found["flow_logs_assume_role_arn"] == account.way_in


def test_every_vpc_is_a_host_of_its_project(tmp_path: Path) -> None:
    it = _estate(Size(10, 2))
    write_inventory(tmp_path / "inventory.ini", it)
    sections = (tmp_path / "inventory.ini").read_text().split("[")
    hosts = {section.split("]")[0]: section.split("]")[1].split() for section in sections if section}
    for project, vpcs in it.projects.items():
        assert hosts[project] == vpcs
    assert hosts["account2:children"] == ["project3", "project4"]
    assert f"flow_logs_assume_role_arn={it.accounts[1].way_in}" in hosts["account2:vars"]


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda contestant: contestant.name)
@pytest.mark.parametrize("accounts", [1, 2])
def test_the_files_that_commands_name_are_there(
    contestant: type, accounts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = _estate(Size(4, accounts))
    each = contestant(argparse.Namespace(amazon=10, terraform_plugins=None))
    if not each.fits(accounts):
        return
    (tmp_path / "inventory.ini").touch()
    (tmp_path / "estate.json").touch()
    stage = Stage(it, tmp_path / "inventory.ini", tmp_path / "estate.json", tmp_path)
    each.preparation(stage)
    for phase in (1, 2):
        named = [Path(word) for command in each.commands(stage, phase) for word in command[1:]]
        files = [path for path in named if path.is_absolute() and path.suffix]
        assert all(path.exists() for path in files)
    assert files or each.name == "terraform"


def test_terraform_is_told_of_every_vpc_in_its_account() -> None:
    it = _estate(Size(10, 2))
    told = configuration(it)
    for account in it.accounts:
        for project, vpcs in account.projects.items():
            log = told["resource"]["aws_flow_log"][project]
            assert log["provider"] == f"aws.{account.name}"
            assert json.loads(log["for_each"].removeprefix("${toset(").removesuffix(")}")) == vpcs


def test_custodian_is_given_every_region_of_every_account_and_its_project(tmp_path: Path) -> None:
    it = _estate(ORGANISATION)
    stage = Stage(it, tmp_path / "inventory.ini", tmp_path / "estate.json", tmp_path)
    [command] = CustodianOrganisation(argparse.Namespace()).commands(stage, 1)
    # It would be looked at in place of an account's own.
    assert "--region" not in command
    told = json.loads((tmp_path / "accounts.yml").read_text())["accounts"]
    assert [entry["account_id"] for entry in told] == [account.account_id for account in it.accounts]
    for entry, account in zip(told, it.accounts, strict=True):
        assert entry["regions"] == list(account.regions)
        assert [entry["vars"]["project"]] == list(account.projects)
    [policy] = json.loads((tmp_path / "policies.yml").read_text())["policies"]
    assert policy["filters"][0] == {"tag:project": "{project}"}
