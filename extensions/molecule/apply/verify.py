# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Say what is wrong with the flow logs of the estate, independently of the collection: verify.py ENDPOINT INVENTORY"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from estate import BANK
from estate import SHOP
from estate import session

ROLE = "Flow-Logs-Role-to-cloudwatch-logs"
POLICY = "Send_to_CloudWatch_Logs"
WRITE = {"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"}


def main(endpoint: str, inventory: str) -> None:
    groups = yaml.safe_load(Path(inventory).read_text())
    shop, bank = Account(endpoint, SHOP), Account(endpoint, BANK)
    problems = [
        *networks(shop, groups["shop"]["hosts"], "shop", days=30, traffic="ALL", interval=600),
        *networks(bank, groups["bank"]["hosts"], "bank", days=365, traffic="REJECT", interval=60),
        *delivery(shop, "shop", actions=WRITE | {"logs:CreateLogGroup"}, everything=True, restricted=False),
        *delivery(bank, "bank", actions=WRITE, everything=False, restricted=True),
    ]
    sys.exit("\n".join(problems) or 0)


class Account:
    def __init__(self, endpoint: str, place: dict[str, str]) -> None:
        aws = session(endpoint, **place)
        self.id = place["account"]
        self.ec2, self.logs, self.iam = (aws.client(name, endpoint_url=endpoint) for name in ("ec2", "logs", "iam"))


def networks(account: Account, targets: Any, project: str, days: int, traffic: str, interval: int) -> list[str]:
    log_groups = {group["logGroupName"]: group for group in account.logs.describe_log_groups()["logGroups"]}
    tags = account.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]
    names = {tag["ResourceId"]: tag["Value"] for tag in tags}
    flow_logs: dict[str, list[Any]] = {target: [] for target in targets}
    for flow_log in account.ec2.describe_flow_logs()["FlowLogs"]:
        flow_logs.setdefault(flow_log["ResourceId"], []).append(flow_log)

    expected_groups = {target: f"/aws/{project}/vpc/{names.get(target, target)}/flowlogs" for target in targets}
    retentions = {name: group.get("retentionInDays") for name, group in log_groups.items()}
    problems = differs(f"{project}: log groups", retentions, dict.fromkeys(expected_groups.values(), days))
    for target, found in flow_logs.items():
        wanted = {
            "DeliverLogsPermissionArn": f"arn:aws:iam::{account.id}:role/{ROLE}",
            "DeliverLogsStatus": "SUCCESS",
            "LogGroupName": expected_groups.get(target),
            "MaxAggregationInterval": interval,
            "TrafficType": traffic,
        }
        problems += differs(f"{target}: flow logs", [{name: each.get(name) for name in wanted} for each in found], [wanted])
        for each in found:
            own_tags = {tag["Key"]: tag["Value"] for tag in each["Tags"]}
            problems += differs(f"{target}: tag project", own_tags.get("project"), project)
    return problems


def delivery(account: Account, project: str, actions: set[str], everything: bool, restricted: bool) -> list[str]:
    if ROLE not in [role["RoleName"] for role in account.iam.list_roles()["Roles"]]:
        return [f"{project}: there is no role {ROLE}"]
    attached = account.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    if [policy["PolicyName"] for policy in attached] != [POLICY]:
        return [f"{project}: attached to {ROLE} is {attached}"]
    arn = attached[0]["PolicyArn"]
    version = account.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    policy = account.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]["Statement"]
    (trust,) = account.iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    return [
        *differs(f"{project}: actions", {action for part in policy for action in listed(part["Action"])}, actions),
        *differs(f"{project}: all resources", all(listed(part["Resource"]) == ["*"] for part in policy), everything),
        *differs(f"{project}: trusted", trust["Principal"], {"Service": "vpc-flow-logs.amazonaws.com"}),
        *differs(f"{project}: trust to do what", listed(trust["Action"]), ["sts:AssumeRole"]),
        *differs(f"{project}: trust with conditions", "Condition" in trust, restricted),
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def differs(what: str, found: Any, expected: Any) -> list[str]:
    return [] if found == expected else [f"{what}: {found}, not {expected}"]


if __name__ == "__main__":
    main(*sys.argv[1:])
