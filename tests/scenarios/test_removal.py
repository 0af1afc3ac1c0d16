# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a removal takes and what it leaves, in good weather and in bad."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import aborted
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import region_denied
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Lag
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Resurrection
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Throttle
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.estate import vpcs_and_role
from ansible_collections.netops.flow_logs.tests.scenarios.support.regions import ELSEWHERE
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import GROUP
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import HOUR
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import THEIRS
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST

NAMES = {"role_name": ROLE, "policy_name": POLICY}
EACH_ITS_OWN = "/aws/shop/{resource_id}/flowlogs"


def rough(**more: Any) -> Scenario:
    return Scenario(throttles=[Throttle(share=0.3)], lag=Lag(seconds=3), seed=7, **more)


def succeeded(result: Result) -> Result:
    assert not result.failed, result.msg
    return result


def unchanged(result: Result) -> None:
    succeeded(result)
    assert (result["changed"], result["actions"], result.calls.mutating) == (False, [], [])


def resources(stage: Stage) -> set[str]:
    """Those that have a flow log."""
    return {flow_log.resource_id for flow_log in stage.flow_logs_now().values()}


# Flow logs.


def test_accepted_and_rejected_traffic_in_one_group(stage: Stage) -> None:
    stage.cloud.role(trust=TRUST)
    vpc = stage.cloud.vpc()
    accept, reject = (stage.cloud.flow_log(vpc, LogGroupName=GROUP, TrafficType=each) for each in ("ACCEPT", "REJECT"))
    options: dict[str, Any] = {"resource_ids": [vpc], "log_group_name": GROUP, "state": "absent"}
    of_one = {**options, "lookup": "traffic_type", "traffic_type": "REJECT"}

    gone = succeeded(stage.run("flow_log", **of_one))
    assert [log["flow_log_id"] for log in gone["flow_logs"]] == [reject]
    assert set(stage.flow_logs_now()) == {accept}
    unchanged(stage.run("flow_log", **of_one))

    again = stage.cloud.flow_log(vpc, LogGroupName=GROUP, TrafficType="REJECT")
    succeeded(stage.run("flow_log", **options))
    assert stage.flow_logs_now() == {}
    assert again


def test_a_card_that_its_vpc_records_for_another_kind_of_traffic(stage: Stage) -> None:
    stage.cloud.role(trust=TRUST)
    vpc = stage.cloud.vpc()
    eni = stage.cloud.eni(stage.cloud.subnet(vpc))
    stays = stage.cloud.flow_log(vpc, LogGroupName=GROUP, TrafficType="ACCEPT")
    options = {"resource_ids": [eni], "log_group_name": GROUP, "state": "absent", "lookup": "traffic_type"}

    told = stage.run("flow_log", traffic_type="REJECT", **options)
    unchanged(told)
    assert [entry["flow_log_id"] for entry in told["covered_by"]] == [stays]
    failed = stage.run("flow_log", traffic_type="ACCEPT", **options)
    assert [failure["code"] for failure in failed["failures"]] == ["CoveredByOwner"]
    assert set(stage.flow_logs_now()) == {stays}


@pytest.mark.parametrize("missing", ["unsuccessful", "exception"])
@pytest.mark.parametrize("partial_effect", [False, True])
def test_ids_some_of_which_are_gone(stage: Stage, missing: str, partial_effect: bool) -> None:
    vpcs_and_role(stage, 3)
    made = [stage.cloud.flow_log(target, LogGroupName=GROUP) for target in stage.targets]
    stage.use(Scenario(missing=missing, partial_effect=partial_effect))
    stage.options = {"flow_log_ids": [made[0], "fl-0123456789abcdef0", made[2]], "state": "absent"}

    succeeded(stage.run("flow_log"))
    assert set(stage.flow_logs_now()) == {made[1]}
    unchanged(stage.run("flow_log"))


def test_three_hundred_targets_throttled_and_read_late(stage: Stage) -> None:
    vpcs_and_role(stage, 300)
    succeeded(stage.run("flow_log"))
    theirs = stage.cloud.flow_log(stage.targets[0], LogGroupName=THEIRS)
    stage.clock.advance(HOUR)
    stage.use(rough())
    stage.options = {"resource_ids": stage.targets, "log_group_name": GROUP, "state": "absent"}

    gone = succeeded(stage.run("flow_log"))

    assert set(stage.flow_logs_now()) == {theirs}
    assert len(gone["actions"]) == 300
    assert "RequestLimitExceeded" in {call.outcome for call in gone.calls}
    # At once, in the same weather: none of them shows any more, as the run waited for it.
    unchanged(stage.run("flow_log"))


def test_what_was_given_a_moment_ago_goes(stage: Stage) -> None:
    """Reads are late, but whoever gave them waited until they showed."""
    vpcs_and_role(stage, 20)
    stage.use(rough())
    succeeded(stage.run("flow_log"))

    succeeded(stage.run("flow_log", state="absent", role_arn=None))

    assert stage.flow_logs_now() == {}


@pytest.mark.parametrize("count", [1, 200, 201, 1000])
def test_calls_are_as_many_as_the_filters_need(stage: Stage, count: int) -> None:
    vpcs_and_role(stage, count)
    succeeded(stage.run("flow_log"))
    stage.use("rates")
    stage.options = {"resource_ids": stage.targets, "log_group_name": GROUP, "state": "absent"}
    reads = -(-count // 200)

    gone = succeeded(stage.run("flow_log"))

    assert gone.calls.counted() == {
        "sts:GetCallerIdentity": 1,
        "ec2:DescribeFlowLogs": 2 * reads,
        "ec2:DeleteFlowLogs": 1,
    }
    assert {call.outcome for call in gone.calls} == {"ok"}
    assert len(stage.run("flow_log").calls) == 1 + reads


# Log groups.


def test_forty_groups_throttled_read_late_and_aborted(stage: Stage) -> None:
    vpcs_and_role(stage, 40)
    stage.options = {"resource_ids": stage.targets, "log_group_name": EACH_ITS_OWN}
    succeeded(stage.run("log_group"))
    stage.cloud.client("logs").create_log_group(logGroupName="/aws/shop/vpc-of-somebody/flowlogs")
    stage.clock.advance(HOUR)
    stage.use(rough(refusals=[aborted(0.2)]))

    gone = succeeded(stage.run("log_group", state="absent"))

    assert list(stage.cloud.log_groups()) == ["/aws/shop/vpc-of-somebody/flowlogs"]
    assert len(gone["actions"]) == 40
    assert "OperationAbortedException" in {call.outcome for call in gone.calls}
    stage.clock.advance(3)
    unchanged(stage.run("log_group", state="absent"))


def test_a_group_that_a_flow_log_reaches_by_its_arn_is_in_use(stage: Stage) -> None:
    vpcs_and_role(stage, 1)
    stage.cloud.client("logs").create_log_group(logGroupName=GROUP)
    arn = stage.cloud.log_groups()[GROUP]["arn"].removesuffix(":*")
    flow_log_id = stage.cloud.flow_log(stage.targets[0], LogDestination=arn)
    stage.options = {"log_group_name": GROUP, "state": "absent"}

    failed = stage.run("log_group")

    assert [failure["code"] for failure in failed["failures"]] == ["LogGroupInUse"]
    assert flow_log_id in failed.msg
    succeeded(stage.run("log_group", ignored_flow_log_ids=[flow_log_id]))


# Records in flight.


@pytest.mark.parametrize(
    ("order", "comes_back"),
    [
        pytest.param("group at once", True, id="at once: it comes back"),
        pytest.param("role first", False, id="the role first"),
        pytest.param("may not create", False, id="a role that may not create groups"),
        pytest.param("wait", False, id="after a while"),
    ],
)
def test_a_group_comes_back_only_where_the_documentation_says_so(stage: Stage, order: str, comes_back: bool) -> None:
    """Records that are on their way make a group anew where the role may create it."""
    stage.use(Scenario(resurrection=Resurrection(within_seconds=60)))
    vpc = stage.cloud.vpc()
    of_group = {"log_group_name": GROUP}
    succeeded(stage.run("flow_log_iam", **NAMES, allow_create_log_group=order != "may not create"))
    succeeded(stage.run("log_group", **of_group, retention_in_days=30))
    succeeded(stage.run("flow_log", **of_group, resource_ids=[vpc], role_arn=ROLE_ARN))
    stage.clock.advance(HOUR)

    succeeded(stage.run("flow_log", **of_group, resource_ids=[vpc], state="absent"))
    if order == "role first":
        succeeded(stage.run("flow_log_iam", **NAMES, state="absent"))
    if order == "wait":
        stage.clock.advance(120)
    succeeded(stage.run("log_group", **of_group, state="absent"))

    assert (GROUP in stage.cloud.log_groups()) is comes_back


# Projects that share an account.


def project(stage: Stage, name: str, region: str) -> dict[str, Any]:
    """A VPC with a subnet and a card, each with a flow log to the project's own groups, through the shared role."""
    there = stage.cloud.elsewhere(region=region)
    vpc = there.vpc(f"{name}-net")
    subnet = there.subnet(vpc, f"{name}-front")
    targets = [vpc, subnet, there.eni(subnet, f"{name}-card")]
    options = {
        "log_group_name": f"/aws/{name}/vpc/{{resource_name}}/flowlogs",
        "resource_ids": targets,
        "region": region,
    }
    succeeded(stage.run("flow_log_iam", **NAMES))
    succeeded(stage.run("log_group", **options, retention_in_days=30))
    succeeded(stage.run("flow_log", **options, role_arn=ROLE_ARN))
    return {**options, "state": "absent"}


@pytest.mark.parametrize("region", ["eu-west-1", ELSEWHERE], ids=["one region", "two regions"])
def test_the_last_project_takes_the_role_along(stage: Stage, region: str) -> None:
    shop, tv = project(stage, "shop", "eu-west-1"), project(stage, "tv", region)
    of_tv = stage.cloud.elsewhere(region=region)
    stage.clock.advance(HOUR)

    gone = succeeded(stage.run("flow_log", **shop))
    kept = stage.run("flow_log_iam", **NAMES, state="absent")
    look = succeeded(stage.run("flow_log_iam_info"))

    assert len(gone["flow_logs"]) == 3
    assert [failure["code"] for failure in kept["failures"]] == ["RoleInUse"]
    assert {entry["resource_id"] for entry in kept["in_use_by"]} == set(tv["resource_ids"])
    assert {entry["region"] for entry in kept["in_use_by"]} == {region}
    assert look["orphaned"] == {"roles": [], "policies": []}
    assert {log["ResourceId"] for log in of_tv.flow_logs()} == set(tv["resource_ids"])
    # Records are kept, and a second removal has nothing to do.
    assert sum(name.startswith("/aws/shop/") for name in stage.cloud.log_groups()) == 3
    unchanged(stage.run("flow_log", **shop))

    succeeded(stage.run("flow_log", **tv))
    orphans = succeeded(stage.run("flow_log_iam_info"))["orphaned"]
    assert orphans == {"roles": [ROLE], "policies": [POLICY]}
    succeeded(stage.run("flow_log_iam", **NAMES, state="absent"))
    assert (stage.cloud.roles(), stage.cloud.policies()) == ([], [])
    for options in (shop, tv):
        succeeded(stage.run("log_group", **options))
    assert (stage.cloud.log_groups(), of_tv.log_groups()) == ({}, {})


def test_a_dry_run_of_all_of_it_foretells_all_of_it(stage: Stage) -> None:
    """In check mode nothing goes, so each step is told what the ones before would have removed."""
    shop = project(stage, "shop", "eu-west-1")

    logs = succeeded(stage.run("flow_log", check=True, **shop))
    gone = [log["flow_log_id"] for log in logs["flow_logs"]]
    steps = {"flow_log_iam": {**NAMES, "state": "absent"}, "log_group": shop}
    foretold = {
        module: succeeded(stage.run(module, check=True, ignored_flow_log_ids=gone, **options))
        for module, options in steps.items()
    }

    assert succeeded(stage.run("flow_log", **shop))["actions"] == logs["actions"]
    for module, options in steps.items():
        assert succeeded(stage.run(module, **options))["actions"] == foretold[module]["actions"]
    assert (stage.cloud.roles(), stage.cloud.policies(), stage.cloud.log_groups()) == ([], [], {})


def test_force_removes_the_role_where_a_region_is_denied(stage: Stage) -> None:
    succeeded(stage.run("flow_log_iam", **NAMES))
    stage.use(Scenario(refusals=region_denied(ELSEWHERE, "OptInRequired")))

    refused = stage.run("flow_log_iam", **NAMES, state="absent")
    assert [failure["code"] for failure in refused["failures"]] == ["RegionsNotRead"]
    assert refused.calls.mutating == []
    forced = succeeded(stage.run("flow_log_iam", **NAMES, state="absent", force=True))

    assert [entry["region"] for entry in forced["regions_not_read"]] == [ELSEWHERE]
    assert (stage.cloud.roles(), stage.cloud.policies()) == ([], [])
