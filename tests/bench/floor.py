# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that any program has to do, in bare boto3: python floor.py estate.json

One role and policy per account, one log group with a retention per project, one flow log per VPC. As few calls as there can be,
side by side where one doesn't need another's answer. No check of what is there beyond its being there, no retries beyond
boto3's own, no message.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

# CreateFlowLogs takes so many ids.
MOST = 300


class Account:
    """One account, and all that is asked for."""

    def __init__(self, wish: dict[str, Any], projects: dict[str, list[str]], clients: dict[str, Any]) -> None:
        self.wish = wish
        self.iam, self.logs, self.ec2 = clients["iam"], clients["logs"], clients["ec2"]
        self.projects = {wish["log_group"].format(project=project): vpcs for project, vpcs in projects.items()}

    def converge(self) -> None:
        """Creates what is missing."""
        with ThreadPoolExecutor(8) as pool:
            role = pool.submit(self.role)
            groups = pool.submit(self.log_groups)
            covered = self.covered()
            groups.result()
            answers = [
                pool.submit(self.flow_logs, group, vpcs[start : start + MOST], role)
                for group, ids in self.projects.items()
                if (vpcs := [vpc for vpc in ids if vpc not in covered])
                for start in range(0, len(vpcs), MOST)
            ]
            role.result()
        refused = [entry for answer in answers for entry in answer.result()["Unsuccessful"]]
        if refused:
            raise SystemExit(str(refused[0]))

    def role(self) -> str:
        """The ARN of the role."""
        try:
            return str(self.iam.get_role(RoleName=self.wish["role"])["Role"]["Arn"])
        except self.iam.exceptions.NoSuchEntityException:
            document, trust = json.dumps(self.wish["delivery"]), json.dumps(self.wish["trust"])
            policy = self.iam.create_policy(PolicyName=self.wish["policy"], PolicyDocument=document)["Policy"]["Arn"]
            arn = self.iam.create_role(RoleName=self.wish["role"], AssumeRolePolicyDocument=trust)["Role"]["Arn"]
            self.iam.attach_role_policy(RoleName=self.wish["role"], PolicyArn=policy)
            return str(arn)

    def log_groups(self) -> None:
        """One for each project."""
        pages = self.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/")
        there = {group["logGroupName"] for page in pages for group in page["logGroups"]}
        for name in self.projects.keys() - there:
            self.logs.create_log_group(logGroupName=name)
            self.logs.put_retention_policy(logGroupName=name, retentionInDays=self.wish["retention"])

    def covered(self) -> set[str]:
        """What has a flow log, whichever."""
        pages = self.ec2.get_paginator("describe_flow_logs").paginate()
        return {log["ResourceId"] for page in pages for log in page["FlowLogs"]}

    def flow_logs(self, group: str, vpcs: list[str], role: Future[str]) -> Any:
        """For at most 300 VPCs."""
        return self.ec2.create_flow_logs(
            ResourceIds=vpcs,
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName=group,
            DeliverLogsPermissionArn=role.result(),
        )


def main() -> None:
    """Raises whatever boto3 raises."""
    wish = json.loads(Path(sys.argv[1]).read_text())
    session = boto3.session.Session(region_name=wish["region"])
    # Threads may not share a session, but clients.
    sts = session.client("sts")
    with ThreadPoolExecutor() as pool:
        keys = list(pool.map(lambda account: keys_of(sts, account), wish["accounts"]))
    accounts = [
        Account(wish, account["projects"], {name: session.client(name, **own) for name in ("iam", "logs", "ec2")})
        for account, own in zip(wish["accounts"], keys, strict=True)
    ]
    with ThreadPoolExecutor() as pool:
        list(pool.map(Account.converge, accounts))


def keys_of(sts: Any, account: dict[str, Any]) -> dict[str, str]:
    """The caller's own, unless the account has to be entered."""
    if not account["way_in"]:
        return {}
    given = sts.assume_role(RoleArn=account["way_in"], RoleSessionName="floor")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


if __name__ == "__main__":
    main()
