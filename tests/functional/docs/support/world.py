# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulated AWS in which there is what a text speaks of: resources, users and roles, under the very ids that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from moto.ec2.models import elastic_network_interfaces
from moto.ec2.models import flow_logs
from moto.ec2.models import subnets
from moto.ec2.models import vpcs
from moto.kms.models import kms_backends

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
MAY_WRITE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
# For text that names no resource.
ANY_VPC = "vpc-0a1b2c3d4e5f60718"
_ID = re.compile(r"\b(?:vpc|subnet|eni|fl)-[0-9a-f]{17}\b")
_PRINCIPAL = re.compile(r"arn:aws:iam::(\d{12}):(user|group)/([\w+=,.@-]+)")
_DELIVERY_ROLE = re.compile(r"\brole_arn: arn:aws:iam::(\d{12}):role/([\w+=,.@-]+)")
_BOUNDARY = re.compile(r"permissions_boundary: arn:aws:iam::(\d{12}):policy/([\w+=,.@-]+)")
_KEY = re.compile(r"arn:aws:kms:([a-z]{2}-[a-z]+-\d):(\d{12}):key/([\w-]+)")
_ROLE = "made-by-somebody"


class World:
    """Every resource that the text names is in each account and region that it names."""

    def __init__(self, cloud: Cloud, text: str) -> None:
        self.text = text
        accounts = sorted({ACCOUNT, *re.findall(r"\b\d{12}\b", text)})
        regions = sorted({REGION, *re.findall(r"\b[a-z]{2}-[a-z]+-\d\b", text)})
        ids = sorted({*_ID.findall(text)})
        self.targets = [each for each in ids if not each.startswith("fl-")] or [ANY_VPC]
        for account in accounts:
            here = cloud.elsewhere(account)
            here.policy("write", MAY_WRITE)
            self._principals(here)
            role = here.role(_ROLE, trust=TRUST)
            policy = f"arn:aws:iam::{account}:policy/write"
            here.client("iam").attach_role_policy(RoleName=_ROLE, PolicyArn=policy)
            for region in regions:
                _fill(here.elsewhere(region=region), self.targets, [each for each in ids if each[:3] == "fl-"], role)

        for region, account, key_id in sorted(set(_KEY.findall(text))):
            _key(cloud.elsewhere(account, region), key_id)

    def _principals(self, cloud: Cloud) -> None:
        iam = cloud.client("iam")
        for account, kind, name in sorted(set(_PRINCIPAL.findall(self.text))):
            if account == cloud.account:
                getattr(iam, f"create_{kind}")(**{f"{kind.capitalize()}Name": name})
        for account, name in sorted(set(_DELIVERY_ROLE.findall(self.text))):
            if account == cloud.account:
                cloud.role(name, trust=TRUST)
        for account, name in sorted(set(_BOUNDARY.findall(self.text))):
            if account == cloud.account:
                cloud.policy(name, MAY_WRITE)


def record(cloud: Cloud) -> None:
    """Somebody made flow logs of all VPCs, which deliver as soon as traffic flows."""
    role = f"arn:aws:iam::{cloud.account}:role/{_ROLE}"
    vpc_ids = [vpc["VpcId"] for vpc in cloud.client("ec2").describe_vpcs()["Vpcs"]]
    for number, resource_id in enumerate(vpc_ids):
        cloud.flow_log(resource_id, LogGroupName=f"/made/by/somebody/{number}", DeliverLogsPermissionArn=role)


def _fill(cloud: Cloud, targets: list[str], flow_log_ids: list[str], role: str) -> None:
    outer = cloud.vpc("outer", "10.8.0.0/16")
    inner = cloud.subnet(outer, "inner", "10.8.0.0/24")
    for number, resource_id in enumerate(targets):
        with _ids(resource_id):
            if resource_id.startswith("vpc-"):
                cloud.vpc(cidr=f"10.{number + 10}.0.0/16")
                cloud.eni(cloud.subnet(resource_id, cidr=f"10.{number + 10}.1.0/24"))
            elif resource_id.startswith("subnet-"):
                cloud.subnet(outer, cidr=f"10.8.{number + 1}.0/24")
            else:
                cloud.eni(inner)
        _tag(cloud, resource_id)
    for number, flow_log_id in enumerate(flow_log_ids):
        with _ids(flow_log_id):
            cloud.flow_log(outer, LogGroupName=f"/made/by/somebody/{number}", DeliverLogsPermissionArn=role)


def _key(cloud: Cloud, key_id: str) -> None:
    """A key that CloudWatch Logs of its region may use."""
    service = {"Service": f"logs.{cloud.region}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": service, "Action": "kms:*", "Resource": "*"}
    made = cloud.client("kms").create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    backend = kms_backends[cloud.account][cloud.region]
    key = backend.keys.pop(made["KeyMetadata"]["KeyId"])
    key.id, key.arn = key_id, f"arn:aws:kms:{cloud.region}:{cloud.account}:key/{key_id}"
    backend.keys[key_id] = key


def _tag(cloud: Cloud, resource_id: str) -> None:
    """With the tags that the examples of the inventory go by."""
    tags = {"project": "shop", "application": "shop", "stage": "production"}
    cloud.client("ec2").create_tags(
        Resources=[resource_id], Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
    )


@contextmanager
def _ids(resource_id: str) -> Iterator[None]:
    """The next resource of this kind gets the id."""
    module, name = {
        "vpc": (vpcs, "random_vpc_id"),
        "subnet": (subnets, "random_subnet_id"),
        "eni": (elastic_network_interfaces, "random_eni_id"),
        "fl": (flow_logs, "random_flow_log_id"),
    }[resource_id.split("-")[0]]
    with mock.patch.object(module, name, return_value=resource_id):
        yield
