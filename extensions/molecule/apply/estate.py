# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build a small estate on the emulator and write it as an inventory: estate.py ENDPOINT INVENTORY"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import boto3
import yaml

SHOP = {"region": "us-east-1", "account": "123456789012"}
BANK = {"region": "eu-central-1", "account": "222222222222"}


def main(endpoint: str, inventory: str) -> None:
    shop, bank = session(endpoint, **SHOP), session(endpoint, **BANK)
    projects = {
        "shop": [*network(shop, endpoint, "shop-main"), *network(shop, endpoint, None)],
        "bank": network(bank, endpoint, "bank-core"),
    }
    role_of_the_console(shop, endpoint)
    groups = {name: {"hosts": {target: {} for target in targets}} for name, targets in projects.items()}
    Path(inventory).write_text(yaml.safe_dump(groups))


def session(endpoint: str, region: str, account: str) -> boto3.Session:
    """The emulator lets everybody assume any role, and has an account for each."""
    sts = boto3.client("sts", endpoint_url=endpoint, region_name=region)
    role = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/estate", RoleSessionName="estate")
    keys = role["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name=region,
    )


def network(aws: boto3.Session, endpoint: str, name: str | None) -> list[str]:
    """A VPC, a subnet and a network interface. Without a name none of them has a Name tag."""
    ec2 = aws.client("ec2", endpoint_url=endpoint)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    if name:
        for target, ending in ((vpc, ""), (subnet, "-a"), (interface, "-db")):
            ec2.create_tags(Resources=[target], Tags=[{"Key": "Name", "Value": name + ending}])
    return [vpc, subnet, interface]


def role_of_the_console(aws: boto3.Session, endpoint: str) -> None:
    """As the console leaves it half way through the manual: it still trusts EC2."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    aws.client("iam", endpoint_url=endpoint).create_role(
        RoleName="Flow-Logs-Role-to-cloudwatch-logs", AssumeRolePolicyDocument=json.dumps(trust)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
