# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The survey as tables on the screen."""

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

import screen
from survey import DeliveryRole
from survey import FlowLog
from survey import Record
from survey import Survey


def show(before: Survey, after: Survey) -> None:
    """A table for each project, with what its targets share above it, and the facts about each account's role."""
    for project in dict.fromkeys(record.project for record in after.records):
        records = [record for record in after.records if record.project == project]
        screen.title(_summary(records))
        rows = [
            (record.target.resource_id, log.log_group_name, log.flow_log_id)
            for record in records
            for log in record.flow_logs
        ]
        screen.table(rows, ["target", "log group", "flow log"])
    for old, new in zip(before.roles, after.roles, strict=True):
        screen.title(_role_title(new))
        screen.table(_role_facts(old, new))


def _summary(records: Sequence[Record]) -> str:
    account = records[0].account
    logs = [log for record in records for log in record.flow_logs]
    traffic = _each(log.traffic_type for log in logs)
    interval = _each(f"{log.max_aggregation_interval} s" for log in logs)
    kept = _each(_kept(log) for log in logs)
    place = f"{account.name} {account.account_id}, {account.region}"
    return f"{records[0].project} ({place}): {traffic} traffic, every {interval}, kept for {kept}"


def _each(values: Iterable[str]) -> str:
    return " or ".join(sorted(set(values))) or "no"


def _kept(log: FlowLog) -> str:
    return f"{log.retention_in_days} days" if log.retention_in_days else "ever"


def _role_title(role: DeliveryRole) -> str:
    return f"IAM of account {role.account.account_id} ({role.account.name})"


def _role_facts(old: DeliveryRole, new: DeliveryRole) -> list[tuple[str, str]]:
    facts = [*_trust_facts("trust before", old), *_trust_facts("trust now", new)]
    for name, document in new.policies.items():
        facts.append(("policy", name))
        facts += [("writes to", resource) for resource in _written_to(document)]
    return facts + [("passed by", f"the members of IAM group {name}") for name in new.passed_by]


def _trust_facts(label: str, role: DeliveryRole) -> list[tuple[str, str]]:
    """Whom the role trusts, and on which conditions."""
    if role.trust is None:
        return [(label, "none, as there was no role")]
    facts = []
    for statement in role.trust["Statement"]:
        facts.append((label, statement["Principal"]["Service"]))
        for test in statement.get("Condition", {}).values():
            facts += [("only if", f"{key} is {value}") for key, value in test.items()]
    return facts


def _written_to(document: dict[str, Any]) -> list[str]:
    """The log groups that a policy lets write to."""
    resources: list[str] = []
    for statement in document["Statement"]:
        if "logs:PutLogEvents" in statement["Action"]:
            named = statement["Resource"]
            resources += [named] if isinstance(named, str) else named
    return ["every log group" if resource == "*" else resource for resource in resources]
