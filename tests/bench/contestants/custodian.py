# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloud Custodian: finds VPCs by the tag that names their project, and gives flow logs to those that have none."""

from __future__ import annotations

import os
from typing import Any

from ..environments import Environment
from ..estate import LOG_GROUP
from ..estate import REGION
from ..estate import ROLE
from ..estate import Account
from .base import Contestant
from .base import Stage

# How many processes c7n-org has for an organisation. By default it is four times the number of cores.
PARALLEL = 4 * (os.cpu_count() or 1)


class _Custodian(Contestant):
    makes_iam = False
    all_ids_at_once = True
    environment = Environment("c7n")

    def policies(self, account: Account, account_id: str) -> list[dict[str, Any]]:
        """One for each project."""
        return [self.policy(project, project, account_id) for project in account.projects]

    def policy(self, name: str, project: str, account_id: str) -> dict[str, Any]:
        """Of one project. In the last two, c7n-org fills in an account's variables."""
        return {
            "name": name,
            "resource": "vpc",
            "filters": [{"tag:project": project}, {"type": "flow-logs", "enabled": False}],
            "actions": [
                {
                    "type": "set-flow-log",
                    "attrs": {
                        "DeliverLogsPermissionArn": f"arn:aws:iam::{account_id}:role/{ROLE}",
                        "LogGroupName": LOG_GROUP.format(project=project),
                        "TrafficType": "ALL",
                    },
                }
            ],
        }


class Custodian(_Custodian):
    """One run is for one account: there are as many as accounts, one after another."""

    name = "c7n"
    title = "Cloud Custodian, `custodian run` per account"

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        return [self._command(stage, number, account) for account in stage.estate.accounts]

    def _command(self, stage: Stage, number: int, account: Account) -> list[str]:
        policies = stage.write(f"{account.name}.yml", {"policies": self.policies(account, account.account_id)})
        way_in = ["--assume", account.way_in] if account.way_in else []
        output = ["--output-dir", str(stage.directory / f"output{number}" / account.name)]
        # The policies of a run share what they read; a later run reads again.
        return [
            self.environment.tool("custodian"),
            "run",
            "--region",
            REGION,
            *way_in,
            *output,
            "--cache=memory",
            policies,
        ]


class CustodianOrg(_Custodian):
    """Cloud Custodian's own way to several accounts, which it goes through side by side."""

    name = "c7n-org"
    title = "Cloud Custodian, `c7n-org run`, accounts side by side"

    def fits(self, accounts: int) -> bool:
        return accounts > 1

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        accounts = [
            {"name": account.name, "account_id": account.account_id, "regions": [REGION], "role": account.way_in}
            for account in stage.estate.accounts
        ]
        policies = [policy for account in stage.estate.accounts for policy in self.policies(account, "{account_id}")]
        # A cache of the first run would hide from the second what there is now.
        cache = stage.directory / f"cache{number}"
        cache.mkdir()
        return [
            [
                *(self.environment.tool("c7n-org"), "run", "--region", REGION),
                *("--config", stage.write("accounts.yml", {"accounts": accounts})),
                *("--use", stage.write("policies.yml", {"policies": policies})),
                *("--output-dir", str(stage.directory / f"output{number}"), "--cache-path", str(cache)),
            ]
        ]


class CustodianOrganisation(_Custodian):
    """Accounts and regions side by side. One policy does for all projects, so that no account looks for those of others."""

    name = "c7n-org-regions"
    title = "Cloud Custodian, `c7n-org run`, accounts and regions side by side"

    def env(self, stage: Stage) -> dict[str, str]:
        return {**super().env(stage), "C7N_ORG_PARALLEL": str(PARALLEL)}

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        accounts = [
            {
                "name": account.name,
                "account_id": account.account_id,
                "regions": list(account.regions),
                "role": account.way_in,
                "vars": {"project": next(iter(account.projects))},
            }
            for account in stage.estate.accounts
        ]
        policies = [self.policy("flow-logs", "{project}", "{account_id}")]
        return [
            [
                *(self.environment.tool("c7n-org"), "run"),
                *("--config", stage.write("accounts.yml", {"accounts": accounts})),
                *("--use", stage.write("policies.yml", {"policies": policies})),
                # A cache is of no use to a single policy, and takes time to write.
                *("--output-dir", str(stage.directory / f"output{number}"), "--cache-period", "0"),
            ]
        ]
