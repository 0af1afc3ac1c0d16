# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate with a gap of every kind, each once."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
BUCKET = "records-of-somebody"
OLD_ROLE, WEAK_ROLE = "old-flow-logs", "weak-flow-logs"


class Estate:
    """VPCs by what is wrong with them; inventory has two projects, shop and bank."""

    def __init__(self, cloud: Cloud, ansible: Ansible, aws: AwsLike) -> None:
        self.cloud = cloud
        self.default_vpc = cloud.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        self.whole, self.naked, self.half, self.broken = (
            cloud.vpc(name) for name in ("whole", "naked", "half", "broken")
        )
        self.whole_eni = cloud.eni(cloud.subnet(self.whole), "inside")
        cloud.eni(cloud.subnet(self.broken))
        self.half_subnet = cloud.subnet(self.half, "rejected-only")
        self.half_eni = cloud.eni(self.half_subnet)
        ansible.run("netops.flow_logs.apply", self._inventory(self.whole)).succeeded()
        role = cloud.role(WEAK_ROLE, trust=TRUST)
        cloud.client("iam").attach_role_policy(RoleName=WEAK_ROLE, PolicyArn=cloud.policy("weak", NOTHING_ALLOWED))
        cloud.role(OLD_ROLE, trust=TRUST)
        self.rejected_log = cloud.flow_log(self.half_subnet, LogGroupName=self.shop_group, TrafficType="REJECT")
        self.broken_group = "/aws/bank/vpc/broken/flowlogs"
        cloud.client("logs").create_log_group(logGroupName=self.broken_group)
        cloud.client("logs").put_retention_policy(logGroupName=self.broken_group, retentionInDays=30)
        self.broken_log = cloud.flow_log(self.broken, LogGroupName=self.broken_group, DeliverLogsPermissionArn=role)
        where = {"LocationConstraint": REGION}
        cloud.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        answer = cloud.client("ec2").create_flow_logs(
            ResourceIds=[self.whole],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination=f"arn:aws:s3:::{BUCKET}",
        )
        (self.foreign_log,) = answer["FlowLogIds"]
        aws.deliver()

    @property
    def shop_group(self) -> str:
        return "/aws/shop/vpc/whole/flowlogs"

    def _inventory(self, *shop: str, **bank: Any) -> dict[str, Any]:
        groups: dict[str, Any] = {"shop": {"hosts": {vpc: {} for vpc in shop}}}
        if bank:
            groups["bank"] = {"hosts": bank}
        return {"all": {"vars": {"flow_logs_expected_account_id": self.cloud.account}, "children": groups}}

    @property
    def inventory(self) -> dict[str, Any]:
        return self._inventory(self.whole, payments={"flow_logs_resource_id": self.broken})

    @property
    def findings(self) -> set[tuple[str, str]]:
        """Kind and subject of all that a report has to tell, each once."""
        return {
            ("uncovered", self.default_vpc),
            ("uncovered", self.naked),
            ("uncovered", self.half),
            ("partly_covered", self.half_subnet),
            ("broken_delivery", self.broken_log),
            ("no_retention", self.shop_group),
            ("unknown_flow_log", self.foreign_log),
            ("unknown_flow_log", self.rejected_log),
            ("orphaned_role", OLD_ROLE),
        }
