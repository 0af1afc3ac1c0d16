"""Whatever flow logs there are and whatever is wished for: foretold, done once, and nobody else's touched."""

from __future__ import annotations

from typing import Any
from typing import cast

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
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import SERVICE_TRUST

OURS, THEIRS = "/aws/shop/ours", "/aws/shop/theirs"
FORMATS = ["${version} ${srcaddr} ${action}", "${dstaddr}"]
TRAFFIC = ["ALL", "ACCEPT", "REJECT"]


def by_name(group: str) -> dict[str, str]:
    return {"LogGroupName": group}


def by_arn(group: str) -> dict[str, str]:
    return {"LogDestination": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"}


# Up to three flow logs of a VPC, to the group in question and to another, by name and by ARN.
FLOW_LOG = st.fixed_dictionaries(
    {
        "place": st.builds(
            lambda form, group: form(group), st.sampled_from([by_name, by_arn]), st.sampled_from([OURS, THEIRS])
        ),
        "TrafficType": st.sampled_from(TRAFFIC),
        "LogFormat": st.sampled_from(FORMATS),
        "MaxAggregationInterval": st.sampled_from([60, 600]),
        "tags": st.sampled_from([{}, {"owner": "network"}]),
    }
)
STATE = st.lists(st.lists(FLOW_LOG, max_size=3), min_size=2, max_size=2)
WISH = st.fixed_dictionaries(
    {"resource_tags": st.none() | st.sampled_from([{}, {"project": "shop"}])},
    optional={
        "traffic_type": st.sampled_from(TRAFFIC),
        "log_format": st.sampled_from(FORMATS),
        "max_aggregation_interval": st.sampled_from([60, 600]),
        "allow_replace": st.booleans(),
        "purge_tags": st.booleans(),
        "role_arn": st.just(ROLE_ARN),
    },
)
TERMS = st.sampled_from(["plain", "strict-identity"])


def test_foretold_done_once_and_nobody_elses(aws: AwsLike, modules: Modules, no_pauses: None) -> None:
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(state=STATE, wish=WISH, by_traffic=st.booleans(), terms=TERMS)
    def holds(state: list[list[dict[str, Any]]], wish: dict[str, Any], by_traffic: bool, terms: str) -> None:
        cloud = Cloud(cast(Any, aws))
        aws.reset()
        targets = _arrange(cloud, state)
        aws.use(terms)
        lookup = {"lookup": "traffic_type"} if by_traffic and "traffic_type" in wish else {}
        options = {**wish, **lookup, "resource_ids": targets, "log_group_name": OURS}
        before = {entry["FlowLogId"]: entry for entry in cloud.flow_logs()}

        check = modules.try_("flow_log", options, check=True)
        real = modules.try_("flow_log", options)
        after = {entry["FlowLogId"]: entry for entry in cloud.flow_logs()}
        again = modules.try_("flow_log", options)

        assert check.calls.mutating == []
        assert (check["actions"], check["changed"], check.failed) == (real["actions"], real["changed"], real.failed)
        for flow_log_id, entry in before.items():
            if entry["LogGroupName"] == THEIRS:
                assert after.get(flow_log_id) == entry
        assert {entry["ResourceId"] for entry in before.values()} <= {entry["ResourceId"] for entry in after.values()}
        assert (again["actions"], again.calls.mutating, again.failed) == ([], [], real.failed)

    holds()


def _arrange(cloud: Cloud, state: list[list[dict[str, Any]]]) -> list[str]:
    cloud.role(trust=SERVICE_TRUST)
    targets = cloud.vpcs(len(state))
    for target, flow_logs in zip(targets, state, strict=True):
        for flow_log in flow_logs:
            rest = {key: value for key, value in flow_log.items() if key not in ("place", "tags")}
            try:
                cloud.flow_log(target, tags=flow_log["tags"], **flow_log["place"], **rest)
            except ClientError as error:
                # AWS allows no two that are equal.
                assert error.response["Error"]["Code"] == "FlowLogAlreadyExists"
    return targets
