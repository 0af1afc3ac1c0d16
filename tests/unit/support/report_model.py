# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models of reports: an estate of any size with every kind of finding, an empty one, a perfect one, a hostile one.

estate(n) is the same in every run. Every seven targets are a VPC with two subnets and four network interfaces, and what
happens to the VPC (see FATES) is what its targets and the findings tell.
"""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

Model = dict[str, Any]

ACCOUNTS = (("111111111111", "retail"), ("222222222222", "broadcast"), ("333333333333", "platform"))
REGIONS = ("eu-west-1", "us-east-1")
PROJECTS = ("shop", "payments", "streaming", "search", None)
GENERATED_AT = "2026-11-24T11:30:00+00:00"
SEEN_AT = "2026-11-24T11:20:00+00:00"
ROLE = "Flow-Logs-Role-to-cloudwatch-logs"
FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}"
)
SEVERITIES = {
    "not_read": "error",
    "uncovered": "error",
    "broken_delivery": "error",
    "missing_log_group": "warning",
    "partly_covered": "warning",
    "drift": "warning",
    "recorded_twice": "warning",
    "no_retention": "warning",
    "unknown_flow_log": "note",
    "orphaned_role": "note",
    "orphaned_policy": "note",
}
# What becomes of one VPC after the other. The first 14 have met everything, so an estate of 98 targets has all findings.
FATES = (
    *("covered", "uncovered", "covered", "partly_covered", "broken", "covered", "drift", "unknown", "covered"),
    *("missing_group", "covered", "intended", "covered", "no_retention", "covered", "covered", "uncovered", "covered"),
)
STATUS = {
    "uncovered": "uncovered",
    "broken": "broken",
    "partly_covered": "partly_covered",
    "intended": "partly_covered",
}

# What people write; all else are ids, times and words of AWS or of the report.
WRITTEN = (
    *("account", "attached_to", "code", "command", "command_note", "deliver_logs_error_message", "hosts", "kms_key_id"),
    *("deliver_logs_permission_arn", "log_destination", "log_format", "log_group_name", "message", "policy_name"),
    *("project", "resource_name", "role_name", "subject_name", "tags", "title", "vpc_name", "what"),
)
# What may stand in a tag, a name, a message or a command.
HOSTILE = (
    "<script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "' onmouseover='window.hacked=1' x='",
    "javascript:window.hacked=1",
    "</title></style></script><svg onload=window.hacked=1>",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "two\nlines\tand\r\ntabs",
    "]]><!-- --><![CDATA[ &amp; &lt;b&gt;",
    "user\u202etxt.exe\u202c",
    "nul\x00 bell\x07 escape\x1b[31m half \ud800 none \uffff",
    "שלום مرحبا",
    "x" * 256,
    "🦊 ünïcödé 'single' \"double\" `back` $(id) \\",
    "http://attacker.example/steal?all",
    "=cmd|' /C calc'!A0",
)


def estate(size: int = 126, accounts: int = 3) -> Model:
    """An estate of that many targets; from 98 on it has findings of every kind."""
    made = _Estate(accounts)
    for number in itertools.count():
        made.add_vpc(number)
        if len(made.targets) >= size:
            break
    del made.targets[size:]
    made.add_what_belongs_to_accounts()
    return made.model()


def perfect(size: int = 42) -> Model:
    """Every target is recorded, every flow log delivers, nothing is left to do."""
    made = _Estate(1)
    for number in range(-(-size // 7)):
        made.add_vpc(number, "covered")
    del made.targets[size:]
    return made.model()


def empty() -> Model:
    """Accounts and regions that have no network at all."""
    return _Estate(1).model()


def unread() -> Model:
    """An account that nothing could be read of."""
    made = _Estate(1)
    made.add_not_read(ACCOUNTS[0], None, "the account")
    return made.model()


def hostile(everywhere: bool = False) -> Model:
    """The estate with the strings above in all that people write; everywhere: in place of every single string."""
    strings = itertools.cycle(HOSTILE)

    def poison(value: Any, hit: bool) -> Any:
        if isinstance(value, dict):
            return {
                (next(strings) if key == "tag" else key): poison(inner, hit or everywhere or key in WRITTEN)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [poison(inner, hit) for inner in value]
        return next(strings) if hit and isinstance(value, str) else value

    model = estate(140)
    for flow_log in model["flow_logs"]:
        flow_log["tags"] = {"tag": "value"}
    poisoned: Model = poison(model, everywhere)
    for number, finding in enumerate(poisoned["findings"]):  # ids are unique whatever they are made of
        finding["id"] = f"{finding['id']} {number}"
    return poisoned


class _Estate:
    def __init__(self, accounts: int) -> None:
        self.accounts = ACCOUNTS[:accounts]
        self.targets: list[dict[str, Any]] = []
        self.flow_logs: list[dict[str, Any]] = []
        self.log_groups: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.iam: list[dict[str, Any]] = []
        self.findings: list[dict[str, Any]] = []
        self.not_read: list[dict[str, Any]] = []

    def model(self) -> Model:
        severities = Counter(finding["severity"] for finding in self.findings)
        order = list(SEVERITIES)
        return copy.deepcopy(
            {
                "version": 1,
                "title": "Flow logs",
                "generated_at": GENERATED_AT,
                "inventory": ["inventory.yml"],
                "totals": {
                    **_statuses(self.targets),
                    "flow_logs": len(self.flow_logs),
                    "log_groups": len(self.log_groups),
                    "findings": {severity: severities[severity] for severity in ("error", "warning", "note")},
                },
                "coverage": list(self._coverage()),
                "targets": self.targets,
                "flow_logs": self.flow_logs,
                "log_groups": list(self.log_groups.values()),
                "iam": self.iam,
                "findings": sorted(self.findings, key=lambda finding: (order.index(finding["kind"]), finding["id"])),
                "not_read": self.not_read,
            }
        )

    def _coverage(self) -> Iterator[dict[str, Any]]:
        keys = ("account_id", "account", "region", "project")
        places = sorted({tuple(target[key] for key in keys) for target in self.targets}, key=str)
        for place in places:
            there = [target for target in self.targets if tuple(target[key] for key in keys) == place]
            yield {**dict(zip(keys, place, strict=True)), **_statuses(there)}

    def add_vpc(self, number: int, fate: str | None = None) -> None:
        fate = fate or FATES[number % len(FATES)]
        account_id, account = self.accounts[number % len(self.accounts)]
        project = PROJECTS[number % len(PROJECTS)]
        place = {
            "account_id": account_id,
            "account": account,
            "region": REGIONS[number // 2 % len(REGIONS)],
            "project": project,
        }
        name = f"{project or 'default'}-{number:02}"
        vpc_id = _id("vpc", number)
        flow_log = self._flow_log(place, vpc_id, name, number, fate)
        for resource_id, resource_type, resource_name, subnet_id in _resources(number, vpc_id, name):
            self.targets.append(
                {
                    **place,
                    "resource_id": resource_id,
                    "resource_type": resource_type,
                    "resource_name": resource_name,
                    "vpc_id": vpc_id,
                    "vpc_name": name,
                    "subnet_id": subnet_id,
                    "hosts": [name] if resource_type == "vpc" and project and fate != "unknown" else [],
                    **_cover(fate, resource_type, flow_log),
                }
            )
        self._tell(place, fate, vpc_id, name, flow_log)

    def _flow_log(self, place: dict[str, Any], vpc_id: str, name: str, number: int, fate: str) -> dict[str, Any] | None:
        if fate == "uncovered":
            return None
        group = f"/aws/{place['project'] or 'default'}/vpc/{name}/flowlogs"
        to_s3 = fate == "unknown"
        flow_log = {
            **place,
            "flow_log_id": _id("fl", number),
            "resource_id": vpc_id,
            "resource_type": "vpc",
            "resource_name": name,
            "known": fate != "unknown",
            "managed_by_rule": False,
            "log_destination_type": "s3" if to_s3 else "cloud-watch-logs",
            "log_group_name": None if to_s3 else group,
            "log_destination": f"arn:aws:s3:::{name}-records" if to_s3 else None,
            "traffic_type": {"partly_covered": "ACCEPT", "intended": "REJECT"}.get(fate, "ALL"),
            "max_aggregation_interval": 60 if number % 4 else 600,
            "log_format": FORMAT,
            "deliver_logs_permission_arn": None if to_s3 else f"arn:aws:iam::{place['account_id']}:role/{ROLE}",
            "tags": {"project": place["project"]} if place["project"] else {},
            "delivery": _delivery(fate),
        }
        self.flow_logs.append(flow_log)
        if not to_s3:
            self._log_group(place, group, flow_log["flow_log_id"], fate)
        return flow_log

    def _log_group(self, place: dict[str, Any], name: str, flow_log_id: str, fate: str) -> None:
        exists = fate != "missing_group"
        self.log_groups[place["account_id"], place["region"], name] = {
            **{key: place[key] for key in ("account_id", "account", "region")},
            "log_group_name": name,
            "exists": exists,
            "retention_in_days": 90 if exists and fate != "no_retention" else None,
            "stored_bytes": int(flow_log_id[-8:], 16) % 977 * 1_234_567 if exists else None,
            "kms_key_id": None,
            "log_group_class": "STANDARD" if exists else None,
            "known": True,
            "flow_log_ids": [flow_log_id],
        }

    def _tell(self, place: dict[str, Any], fate: str, vpc_id: str, name: str, flow_log: dict[str, Any] | None) -> None:
        apply = f"ansible-playbook -i inventory.yml netops.flow_logs.apply --limit {name}"
        owned = flow_log["flow_log_id"] if flow_log else ""
        group = (flow_log or {}).get("log_group_name")
        told = {
            "uncovered": (
                *("uncovered", vpc_id, name, apply, None),
                "No flow log records its traffic, nor that of the 2 subnets and 4 network interfaces in it.",
            ),
            "partly_covered": (
                *("partly_covered", vpc_id, name, apply, None),
                "ACCEPT is recorded, REJECT is not, though the inventory asks for ALL.",
            ),
            "broken": (
                *("broken_delivery", owned, name, apply, "Puts the role's trust right."),
                "AWS says FAILED: Access error. The role cannot be assumed, or may not write to the log group.",
            ),
            "drift": (
                *("drift", owned, name, apply, "Replaces the flow log: the new one first, then the old one."),
                "max_aggregation_interval is 600; the inventory says 60.",
            ),
            "unknown": (
                *("unknown_flow_log", owned, name, None, None),
                "It publishes to a bucket, and no host of the inventory asks for it.",
            ),
            "missing_group": (
                *("missing_log_group", group, name, apply, None),
                "fl-… publishes to it, but it does not exist: the records have nowhere to go.",
            ),
            "no_retention": (
                *("no_retention", group, name, apply, "Set flow_logs_retention_in_days first."),
                "It keeps all records for ever, and that is paid for.",
            ),
        }
        if fate in told:
            kind, subject, subject_name, command, note, message = told[fate]
            self._find(place, kind, str(subject), subject_name, message, command, note)

    def _find(
        self,
        place: dict[str, Any],
        kind: str,
        subject: str,
        subject_name: str,
        message: str,
        command: str | None = None,
        note: str | None = None,
    ) -> None:
        self.findings.append(
            {
                "id": f"{kind}:{place['account_id']}:{place['region'] or ''}:{subject}",
                "kind": kind,
                "severity": SEVERITIES[kind],
                **{key: place.get(key) for key in ("account_id", "account", "region", "project")},
                "subject": subject,
                "subject_name": subject_name,
                "message": message,
                "command": command,
                "command_note": note,
            }
        )

    def add_what_belongs_to_accounts(self) -> None:
        for number, (account_id, account) in enumerate(self.accounts):
            place = {"account_id": account_id, "account": account, "region": None}
            users = [log for log in self.flow_logs if log["account_id"] == account_id and log["log_group_name"]]
            keys = ("region", "flow_log_id", "resource_id")
            arn = f"arn:aws:iam::{account_id}"
            roles = [_role(ROLE, arn, [{key: log[key] for key in keys} for log in users], False)]
            policies = [_policy("Send_to_CloudWatch_Logs", arn, [f"role/{ROLE}"], False)]
            if number == 1:
                roles.append(_role("flowlogsRole", arn, [], True))
                policies.append(_policy("Send_to_CloudWatch_Logs_old", arn, [], True))
                command = (
                    'ansible localhost -m netops.flow_logs.flow_log_iam -a \'{"role_name": "%s", "state": "absent"}\''
                )
                self._find(place, "orphaned_role", "flowlogsRole", "", "No flow log uses it.", command % "flowlogsRole")
                self._find(place, "orphaned_policy", "Send_to_CloudWatch_Logs_old", "", "It is attached to nothing.")
            if number == 2:
                roles.append(_role("flowlogsRole", arn, [], None))
                self.add_not_read((account_id, account), "ap-southeast-2", "flow logs")
            self.iam.append({"account_id": account_id, "account": account, "roles": roles, "policies": policies})

    def add_not_read(self, account: tuple[str, str], region: str | None, what: str) -> None:
        place = {"account_id": account[0], "account": account[1], "region": region}
        message = "You are not authorized to perform this operation."
        self.not_read.append({**place, "what": what, "code": "UnauthorizedOperation", "message": message})
        self._find(place, "not_read", what, "", f"UnauthorizedOperation: {message}")


def _statuses(targets: list[dict[str, Any]]) -> dict[str, int]:
    counts = Counter(target["status"] for target in targets)
    statuses = ("covered", "partly_covered", "broken", "uncovered")
    return {"targets": len(targets), **{status: counts[status] for status in statuses}}


def _id(prefix: str, number: int, part: int = 0) -> str:
    return f"{prefix}-0{(number + 1) * 2654435761 % 2**32:08x}{part:04x}{number:04x}"


def _resources(number: int, vpc_id: str, name: str) -> Iterator[tuple[str, str, str, str | None]]:
    yield vpc_id, "vpc", name, None
    for zone in (0, 1):
        subnet_id = _id("subnet", number, zone)
        yield subnet_id, "subnet", f"{name}-{'ab'[zone]}", subnet_id
        for interface in (0, 1):
            eni_id = _id("eni", number, zone * 2 + interface)
            yield eni_id, "eni", eni_id, subnet_id


def _cover(fate: str, resource_type: str, flow_log: dict[str, Any] | None) -> dict[str, Any]:
    status = STATUS.get(fate, "covered")
    recorded = {"uncovered": [], "partly_covered": ["ACCEPT"], "intended": ["REJECT"]}.get(fate, ["ACCEPT", "REJECT"])
    cover = []
    if flow_log:
        cover.append(
            {
                **{key: flow_log[key] for key in ("flow_log_id", "resource_id", "traffic_type")},
                "through": "own" if resource_type == "vpc" else "vpc",
                "delivering": status != "broken",
            }
        )
    return {
        "status": status,
        "recorded": recorded,
        "missing": [kind for kind in ("ACCEPT", "REJECT") if kind not in recorded],
        "intended": fate == "intended",
        "flow_logs": cover,
        "newest_event_time": SEEN_AT if status == "covered" and fate not in ("unknown", "missing_group") else None,
    }


def _delivery(fate: str) -> dict[str, Any]:
    state, message = {
        "broken": ("failing", "AWS says FAILED: Access error."),
        "missing_group": ("failing", "Its log group does not exist."),
        "unknown": ("not_checked", "It publishes to a bucket; only log groups are looked into."),
        "partly_covered": ("unproven", "AWS says SUCCESS, but there is no record yet."),
    }.get(fate, ("delivering", "The newest record is ten minutes old."))
    return {
        "state": state,
        "message": message,
        "deliver_logs_status": "FAILED" if fate == "broken" else "SUCCESS",
        "deliver_logs_error_message": "Access error" if fate == "broken" else None,
        "log_group_exists": None if fate == "unknown" else fate != "missing_group",
        "newest_event_time": SEEN_AT if state == "delivering" else None,
    }


def _role(name: str, arn: str, in_use_by: list[dict[str, Any]], orphaned: bool | None) -> dict[str, Any]:
    return {"role_name": name, "arn": f"{arn}:role/{name}", "in_use_by": in_use_by, "orphaned": orphaned}


def _policy(name: str, arn: str, attached_to: list[str], orphaned: bool) -> dict[str, Any]:
    return {"policy_name": name, "arn": f"{arn}:policy/{name}", "attached_to": attached_to, "orphaned": orphaned}
