# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide "Adopting flow logs that exist" says of each thing that may be there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.docs.support.world import TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run

GROUP = "/vpc/flow-logs"
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
BUCKET = "records-of-terraform"
FORMAT = "${version} ${srcaddr} ${dstaddr} ${action}"


def apply(ansible: Ansible, resource_ids: list[str], **variables: Any) -> Run:
    hosts = {"hosts": dict.fromkeys(resource_ids), "vars": {"flow_logs_log_group_name": GROUP, **variables}}
    return ansible.run("netops.flow_logs.apply", {"shop": hosts}).succeeded()


@pytest.fixture
def role(cloud: Cloud) -> str:
    """The role that was made before, with a policy of its own inside, as Terraform makes it."""
    arn = cloud.role(ROLE, trust=TRUST)
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}'
    cloud.client("iam").put_role_policy(RoleName=ROLE, PolicyName="flow-logs", PolicyDocument=document)
    cloud.client("logs").create_log_group(logGroupName=GROUP, tags={"made-by": "terraform"})
    cloud.client("logs").put_retention_policy(logGroupName=GROUP, retentionInDays=14)
    return arn


def test_kept(ansible: Ansible, cloud: Cloud, role: str) -> None:
    """Made by name or by ARN, with settings of its own that the inventory says nothing of."""
    made: dict[str, dict[str, Any]] = {
        "by the CLI": {"LogGroupName": GROUP},
        "by Terraform": {"LogDestination": GROUP_ARN, "LogFormat": FORMAT, "MaxAggregationInterval": 60},
        "in the console": {"LogDestination": GROUP_ARN, "TrafficType": "REJECT", "tags": {"Name": "rejected"}},
    }
    before = {cloud.vpc(how, f"10.{number}.0.0/16"): settings for number, (how, settings) in enumerate(made.items())}
    ids = {vpc: cloud.flow_log(vpc, **settings) for vpc, settings in before.items()}
    logs = {vpc: cloud.flow_log_of(vpc) for vpc in ids}

    done = apply(ansible, list(ids))

    assert {vpc: cloud.flow_log_of(vpc) for vpc in ids} == logs
    assert not {"ec2:CreateFlowLogs", "ec2:DeleteFlowLogs", "ec2:DeleteTags"} & set(done.calls.mutating)
    # The log group and the role's own policy are left alone, the collection's policy comes beside it.
    assert cloud.log_groups()[GROUP]["retentionInDays"] == 14
    assert cloud.log_group_tags(GROUP) == {"made-by": "terraform"}
    assert cloud.client("iam").list_role_policies(RoleName=ROLE)["PolicyNames"] == ["flow-logs"]
    assert cloud.attached("role", ROLE) == ["Send_to_CloudWatch_Logs"]


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        pytest.param({"LogFormat": FORMAT}, {"flow_logs_log_format": "${version} ${action}"}, id="format"),
        pytest.param({}, {"flow_logs_max_aggregation_interval": 60}, id="interval"),
        pytest.param({"TrafficType": "REJECT"}, {"flow_logs_traffic_type": "ALL"}, id="traffic type"),
        pytest.param({}, {"flow_logs_role_name": "another-role"}, id="role"),
        pytest.param({"LogGroupName": None, "LogDestination": f"{GROUP_ARN}:*"}, {}, id="an ARN that ends in :*"),
    ],
)
def test_replaced(
    ansible: Ansible, cloud: Cloud, emulator: AwsLike, role: str, made: dict[str, Any], asked: dict[str, Any]
) -> None:
    emulator.scenario.identity = "format"  # AWS allows two that differ in what they record
    vpc = cloud.vpc("web")
    settings = {name: value for name, value in {"LogGroupName": GROUP, **made}.items() if value is not None}
    old = cloud.flow_log(vpc, tags={"made-by": "hand"}, **settings)

    done = apply(ansible, [vpc], **asked)

    new = cloud.flow_log_of(vpc)
    assert new["FlowLogId"] != old
    assert new["LogGroupName"] == GROUP
    assert new["Tags"] == {"made-by": "hand"}
    # The new one first. Two that differ in their roles only count as the same one here: then it goes the other way.
    create, delete = "ec2:CreateFlowLogs", "ec2:DeleteFlowLogs"
    order = [create, delete, create] if "flow_logs_role_name" in asked else [create, delete]
    assert [name for name in done.calls.mutating if name in (create, delete)] == order


def test_tags_go_only_when_the_inventory_has_some(ansible: Ansible, cloud: Cloud, role: str) -> None:
    vpc = cloud.vpc("web")
    kept = cloud.flow_log(vpc, tags={"made-by": "hand"}, LogGroupName=GROUP)

    apply(ansible, [vpc], flow_logs_tags={"project": "shop"})

    assert (cloud.flow_log_of(vpc)["FlowLogId"], cloud.flow_log_of(vpc)["Tags"]) == (kept, {"project": "shop"})


def test_other_destinations_are_somebody_elses(ansible: Ansible, cloud: Cloud, role: str) -> None:
    vpc = cloud.vpc("web")
    where = {"LocationConstraint": REGION}
    cloud.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    s3 = {"LogDestinationType": "s3", "LogDestination": f"arn:aws:s3:::{BUCKET}"}
    (to_s3,) = cloud.client("ec2").create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", **s3)[
        "FlowLogIds"
    ]
    elsewhere = cloud.flow_log(vpc, LogGroupName="/another/group")

    apply(ansible, [vpc])

    left = {log["FlowLogId"]: log.get("LogGroupName") for log in cloud.flow_logs([vpc])}
    assert left.pop(to_s3, "") is None
    assert left.pop(elsewhere) == "/another/group"
    assert list(left.values()) == [GROUP]
