# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removals that are killed at any call, and several at the same time: in the end it is gone, and nothing else is."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import Call
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Lag
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Throttle
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
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
from ansible_collections.netops.flow_logs.tests.scenarios.support.pretence import reuse_clients
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import enable_few_regions

GROUP = "/aws/shop/vpc/flowlogs"
OTHERS_GROUP = "/somebody/elses"
TEMPLATE = "/aws/shop/vpc/{resource_name}/flowlogs"
NAMES = {"role_name": ROLE, "policy_name": POLICY}
PASS_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:policy/PassRole-{ROLE}"
MANY = 12

Options = dict[str, Any]


@pytest.fixture(autouse=True)
def few_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    enable_few_regions(monkeypatch)


@dataclass(frozen=True)
class Story:
    """prepare makes what the run finds and returns its options; is_gone tells whether all of it is.

    others has to hold at any time.
    """

    module: str
    prepare: Callable[[Cloud], Options]
    is_gone: Callable[[Cloud, Options], bool]
    others: Callable[[Cloud, Options], bool]
    most_killed: int


# Role and policies.


def full_role(cloud: Cloud) -> Options:
    """With all that can hang on it; and a role and a policy of others."""
    iam = cloud.client("iam")
    service_role(cloud)
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=five_versions(cloud))
    iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=json.dumps(NOTHING_ALLOWED))
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN}
    cloud.policy(f"PassRole-{ROLE}", {"Version": "2012-10-17", "Statement": [statement]})
    cloud.role("web-server")
    iam.create_user(UserName="alice")
    iam.create_group(GroupName="operators")
    iam.attach_user_policy(UserName="alice", PolicyArn=PASS_ROLE_ARN)
    iam.attach_group_policy(GroupName="operators", PolicyArn=PASS_ROLE_ARN)
    iam.attach_role_policy(RoleName="web-server", PolicyArn=PASS_ROLE_ARN)
    iam.attach_role_policy(RoleName="web-server", PolicyArn=cloud.policy("theirs"))
    return {**NAMES, "state": "absent"}


def role_is_gone(cloud: Cloud, _options: Options) -> bool:
    return (cloud.roles(), cloud.policies()) == (["web-server"], ["theirs"])


def other_roles_stay(cloud: Cloud, _options: Options) -> bool:
    there = "web-server" in cloud.roles() and "theirs" in cloud.attached("role", "web-server")
    # While the role is there, who may pass it still may: the operators' policy goes last.
    return there and (ROLE not in cloud.roles() or cloud.attached("user", "alice") == [f"PassRole-{ROLE}"])


# Log groups.


def three_groups(cloud: Cloud) -> Options:
    ids = [cloud.vpc(name) for name in ("one", "two", "three")]
    for name in ("one", "two", "three", "one-more"):
        cloud.client("logs").create_log_group(logGroupName=TEMPLATE.format(resource_name=name))
    return {"log_group_name": TEMPLATE, "resource_ids": ids, "state": "absent"}


def groups_are_gone(cloud: Cloud, _options: Options) -> bool:
    return list(cloud.log_groups()) == [TEMPLATE.format(resource_name="one-more")]


def other_groups_stay(cloud: Cloud, _options: Options) -> bool:
    return TEMPLATE.format(resource_name="one-more") in cloud.log_groups()


# Flow logs.


def three_targets(cloud: Cloud) -> Options:
    """Each with a flow log to the group, and one that is somebody else's."""
    service_role(cloud)
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    ids = [vpc, subnet, cloud.eni(subnet)]
    for resource_id in ids:
        cloud.flow_log(resource_id, LogGroupName=GROUP)
        cloud.flow_log(resource_id, {"owner": "somebody"}, LogGroupName=OTHERS_GROUP)
    return {"resource_ids": ids, "log_group_name": GROUP, "state": "absent"}


def flow_logs_are_gone(cloud: Cloud, _options: Options) -> bool:
    return [log for log in cloud.flow_logs() if log["LogGroupName"] == GROUP] == []


def other_flow_logs_stay(cloud: Cloud, options: Options) -> bool:
    others = [log["ResourceId"] for log in cloud.flow_logs() if log["LogGroupName"] == OTHERS_GROUP]
    return sorted(others) == sorted(options["resource_ids"])


STORIES = {
    "role": Story("flow_log_iam", full_role, role_is_gone, other_roles_stay, 12),
    "log groups": Story("log_group", three_groups, groups_are_gone, other_groups_stay, 3),
    "flow logs": Story("flow_log", three_targets, flow_logs_are_gone, other_flow_logs_stay, 1),
}


# flow_log_iam makes one call after the other: what is after one is before the next.
MOMENTS = [(title, "after") for title in STORIES] + [("log groups", "before"), ("flow logs", "before")]


@pytest.mark.parametrize(("title", "moment"), MOMENTS)
def test_killed_at_any_call_the_next_run_completes_it(
    aws: AwsLike, cloud: Cloud, modules: Modules, children: Children, title: str, moment: str
) -> None:
    story = STORIES[title]
    killed = 0
    for number in range(1, MOST_CALLS):
        aws.reset()
        options = story.prepare(cloud)
        first = run_killed(aws, children, story.module, options, number, moment)
        assert story.others(cloud, options)
        killed += first.killed
        if not first.killed:
            assert not first.result.get("failed"), first.result
            assert story.is_gone(cloud, options)
        modules.run(story.module, **options)
        assert story.is_gone(cloud, options), f"after call {number}"
        assert story.others(cloud, options)
        if not first.killed:
            break
    third = modules.run(story.module, **options)
    assert (third["changed"], third.calls.mutating) == (False, [])
    assert killed == story.most_killed


# At the same time.


@pytest.mark.parametrize("title", STORIES)
def test_many_at_once_all_succeed(real_time: AwsLike, cloud: Cloud, children: Children, title: str) -> None:
    story = STORIES[title]
    options = story.prepare(cloud)
    real_time.scenario.delay_ms = 2

    results = children.together(story.module, [options] * MANY)

    assert [result["msg"] for result in results if result.get("failed")] == []
    assert any(result["changed"] for result in results)
    assert story.is_gone(cloud, options)
    assert story.others(cloud, options)


def test_slices_of_one_inventory(real_time: AwsLike, cloud: Cloud, modules: Modules, children: Children) -> None:
    """Each removes its own targets' flow logs, and then the role that all of them share: the last one gets it."""
    modules.run("flow_log_iam", **NAMES)
    targets = cloud.vpcs(12)
    modules.run("flow_log", resource_ids=targets, log_group_name=GROUP, role_arn=ROLE_ARN)
    real_time.scenario.delay_ms = 2
    slices = [targets[number::4] for number in range(4)]
    shared = {"log_group_name": GROUP, "state": "absent"}

    removed = children.together("flow_log", [{"resource_ids": ids, **shared} for ids in slices])
    assert [result["msg"] for result in removed if result.get("failed")] == []
    assert cloud.flow_logs() == []

    last = children.together("flow_log_iam", [{**NAMES, "state": "absent"}] * 4)
    assert [result["msg"] for result in last if result.get("failed")] == []
    assert (cloud.roles(), cloud.policies()) == ([], [])


def test_a_role_that_is_made_and_removed_at_the_same_time(real_time: AwsLike, cloud: Cloud, children: Children) -> None:
    """Who wins is open, but what is there in the end is whole or removable, and nobody crashes."""
    real_time.scenario.delay_ms = 2
    makers = [children.prepare("flow_log_iam", NAMES) for _number in range(4)]
    removers = [children.prepare("flow_log_iam", {**NAMES, "state": "absent"}) for _number in range(4)]
    for child in [*makers, *removers]:
        child.open_gate()
    results = [child.wait().result for child in [*makers, *removers]]

    assert "Traceback" not in json.dumps(results)
    assert [result["msg"] for result in results[4:] if result.get("failed")] == []
    last = children.together("flow_log_iam", [{**NAMES, "state": "absent"}])
    assert not last[0].get("failed"), last
    assert (cloud.roles(), cloud.policies()) == ([], [])


# Bad weather.


@pytest.mark.parametrize("title", STORIES)
@pytest.mark.parametrize("seed", range(3))
def test_throttled_read_late_and_cut_short(
    aws: AwsLike, cloud: Cloud, modules: Modules, monkeypatch: pytest.MonkeyPatch, title: str, seed: int
) -> None:
    """Three in ten calls are throttled, reads are three seconds late, and a few calls get no answer."""
    monkeypatch.setattr("time.sleep", aws.world.clock.advance)
    story = STORIES[title]
    options = story.prepare(cloud)
    aws.world.clock.advance(3600)
    rough = Scenario(throttles=[Throttle(share=0.3)], lag=Lag(seconds=3), seed=seed)
    aws.use(rough)

    modules.run(story.module, **options)

    assert story.is_gone(cloud, options)
    assert story.others(cloud, options)
    aws.world.clock.advance(3)
    again = modules.run(story.module, **options)
    assert (again["changed"], again.calls.mutating) == (False, [])


@dataclass
class Comes:
    """Somebody who comes just before the number-th call, counted from 0: of all, or of those that change something."""

    number: int
    deed: Callable[[], object]
    only_writes: bool = False
    came: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, call: Call, when: str) -> None:
        if when != "before" or (self.only_writes and not call.mutates):
            return
        with self._lock:
            self.number -= 1
            if self.number == -1:
                # Too late for it, perhaps.
                with contextlib.suppress(ClientError):
                    self.deed()
                    self.came = True


def remove_by_hand(cloud: Cloud, options: Options) -> None:
    """All that the stories make, as somebody else would."""
    ec2, iam, logs = (cloud.client(service) for service in ("ec2", "iam", "logs"))
    for log in cloud.flow_logs():
        if log["LogGroupName"] == options.get("log_group_name"):
            ec2.delete_flow_logs(FlowLogIds=[log["FlowLogId"]])
    for name in set(cloud.log_groups()) - {TEMPLATE.format(resource_name="one-more")}:
        logs.delete_log_group(logGroupName=name)
    if "role_name" in options:
        iam.delete_role_policy(RoleName=ROLE, PolicyName="by-hand")
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
        iam.delete_role(RoleName=ROLE)
        for version in cloud.policy_versions():
            with contextlib.suppress(ClientError):
                iam.delete_policy_version(PolicyArn=POLICY_ARN, VersionId=version)
        iam.delete_policy(PolicyArn=POLICY_ARN)
        iam.detach_user_policy(UserName="alice", PolicyArn=PASS_ROLE_ARN)
        iam.detach_group_policy(GroupName="operators", PolicyArn=PASS_ROLE_ARN)
        iam.detach_role_policy(RoleName="web-server", PolicyArn=PASS_ROLE_ARN)
        iam.delete_policy(PolicyArn=PASS_ROLE_ARN)


@pytest.mark.parametrize("title", STORIES)
def test_somebody_else_removes_it_at_any_call(
    aws: AwsLike, cloud: Cloud, modules: Modules, monkeypatch: pytest.MonkeyPatch, no_pauses: None, title: str
) -> None:
    """Whatever was read before, and whatever is read after: it had to go, and it is gone."""
    reuse_clients(monkeypatch, {})
    story = STORIES[title]
    for number in range(MOST_CALLS):
        aws.reset()
        options = story.prepare(cloud)
        somebody = Comes(number, lambda options=options: remove_by_hand(cloud, options))
        aws.on_call = somebody
        result = modules.try_(story.module, options)
        aws.on_call = None
        assert not result.failed, (number, result.msg)
        assert story.is_gone(cloud, options), number
        assert story.others(cloud, options), number
        # Whoever comes before the first call leaves nothing to do.
        assert result["changed"] is False if number == 0 else result["changed"] or somebody.came
        if number >= len(result.calls):
            return
    raise AssertionError(f"Still at it after {MOST_CALLS} calls.")


def test_the_policy_stays_for_whoever_gets_it_meanwhile(aws: AwsLike, cloud: Cloud, modules: Modules) -> None:
    """At any call of the removal somebody may be given the policy: it is kept for her, as long as it is there."""
    iam = cloud.client("iam")
    kept = 0
    for number in range(MOST_CALLS):
        aws.reset()
        options = full_role(cloud)
        gift = Comes(number, lambda: iam.attach_user_policy(UserName="alice", PolicyArn=POLICY_ARN), only_writes=True)
        aws.on_call = gift
        result = modules.try_("flow_log_iam", options)
        aws.on_call = None
        assert not result.failed, result.msg
        assert ROLE not in cloud.roles()
        if not gift.came:
            break
        assert cloud.attached("user", "alice") == [POLICY]
        assert "user/alice" in result["policy_in_use_by"] and "user/alice" in str(result["warnings"])
        kept += 1
    # Up to the deletion of the policy itself, which is the eighth call.
    assert kept == 8
    assert role_is_gone(cloud, options)
