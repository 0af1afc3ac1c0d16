# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operators with a policy out of docs/policies, and the playbooks' programs run as them in this process."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.account import Mode
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.apply import apply
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.audit import audit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.iam import setup
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Session
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.planning import account_plans
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.remove import remove
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import gather
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.commands import Commands
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.model import report
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import failure_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import results
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import summary_lines
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage

CHECKOUT = Path(__file__).resolve().parents[3]
POLICIES = CHECKOUT / "docs" / "policies"
# The access key of whoever runs the playbooks here.
CALLER = "testing"
OTHER_ACCOUNT = "210987654321"

Document = dict[str, Any]


def document(name: str) -> Document:
    """docs/policies/<name>.json"""
    found: Document = json.loads((POLICIES / f"{name}.json").read_text())
    return found


def actions(policy: Document) -> list[str]:
    """Each once, though several statements may have it."""
    return list(dict.fromkeys(action for statement in policy["Statement"] for action in statement["Action"]))


def without(policy: Document, action: str) -> Document:
    """The same, but for one action."""
    less = copy.deepcopy(policy)
    for statement in less["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    less["Statement"] = [statement for statement in less["Statement"] if statement["Action"]]
    return less


def together(policies: Iterable[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": [each for policy in policies for each in policy["Statement"]]}


def in_account(policy: Document, account_id: str) -> Document:
    """The policy with the account put in, as its reader does."""
    adapted: Document = json.loads(json.dumps(policy).replace("123456789012", account_id))
    return adapted


@dataclass(frozen=True)
class Told:
    """What a playbook fails with, and all that it says."""

    failures: list[str]
    said: list[str]
    changed: bool


@dataclass
class Operator:
    """Runs the programs of the playbooks on a stage. All runs share clients: to make one costs more than a run's calls."""

    stage: Stage
    models: Models
    session: Session

    def may(self, *policies: Document) -> None:
        """From here on the caller may do this and nothing more."""
        self.stage.aws.scenario.policies = {CALLER: together(policies)}

    def may_everything(self) -> None:
        self.stage.aws.scenario.policies = {}

    def apply(self, *targets: str, check: bool = False, **variables: Any) -> Told:
        return self._told(apply, self._accounts(targets, variables, "present", check))

    def remove(self, *targets: str, check: bool = False, **variables: Any) -> Told:
        return self._told(remove, self._accounts(targets, variables, "absent", check))

    def setup(self, *targets: str, check: bool = False, **variables: Any) -> Told:
        return self._told(setup, self._accounts(targets, variables, "present", check))

    def report(self, *targets: str, **variables: Any) -> Told:
        """What could not be read counts as failure; the report itself fails on what its reader chooses."""
        model = self.model(*targets, **variables)
        said = [finding["message"] for finding in model["findings"]]
        return Told([entry["message"] for entry in model["not_read"]], said, False)

    def model(self, *targets: str, **variables: Any) -> Document:
        """The report itself."""
        audits = [audit(account) for account in self._accounts(targets, variables, "present", check=True)]
        return report(audits, "Flow logs", datetime.now(UTC), Commands())

    def _told(self, program: Callable[[Account], Any], accounts: list[Account]) -> Told:
        outcomes = [outcome for account in accounts for outcome in program(account)]
        failures = failure_lines(outcomes)
        changed = any(part.get("changed") for part in results(outcomes))
        return Told(failures, [*summary_lines(outcomes), *failures], changed)

    def _accounts(self, targets: Iterable[str], variables: dict[str, Any], state: str, check: bool) -> list[Account]:
        defaults = yaml.safe_load((CHECKOUT / "roles/flow_logs/defaults/main.yml").read_text())
        own = {
            "flow_logs_project": "shop",
            "flow_logs_log_group_name": "/aws/shop/vpc/{resource_name}/flowlogs",
            "flow_logs_state": state,
            **{f"flow_logs_{name}": value for name, value in variables.items()},
        }
        wishes = [HostWish(target, {**defaults, **own}) for target in targets]
        gathered = gather(wishes)
        plans = account_plans(gathered.accounts, lambda _module, options: dict(options), gathered.problems)
        assert gathered.problems.as_result() == {}
        accounts = [Account(plan, Mode(check, False), self.models, lambda _line: None) for plan in plans]
        for account in accounts:
            account.session = self.session
        return accounts
