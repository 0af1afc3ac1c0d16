# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts, projects and their VPCs: what every contestant is told to give flow logs."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The region of the caller, and of an estate that has one only; an organisation has the first so many of these.
REGIONS = (
    "eu-west-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-2",
    "eu-west-3",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
)
REGION = REGIONS[0]
PROJECTS = 4
RETENTION = 30
ROLE = "Flow-Logs-Role-to-cloudwatch-logs"
POLICY = "Send_to_CloudWatch_Logs"
# The account of the credentials that everybody begins with; if there are several, none of them is that one: each is entered by a role.
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


@dataclass(frozen=True, order=True)
class Size:
    """How large an estate is. With several regions it is an organisation: each account has a project with VPCs in all of them."""

    targets: int
    accounts: int
    regions: int = 1

    @classmethod
    def of_organisation(cls, text: str) -> Size:
        """From ACCOUNTSxREGIONSxVPCS, such as 20x10x5: VPCs of each region of each account. Raises ValueError."""
        accounts, regions, vpcs = map(int, text.split("x"))
        if accounts < 2 or not 2 <= regions <= len(REGIONS) or vpcs < 1:
            raise ValueError(f"{text}: two accounts or more, 2 to {len(REGIONS)} regions, a VPC or more")
        return cls(accounts * regions * vpcs, accounts, regions)

    @property
    def vpcs(self) -> int:
        """In each region of each account of an organisation."""
        return self.targets // (self.accounts * self.regions)


@dataclass(frozen=True)
class Account:
    """regions: region -> project -> VPC ids. way_in: the role to assume; None for the caller's own account."""

    name: str
    account_id: str
    way_in: str | None
    regions: dict[str, dict[str, list[str]]]

    @property
    def projects(self) -> dict[str, list[str]]:
        """Project -> its VPC ids in all regions."""
        found: dict[str, list[str]] = {}
        for projects in self.regions.values():
            for name, vpcs in projects.items():
                found.setdefault(name, []).extend(vpcs)
        return found

    def as_dict(self) -> dict[str, Any]:
        """For programs that import nothing of this."""
        return {**vars(self), "projects": self.projects}


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
            "accounts": [account.as_dict() for account in self.accounts],
        }


def account_ids(accounts: int) -> tuple[str, ...]:
    """The accounts of an estate of so many."""
    if accounts == 1:
        return (CALLER,)
    return (*OTHERS, *(f"{300_000_000_000 + number}" for number in range(accounts - len(OTHERS))))[:accounts]


def plan(size: Size) -> Iterator[tuple[str, str, str, int]]:
    """(account id, region, project, number of VPCs); projects are alike in size."""
    ids = account_ids(size.accounts)
    if size.regions > 1:
        for number, account_id in enumerate(ids, 1):
            for region in REGIONS[: size.regions]:
                yield account_id, region, f"project{number}", size.vpcs
        return
    for number in range(PROJECTS):
        count = size.targets // PROJECTS + (number < size.targets % PROJECTS)
        yield ids[number * size.accounts // PROJECTS], REGION, f"project{number + 1}", count


def estate(projects: Iterable[tuple[str, str, str, list[str]]]) -> Estate:
    """From (account id, region, project, VPC ids) to an estate."""
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for account_id, region, project, vpcs in projects:
        found.setdefault(account_id, {}).setdefault(region, {})[project] = vpcs
    return Estate(
        tuple(
            Account(
                name=f"account{number}",
                account_id=account_id,
                way_in=None if account_id == CALLER else f"arn:aws:iam::{account_id}:role/operator",
                regions=regions,
            )
            for number, (account_id, regions) in enumerate(found.items(), 1)
        )
    )


def write_inventory(path: Path, it: Estate) -> None:
    """Hosts are targets, groups are projects, groups of groups are accounts. Variables without flow_logs_ are the rivals'."""
    lines: list[str] = []
    for account in it.accounts:
        for project in account.projects:
            lines += [f"[{project}]", *_hosts(account, project), "", f"[{project}:vars]", f"project={project}", ""]
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


def _hosts(account: Account, project: str) -> Iterator[str]:
    """A host names its region where that is not everybody's."""
    for region, projects in account.regions.items():
        for vpc in projects.get(project, []):
            yield vpc if region == REGION else f"{vpc} flow_logs_region={region}"
