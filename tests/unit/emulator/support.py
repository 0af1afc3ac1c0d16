# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain boto3 clients of the emulator, and the least that a flow log needs."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ansible_collections.netops.flow_logs.tests.emulator import NOT_RECORDED
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import ManualClock

ACCOUNT = "123456789012"
REGION = "eu-west-1"
GROUP = "/aws/shop/vpc/web/flowlogs"
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
ROLE = "flow-logs"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
NO_VPC = "vpc-0123456789abcdef0"
DELIVERY = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


def trust(service: str = "vpc-flow-logs.amazonaws.com", **conditions: Any) -> str:
    """A trust document."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **conditions}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(*actions: str, resource: str = "*", effect: str = "Allow") -> str:
    """A policy document."""
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refused(call: Callable[[], Any]) -> tuple[str, str, int]:
    """Code, message and HTTP status of the error that the call ends with."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return (
        answer["Error"]["Code"],
        answer["Error"].get("Message") or answer.get("message") or "",
        answer["ResponseMetadata"]["HTTPStatusCode"],
    )


def code(call: Callable[[], Any]) -> str:
    """The error's code alone."""
    return refused(call)[0]


@functools.cache
def make_client(url: str, service: str, region: str, account: str, by_test: bool) -> Any:
    """A client that never retries. by_test: its calls are neither recorded nor struck by a fault."""
    config = Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=10)
    client = boto3.client(
        service, region, endpoint_url=url, aws_access_key_id="AKIATEST", aws_secret_access_key="x", config=config
    )

    def add_headers(request: Any, **_rest: Any) -> None:
        request.headers["x-moto-account-id"] = account
        if by_test:
            request.headers[NOT_RECORDED] = "1"

    client.meta.events.register("before-sign.*", add_headers)
    return client


class Estate:
    """An account of the emulator."""

    def __init__(self, aws: AwsLike) -> None:
        self.aws = aws
        assert isinstance(aws.world.clock, ManualClock)
        self.clock = aws.world.clock
        self.ec2 = self.client("ec2")
        self.iam = self.client("iam")
        self.logs = self.client("logs")

    def client(self, service: str, region: str = REGION, account: str = ACCOUNT, by_test: bool = False) -> Any:
        return make_client(self.aws.url, service, region, account, by_test)

    def vpc(self, region: str = REGION) -> str:
        answer = self.client("ec2", region, by_test=True).create_vpc(CidrBlock="10.0.0.0/16")
        return str(answer["Vpc"]["VpcId"])

    def role(self, name: str = ROLE, document: str = "", may: tuple[str, ...] = DELIVERY) -> str:
        """A role, which the flow-log service can assume unless another trust is given."""
        iam = self.client("iam", by_test=True)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document or trust())
        if may:
            iam.put_role_policy(RoleName=name, PolicyName="deliver", PolicyDocument=policy(*may))
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    def create(self, *resource_ids: str, client: Any = None, **changes: Any) -> dict[str, Any]:
        """CreateFlowLogs for VPCs, to GROUP, by ROLE; None leaves an argument out."""
        arguments = {
            "ResourceIds": list(resource_ids),
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogGroupName": GROUP,
            "DeliverLogsPermissionArn": ROLE_ARN,
            **changes,
        }
        sent = {name: value for name, value in arguments.items() if value is not None}
        answer: dict[str, Any] = (client or self.ec2).create_flow_logs(**sent)
        return answer

    def flow_logs(self, **arguments: Any) -> list[dict[str, Any]]:
        """What the test sees, whatever the scenario."""
        entries: list[dict[str, Any]] = self.client("ec2", by_test=True).describe_flow_logs(**arguments)["FlowLogs"]
        return entries

    def groups(self) -> dict[str, dict[str, Any]]:
        """Log groups by name, whatever the scenario."""
        entries = self.client("logs", by_test=True).describe_log_groups()["logGroups"]
        return {entry["logGroupName"]: entry for entry in entries}
