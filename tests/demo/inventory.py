# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory a user would write for the estate."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from estate import Account
from estate import Project
from estate import Target

# The variables, as they are in the repository; only the ids of the targets are known no sooner than in the demo.
GROUP_VARS = Path(__file__).parent / "group_vars"


def write_inventory(directory: Path, projects: Sequence[Project]) -> list[Path]:
    """Hosts are targets, groups are projects, groups of groups are accounts. Returns the files."""
    directory.mkdir(parents=True)
    hosts = directory / "hosts.yml"
    hosts.write_text(_hosts(projects))
    group_vars = shutil.copytree(GROUP_VARS, directory / "group_vars")
    accounts = dict.fromkeys(project.account.name for project in projects)
    groups = ["all", *accounts, *(project.name for project in projects)]
    return [file for file in [hosts, *(group_vars / f"{name}.yml" for name in groups)] if file.exists()]


def _hosts(projects: Sequence[Project]) -> str:
    accounts = dict.fromkeys(project.account for project in projects)
    lines = ["---", "# Hosts are targets, groups are projects, groups of projects are accounts."]
    for account in accounts:
        lines += _account(account, [project for project in projects if project.account == account])
    return "\n".join(lines) + "\n"


def _account(account: Account, projects: Sequence[Project]) -> list[str]:
    lines = [f"{account.name}:", "  children:"]
    for project in projects:
        lines += [f"    {project.name}:", "      hosts:"]
        lines += [f"        {_host(target)}" for target in project.targets]
    return lines


def _host(target: Target) -> str:
    """An id with a comment for the reader."""
    return f"{target.resource_id + ':':<26}  # {target.what} {target.name or 'without a name'}"
