# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Regions that are not enabled, or do not exist: they fail their own hosts, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import cast

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator.scenario import RegionsOff
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

OTHER = "111111111111"


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
def ansible(aws: AwsLike, tmp_path: Path) -> Ansible:
    return Ansible(cast(Any, aws), tmp_path)


@pytest.mark.parametrize(
    ("region", "said"),
    [
        pytest.param("ap-east-1", "ap-east-1", id="one that is not enabled"),
        pytest.param("us-east-1 ", "is not the name of an AWS region", id="a blank too many"),
        pytest.param("us_east_1", "is not the name of an AWS region", id="underscores"),
    ],
)
@pytest.mark.parametrize("order", [1, -1], ids=["first", "last"])
def test_a_region_of_one_group_is_no_matter_to_another(
    aws: AwsLike, cloud: Cloud, ansible: Ansible, region: str, said: str, order: int
) -> None:
    """IAM and the account have no region, so they never depend on the first delivery's."""
    there = cloud.elsewhere(OTHER)
    vpc = there.vpc("web")
    names = ["aaa", "zzz"][::order]
    role = {"flow_logs_assume_role_arn": f"arn:aws:iam::{OTHER}:role/operator"}
    inventory = {
        "all": {
            "vars": role,
            "children": {
                names[0]: {"hosts": {"vpc-0a1b2c3d4e5f60718": {}}, "vars": {"flow_logs_region": region}},
                names[1]: {"hosts": {vpc: {}}, "vars": {"flow_logs_region": "eu-west-1"}},
            },
        }
    }
    aws.use(Scenario(regions_off=[RegionsOff(["ap-east-1"], [OTHER])]))
    run = ansible.run(PLAY, inventory, env={"AWS_REGION": None}).failed()
    assert there.roles() == [ROLE]
    assert there.flow_log_of(vpc)["LogGroupName"] == f"/aws/{names[1]}/vpc/web/flowlogs"
    message = run.failures
    assert said in message and vpc not in message


@pytest.mark.parametrize("regions", [["ap-east-1", "eu-west-1"], ["eu-west-1", "ap-east-1"]])
def test_the_inventory_leaves_a_region_out_that_is_not_enabled_wherever_it_stands(
    aws: AwsLike, cloud: Cloud, ansible: Ansible, regions: list[str]
) -> None:
    vpc = cloud.vpc("web")
    source = ansible.write("estate.network.yml", {"plugin": "netops.flow_logs.network", "regions": regions})
    aws.use(Scenario(regions_off=[RegionsOff(["ap-east-1"], [ACCOUNT])]))
    arguments = ["-i", str(source), "-e", "flow_logs_project=shop"]
    run = ansible.run("netops.flow_logs.apply", None, arguments, env={"AWS_REGION": None}).succeeded()
    assert "ap-east-1" in run.output
    assert cloud.flow_log_of(vpc)["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
