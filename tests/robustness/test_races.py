# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several at work on the same things at once: all succeed, and everything is there once."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import QUERY_NAMES
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.robustness.support.children import Children
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import five_versions
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import service_role

GROUP = "/aws/shop/vpc/flowlogs"
MANY = 12
IAM: dict[str, Any] = {"role_name": ROLE, "policy_name": POLICY}


def assert_one_role(cloud: Cloud) -> None:
    assert (cloud.roles(), cloud.policies(), cloud.attached("role", ROLE)) == ([ROLE], [POLICY], [POLICY])
    assert len(cloud.policy_versions()) <= 5
    assert cloud.trust()["Statement"][0]["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}


def scoped_to(cloud: Cloud) -> set[str]:
    """Log group names that the policy in force lets the role write to."""
    resources = [entry for statement in cloud.document()["Statement"] for entry in _listed(statement["Resource"])]
    return {entry.split(":log-group:")[1].removesuffix(":*") for entry in resources if ":log-group:" in entry}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def per_resource(cloud: Cloud) -> Counter[str]:
    return Counter(log["ResourceId"] for log in cloud.flow_logs())


def test_playbooks_of_one_account(real_time: AwsLike, cloud: Cloud, ansible: Ansible) -> None:
    """Three over slices of an inventory; its projects have a log group for all, and one for each target."""
    real_time.scenario.delay_ms = 5
    shop, tv = cloud.vpcs(15), cloud.vpcs(15)
    shared = {"flow_logs_log_group_name": GROUP}
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {name: {} for name in shop}, "vars": shared},
                "tv": {"hosts": {name: {} for name in tv}},
            },
        }
    }
    slices = [[*shop[number::3], *tv[number::3]] for number in range(3)]
    started = [
        ansible.start(PLAY, inventory, ["--forks", "10", "--limit", ",".join(hosts)]) for hosts in slices
    ]
    for run in [playbook.wait() for playbook in started]:
        run.succeeded()
    assert_one_role(cloud)
    assert per_resource(cloud) == Counter([*shop, *tv])
    assert sorted(cloud.log_groups()) == sorted([GROUP, *(f"/aws/tv/vpc/{name}/flowlogs" for name in tv)])
    again = ansible.run(PLAY, inventory).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])


def test_roles_from_nothing(real_time: AwsLike, cloud: Cloud, children: Children) -> None:
    real_time.scenario.delay_ms = 2
    results = children.together("flow_log_iam", [{**IAM, "tags": {"owner": "network"}}] * MANY)
    assert [result for result in results if result.get("failed")] == []
    assert sum(result["changed"] for result in results) >= 1
    assert_one_role(cloud)
    assert "logs:PutLogEvents" in cloud.document()["Statement"][0]["Action"]


def test_corrections_of_a_role(real_time: AwsLike, cloud: Cloud, children: Children) -> None:
    """A policy that has as many versions as it can have, none of them right, and a role that trusts EC2."""
    cloud.role()
    five_versions(cloud)
    real_time.scenario.delay_ms = 2
    results = children.together("flow_log_iam", [IAM] * MANY)
    assert [result for result in results if result.get("failed")] == []
    assert_one_role(cloud)
    assert "logs:PutLogEvents" in cloud.document()["Statement"][0]["Action"]


def test_names_add_up(real_time: AwsLike, cloud: Cloud, modules: Modules, children: Children) -> None:
    """Each wants its own log groups in the policy and takes nothing away: none may be lost on the way."""
    names = [f"/aws/project{number}/vpc/*" for number in range(4)]
    modules.run("flow_log_iam", **IAM, log_group_names=["/aws/first/*"])
    real_time.scenario.delay_ms = 2
    wishes = [{**IAM, "log_group_names": [name], "purge_log_group_names": False} for name in names]
    results = children.together("flow_log_iam", wishes)
    assert [result for result in results if result.get("failed")] == []
    assert scoped_to(cloud) == {"/aws/first/*", *names}
    assert_one_role(cloud)


def test_log_groups(real_time: AwsLike, cloud: Cloud, children: Children) -> None:
    real_time.scenario.delay_ms = 2
    options = {"log_group_name": GROUP, "retention_in_days": 30, "tags": {"owner": "network"}}
    results = children.together("log_group", [options] * 6)
    assert [result for result in results if result.get("failed")] == []
    assert {name: group["retentionInDays"] for name, group in cloud.log_groups().items()} == {GROUP: 30}
    assert cloud.log_group_tags(GROUP) == {"owner": "network"}


def test_queries(real_time: AwsLike, cloud: Cloud, modules: Modules, children: Children) -> None:
    """AWS takes the same name from each of them: in the end there is one of each."""
    real_time.scenario.delay_ms = 2
    options = {"log_group_name": GROUP, "query_folder": "shop"}
    results = children.together("insights_queries", [options] * 6)
    assert [result for result in results if result.get("failed")] == []
    assert set(cloud.queries()) == {f"shop/{name}" for name in QUERY_NAMES if name != "traffic_by_log_group"}
    assert all(query["logGroupNames"] == [GROUP] for query in cloud.queries().values())
    modules.rest("insights_queries", **options)


def test_removals_of_queries(real_time: AwsLike, cloud: Cloud, modules: Modules, children: Children) -> None:
    options = {"log_group_name": GROUP}
    modules.run("insights_queries", **options)
    real_time.scenario.delay_ms = 2
    results = children.together("insights_queries", [{**options, "state": "absent"}] * 6)
    assert [result for result in results if result.get("failed")] == []
    assert cloud.queries() == {}


@pytest.mark.parametrize("scenario", ["plain", "strict-identity"])
def test_flow_logs(real_time: AwsLike, cloud: Cloud, modules: Modules, children: Children, scenario: str) -> None:
    service_role(cloud)
    ids = [*cloud.vpcs(4), cloud.subnet(cloud.vpc())]
    real_time.use(scenario)
    real_time.scenario.delay_ms = 2
    options = {"resource_ids": ids, "log_group_name": GROUP, "role_arn": ROLE_ARN, "tags": {"owner": "network"}}
    results = children.together("flow_log", [options] * 6)
    assert [result for result in results if result.get("failed")] == []
    assert per_resource(cloud) == Counter(ids)
    assert modules.rest("flow_log", **options)["flow_logs"] == [
        {**entry, "action": "unchanged"} for entry in results[0]["flow_logs"]
    ]


@pytest.mark.parametrize("scenario", ["plain", "strict-identity"])
def test_replacements(real_time: AwsLike, cloud: Cloud, modules: Modules, children: Children, scenario: str) -> None:
    """Whatever each of them finds, in the end there is one flow log each, as all of them wanted it."""
    service_role(cloud)
    ids = cloud.vpcs(4)
    for resource_id in ids:
        cloud.flow_log(resource_id, LogGroupName=GROUP, TrafficType="REJECT")
    real_time.use(scenario)
    real_time.scenario.delay_ms = 2
    options = {"resource_ids": ids, "log_group_name": GROUP, "role_arn": ROLE_ARN, "traffic_type": "ALL"}
    results = children.together("flow_log", [options] * 4)
    assert [result for result in results if result.get("failed")] == []
    modules.run("flow_log", **options)
    assert per_resource(cloud) == Counter(ids), json.dumps(results)
    assert {log["TrafficType"] for log in cloud.flow_logs()} == {"ALL"}
