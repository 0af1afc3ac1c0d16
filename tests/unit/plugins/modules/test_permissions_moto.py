# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of setup and of the operators together: what the modules call, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

CHECKOUT = Path(__file__).parents[4]
# Nobody needs a permission to ask who they are.
FREE = {"sts:GetCallerIdentity"}
# Asked for by CreateFlowLogs of whoever names a role or tags; AWS makes no call of them.
IMPLIED = {"iam:PassRole"}
# moto has no KMS for log groups: these two calls can't be made here.
UNSEEN = {"logs:AssociateKmsKey", "logs:DisassociateKmsKey"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[AwsLike]:
    """moto alone has no saved queries."""
    with AwsLike() as aws:
        yield aws


def actions(name: str) -> set[str]:
    policy: dict[str, Any] = json.loads((CHECKOUT / f"docs/policies/{name}.json").read_text())
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def test_the_policies_allow_what_the_role_calls_and_nothing_else(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc("web")
    subnet = cloud.subnet(vpc)
    ids = [vpc, subnet, cloud.eni(subnet)]
    called: set[str] = set()

    def apply(iam: dict[str, Any], group: dict[str, Any], log: dict[str, Any]) -> None:
        name = "/aws/shop/vpc/{resource_name}/flowlogs"
        shared = {"role_name": ROLE, "policy_name": POLICY, "purge_tags": False, "purge_log_group_names": False}
        called.update(modules.run("flow_log_iam", **shared, **iam).calls.names)
        called.update(modules.run("log_group", log_group_name=name, resource_ids=ids, **group).calls.names)
        flow_log = {"log_group_name": name, "resource_ids": ids, "role_arn": ROLE_ARN}
        called.update(modules.run("flow_log", **flow_log, **log).calls.names)
        queries = {"log_group_name": name, "resource_ids": ids, "purge_log_group_names": False}
        called.update(modules.run("insights_queries", **queries, log_format=log.get("log_format")).calls.names)

    boundary = cloud.policy("boundary")
    apply({}, {"retention_in_days": "30", "tags": {"a": "b"}}, {"tags": {"a": "b"}})
    # Changed by hand in all that the role corrects, the fifth version of the policy included.
    iam = cloud.client("iam")
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(EC2_TRUST))
    for _time in range(4):
        iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True)
    least = {"log_group_names": ["/aws/shop/*"], "allow_create_log_group": False, "restrict_trust": True}
    apply(
        {**least, "tags": {"owner": "network"}, "permissions_boundary": boundary},
        {"retention_in_days": "never", "tags": {"c": "d"}},
        {"traffic_type": "REJECT", "log_format": "${srcaddr} ${bytes}", "tags": {"a": "b"}},
    )
    apply(least, {"tags": {}}, {"tags": {"c": "d"}})

    assert called - FREE == (actions("apply") | actions("setup")) - IMPLIED - UNSEEN
