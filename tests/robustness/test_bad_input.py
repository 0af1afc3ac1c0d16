# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever an option is given: a clear failure before anything is written, or a right result."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import nowhere
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import Creator
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
from ansible_collections.netops.flow_logs.tests.scenarios.support.pretence import reuse_clients
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import enable_few_regions

EXAMPLES = settings(max_examples=120, suppress_health_check=list(HealthCheck))
# Of removal, which has fewer options.
FEWER = settings(max_examples=60, suppress_health_check=list(HealthCheck))

# What there is, filled in by the fixture.
IDS: dict[str, str] = {}
KNOWN = st.sampled_from(["vpc", "subnet", "eni"]).map(lambda kind: IDS[kind])
MADE = st.sampled_from(["flow log", "somebody's flow log"]).map(lambda kind: IDS[kind])
RESOURCE_IDS = list_of(
    KNOWN | text_like("vpc-0123456789abcdef0", "subnet-01234567", "eni-0123456789abcdef0", "sg-01234567")
)
TEMPLATE = text_like(
    "/aws/shop/vpc/{resource_name}/flowlogs",
    "/{vpc_name}/{vpc_id}/{resource_type}/{resource_id}",
    "flow-logs",
    "{region}",
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
    {
        "resource_ids": st.lists(KNOWN, min_size=1, max_size=3),
        "log_group_name": st.just("/aws/shop"),
        "role_arn": st.just(ROLE_ARN),
    },
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
        "permissions_boundary": text_like(
            "", f"arn:aws:iam::{ACCOUNT}:policy/nothing", "arn:aws:iam::aws:policy/ReadOnlyAccess"
        ),
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
QUERIES = options(
    {"log_group_name": st.just("/aws/shop/{resource_name}"), "resource_ids": st.lists(KNOWN, min_size=1, max_size=3)},
    {
        "resource_ids": RESOURCE_IDS,
        "log_group_name": TEMPLATE,
        "log_format": FORMAT,
        "queries": list_of(text_like("top_talkers", "skipped_records", "traffic_by_log_group")),
        "query_folder": text_like("shop", "/a/b", "f" * 234, "f" * 235),
        "purge_log_group_names": WHOLE,
        **{name: value for name, value in COMMON.items() if name not in ("tags", "purge_tags")},
    },
)

FLOW_LOG_IDS = list_of(text_like("fl-0123456789abcdef0", "fl-01234567", "vpc-0123456789abcdef0"))
# Without the region: moto breaks down on one that does not exist.
ABSENT: dict[str, st.SearchStrategy[Any]] = {
    **{name: value for name, value in COMMON.items() if name != "region"},
    "state": text_like("absent", "present"),
}
# To a group, or by the flow logs' ids: one of the two is good in any example.
FLOW_LOG_REMOVAL = st.one_of(
    options(
        {
            "state": st.just("absent"),
            "resource_ids": st.lists(KNOWN, min_size=1, max_size=3),
            "log_group_name": st.just("/aws/shop"),
        },
        {
            "resource_ids": RESOURCE_IDS,
            "log_group_name": TEMPLATE,
            "lookup": text_like("destination", "traffic_type"),
            "traffic_type": text_like("ALL", "REJECT"),
            "flow_log_ids": FLOW_LOG_IDS,
            **ABSENT,
        },
    ),
    options(
        {"state": st.just("absent"), "flow_log_ids": st.lists(MADE, max_size=2)},
        {"flow_log_ids": FLOW_LOG_IDS, "resource_ids": RESOURCE_IDS, "log_group_name": TEMPLATE, **ABSENT},
    ),
)
LOG_GROUP_REMOVAL = options(
    {
        "state": st.just("absent"),
        "log_group_name": st.just("/aws/shop/{resource_name}"),
        "resource_ids": st.lists(KNOWN, min_size=1, max_size=3),
    },
    {"resource_ids": RESOURCE_IDS, "log_group_name": TEMPLATE, "ignored_flow_log_ids": FLOW_LOG_IDS, **ABSENT},
)
IAM_REMOVAL = options(
    {"state": st.just("absent"), "role_name": st.just(ROLE), "policy_name": st.just(POLICY)},
    {
        "role_name": text_like(ROLE, "web-server", "r" * 65),
        "policy_name": text_like(POLICY, "theirs", "p" * 128, f"PassRole-{ROLE}"),
        "path": text_like("/", "/netops/"),
        "force": WHOLE,
        "ignored_flow_log_ids": FLOW_LOG_IDS,
        "pass_role_to": list_of(text_like(f"arn:aws:iam::{ACCOUNT}:user/alice", "alice")),
        **ABSENT,
    },
)
QUERIES_REMOVAL = options(
    {
        "state": st.just("absent"),
        "log_group_name": st.just("/aws/shop"),
        "resource_ids": st.lists(KNOWN, min_size=1, max_size=3),
    },
    {
        "resource_ids": RESOURCE_IDS,
        "log_group_name": TEMPLATE,
        "queries": list_of(text_like("top_talkers", "skipped_records")),
        "query_folder": text_like("flow-logs/aws/shop", "theirs", ""),
        "purge_log_group_names": WHOLE,
        **{name: value for name, value in ABSENT.items() if name not in ("tags", "purge_tags")},
    },
)
IAM_INFO = options(
    {"expected_account_id": st.just(ACCOUNT)},
    {
        "role_names": list_of(text_like(ROLE, "web-server", "r" * 65)),
        "policy_names": list_of(text_like(POLICY, "theirs", "p" * 129)),
        "ignored_flow_log_ids": FLOW_LOG_IDS,
        "no_such_option": st.just(1),
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

    def is_clear_about(self, name: str, given: dict[str, Any], rebuild: bool = True) -> None:
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
            if rebuild and first.calls.mutating:
                self.build()

    def failed_before_anything(self, result: Result, written: list[Any]) -> None:
        assert result.msg.strip()
        assert written == [], [call.name for call in written]
        assert not result.data.get("changed")
        assert "exception" not in result, result["exception"]


@pytest.fixture
def world(aws: AwsLike, cloud: Cloud, modules: Modules, no_pauses: None, monkeypatch: pytest.MonkeyPatch) -> World:
    clock = HurriedClock()
    monkeypatch.setattr(Creator.__init__, "__defaults__", (clock, clock.sleep, nowhere))
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


@EXAMPLES
@given(given=QUERIES)
def test_insights_queries(world: World, given: dict[str, Any]) -> None:
    world.is_clear_about("insights_queries", given)


# Removal.


class Inhabited(World):
    """What there is to remove, and what is somebody else's."""

    def build(self) -> None:
        super().build()
        iam = self.cloud.client("iam")
        service_role(self.cloud)
        iam.attach_role_policy(RoleName=ROLE, PolicyArn=self.cloud.policy())
        self.cloud.role("web-server")
        iam.attach_role_policy(RoleName="web-server", PolicyArn=self.cloud.policy("theirs"))
        for name in ("/aws/shop", "/aws/shop/web", "/aws/theirs"):
            self.cloud.client("logs").create_log_group(logGroupName=name)
        for name in ("flow-logs/aws/shop/top_talkers", "theirs/top_talkers", "flow-logs/aws/shop/theirs"):
            self.cloud.client("logs").put_query_definition(name=name, queryString="limit 1", logGroupNames=["/aws/shop"])
        flow_log = self.cloud.flow_log(IDS["vpc"], LogGroupName="/aws/shop")
        theirs = self.cloud.flow_log(IDS["vpc"], LogGroupName="/aws/theirs")
        IDS.update({"flow log": flow_log, "somebody's flow log": theirs})

    def takes_no_more_than_foretold(self, name: str, given: dict[str, Any]) -> None:
        """It is clear about these options, and what goes was named by the run in check mode."""
        before = self.survey()
        check = self.modules.try_(name, given, check=True)
        assert check.calls.mutating == []
        foretold = check.data.get("actions", [])
        self.is_clear_about(name, given, rebuild=False)
        try:
            after = self.survey()
            if name == "flow_log_iam_info" or given.get("state") == "absent":
                assert after <= before
                for kind, lost in before - after:
                    assert any(lost in action for action in foretold), (kind, lost, foretold)
                    assert lost not in self.theirs() or lost.lower() in json.dumps(given).lower(), (kind, lost, given)
        finally:
            if self.survey() != before:
                self.build()

    def theirs(self) -> set[str]:
        """What may go only when it is named."""
        return {IDS["somebody's flow log"], "/aws/theirs", "web-server", "theirs", "flow-logs/aws/shop/theirs"}

    def survey(self) -> set[tuple[str, str]]:
        """Flow logs, log groups, roles, policies and saved queries."""
        found = {
            "flow log": [log["FlowLogId"] for log in self.cloud.flow_logs()],
            "log group": self.cloud.log_groups(),
            "role": self.cloud.roles(),
            "policy": self.cloud.policies(),
            "query": self.cloud.queries(),
        }
        return {(kind, name) for kind, names in found.items() for name in names}


@pytest.fixture
def inhabited(world: World, monkeypatch: pytest.MonkeyPatch) -> Inhabited:
    enable_few_regions(monkeypatch)
    reuse_clients(monkeypatch, {})
    return Inhabited(world.aws, world.cloud, world.modules)


@FEWER
@given(given=FLOW_LOG_REMOVAL)
def test_flow_log_removal(inhabited: Inhabited, given: dict[str, Any]) -> None:
    inhabited.takes_no_more_than_foretold("flow_log", given)


@FEWER
@given(given=LOG_GROUP_REMOVAL)
def test_log_group_removal(inhabited: Inhabited, given: dict[str, Any]) -> None:
    inhabited.takes_no_more_than_foretold("log_group", given)


@FEWER
@given(given=QUERIES_REMOVAL)
def test_insights_queries_removal(inhabited: Inhabited, given: dict[str, Any]) -> None:
    inhabited.takes_no_more_than_foretold("insights_queries", given)


@FEWER
@given(given=IAM_REMOVAL)
def test_flow_log_iam_removal(inhabited: Inhabited, given: dict[str, Any]) -> None:
    inhabited.takes_no_more_than_foretold("flow_log_iam", given)


@FEWER
@given(given=IAM_INFO)
def test_flow_log_iam_info(inhabited: Inhabited, given: dict[str, Any]) -> None:
    inhabited.takes_no_more_than_foretold("flow_log_iam_info", given)
