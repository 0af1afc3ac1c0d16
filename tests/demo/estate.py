# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small estate in two accounts: what a network team has before it asks for flow logs."""

import functools
import json
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import boto3

# The way into an account that AWS Organizations makes; the inventory names the same one.
WAY_IN = "arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"
DELIVERY_ROLE = "Flow-Logs-Role-to-cloudwatch-logs"
OPERATORS = "network-operators"
FLOW_LOGS = "vpc-flow-logs.amazonaws.com"


@dataclass(frozen=True)
class Account:
    """What the inventory calls an account, and where it is."""

    name: str
    account_id: str
    region: str


@functools.cache
def client(account: Account, service: str) -> Any:
    """A boto3 client inside the account. The address of AWS comes from the environment."""
    sts = boto3.client("sts", region_name=account.region)
    role = WAY_IN.format(account_id=account.account_id)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="demo")["Credentials"]
    return boto3.client(
        service,
        region_name=account.region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


@dataclass(frozen=True)
class Target:
    """A VPC, subnet or network interface; name is its Name tag, if it has one."""

    resource_id: str
    name: str | None
    what: str


@dataclass
class Project:
    """A group of the inventory."""

    name: str
    account: Account
    targets: list[Target] = field(default_factory=list)


RETAIL = Account("retail", "111111111111", "eu-central-1")
BROADCAST = Account("broadcast", "222222222222", "eu-west-1")
ACCOUNTS = (RETAIL, BROADCAST)


def build() -> list[Project]:
    """Three projects, in one account what is left of an attempt in the console, in the other what nobody remembers."""
    _leave_a_role_of_the_console(RETAIL)
    _leave_a_forgotten_vpc(BROADCAST)
    client(RETAIL, "iam").create_group(GroupName=OPERATORS)

    shop = _Builder(Project("shop", RETAIL))
    production = shop.vpc("shop-prod", "10.1.0.0/16")
    web = shop.subnet(production, "shop-web", "10.1.1.0/24")
    shop.subnet(production, "shop-search", "10.1.2.0/24")
    shop.interface(web, "shop-checkout")
    shop.interface(web, None)
    shop.interface(web, None)
    shop.vpc("shop-test", "10.2.0.0/16")

    bank = _Builder(Project("bank", RETAIL))
    core = bank.vpc("bank-core", "10.3.0.0/16")
    cards = bank.subnet(core, "bank-cards", "10.3.1.0/24")
    bank.subnet(core, "bank-ledger", "10.3.2.0/24")
    bank.interface(cards, "bank-gateway")
    bank.interface(cards, None)

    tv = _Builder(Project("tv", BROADCAST))
    studio = tv.vpc(None, "10.4.0.0/16")
    playout = tv.subnet(studio, "tv-playout", "10.4.1.0/24")
    tv.subnet(studio, None, "10.4.2.0/24")
    tv.interface(playout, "tv-encoder")
    tv.interface(playout, None)
    return [builder.project for builder in (shop, bank, tv)]


def _leave_a_role_of_the_console(account: Account) -> None:
    """The console makes a role for EC2, whose trust somebody then has to edit. Here nobody did."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
    client(account, "iam").create_role(RoleName=DELIVERY_ROLE, AssumeRolePolicyDocument=json.dumps(trust))


def _leave_a_forgotten_vpc(account: Account) -> None:
    """It is in no inventory. Somebody once wanted to see what it rejects, in a log group that keeps its records for ever."""
    ec2, iam, logs = (client(account, service) for service in ("ec2", "iam", "logs"))
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", **_tags("vpc", "legacy"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24", **_tags("subnet", "legacy-batch"))["Subnet"]
    ec2.create_network_interface(SubnetId=subnet["SubnetId"], **_tags("network-interface", "legacy-printer"))
    statement = {"Effect": "Allow", "Principal": {"Service": FLOW_LOGS}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for name in ("flowlogsRole", "flowlogsRole-test"):
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    write = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [write]})
    iam.put_role_policy(RoleName="flowlogsRole", PolicyName="flowlogs", PolicyDocument=document)
    logs.create_log_group(logGroupName="legacy-flow-logs")
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogGroupName="legacy-flow-logs",
        DeliverLogsPermissionArn=role.removesuffix("-test"),
    )


class _Builder:
    """Makes a project's network, and notes what it has made."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.ec2 = client(project.account, "ec2")

    def vpc(self, name: str | None, cidr: str) -> str:
        vpc = self.ec2.create_vpc(CidrBlock=cidr, **_tags("vpc", name))["Vpc"]
        return self._note(vpc["VpcId"], name, "VPC")

    def subnet(self, vpc_id: str, name: str | None, cidr: str) -> str:
        subnet = self.ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr, **_tags("subnet", name))["Subnet"]
        return self._note(subnet["SubnetId"], name, "subnet")

    def interface(self, subnet_id: str, name: str | None) -> str:
        answer = self.ec2.create_network_interface(SubnetId=subnet_id, **_tags("network-interface", name))
        return self._note(answer["NetworkInterface"]["NetworkInterfaceId"], name, "interface")

    def _note(self, resource_id: str, name: str | None, what: str) -> str:
        self.project.targets.append(Target(resource_id, name, what))
        return resource_id


def _tags(kind: str, name: str | None) -> dict[str, Any]:
    tags = [{"Key": "Name", "Value": name}] if name else []
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}
