# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many targets in bad weather: all converge, nothing is missing, nothing is there twice, nothing goes unrecorded."""

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import SIDE_BY_SIDE
from ansible_collections.netops.flow_logs.tests.emulator.scenario import BadResource
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Lag
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Throttle
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import FORMAT
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import Watch
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import lasting
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import one_each
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import owners
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import refuse_once_the_old_one_is_gone
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import vpcs_and_role
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import with_flow_logs
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TAGS

EACH_ITS_OWN = "/aws/shop/{resource_id}/flowlogs"


def _rough(**more: object) -> Scenario:
    return Scenario(throttles=[Throttle(share=0.3)], lag=Lag(seconds=3), seed=7, **more)


def _succeeded(result: Result) -> Result:
    assert not result.failed, result.msg
    return result


def _unchanged(result: Result) -> None:
    _succeeded(result)
    assert (result["changed"], result["actions"], result.calls.mutating) == (False, [], [])


def test_three_hundred_targets_throttled_and_read_late(stage: Stage) -> None:
    vpcs_and_role(stage, 300)
    stage.use(_rough())
    made = _succeeded(stage.run("flow_log", tags=TAGS))
    assert one_each(stage)
    assert len(made["actions"]) == 300
    assert {entry["action"] for entry in made["flow_logs"]} == {"created"}
    assert {entry["flow_log_id"] for entry in made["flow_logs"]} == set(stage.flow_logs_now())
    assert "RequestLimitExceeded" in {call.outcome for call in made.calls}
    # At once, in the same weather: what was made shows already, as the run waited for it.
    _unchanged(stage.run("flow_log", tags=TAGS))


def test_a_log_group_each_throttled_and_read_late(stage: Stage) -> None:
    vpcs_and_role(stage, 40)
    stage.use(_rough())
    options = {"log_group_name": EACH_ITS_OWN}
    of_groups = {"resource_ids": stage.targets, "retention_in_days": 30, "tags": TAGS}
    of_logs = stage.options
    stage.options = {}
    _succeeded(stage.run("log_group", **of_groups, **options))
    names = {EACH_ITS_OWN.format(resource_id=target) for target in stage.targets}
    groups = stage.cloud.log_groups()
    assert set(groups) == names
    assert {group["retentionInDays"] for group in groups.values()} == {30}
    assert all(stage.cloud.log_group_tags(name) == TAGS for name in sorted(names)[:3])
    _succeeded(stage.run("flow_log", **{**of_logs, **options}))
    assert one_each(stage)
    assert {flow_log.log_group_name for flow_log in stage.flow_logs_now().values()} == names
    stage.clock.advance(3)
    _unchanged(stage.run("log_group", **of_groups, **options))
    _unchanged(stage.run("flow_log", **{**of_logs, **options}))


def test_a_tenth_is_refused_and_the_others_are_done(stage: Stage) -> None:
    vpcs_and_role(stage, 100)
    stage.use(_rough(bad_resources=[BadResource(share=0.1)]))
    result = stage.run("flow_log")
    refused = {failure["resource_id"] for failure in result["failures"]}
    assert result.failed and 0 < len(refused) < 50
    assert sorted(owners(stage)) == sorted(set(stage.targets) - refused)
    assert {failure["code"] for failure in result["failures"]} == {"400"}
    stage.use(_rough())
    _succeeded(stage.run("flow_log"))
    assert one_each(stage)
    _unchanged(stage.run("flow_log"))


@pytest.mark.parametrize("as_exception", [False, True])
def test_a_few_bad_ones_among_many_cost_few_calls(stage: Stage, as_exception: bool) -> None:
    vpcs_and_role(stage, 300)
    bad = stage.targets[::100]
    words = "LogFormat is not allowed for {resource_id}"
    fault = BadResource(bad, code="InvalidParameter", message=words, as_exception=as_exception)
    stage.use(Scenario(bad_resources=[fault]))
    result = stage.run("flow_log")
    assert {failure["resource_id"] for failure in result["failures"]} == set(bad)
    assert sorted(owners(stage)) == sorted(set(stage.targets) - set(bad))
    assert len(result.calls.of("CreateFlowLogs")) <= 1 + (len(bad) if as_exception else 0)


@pytest.mark.parametrize("weather", ["plain", "rough"])
def test_a_replacement_leaves_no_gap_on_default_terms(stage: Stage, weather: str) -> None:
    vpcs_and_role(stage, 20)
    old = with_flow_logs(stage, stage.targets)
    stage.use(_rough() if weather == "rough" else Scenario())
    watch = Watch(stage)
    result = _succeeded(stage.run("flow_log", traffic_type="ALL"))
    assert (watch.most_bare, watch.most_for_one) == (0, 2)
    assert {entry["action"] for entry in result["flow_logs"]} == {"replaced"}
    _replaced(stage, old)
    _unchanged(stage.run("flow_log", traffic_type="ALL"))


@pytest.mark.parametrize("weather", ["plain", "rough"])
@pytest.mark.parametrize("terms", ["strict-identity", "limit"])
def test_a_replacement_where_aws_allows_no_second_one(stage: Stage, terms: str, weather: str) -> None:
    vpcs_and_role(stage, 20)
    old = with_flow_logs(stage, stage.targets)
    allowed = Scenario(identity="destination") if terms == "strict-identity" else Scenario(flow_logs_per_resource=1)
    stage.use(_rough().with_(allowed) if weather == "rough" else allowed)
    watch = Watch(stage)
    _succeeded(stage.run("flow_log", traffic_type="ALL"))
    # One after another, a few side by side: an interruption leaves no more than these without a flow log.
    assert 0 < watch.most_bare <= SIDE_BY_SIDE
    assert watch.most_for_one == 1
    _replaced(stage, old)
    stage.aws.on_call = None
    _unchanged(stage.run("flow_log", traffic_type="ALL"))


def _replaced(stage: Stage, old: dict[str, str]) -> None:
    """One each, another one, and all that was not to be changed is as it was."""
    assert one_each(stage)
    assert not set(old.values()) & set(stage.flow_logs_now())
    for entry in map(lasting, stage.flow_logs()):
        settings = (entry["TrafficType"], entry["LogFormat"], entry["MaxAggregationInterval"])
        assert settings == ("ALL", FORMAT, 60)
        assert entry["Tags"] == {"of": entry["ResourceId"], "cost": "42"}


@pytest.mark.parametrize("weather", ["plain", "rough"])
def test_the_old_one_is_put_back_when_the_new_one_is_refused(stage: Stage, weather: str) -> None:
    vpcs_and_role(stage, 20)
    with_flow_logs(stage, stage.targets)
    before = [lasting(entry) for entry in stage.flow_logs()]
    stage.use((_rough() if weather == "rough" else Scenario()).with_(Scenario(identity="destination")))
    refuse_once_the_old_one_is_gone(stage, stage.targets[:5], traffic_type="ALL")
    result = stage.run("flow_log", traffic_type="ALL")
    stage.aws.on_call = None
    assert result.failed
    assert {failure["resource_id"] for failure in result["failures"]} == set(stage.targets[:5])
    assert {failure["code"] for failure in result["failures"]} == {"InvalidParameter"}
    assert all("put back" in failure["message"] for failure in result["failures"])
    assert one_each(stage)
    after = {entry["ResourceId"]: entry for entry in map(lasting, stage.flow_logs())}
    for entry in before:
        kept = entry["ResourceId"] in stage.targets[:5]
        assert after[entry["ResourceId"]] == {**entry, "TrafficType": "REJECT" if kept else "ALL"}
    stage.clock.advance(3)
    _succeeded(stage.run("flow_log", traffic_type="ALL"))
    assert one_each(stage)
    _unchanged(stage.run("flow_log", traffic_type="ALL"))


@pytest.mark.parametrize("terms", ["plain", "strict-identity", "limit"])
def test_the_old_ones_stay_when_the_new_role_is_wrong(stage: Stage, terms: str) -> None:
    vpcs_and_role(stage, 20)
    with_flow_logs(stage, stage.targets)
    before = stage.flow_logs()
    wrong = stage.cloud.role("trusts-ec2")
    stage.use(terms)
    watch = Watch(stage)
    result = stage.run("flow_log", role_arn=wrong, wait_timeout=30)
    assert result.failed and "netops.flow_logs.flow_log_iam" in result.msg
    assert len(result["failures"]) == 20
    assert stage.flow_logs() == before
    assert (watch.most_bare, watch.most_for_one) == (0, 1)
    assert "ec2:DeleteFlowLogs" not in result.calls.names
    assert not result["changed"]
