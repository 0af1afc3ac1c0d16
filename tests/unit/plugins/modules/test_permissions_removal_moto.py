# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies for removals, with and without IAM, together: what the modules call, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import enable_few_regions

CHECKOUT = Path(__file__).parents[4]
# Nobody needs a permission to ask who they are.
FREE = {"sts:GetCallerIdentity"}
NAME = "/aws/shop/vpc/{resource_name}/flowlogs"
NAMES = {"role_name": ROLE, "policy_name": POLICY}
OPERATORS = [f"arn:aws:iam::{ACCOUNT}:{who}" for who in ("user/alice", "group/operators", "role/deployer")]


@pytest.fixture(scope="module")
def emulator() -> Iterator[AwsLike]:
    """moto alone has no saved queries."""
    with AwsLike() as aws:
        yield aws


def actions(name: str) -> set[str]:
    policy: dict[str, Any] = json.loads((CHECKOUT / f"docs/policies/{name}.json").read_text())
    return {action for statement in policy["Statement"] for action in statement["Action"]}


@pytest.fixture
def everything(cloud: Cloud, modules: Modules) -> list[str]:
    """Targets of all types with all that the apply playbook makes for them, and what hands have added to it."""
    vpc = cloud.vpc("web")
    subnet = cloud.subnet(vpc, "front")
    targets = [vpc, subnet, cloud.eni(subnet, "card")]
    iam = cloud.client("iam")
    iam.create_user(UserName="alice")
    iam.create_group(GroupName="operators")
    cloud.role("deployer")
    modules.run("flow_log_iam", pass_role_to=OPERATORS, **NAMES)
    iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=json.dumps(NOTHING_ALLOWED))
    iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True)
    iam.create_instance_profile(InstanceProfileName=ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)
    modules.run("log_group", log_group_name=NAME, resource_ids=targets)
    modules.run("flow_log", log_group_name=NAME, resource_ids=targets, role_arn=ROLE_ARN)
    modules.run("insights_queries", log_group_name=NAME, resource_ids=targets)
    return targets


def test_the_policies_allow_what_a_removal_calls_and_nothing_else(
    cloud: Cloud, modules: Modules, everything: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enable_few_regions(monkeypatch)
    called: set[str] = set()

    def removed(module: str, **options: Any) -> None:
        called.update(modules.run(module, **options).calls.names)

    targets = {"log_group_name": NAME, "resource_ids": everything, "state": "absent"}
    queries = {**targets, "purge_log_group_names": False}
    removed("insights_queries", **{**queries, "resource_ids": everything[:1]})
    for _time in range(2):
        removed("flow_log", **targets)
        removed("flow_log_iam_info", policy_names=[POLICY])
        removed("flow_log_iam", state="absent", **NAMES)
        removed("log_group", **targets)
        removed("insights_queries", **queries)

    assert cloud.queries() == {}
    assert (cloud.flow_logs(), cloud.log_groups(), cloud.policies()) == ([], {}, [])
    assert ROLE not in cloud.roles()
    assert called - FREE == actions("remove") | actions("remove-iam")
