# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests put into the emulated accounts, and what they read out of them with plain boto3."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from typing import Any

import boto3
from moto.ec2.models import ec2_backends

from ansible_collections.netops.flow_logs.tests.emulator.telemetry_rules import make_flow_log
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import NOT_RECORDED
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Calls
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator

# The one that the emulator takes for the caller's.
ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROLE = "Flow-Logs-Role-to-cloudwatch-logs"
POLICY = "Send_to_CloudWatch_Logs"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{POLICY}"
EC2_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
NOTHING_ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "logs:*", "Resource": "*"}],
}
# Long enough for Ansible to hide it, as it would a real one.
SECRET = "testing-secret-key-of-the-caller"


class Cloud:
    """One account in one region of the emulator."""

    def __init__(self, emulator: Emulator, account: str = ACCOUNT, region: str = REGION) -> None:
        self.emulator = emulator
        self.account = account
        self.region = region

    def elsewhere(self, account: str | None = None, region: str | None = None) -> Cloud:
        return Cloud(self.emulator, account or self.account, region or self.region)

    @property
    def calls(self) -> Calls:
        return self.emulator.calls

    def client(self, service: str) -> Any:
        return _client(self.emulator.url, service, self.account, self.region)

    # what there is to begin with

    def vpc(self, name: str | None = None, cidr: str = "10.0.0.0/16") -> str:
        vpc_id = self.client("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        return self._named(vpc_id, name)

    def vpcs(self, count: int, name: str | None = None) -> list[str]:
        """Many, without a call each; name is followed by a number."""
        backend = ec2_backends[self.account][self.region]
        tags = [[{"Key": "Name", "Value": f"{name}-{number}"}] if name else [] for number in range(count)]
        return [backend.create_vpc("10.0.0.0/16", tags=each).id for each in tags]

    def subnet(self, vpc_id: str, name: str | None = None, cidr: str = "10.0.1.0/24") -> str:
        subnet_id = self.client("ec2").create_subnet(VpcId=vpc_id, CidrBlock=cidr)["Subnet"]["SubnetId"]
        return self._named(subnet_id, name)

    def eni(self, subnet_id: str, name: str | None = None) -> str:
        answer = self.client("ec2").create_network_interface(SubnetId=subnet_id)
        return self._named(answer["NetworkInterface"]["NetworkInterfaceId"], name)

    def _named(self, resource_id: str, name: str | None) -> str:
        if name is not None:
            self.client("ec2").create_tags(Resources=[resource_id], Tags=[{"Key": "Name", "Value": name}])
        return resource_id

    def flow_log(self, resource_id: str, tags: dict[str, str] | None = None, **settings: Any) -> str:
        """A flow log that somebody made; settings under AWS's names."""
        types = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}
        request: dict[str, Any] = {
            "ResourceIds": [resource_id],
            "ResourceType": types[resource_id.split("-")[0]],
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "DeliverLogsPermissionArn": ROLE_ARN,
            **settings,
        }
        request = {name: value for name, value in request.items() if value is not None}
        if tags:
            request["TagSpecifications"] = [{"ResourceType": "vpc-flow-log", "Tags": _tag_list(tags)}]
        flow_log_id: str = self.client("ec2").create_flow_logs(**request)["FlowLogIds"][0]
        return flow_log_id

    def flow_log_of_rule(self, resource_id: str, log_group_name: str, traffic_type: str = "ALL") -> str:
        """One that a CloudWatch telemetry rule has made."""
        return make_flow_log(self.account, self.region, resource_id, log_group_name, traffic_type)

    def flow_log_elsewhere(self, resource_id: str, kind: str) -> str:
        """A flow log to another account's Firehose, or one to S3 from the years in which AWS took a role for that."""
        if kind == "firehose":
            return self.flow_log(
                resource_id,
                LogDestinationType="kinesis-data-firehose",
                LogDestination=f"arn:aws:firehose:{self.region}:210987654321:deliverystream/central",
                DeliverCrossAccountRole="arn:aws:iam::210987654321:role/AWSLogDeliveryFirehoseCrossAccountRole",
            )
        where = {"LocationConstraint": self.region} if self.region != "us-east-1" else {}
        self.client("s3").create_bucket(Bucket="archive", **({"CreateBucketConfiguration": where} if where else {}))
        to_s3 = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::archive"}
        flow_log_id = self.flow_log(resource_id, DeliverLogsPermissionArn=None, **to_s3)
        ec2_backends[self.account][self.region].flow_logs[flow_log_id].deliver_logs_permission_arn = ROLE_ARN
        return flow_log_id

    def role(self, name: str = ROLE, trust: dict[str, Any] | None = None, **settings: Any) -> str:
        document = json.dumps(trust or EC2_TRUST)
        answer = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document, **settings)
        return str(answer["Role"]["Arn"])

    def policy(self, name: str = POLICY, document: dict[str, Any] | None = None, **settings: Any) -> str:
        text = json.dumps(document or NOTHING_ALLOWED)
        return str(self.client("iam").create_policy(PolicyName=name, PolicyDocument=text, **settings)["Policy"]["Arn"])

    # what there is now

    def flow_logs(self, resource_ids: Iterable[str] = ()) -> list[dict[str, Any]]:
        """The flow logs of the resources, or all of them."""
        wanted = set(resource_ids)
        found = self.client("ec2").describe_flow_logs()["FlowLogs"]
        return [entry for entry in found if not wanted or entry["ResourceId"] in wanted]

    def flow_log_of(self, resource_id: str) -> dict[str, Any]:
        """The one flow log of the resource; its tags as a mapping."""
        (found,) = self.flow_logs([resource_id])
        return {**found, "Tags": _mapping(found.get("Tags"))}

    def log_groups(self) -> dict[str, dict[str, Any]]:
        pages = self.client("logs").get_paginator("describe_log_groups").paginate()
        return {group["logGroupName"]: group for page in pages for group in page["logGroups"]}

    def log_group_tags(self, name: str) -> dict[str, str]:
        arn = f"arn:aws:logs:{self.region}:{self.account}:log-group:{name}"
        tags: dict[str, str] = self.client("logs").list_tags_for_resource(resourceArn=arn)["tags"]
        return tags

    def queries(self, folder: str = "") -> dict[str, dict[str, Any]]:
        """Saved queries by name; fails when there are several of one name."""
        found = self.all_queries(folder)
        named = {entry["name"]: entry for entry in found}
        assert len(named) == len(found), [entry["name"] for entry in found]
        return named

    def all_queries(self, folder: str = "") -> list[dict[str, Any]]:
        """Saved queries, several of one name too."""
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            page = self.client("logs").describe_query_definitions(**token)
            found += [entry for entry in page["queryDefinitions"] if entry["name"].startswith(folder)]
            if not page.get("nextToken"):
                return found
            token = {"nextToken": page["nextToken"]}

    def roles(self) -> list[str]:
        return [role["RoleName"] for role in self.client("iam").list_roles()["Roles"]]

    def policies(self) -> list[str]:
        return [policy["PolicyName"] for policy in self.client("iam").list_policies(Scope="Local")["Policies"]]

    def trust(self, name: str = ROLE) -> dict[str, Any]:
        document: dict[str, Any] = self.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        return document

    def document(self, name: str = POLICY) -> dict[str, Any]:
        """The policy's document in force."""
        iam = self.client("iam")
        arn = f"arn:aws:iam::{self.account}:policy/{name}"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document: dict[str, Any] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        return document

    def policy_versions(self, name: str = POLICY) -> list[str]:
        arn = f"arn:aws:iam::{self.account}:policy/{name}"
        versions = self.client("iam").list_policy_versions(PolicyArn=arn)["Versions"]
        return [version["VersionId"] for version in versions]

    def attached(self, kind: str, name: str) -> list[str]:
        """Names of the managed policies of a user, group or role."""
        listing = getattr(self.client("iam"), f"list_attached_{kind}_policies")
        answer = listing(**{f"{kind.capitalize()}Name": name})
        return [policy["PolicyName"] for policy in answer["AttachedPolicies"]]


@functools.cache
def _session() -> Any:
    return boto3.session.Session()


@functools.cache
def _client(url: str, service: str, account: str, region: str) -> Any:
    client = _session().client(
        service, endpoint_url=url, region_name=region, aws_access_key_id="testing", aws_secret_access_key=SECRET
    )

    def mark(params: dict[str, Any], **_kwargs: Any) -> None:
        params["headers"].update({NOT_RECORDED: "yes", "x-moto-account-id": account})

    client.meta.events.register("before-call", mark)
    return client


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _mapping(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}
