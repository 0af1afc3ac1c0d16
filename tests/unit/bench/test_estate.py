# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate, as the inventory and the contestants' files have it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.tests.bench.contestants import CONTESTANTS
from ansible_collections.netops.flow_logs.tests.bench.contestants import Stage
from ansible_collections.netops.flow_logs.tests.bench.contestants.terraform import configuration
from ansible_collections.netops.flow_logs.tests.bench.estate import CALLER
from ansible_collections.netops.flow_logs.tests.bench.estate import Estate
from ansible_collections.netops.flow_logs.tests.bench.estate import estate
from ansible_collections.netops.flow_logs.tests.bench.estate import plan
from ansible_collections.netops.flow_logs.tests.bench.estate import write_inventory


def _estate(targets: int, accounts: int) -> Estate:
    return estate(
        [(account, name, [f"vpc-{name}{n}" for n in range(count)]) for account, name, count in plan(targets, accounts)]
    )


@pytest.mark.parametrize("accounts", [1, 2])
@pytest.mark.parametrize("targets", [4, 10, 1000])
def test_projects_share_targets_and_accounts_projects(targets: int, accounts: int) -> None:
    it = _estate(targets, accounts)
    assert it.targets == targets
    assert [len(account.projects) for account in it.accounts] == [4 // accounts] * accounts
    sizes = list(map(len, it.projects.values()))
    assert max(sizes) - min(sizes) <= 1
    assert [account.way_in is None for account in it.accounts] == [
        account.account_id == CALLER for account in it.accounts
    ]


def test_every_vpc_is_a_host_of_its_project(tmp_path: Path) -> None:
    it = _estate(10, 2)
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
    it = _estate(4, accounts)
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
    it = _estate(10, 2)
    told = configuration(it)
    for account in it.accounts:
        for project, vpcs in account.projects.items():
            log = told["resource"]["aws_flow_log"][project]
            assert log["provider"] == f"aws.{account.name}"
            assert json.loads(log["for_each"].removeprefix("${toset(").removesuffix(")}")) == vpcs
