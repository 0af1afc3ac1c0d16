# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the moment at which a run dies, the next one completes the work: nothing twice, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import QUERY_NAMES
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.robustness.support.children import Children
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import five_versions
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import service_role
from ansible_collections.netops.flow_logs.tests.robustness.support.killing import MOST_CALLS
from ansible_collections.netops.flow_logs.tests.robustness.support.killing import run_killed

GROUP = "/aws/shop/vpc/flowlogs"
OTHERS_GROUP = "/somebody/elses"
FOLDER = "flow-logs/aws/shop/vpc/flowlogs"
TAGS = {"owner": "network", "project": "shop"}
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/alice"

Options = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """prepare makes what the run finds and returns its options.

    meanwhile has to hold when the run was killed, whole once the next one is through.
    """

    module: str
    prepare: Callable[[Cloud], Options]
    whole: Callable[[Cloud, Options], None]
    meanwhile: Callable[[Cloud, Options], None] = lambda _cloud, _options: None
    scenario: str = "plain"


def role_from_nothing(cloud: Cloud) -> Options:
    cloud.client("iam").create_user(UserName="alice")
    return {"role_name": ROLE, "policy_name": POLICY, "tags": TAGS, "pass_role_to": [OPERATOR]}


def role_of_others(cloud: Cloud) -> Options:
    """One that trusts EC2, beside a policy with another document and no room for a further version."""
    cloud.role()
    five_versions(cloud)
    return role_from_nothing(cloud)


def role_is_whole(cloud: Cloud, _options: Options) -> None:
    assert cloud.roles() == [ROLE]
    assert sorted(cloud.policies()) == sorted([POLICY, f"PassRole-{ROLE}"])
    assert cloud.attached("role", ROLE) == [POLICY]
    assert cloud.attached("user", "alice") == [f"PassRole-{ROLE}"]
    assert len(cloud.policy_versions()) <= 5
    assert "logs:PutLogEvents" in cloud.document()["Statement"][0]["Action"]
    assert cloud.trust()["Statement"][0]["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    iam = cloud.client("iam")
    for tagged in (iam.get_role(RoleName=ROLE)["Role"], iam.get_policy(PolicyArn=POLICY_ARN)["Policy"]):
        assert {tag["Key"]: tag["Value"] for tag in tagged["Tags"]} == TAGS


def groups_from_nothing(cloud: Cloud) -> Options:
    ids = [cloud.vpc("one"), cloud.vpc("two")]
    name = "/aws/shop/vpc/{resource_name}/flowlogs"
    return {"log_group_name": name, "resource_ids": ids, "retention_in_days": 30, "tags": TAGS}


def groups_are_whole(cloud: Cloud, _options: Options) -> None:
    groups = cloud.log_groups()
    assert sorted(groups) == ["/aws/shop/vpc/one/flowlogs", "/aws/shop/vpc/two/flowlogs"]
    assert [group["retentionInDays"] for group in groups.values()] == [30, 30]
    assert [cloud.log_group_tags(name) for name in groups] == [TAGS, TAGS]


def three_targets(cloud: Cloud) -> Options:
    service_role(cloud)
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    ids = [vpc, subnet, cloud.eni(subnet)]
    return {"resource_ids": ids, "log_group_name": GROUP, "role_arn": ROLE_ARN, "traffic_type": "ALL", "tags": TAGS}


def three_to_replace(cloud: Cloud) -> Options:
    """Beside flow logs that are somebody else's."""
    options = three_targets(cloud)
    for resource_id in options["resource_ids"]:
        cloud.flow_log(resource_id, TAGS, LogGroupName=GROUP, TrafficType="REJECT", MaxAggregationInterval=60)
        cloud.flow_log(resource_id, {"owner": "somebody"}, LogGroupName=OTHERS_GROUP)
    return options


def flow_logs_are_whole(cloud: Cloud, options: Options) -> None:
    logs = [log for log in cloud.flow_logs() if log["LogGroupName"] == GROUP]
    assert sorted(log["ResourceId"] for log in logs) == sorted(options["resource_ids"])
    for log in logs:
        assert (log["TrafficType"], log["DeliverLogsPermissionArn"]) == ("ALL", ROLE_ARN)
        assert {tag["Key"]: tag["Value"] for tag in log["Tags"]} == TAGS


def replaced_are_whole(cloud: Cloud, options: Options) -> None:
    flow_logs_are_whole(cloud, options)
    others_are_untouched(cloud, options)


def others_are_untouched(cloud: Cloud, options: Options) -> None:
    others = [log for log in cloud.flow_logs() if log["LogGroupName"] == OTHERS_GROUP]
    assert sorted(log["ResourceId"] for log in others) == sorted(options["resource_ids"])
    assert all(log["Tags"] == [{"Key": "owner", "Value": "somebody"}] for log in others)


def all_are_recorded(cloud: Cloud, options: Options) -> None:
    """No gap: the old one goes only once the new one is there. Never more than these two."""
    others_are_untouched(cloud, options)
    counted = Counter(log["ResourceId"] for log in cloud.flow_logs() if log["LogGroupName"] == GROUP)
    assert all(1 <= counted[resource_id] <= 2 for resource_id in options["resource_ids"]), counted


def one_at_most(cloud: Cloud, options: Options) -> None:
    """Where AWS allows no second one, a run that dies may leave a target without."""
    others_are_untouched(cloud, options)
    counted = Counter(log["ResourceId"] for log in cloud.flow_logs() if log["LogGroupName"] == GROUP)
    assert all(counted[resource_id] <= 1 for resource_id in options["resource_ids"]), counted


def queries_half_done(cloud: Cloud) -> Options:
    """One is wrong, one is there twice, the others are missing; and one of others."""
    logs = cloud.client("logs")
    for name in ("top_talkers", "busiest_ports", "busiest_ports", "mine"):
        logs.put_query_definition(name=f"{FOLDER}/{name}", queryString="limit 1")
    return {"log_group_name": GROUP}


def queries_are_whole(cloud: Cloud, _options: Options) -> None:
    queries = cloud.queries()
    assert queries.pop(f"{FOLDER}/mine")["queryString"] == "limit 1"
    assert set(queries) == {f"{FOLDER}/{name}" for name in QUERY_NAMES if name != "traffic_by_log_group"}
    assert all(query["logGroupNames"] == [GROUP] and "stats" in query["queryString"] for query in queries.values())


def queries_to_remove(cloud: Cloud) -> Options:
    queries_half_done(cloud)
    return {"log_group_name": GROUP, "state": "absent"}


def queries_are_gone(cloud: Cloud, _options: Options) -> None:
    assert list(cloud.queries()) == [f"{FOLDER}/mine"]


STORIES = {
    "a role from nothing": Story("flow_log_iam", role_from_nothing, role_is_whole),
    "a role of others": Story("flow_log_iam", role_of_others, role_is_whole),
    "log groups": Story("log_group", groups_from_nothing, groups_are_whole),
    "queries": Story("insights_queries", queries_half_done, queries_are_whole),
    "removal of queries": Story("insights_queries", queries_to_remove, queries_are_gone),
    "flow logs": Story("flow_log", three_targets, flow_logs_are_whole),
    "replacement": Story("flow_log", three_to_replace, replaced_are_whole, all_are_recorded),
    "replacement in place": Story("flow_log", three_to_replace, replaced_are_whole, one_at_most, "strict-identity"),
}


# flow_log_iam makes one call after the other: what is after one is before the next.
MOMENTS = [(title, "after") for title in STORIES] + [
    (title, "before") for title, story in STORIES.items() if story.module != "flow_log_iam"
]


@pytest.mark.parametrize(("title", "moment"), MOMENTS)
def test_the_next_run_completes_it(
    aws: AwsLike, cloud: Cloud, modules: Modules, children: Children, title: str, moment: str
) -> None:
    story = STORIES[title]
    for number in range(1, MOST_CALLS):
        aws.reset()
        options = story.prepare(cloud)
        aws.use(story.scenario)
        first = run_killed(aws, children, story.module, options, number, moment)
        story.meanwhile(cloud, options)
        if not first.killed:
            assert not first.result.get("failed"), first.result
        modules.run(story.module, **options)
        story.whole(cloud, options)
        third = modules.run(story.module, **options)
        assert (third["changed"], third.calls.mutating) == (False, [])
        if not first.killed:
            assert number > 2, "It was never killed."
            return
    raise AssertionError(f"Still at it after {MOST_CALLS} calls.")
