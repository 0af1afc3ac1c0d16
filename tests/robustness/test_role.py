# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role in AWS's bad weather: what it gets done, what the user reads, and the next run that completes the work."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import Call
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import region_denied
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.scenario import BadResource
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Break
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Lag
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Throttle
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run

APPLY = "netops.flow_logs.apply"
SHOP_GROUP = "/aws/shop/flowlogs"
TV_REGION = "eu-central-1"
RETENTION = 30


@dataclass
class Estate:
    """Two projects of fifteen VPCs: shop has one log group for all, tv, in another region, one for each."""

    cloud: Cloud
    shop: list[str] = field(default_factory=list)
    tv: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tv_cloud = self.cloud.elsewhere(region=TV_REGION)
        self.shop = self.cloud.vpcs(15, "shop")
        self.tv = self.tv_cloud.vpcs(15, "tv")

    @property
    def inventory(self) -> dict[str, Any]:
        shop = {"flow_logs_log_group_name": SHOP_GROUP}
        tv = {"flow_logs_region": TV_REGION}
        return {
            "all": {
                "vars": {"flow_logs_retention_in_days": RETENTION},
                "children": {
                    "shop": {"hosts": {name: {} for name in self.shop}, "vars": shop},
                    "tv": {"hosts": {name: {} for name in self.tv}, "vars": tv},
                },
            }
        }

    @property
    def tv_groups(self) -> list[str]:
        """In the order of the VPCs."""
        return [f"/aws/tv/vpc/tv-{number}/flowlogs" for number in range(len(self.tv))]

    def logged(self) -> Counter[tuple[str, str]]:
        """Resource and log group of each flow log there is."""
        logs = [*self.cloud.flow_logs(), *self.tv_cloud.flow_logs()]
        assert {log["DeliverLogsPermissionArn"] for log in logs} <= {ROLE_ARN}
        return Counter((log["ResourceId"], log["LogGroupName"]) for log in logs)

    def wished(self) -> dict[str, str]:
        """Resource -> log group."""
        return {**dict.fromkeys(self.shop, SHOP_GROUP), **dict(zip(self.tv, self.tv_groups, strict=True))}

    def retentions(self) -> dict[str, int | None]:
        """Log group -> its retention."""
        groups = {**self.cloud.log_groups(), **self.tv_cloud.log_groups()}
        return {name: group.get("retentionInDays") for name, group in groups.items()}

    def assert_nothing_there(self) -> None:
        assert (self.cloud.roles(), self.cloud.policies(), self.retentions(), self.logged()) == ([], [], {}, Counter())

    def assert_done(self, without: Sequence[str] = (), without_groups: Sequence[str] = ()) -> None:
        """One role, one policy, the log groups, and one flow log for each VPC; all but these."""
        assert (self.cloud.roles(), self.cloud.policies()) == ([ROLE], [POLICY])
        assert (self.cloud.attached("role", ROLE), len(self.cloud.policy_versions())) == ([POLICY], 1)
        assert self.cloud.trust()["Statement"][0]["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
        groups = {SHOP_GROUP, *self.tv_groups} - set(without_groups)
        assert self.retentions() == dict.fromkeys(groups, RETENTION)
        assert self.logged() == Counter(pair for pair in self.wished().items() if pair[0] not in without)


@pytest.fixture
def estate(real_time: AwsLike, cloud: Cloud) -> Estate:
    return Estate(cloud)


def check(ansible: Ansible, estate: Estate) -> Run:
    """A run in check mode, which writes nothing."""
    run = ansible.run(APPLY, estate.inventory, ["--check"])
    assert run.calls.mutating == []
    estate.assert_nothing_there()
    return run


def told(run: Run) -> str:
    """What failed, a line for each cause; each host's part of it is what the user reads."""
    run.failed()
    for host in run.failed_hosts:
        assert json.dumps(run.failures_of(host))[1:-1] in run.output
    (result,) = [task["result"] for task in run.tasks if task["action"] == "netops.flow_logs.converge"]
    return "\n".join(result["failures"])


def ids_in(text: str) -> set[str]:
    return set(re.findall(r"vpc-[0-9a-f]+", text))


def assert_at_rest(run: Run) -> None:
    run.succeeded()
    assert (run.changed, run.actions, run.calls.mutating) == (0, [], [])


def assert_completed(ansible: Ansible, estate: Estate) -> None:
    """The weather is fine again: the next run does what is missing, and the one after it finds nothing to do."""
    ansible.run(APPLY, estate.inventory).succeeded()
    estate.assert_done()
    assert_at_rest(ansible.run(APPLY, estate.inventory))


def rough() -> Scenario:
    """All of it at once: waits are short, and each strikes so often that no run of a hundred calls is spared."""
    scenario = scenario_named("young-role,lag,throttling,conflicts,dropped,small-pages")
    scenario.lag = Lag(seconds=1)
    scenario.throttles = [Throttle(share=0.1)]
    # Six in a row are more than the SDK tries by itself.
    scenario.breaks = [Break(share=0.05), Break(share=0.05, when="after"), Break(["ec2:CreateFlowLogs"], times=6)]
    scenario.conflict_window_ms = 50
    scenario.page_size = 5
    return scenario


def young_until_tried(aws: AwsLike) -> None:
    """The role can't be assumed until that was tried once: however long the run takes to get there, it has to wait."""
    aws.scenario.role_delay = 3600

    def act(call: Call, when: str) -> None:
        if (call.operation, call.outcome, when) == ("CreateFlowLogs", "InvalidParameter", "after"):
            aws.scenario.role_delay = 0

    aws.on_call = act


def test_rough_weather(real_time: AwsLike, estate: Estate, ansible: Ansible) -> None:
    """All that passes is waited for, and is no reason to change anything in the next run."""
    real_time.use(rough())
    check(ansible, estate).succeeded()

    young_until_tried(real_time)
    first = ansible.run(APPLY, estate.inventory).succeeded()
    met = {call.outcome for call in first.calls}
    assert met >= {"InvalidParameter", "OperationAbortedException", "dropped"}
    assert met & {"RequestLimitExceeded", "ThrottlingException", "Throttling"}
    real_time.use("plain")
    estate.assert_done()

    real_time.use(rough())
    assert_at_rest(ansible.run(APPLY, estate.inventory))
    real_time.use("plain")
    estate.assert_done()


def test_pass_role_denied(real_time: AwsLike, estate: Estate, ansible: Ansible) -> None:
    """All but the flow logs is there, and the policy that the operator lacks is printed."""
    real_time.use("pass-role-denied")
    check(ansible, estate).succeeded()

    lines = told(ansible.run(APPLY, estate.inventory)).splitlines()
    places = [f"shop, 15 targets ({ACCOUNT}): ", f"tv in {TV_REGION}, 15 targets ({ACCOUNT}): "]
    for line, place in zip(lines, places, strict=True):
        assert line.startswith(place)
        assert "and 5 more: UnauthorizedOperation: You are not authorized" in line
        assert "The caller lacks iam:PassRole" in line
        policy, _end = json.JSONDecoder().raw_decode(line[line.index("{") :])
        assert policy["Statement"] == [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN}]
    real_time.use("plain")
    estate.assert_done(without=[*estate.shop, *estate.tv])
    assert_completed(ansible, estate)


@pytest.mark.parametrize("said", ["exception", "unsuccessful"])
def test_role_is_too_young_for_too_long(real_time: AwsLike, estate: Estate, ansible: Ansible, said: str) -> None:
    """The user's own wait_timeout is kept to, and then named."""
    play = {**PLAY[0], "module_defaults": {"netops.flow_logs.flow_log": {"wait_timeout": 1}}}
    real_time.use(Scenario(role_delay=3600, unassumable=said))

    run = ansible.run([play], estate.inventory)
    of_shop, of_tv = told(run).splitlines()
    assert of_shop.startswith(f"shop, 15 targets ({ACCOUNT}): ") and of_tv.startswith(f"tv in {TV_REGION}, 15 targets ")
    for line in (of_shop, of_tv):
        code = {"exception": "InvalidParameter", "unsuccessful": "400"}[said]
        assert f"and 5 more: {code}: Unable to assume given IAM role: '{ROLE_ARN}'" in line
        assert "raise wait_timeout or run it again" in line
    # One call for each log group, and no second try.
    assert len(run.calls.of("CreateFlowLogs")) == 1 + len(estate.tv_groups)
    real_time.use("plain")
    estate.assert_done(without=[*estate.shop, *estate.tv])
    assert_completed(ansible, estate)


def test_some_are_refused_and_a_region_is_denied(real_time: AwsLike, estate: Estate, ansible: Ansible) -> None:
    """Those are named with AWS's reason, in Unsuccessful or as an error of the whole call; all the others are done."""
    listed, by_error = estate.shop[:2], estate.shop[7]
    words = "LogFormat is not allowed for {resource_id}"
    bad = [BadResource(listed), BadResource([by_error], code="InvalidParameter", message=words, as_exception=True)]
    real_time.use(Scenario(bad_resources=bad, refusals=region_denied(TV_REGION)))
    foretold = told(check(ansible, estate))

    run = ansible.run(APPLY, estate.inventory)
    *of_shop, of_tv = told(run).splitlines()
    # Of what is only refused when it is done, check mode can't know.
    assert foretold == of_tv
    assert of_tv.startswith(f"tv in {TV_REGION}, 15 targets ")
    assert "AWS was not able to validate the provided access credentials" in of_tv
    assert "check the keys or the profile, and that the region is enabled for the account" in of_tv
    (error,) = [line for line in of_shop if ids_in(line) == {by_error}]
    assert f"{by_error}: InvalidParameter: LogFormat is not allowed for {by_error}. AWS refuses this log_format" in error
    (unsuccessful,) = [line for line in of_shop if line != error]
    assert ids_in(unsuccessful) == set(listed)
    assert ": 400: Access Denied for LogDestination: " in unsuccessful
    real_time.use("plain")
    estate.assert_done(without=[*listed, by_error, *estate.tv], without_groups=estate.tv_groups)
    assert_completed(ansible, estate)
