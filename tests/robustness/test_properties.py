# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever flow logs there are and whatever is wished for: what holds of every run of flow_log."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.functional.support.modules import predictable
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import SERVICE_TRUST
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import service_role

GROUP = "/aws/shop/vpc/flowlogs"
GROUPS = (GROUP, f"{GROUP}/more", "/somebody/elses")
OTHER_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/other"
TRAFFIC = st.sampled_from(["ALL", "ACCEPT", "REJECT"])
FORMATS = st.sampled_from(["${version} ${srcaddr}", "${srcaddr} ${action}"])
ROLES = st.sampled_from([ROLE_ARN, OTHER_ROLE_ARN])
TAGS = st.dictionaries(st.sampled_from(["owner", "project"]), st.sampled_from(["a", ""]))


def destination(group: str, form: str) -> dict[str, str]:
    """What CreateFlowLogs is told: a log group by its name or by its ARN."""
    if form == "name":
        return {"LogGroupName": group}
    return {"LogDestination": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"}


FLOW_LOG = st.fixed_dictionaries(
    {
        "TrafficType": TRAFFIC,
        "DeliverLogsPermissionArn": ROLES,
        "tags": TAGS,
        "destination": st.builds(
            destination, st.sampled_from([GROUP, *GROUPS]), st.sampled_from(["name", "ARN"])
        ),
    },
    optional={"MaxAggregationInterval": st.sampled_from([60, 600]), "LogFormat": FORMATS},
)
# What each of the targets has: a VPC, a subnet and a network interface.
STATE = st.lists(st.lists(FLOW_LOG, max_size=3), min_size=3, max_size=3)


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    """Options of the module but for resource_ids; any of the settings may be left out."""
    likely = st.fixed_dictionaries(
        {"log_group_name": st.just(GROUP)},
        optional={
            "traffic_type": TRAFFIC,
            "max_aggregation_interval": st.sampled_from([60, 600]),
            "log_format": FORMATS,
            "lookup": st.sampled_from(["destination", "traffic_type"]),
            "allow_replace": st.booleans(),
            "tags": TAGS,
            "purge_tags": st.booleans(),
        },
    )
    wish = draw(likely)
    if draw(st.integers(0, 4)):
        wish["role_arn"] = draw(ROLES)
    if wish.get("lookup") == "traffic_type":
        wish.setdefault("traffic_type", "ALL")
    return wish


class Estate:
    """Three targets with flow logs of somebody's making."""

    def __init__(self, aws: AwsLike, cloud: Cloud, state: list[list[dict[str, Any]]]) -> None:
        aws.reset()
        self.cloud = cloud
        service_role(cloud)
        cloud.role("other", trust=SERVICE_TRUST)
        vpc = cloud.vpc()
        subnet = cloud.subnet(vpc)
        self.ids = [vpc, subnet, cloud.eni(subnet)]
        # Flow logs that differ in their format only are two.
        aws.scenario.identity = "format"
        for resource_id, entries in zip(self.ids, state, strict=True):
            for entry in entries:
                with contextlib.suppress(ClientError):
                    self._create(resource_id, **entry)

    def _create(self, resource_id: str, destination: dict[str, str], tags: dict[str, str], **request: Any) -> None:
        self.cloud.flow_log(resource_id, tags, **destination, **request)

    def of_others(self, wish: dict[str, Any]) -> list[dict[str, Any]]:
        """The flow logs that are none of the wish's business."""
        by_type = wish.get("lookup") == "traffic_type"
        return [
            log
            for log in self.cloud.flow_logs()
            if log["LogGroupName"] != GROUP or (by_type and log["TrafficType"] != wish["traffic_type"])
        ]

    def own(self, wish: dict[str, Any], resource_id: str) -> list[dict[str, Any]]:
        """The resource's flow logs that count as the one that is wished for."""
        others = [log["FlowLogId"] for log in self.of_others(wish)]
        return [log for log in self.cloud.flow_logs([resource_id]) if log["FlowLogId"] not in others]


def failures(result: Result) -> list[Any]:
    return [(failure["resource_id"], failure["code"]) for failure in result.data.get("failures", [])]


def assert_as_wished(log: dict[str, Any], wish: dict[str, Any]) -> None:
    names = {
        "traffic_type": "TrafficType",
        "max_aggregation_interval": "MaxAggregationInterval",
        "log_format": "LogFormat",
        "role_arn": "DeliverLogsPermissionArn",
    }
    assert {name: log[names[name]] for name in names if name in wish} == {
        name: wish[name] for name in names if name in wish
    }
    tags = {tag["Key"]: tag["Value"] for tag in log.get("Tags", [])}
    wanted = wish.get("tags")
    if wanted is not None:
        assert tags == wanted if wish.get("purge_tags", True) else tags.items() >= wanted.items()


@pytest.mark.parametrize("identity", ["format", "traffic_type"])
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(state=STATE, wish=wishes())
def test_every_run(
    aws: AwsLike,
    cloud: Cloud,
    modules: Modules,
    no_pauses: None,
    identity: str,
    state: list[list[dict[str, Any]]],
    wish: dict[str, Any],
) -> None:
    estate = Estate(aws, cloud, state)
    # Where AWS goes by the destination, it may refuse what lookup=traffic_type asks for.
    aws.scenario.identity = identity
    given_options = {**wish, "resource_ids": estate.ids}
    others = estate.of_others(wish)
    there = {resource_id: estate.own(wish, resource_id) for resource_id in estate.ids}

    check = modules.try_("flow_log", given_options, check=True)
    assert check.calls.mutating == []
    first = modules.try_("flow_log", given_options)

    # Check mode has told it all.
    assert predictable(check.data) == predictable(first.data)
    assert first["changed"] is bool(first.calls.mutating)
    # Nobody else's flow log is touched, and no target that had one is without.
    assert estate.of_others(wish) == others
    refused = dict(failures(first))
    for resource_id in estate.ids:
        own = estate.own(wish, resource_id)
        if resource_id in refused:
            assert own == there[resource_id]
        else:
            assert len(own) == 1
            assert_as_wished(own[0], wish)
    # The second run finds nothing to do, and fails as the first one did.
    second = modules.try_("flow_log", given_options)
    assert (second["changed"], second.calls.mutating) == (False, [])
    assert (second.failed, failures(second)) == (first.failed, failures(first))
