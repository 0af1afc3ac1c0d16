# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks and the inventory plugin, run by operators who may do what docs/policies says and nothing more.

Which action is needed for what, one by one, is in tests/scenarios/test_permissions.py.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import cast

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run
from ansible_collections.netops.flow_logs.tests.functional.support.settings import BIN
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import Document
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import actions
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import document
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import together
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import without

SETUP, APPLY, REMOVE, REPORT = (f"netops.flow_logs.{name}" for name in ("setup", "apply", "remove", "report"))
NETWORK_OPERATIONS = f"arn:aws:iam::{ACCOUNT}:role/NetworkOperations"
LOG_GROUPS = ["-e", "flow_logs_remove_log_groups=true", "-e", "flow_logs_removal_wait=0"]
IAM_TOO = ["-e", "flow_logs_remove_iam=true", "-e", "flow_logs_manage_iam=true"]
BOUNDARY = "Boundary-of-flow-logs"
SETTINGS = {
    "flow_logs_retention_in_days": 30,
    "flow_logs_manage_iam": False,
    "flow_logs_permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/{BOUNDARY}",
}


@pytest.fixture(scope="module")
def running() -> Iterator[AwsLike]:
    with AwsLike() as aws:
        yield aws


@pytest.fixture
def aws(running: AwsLike) -> AwsLike:
    running.reset()
    return running


@pytest.fixture
def cloud(aws: AwsLike) -> Cloud:
    return Cloud(cast(Any, aws))


@pytest.fixture
def vpcs(cloud: Cloud) -> list[str]:
    return [cloud.vpc(name) for name in ("web", "backend")]


class Operator:
    """An IAM user with keys of their own, and a policy out of docs/policies."""

    def __init__(self, aws: AwsLike, cloud: Cloud, ansible: Ansible, vpcs: list[str]) -> None:
        self.aws = aws
        self.cloud = cloud
        self.ansible = ansible
        self.vpcs = vpcs
        iam = cloud.client("iam")
        iam.create_user(UserName="operator")
        key = iam.create_access_key(UserName="operator")["AccessKey"]
        self.keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        self.may({"Statement": []})

    def set_up(self) -> None:
        """The boundary is made by an administrator, and all of IAM by whoever has the policy for it."""
        self.cloud.policy(BOUNDARY, document("boundary"))
        self.may(document("setup"))
        assert self.run(SETUP).succeeded().changed == 1

    def may(self, policy: Document, who: str = "") -> None:
        """By the access key: in regions of other partitions, which moto lists too, the key is somebody else's."""
        key = who or self.keys["AWS_ACCESS_KEY_ID"]
        self.aws.use(Scenario(policies={**self.aws.scenario.policies, key: policy}))

    def run(self, playbook: str, *arguments: str, **variables: Any) -> Run:
        shop = {"hosts": {vpc: {} for vpc in self.vpcs}, "vars": {**SETTINGS, **variables}}
        run = self.ansible.run(playbook, {"all": {"children": {"shop": shop}}}, arguments, env=self.keys)
        own = [call for call in run.calls if call.access_key == self.keys["AWS_ACCESS_KEY_ID"]]
        others = {call.caller for call in run.calls if call not in own}
        assert own and all(":assumed-role/NetworkOperations/" in caller for caller in others)
        return run

    def inventory(self, directory: Path, **options: Any) -> subprocess.CompletedProcess[str]:
        path = directory / "estate.network.yml"
        path.write_text(json.dumps({"plugin": "netops.flow_logs.network", "regions": [REGION], **options}))
        return subprocess.run(
            [str(BIN / "ansible-inventory"), "-i", str(path), "--list"],
            cwd=directory,
            env={**environment(self.aws.url), **self.keys, "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def operator(aws: AwsLike, cloud: Cloud, tmp_path: Path, vpcs: list[str]) -> Operator:
    return Operator(aws, cloud, Ansible(cast(Any, aws), tmp_path), vpcs)


def _at_rest(run: Run) -> None:
    assert (run.succeeded().changed, run.calls.mutating) == (0, [])


def test_from_nothing_to_nothing(operator: Operator, cloud: Cloud) -> None:
    """Set up, check mode, apply, apply again, fix what hands have done, report, remove: each by whoever has the policy for it."""
    operator.set_up()
    _at_rest(operator.run(SETUP))
    operator.may(document("report"))
    assert operator.run(APPLY, "--check").succeeded().changed == len(operator.vpcs)
    operator.may(document("apply"))
    assert operator.run(APPLY).succeeded().changed == len(operator.vpcs)
    _at_rest(operator.run(APPLY))
    iam = cloud.client("iam")
    iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True)
    differs = operator.run(APPLY, flow_logs_traffic_type="REJECT").failed()
    assert "IAM differs: give policy Send_to_CloudWatch_Logs a new default version" in differs.output
    assert {log["TrafficType"] for log in cloud.flow_logs()} == {"REJECT"}
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(EC2_TRUST))
    operator.may(document("setup"))
    operator.run(SETUP).succeeded()
    operator.may(document("apply"))
    _at_rest(operator.run(APPLY, flow_logs_traffic_type="REJECT"))
    operator.may(document("report"))
    report = operator.run(REPORT, "-e", "flow_logs_report_fail_on=not_read").succeeded()
    assert report.calls.mutating == []
    operator.may(document("remove"))
    operator.run(REMOVE, *LOG_GROUPS).succeeded()
    assert (cloud.flow_logs(), cloud.log_groups(), cloud.roles()) == ([], {}, [ROLE])
    operator.may(together([document("remove"), document("remove-iam")]))
    operator.run(REMOVE, *LOG_GROUPS, *IAM_TOO).succeeded()
    assert (cloud.roles(), cloud.policies()) == ([], [BOUNDARY])


def test_as_a_role_that_is_assumed(operator: Operator, cloud: Cloud) -> None:
    """The caller may assume the role and nothing else; the role may do what the playbook needs."""
    operator.set_up()
    cloud.role("NetworkOperations")
    operator.may(document("apply"), "*:assumed-role/NetworkOperations/*")
    operator.may({"Statement": []})
    refused = operator.run(APPLY, flow_logs_assume_role_arn=NETWORK_OPERATIONS).failed()
    assert "sts:AssumeRole" in refused.output and refused.calls.mutating == []
    own = json.loads(json.dumps(document("assume-role")).replace("210987654321", ACCOUNT))
    operator.may(own)
    operator.run(APPLY, flow_logs_assume_role_arn=NETWORK_OPERATIONS).succeeded()
    assert sorted(log["ResourceId"] for log in cloud.flow_logs()) == sorted(operator.vpcs)


@pytest.mark.parametrize("action", ["ec2:CreateFlowLogs", "iam:PassRole", "logs:PutRetentionPolicy", "iam:GetRole"])
def test_without_one_action(operator: Operator, cloud: Cloud, action: str) -> None:
    """What the user reads names it, and the next run completes the work."""
    operator.set_up()
    operator.may(without(document("apply"), action))
    refused = operator.run(APPLY).failed()
    message = refused.failures
    assert action in message
    operator.may(document("apply"))
    operator.run(APPLY).succeeded()
    assert sorted(log["ResourceId"] for log in cloud.flow_logs()) == sorted(operator.vpcs)
    assert {group["retentionInDays"] for group in cloud.log_groups().values()} == {30}
    _at_rest(operator.run(APPLY))


def test_a_report_tells_what_it_could_not_read(operator: Operator) -> None:
    operator.set_up()
    operator.may(without(document("report"), "ec2:DescribeSubnets"))
    run = operator.run(REPORT, "-e", "flow_logs_report_fail_on=not_read").failed()
    assert "ec2:DescribeSubnets" in run.output


def test_the_inventory(operator: Operator, tmp_path: Path) -> None:
    operator.may(document("inventory"))
    found = operator.inventory(tmp_path, regions=[], resource_types=["vpc", "subnet", "eni"])
    assert found.returncode == 0, found.stderr
    assert set(operator.vpcs) <= set(json.loads(found.stdout)["_meta"]["hostvars"])


@pytest.mark.parametrize("action", actions(document("inventory")))
def test_the_inventory_without_one_action(operator: Operator, tmp_path: Path, action: str) -> None:
    operator.may(without(document("inventory"), action))
    regions = [] if action == "ec2:DescribeRegions" else [REGION]
    kinds = ["vpc", "subnet", "eni"]
    found = operator.inventory(tmp_path, regions=regions, resource_types=kinds, strict_permissions=True)
    assert found.returncode != 0
    assert action in " ".join(found.stderr.split())
