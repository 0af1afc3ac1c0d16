# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is really there, read with plain boto3 and none of the collection's code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from estate import ACCOUNTS
from estate import DELIVERY_ROLE
from estate import Account
from estate import Project
from estate import Target
from estate import client


@dataclass(frozen=True)
class FlowLog:
    """A flow log with its log group. retention_in_days is None for a group that is kept for ever or does not exist."""

    flow_log_id: str
    traffic_type: str
    max_aggregation_interval: int
    log_group_name: str
    retention_in_days: int | None
    role_arn: str


@dataclass(frozen=True)
class Record:
    """A target and its flow logs."""

    project: str
    account: Account
    target: Target
    flow_logs: tuple[FlowLog, ...]


@dataclass(frozen=True)
class DeliveryRole:
    """The IAM role of an account; without a trust there is none."""

    account: Account
    trust: dict[str, Any] | None
    policies: dict[str, dict[str, Any]]
    passed_by: tuple[str, ...]


@dataclass(frozen=True)
class Survey:
    """Two surveys are equal when nothing has changed between them.

    others are the log groups and policies there are, whether a flow log or a role uses them or not.
    """

    records: list[Record]
    roles: list[DeliveryRole]
    others: dict[str, list[str]]


def survey(projects: Sequence[Project]) -> Survey:
    """Looks at all targets and accounts."""
    flow_logs = {account: _flow_logs(account) for account in ACCOUNTS}
    records = [
        Record(project.name, project.account, target, flow_logs[project.account].get(target.resource_id, ()))
        for project in projects
        for target in project.targets
    ]
    others = {account.account_id: _log_groups_and_policies(account) for account in ACCOUNTS}
    return Survey(records, [_delivery_role(account) for account in ACCOUNTS], others)


def _flow_logs(account: Account) -> dict[str, tuple[FlowLog, ...]]:
    """The flow logs of each resource."""
    groups = _pages(client(account, "logs"), "describe_log_groups", "logGroups")
    retention = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    found: dict[str, tuple[FlowLog, ...]] = {}
    for answer in _pages(client(account, "ec2"), "describe_flow_logs", "FlowLogs"):
        flow_log = FlowLog(
            answer["FlowLogId"],
            answer["TrafficType"],
            answer["MaxAggregationInterval"],
            answer["LogGroupName"],
            retention.get(answer["LogGroupName"]),
            answer["DeliverLogsPermissionArn"],
        )
        found[answer["ResourceId"]] = (*found.get(answer["ResourceId"], ()), flow_log)
    return found


def _delivery_role(account: Account) -> DeliveryRole:
    iam = client(account, "iam")
    try:
        role = iam.get_role(RoleName=DELIVERY_ROLE)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return DeliveryRole(account, None, {}, ())
    attached = iam.list_attached_role_policies(RoleName=DELIVERY_ROLE)["AttachedPolicies"]
    policies = {policy["PolicyName"]: _document(iam, policy["PolicyArn"]) for policy in attached}
    return DeliveryRole(account, role["AssumeRolePolicyDocument"], policies, _who_may_pass(iam, role["Arn"]))


def _log_groups_and_policies(account: Account) -> list[str]:
    groups = [group["arn"] for group in _pages(client(account, "logs"), "describe_log_groups", "logGroups")]
    return groups + [
        policy["Arn"] for policy in _pages(client(account, "iam"), "list_policies", "Policies", Scope="Local")
    ]


def _document(iam: Any, arn: str) -> dict[str, Any]:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: dict[str, Any] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return document


def _who_may_pass(iam: Any, role_arn: str) -> tuple[str, ...]:
    """IAM groups with a policy that allows iam:PassRole on the role."""
    return tuple(
        group["GroupName"]
        for group in _pages(iam, "list_groups", "Groups")
        for policy in iam.list_attached_group_policies(GroupName=group["GroupName"])["AttachedPolicies"]
        for statement in _document(iam, policy["PolicyArn"])["Statement"]
        if statement["Action"] == "iam:PassRole" and statement["Resource"] == role_arn
    )


def _pages(api: Any, operation: str, key: str, **arguments: str) -> list[dict[str, Any]]:
    return [item for page in api.get_paginator(operation).paginate(**arguments) for item in page[key]]
