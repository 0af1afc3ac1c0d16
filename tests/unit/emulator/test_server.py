# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a server: what it records, how it is steered, how it is started."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError

from ansible_collections.netops.flow_logs.tests.emulator import SCENARIOS
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import Call
from ansible_collections.netops.flow_logs.tests.emulator import ConnectionDropped
from ansible_collections.netops.flow_logs.tests.emulator import Lag
from ansible_collections.netops.flow_logs.tests.emulator import ManualClock
from ansible_collections.netops.flow_logs.tests.emulator import Scenario
from ansible_collections.netops.flow_logs.tests.emulator import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.behaviours import registered
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ACCOUNT
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import REGION
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code

CHECKOUT = Path(__file__).parents[3]


def _http(url: str, path: str, method: str = "GET", body: str = "") -> Any:
    request = urllib.request.Request(f"{url}/emulator/{path}", data=body.encode() or None, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)


def test_calls_are_recorded(estate: Estate) -> None:
    estate.role()
    vpc = estate.vpc()
    estate.clock.advance(5)
    estate.create(vpc)
    assert code(lambda: estate.create(vpc)) == "FlowLogAlreadyExists"
    estate.logs.create_log_group(logGroupName=GROUP)
    estate.iam.list_roles()
    calls = estate.aws.calls
    assert calls.names == ["ec2:CreateFlowLogs", "ec2:CreateFlowLogs", "logs:CreateLogGroup", "iam:ListRoles"]
    assert calls.mutating == calls.names[:3]
    assert [outcome for _operation, outcome in calls.outcomes] == ["ok", "FlowLogAlreadyExists", "ok", "ok"]
    assert calls.of("CreateFlowLogs")[0].values("ResourceId") == [vpc]
    assert calls.of("CreateLogGroup")[0].parameters == {"logGroupName": GROUP}
    assert calls.counted()["ec2:CreateFlowLogs"] == 2
    assert {(call.account, call.region, call.access_key) for call in calls} == {(ACCOUNT, REGION, "AKIATEST")}
    assert calls[0].time == estate.clock.now()
    estate.aws.forget()
    assert estate.aws.calls == []


def test_reset_empties_everything(estate: Estate) -> None:
    estate.role()
    estate.create(estate.vpc(), ClientToken="once")
    estate.logs.put_account_policy(policyName="p", policyType="FIELD_INDEX_POLICY", policyDocument="{}")
    estate.aws.use("lag,rates")
    estate.aws.reset()
    assert (estate.aws.calls, estate.aws.scenario) == ([], Scenario())
    assert (estate.flow_logs(), estate.iam.list_roles()["Roles"]) == ([], [])
    assert estate.logs.describe_account_policies(policyType="FIELD_INDEX_POLICY")["accountPolicies"] == []
    estate.role()
    estate.create(estate.vpc(), ClientToken="once")


def test_a_test_can_step_in_between_calls(estate: Estate) -> None:
    seen: list[tuple[str, str, str]] = []

    def listen(call: Call, when: str) -> None:
        seen.append((call.operation, when, call.outcome))
        # No lock is held: the listener may use the emulator itself.
        estate.client("iam", by_test=True).list_roles()

    estate.aws.on_call = listen
    estate.logs.create_log_group(logGroupName=GROUP)
    assert seen == [("CreateLogGroup", "before", ""), ("CreateLogGroup", "after", "ok")]


@pytest.mark.parametrize(("moment", "made"), [("before", []), ("after", [GROUP])])
def test_a_listener_can_drop_the_connection(estate: Estate, moment: str, made: list[str]) -> None:
    def drop(_call: Call, when: str) -> None:
        if when == moment:
            raise ConnectionDropped

    estate.aws.on_call = drop
    with pytest.raises(ConnectionClosedError):
        estate.logs.create_log_group(logGroupName=GROUP)
    assert list(estate.groups()) == made
    assert estate.aws.calls.outcomes == [("CreateLogGroup", "dropped")]


def test_delay(estate: Estate) -> None:
    estate.aws.use(Scenario(delay_ms=500))
    before = estate.clock.now()
    estate.iam.list_roles()
    assert estate.clock.now() - before == pytest.approx(0.5)


def test_by_http(estate: Estate) -> None:
    url = estate.aws.url
    estate.iam.list_roles()
    (call,) = _http(url, "calls")
    assert (call["name"], call["outcome"], call["mutates"]) == ("iam:ListRoles", "ok", False)
    _http(url, "calls", "DELETE")
    assert _http(url, "calls") == []
    _http(url, "scenario", "PUT", "lag,small-pages")
    assert _http(url, "scenario")["page_size"] == 2
    _http(url, "scenario", "PUT", json.dumps({"lag": {"seconds": 9}}))
    assert estate.aws.scenario == Scenario(lag=Lag(seconds=9))
    estate.role()
    estate.create(estate.vpc())
    _http(url, "deliver", "POST")
    assert list(estate.groups()) == [GROUP]
    _http(url, "reset", "POST")
    assert (estate.groups(), estate.aws.scenario) == ({}, Scenario())
    about = _http(url, "")
    assert set(about["scenarios"]) == set(SCENARIOS)
    assert about["cpu_seconds"] > 0
    assert len(about["behaviours"]) == len(registered())


@pytest.mark.parametrize("text", ["nonsense", '{"nonsense": 1}', '{"lag": {"minutes": 1}}', "{"])
def test_scenarios_that_do_not_exist(estate: Estate, text: str) -> None:
    with pytest.raises(ValueError):
        scenario_named(text)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        _http(estate.aws.url, "scenario", "PUT", text)
    assert estate.aws.scenario == Scenario()


def test_every_scenario_can_be_told_as_json() -> None:
    for name in SCENARIOS:
        scenario = scenario_named(name)
        assert scenario_named(json.dumps(scenario.as_dict())) == scenario


def test_scenarios_join() -> None:
    joined = scenario_named("lag,throttling,dropped,throttling")
    assert (joined.lag, len(joined.throttles), len(joined.breaks), joined.page_size) == (Lag(), 2, 2, None)


def test_what_is_not_emulated_goes_to_moto(estate: Estate) -> None:
    assert estate.client("sts").get_caller_identity()["Account"] == ACCOUNT
    estate.client("sqs").create_queue(QueueName="any")
    assert len(estate.client("sqs").list_queues()["QueueUrls"]) == 1


def test_moto_is_as_ever_for_others_in_the_process(running: AwsLike) -> None:
    from moto import mock_aws

    assert running.url
    with mock_aws():
        client = boto3.client("logs", REGION, aws_access_key_id="a", aws_secret_access_key="b")
        client.create_log_group(logGroupName="a b")
        assert client.describe_log_groups()["logGroups"][0]["logGroupName"] == "a b"


def test_one_command_starts_it() -> None:
    command = [sys.executable, "-m", "tests.emulator", "--scenario", "lag", "--delay-ms", "1", "--while-stdin-open"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        scenario = _http(url, "scenario")
        process.stdin.close()
        assert process.wait(10) == 0
    assert (scenario["lag"], scenario["delay_ms"]) == (scenario_named("lag").as_dict()["lag"], 1)


def test_a_manual_clock_only_moves_when_told() -> None:
    clock = ManualClock()
    start = clock.now()
    clock.sleep(3)
    clock.advance(4)
    assert clock.now() - start == 7
