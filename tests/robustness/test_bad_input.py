"""Whatever an option is given: a clear failure before anything is written, or a right result."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log_create import Creator
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.robustness.support.iam import service_role
from ansible_collections.netops.flow_logs.tests.robustness.support.nonsense import TAGS
from ansible_collections.netops.flow_logs.tests.robustness.support.nonsense import list_of
from ansible_collections.netops.flow_logs.tests.robustness.support.nonsense import options
from ansible_collections.netops.flow_logs.tests.robustness.support.nonsense import text_like

EXAMPLES = settings(max_examples=150, suppress_health_check=list(HealthCheck))

# What there is, filled in by the fixture.
IDS: dict[str, str] = {}
KNOWN = st.sampled_from(["vpc", "subnet", "eni"]).map(lambda kind: IDS[kind])
RESOURCE_IDS = list_of(KNOWN | text_like("vpc-0123456789abcdef0", "subnet-01234567", "eni-0123456789abcdef0", "sg-01234567"))
TEMPLATE = text_like(
    "/aws/shop/vpc/{resource_name}/flowlogs", "/{vpc_name}/{vpc_id}/{resource_type}/{resource_id}", "flow-logs", "{region}"
)
FORMAT = text_like("${version} ${srcaddr} ${dstaddr} ${action}", "${version}\n${srcaddr}\n", "${pkt-srcaddr}")
KEY = text_like(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/mine", "arn:x:kms:")
WHOLE = text_like("yes", "no", "true", "0", "60", "600")
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "tags": TAGS,
    "purge_tags": WHOLE,
    "state": text_like("present", "absent"),
    "expected_account_id": text_like(ACCOUNT, "999999999999", "1234"),
    "region": text_like("eu-west-1", "us-east-1"),
    "no_such_option": st.just(1),
}
FLOW_LOG = options(
    {"resource_ids": st.lists(KNOWN, min_size=1, max_size=3), "log_group_name": st.just("/aws/shop"), "role_arn": st.just(ROLE_ARN)},
    {
        "resource_ids": RESOURCE_IDS,
        "log_group_name": TEMPLATE,
        "role_arn": text_like(ROLE_ARN, "arn:aws:iam::999999999999:role/x", f"arn:aws:iam::{ACCOUNT}:user/alice"),
        "traffic_type": text_like("ALL", "ACCEPT", "REJECT"),
        "max_aggregation_interval": WHOLE,
        "log_format": FORMAT,
        "lookup": text_like("destination", "traffic_type"),
        "allow_replace": WHOLE,
        "wait_timeout": WHOLE | st.sampled_from([-1, 0, 10**9, "1e9", "long"]),
        **COMMON,
    },
)
LOG_GROUP = options(
    {"log_group_name": st.just("/aws/shop/{resource_name}"), "resource_ids": st.lists(KNOWN, min_size=1, max_size=3)},
    {
        "resource_ids": RESOURCE_IDS,
        "log_group_name": TEMPLATE,
        "retention_in_days": text_like("never", "30", "3653") | st.integers(-1, 40),
        "kms_key_id": KEY,
        "log_group_class": text_like("STANDARD", "INFREQUENT_ACCESS"),
        "deletion_protection": WHOLE,
        **COMMON,
    },
)
IAM = options(
    {"role_name": st.just(ROLE), "policy_name": st.just(POLICY)},
    {
        "role_name": text_like(ROLE, "r", "r" * 64, "r" * 65),
        "policy_name": text_like(POLICY, "p", "p" * 128, f"PassRole-{ROLE}"),
        "path": text_like("/", "/netops/", "/a/b/"),
        "permissions_boundary": text_like("", f"arn:aws:iam::{ACCOUNT}:policy/nothing", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        "log_group_names": list_of(text_like("/aws/shop/*", "/aws/{resource_name}", "*", "n" * 512)),
        "purge_log_group_names": WHOLE,
        "allow_create_log_group": WHOLE,
        "restrict_trust": WHOLE,
        "pass_role_to": list_of(
            text_like(f"arn:aws:iam::{ACCOUNT}:user/alice", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", "alice")
        ),
        **COMMON,
    },
)


class HurriedClock:
    """An age passes with each pause."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, _seconds: float) -> None:
        self.now += 1e12


class World:
    """A VPC, a subnet, a network interface and an operator; built anew when something was written to it."""

    def __init__(self, aws: AwsLike, cloud: Cloud, modules: Modules) -> None:
        self.aws, self.cloud, self.modules = aws, cloud, modules
        self.build()

    def build(self) -> None:
        self.aws.reset()
        vpc = self.cloud.vpc("web")
        subnet = self.cloud.subnet(vpc)
        IDS.update(vpc=vpc, subnet=subnet, eni=self.cloud.eni(subnet, "no good name"))
        self.cloud.client("iam").create_user(UserName="alice")

    def is_clear_about(self, name: str, given: dict[str, Any]) -> None:
        """The module fails clearly, or it succeeds and finds nothing to do a second time."""
        first = self.modules.try_(name, given)
        written = [call for call in first.calls if call.mutates and getattr(call, "outcome", "ok") == "ok"]
        try:
            assert "Traceback" not in json.dumps(first.data), first.data
            if not first.failed:
                assert first["changed"] is bool(written)
                second = self.modules.try_(name, given)
                assert not second.failed and second["changed"] is False, second.data
                assert second.calls.mutating == []
            elif "failures" in first:
                assert first["failures"] and first.msg
                assert all(failure["code"] and failure["message"] for failure in first["failures"])
                assert first["changed"] is bool(written)
            else:
                self.failed_before_anything(first, written)
        finally:
            if first.calls.mutating:
                self.build()

    def failed_before_anything(self, result: Result, written: list[Any]) -> None:
        assert result.msg.strip()
        assert written == [], [call.name for call in written]
        assert not result.data.get("changed")
        assert "exception" not in result, result["exception"]


@pytest.fixture
def world(
    aws: AwsLike, cloud: Cloud, modules: Modules, no_pauses: None, monkeypatch: pytest.MonkeyPatch
) -> World:
    clock = HurriedClock()
    monkeypatch.setattr(Creator.__init__, "__defaults__", (clock, clock.sleep))
    return World(aws, cloud, modules)


@EXAMPLES
@given(given=FLOW_LOG)
def test_flow_log(world: World, given: dict[str, Any]) -> None:
    if ROLE not in world.cloud.roles():
        service_role(world.cloud)
    world.is_clear_about("flow_log", given)


@EXAMPLES
@given(given=LOG_GROUP)
def test_log_group(world: World, given: dict[str, Any]) -> None:
    world.is_clear_about("log_group", given)


@EXAMPLES
@given(given=IAM)
def test_flow_log_iam(world: World, given: dict[str, Any]) -> None:
    world.is_clear_about("flow_log_iam", given)
