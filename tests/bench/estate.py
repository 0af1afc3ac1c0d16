# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts, projects and their VPCs: what every contestant is told to give flow logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REGION = "eu-west-1"
PROJECTS = 4
RETENTION = 30
ROLE = "Flow-Logs-Role-to-cloudwatch-logs"
POLICY = "Send_to_CloudWatch_Logs"
# The account of the credentials that everybody begins with, and two others, which are entered by a role.
CALLER = "123456789012"
OTHERS = ("111111111111", "222222222222")
LOG_GROUP = "/aws/{project}/vpc/flowlogs"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
DELIVERY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
            ],
            "Resource": "*",
        }
    ],
}


@dataclass(frozen=True)
class Account:
    """projects: name -> VPC ids. way_in: the role to assume; None for the caller's own account."""

    name: str
    account_id: str
    way_in: str | None
    projects: dict[str, list[str]]


@dataclass(frozen=True)
class Estate:
    """All that there is."""

    accounts: tuple[Account, ...]

    @property
    def projects(self) -> dict[str, list[str]]:
        """Those of all accounts."""
        return {name: ids for account in self.accounts for name, ids in account.projects.items()}

    @property
    def targets(self) -> int:
        """How many VPCs there are."""
        return sum(map(len, self.projects.values()))

    @property
    def largest_project(self) -> int:
        """How many VPCs the largest project has."""
        return max(map(len, self.projects.values()))

    def as_dict(self) -> dict[str, Any]:
        """All that there is to know, for programs that import nothing of this."""
        return {
            "region": REGION,
            "retention": RETENTION,
            "log_group": LOG_GROUP,
            "role": ROLE,
            "trust": TRUST,
            "policy": POLICY,
            "delivery": DELIVERY,
            "accounts": [vars(account) for account in self.accounts],
        }


def account_ids(accounts: int) -> tuple[str, ...]:
    """The accounts of an estate of so many."""
    return (CALLER,) if accounts == 1 else OTHERS[:accounts]


def plan(targets: int, accounts: int) -> Iterator[tuple[str, str, int]]:
    """(account id, project, number of VPCs) for an estate of so many targets; projects are alike in size."""
    ids = account_ids(accounts)
    for number in range(PROJECTS):
        count = targets // PROJECTS + (number < targets % PROJECTS)
        yield ids[number * accounts // PROJECTS], f"project{number + 1}", count


def estate(projects: list[tuple[str, str, list[str]]]) -> Estate:
    """From (account id, project, VPC ids) to an estate."""
    names = list(dict.fromkeys(account_id for account_id, _project, _vpcs in projects))
    return Estate(
        tuple(
            Account(
                name=f"account{number}",
                account_id=account_id,
                way_in=None if account_id == CALLER else f"arn:aws:iam::{account_id}:role/operator",
                projects={project: vpcs for owner, project, vpcs in projects if owner == account_id},
            )
            for number, account_id in enumerate(names, 1)
        )
    )


def write_inventory(path: Path, it: Estate) -> None:
    """Hosts are targets, groups are projects, groups of groups are accounts. Variables without flow_logs_ are the rivals'."""
    lines: list[str] = []
    for project, vpcs in it.projects.items():
        lines += [f"[{project}]", *vpcs, "", f"[{project}:vars]", f"project={project}", ""]
    for account in it.accounts:
        lines += [f"[{account.name}:children]", *account.projects, "", f"[{account.name}:vars]"]
        lines += [f"profile={account.name}", f"service_role=arn:aws:iam::{account.account_id}:role/{ROLE}"]
        lines += [f"flow_logs_assume_role_arn={account.way_in}"] if account.way_in else []
        lines += [""]
    lines += [
        "[all:vars]",
        f"region={REGION}",
        f"flow_logs_region={REGION}",
        f"flow_logs_log_group_name={LOG_GROUP.format(project='{{ flow_logs_project }}')}",
        f"flow_logs_retention_in_days={RETENTION}",
    ]
    path.write_text("\n".join(lines) + "\n")
