# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import HOUR
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST

GROUP = "/aws/shop/vpc/flowlogs"
BUCKET = "arn:aws:s3:::records-of-somebody"


def succeed(stage: Stage, module: str, check: bool = False, **options: Any) -> Result:
    result = stage.run(module, check, **options)
    assert not result.failed, result.data
    return result


def refuse(stage: Stage, module: str, **options: Any) -> Result:
    result = stage.run(module, **options)
    assert result.failed and result.calls.mutating == [], result.data
    return result


def look(stage: Stage, **options: Any) -> Result:
    """In check mode and for real the same, and nothing is written."""
    check = succeed(stage, "flow_log_info", check=True, **options)
    real = succeed(stage, "flow_log_info", **options)
    assert (real["changed"], real.calls.mutating) == (False, [])
    assert {key: check[key] for key in ("flow_logs", "region")} == {key: real[key] for key in ("flow_logs", "region")}
    assert (real["account_id"], real["region"]) == (ACCOUNT, REGION)
    return real


def apply(stage: Stage, *resource_ids: str, group: str = GROUP, **options: Any) -> None:
    """As the role makes them."""
    iam = succeed(stage, "flow_log_iam", role_name=ROLE, policy_name=POLICY)
    stage.clock.advance(HOUR)
    succeed(stage, "log_group", log_group_name=group)
    succeed(
        stage,
        "flow_log",
        resource_ids=list(resource_ids),
        log_group_name=group,
        role_arn=iam["role"]["arn"],
        **options,
    )


def ids(result: Result) -> list[str]:
    return [entry["flow_log_id"] for entry in result["flow_logs"]]


def to_s3(stage: Stage, resource_id: str) -> str:
    """Somebody else's."""
    where = {"LocationConstraint": REGION}
    stage.cloud.client("s3").create_bucket(Bucket=BUCKET.rsplit(":", maxsplit=1)[-1], CreateBucketConfiguration=where)
    request = {"LogDestinationType": "s3", "LogDestination": BUCKET, "TrafficType": "ALL"}
    types = {"vpc": "VPC", "subnet": "Subnet"}
    answer = stage.cloud.client("ec2").create_flow_logs(
        ResourceIds=[resource_id], ResourceType=types[resource_id.split("-")[0]], **request
    )
    return str(answer["FlowLogIds"][0])


@pytest.fixture
def vpc(stage: Stage) -> str:
    return stage.cloud.vpc("web")


def test_an_account_without_flow_logs(stage: Stage) -> None:
    result = look(stage)

    assert result["flow_logs"] == []
    assert "coverage" not in result
    assert set(result.calls.names) - {"sts:GetCallerIdentity"} == {"ec2:DescribeFlowLogs"}


def test_a_flow_log_under_aws_names(stage: Stage, vpc: str) -> None:
    apply(stage, vpc, tags={"project": "shop"}, traffic_type="REJECT")

    (entry,) = look(stage)["flow_logs"]

    assert entry["flow_log_id"] == stage.cloud.flow_log_of(vpc)["FlowLogId"]
    assert (entry["resource_id"], entry["resource_type"]) == (vpc, "vpc")
    assert (entry["log_destination_type"], entry["log_group_name"]) == ("cloud-watch-logs", GROUP)
    assert (entry["traffic_type"], entry["max_aggregation_interval"]) == ("REJECT", 600)
    assert entry["tags"] == {"project": "shop"}
    assert entry["deliver_logs_permission_arn"].endswith(f"role/{ROLE}")
    assert (entry["deliver_logs_status"], entry["flow_log_status"]) == ("SUCCESS", "ACTIVE")
    assert "T" in entry["creation_time"]
    assert "action" not in entry and "delivery" not in entry


def test_what_only_other_tools_set_is_told_as_well(stage: Stage, vpc: str) -> None:
    stage.cloud.role(trust=TRUST)
    stage.clock.advance(HOUR)
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
    stream = f"arn:aws:firehose:{REGION}:210987654321:deliverystream/central"
    theirs = "arn:aws:iam::210987654321:role/AWSLogDeliveryFirehoseCrossAccountRole"
    by_arn = stage.cloud.flow_log(vpc, LogDestination=arn)
    firehose = stage.cloud.flow_log(
        vpc, LogDestinationType="kinesis-data-firehose", LogDestination=stream, DeliverCrossAccountRole=theirs
    )
    archived = to_s3(stage, vpc)

    logs = {entry["flow_log_id"]: entry for entry in look(stage)["flow_logs"]}

    assert (logs[by_arn]["log_group_name"], logs[by_arn]["log_destination"]) == (GROUP, arn)
    assert (logs[firehose]["log_destination"], logs[firehose]["deliver_cross_account_role"]) == (stream, theirs)
    # AWS names the defaults of S3, too.
    told = {"file_format": "plain-text", "hive_compatible_partitions": False, "per_hour_partition": False}
    assert logs[archived]["destination_options"] == told
    assert all("destination_options" not in logs[each] for each in (by_arn, firehose))


def test_selections(stage: Stage, vpc: str) -> None:
    subnet = stage.cloud.subnet(vpc)
    apply(stage, vpc, lookup="traffic_type", traffic_type="ACCEPT", tags={"project": "shop"})
    apply(stage, vpc, lookup="traffic_type", traffic_type="REJECT")
    apply(stage, subnet, group="/aws/bank/vpc/flowlogs")
    accept, reject = (
        next(log["FlowLogId"] for log in stage.cloud.flow_logs([vpc]) if log["TrafficType"] == kind)
        for kind in ("ACCEPT", "REJECT")
    )
    (of_subnet,) = (log["FlowLogId"] for log in stage.cloud.flow_logs([subnet]))

    def found(**options: Any) -> set[str]:
        return set(ids(look(stage, **options)))

    assert found() == {accept, reject, of_subnet}
    assert found(resource_ids=[vpc]) == {accept, reject}
    assert found(resource_ids=[]) == set()
    assert found(flow_log_ids=[reject, "fl-00000000000000000"]) == {reject}
    assert found(log_group_names=["/aws/bank/vpc/flowlogs"]) == {of_subnet}
    assert found(filters={"traffic-type": "ACCEPT"}) == {accept}
    assert found(filters={"traffic-type": ["ACCEPT", "REJECT"]}) == {accept, reject}
    assert found(filters={"tag:project": "shop"}) == {accept}
    # All conditions at once.
    assert found(resource_ids=[vpc, subnet], log_group_names=[GROUP], filters={"traffic-type": "REJECT"}) == {reject}
    assert found(resource_ids=[subnet], flow_log_ids=[reject]) == set()


def test_who_covers_whom_and_through_whom(stage: Stage, vpc: str) -> None:
    subnet = stage.cloud.subnet(vpc, "inner")
    eni = stage.cloud.eni(subnet, "server")
    apply(stage, vpc)
    foreign = to_s3(stage, subnet)

    result = look(stage, resource_ids=[eni], coverage=True)

    (target,) = result["coverage"]
    assert {key: target[key] for key in ("resource_id", "resource_type", "resource_name", "exists")} == {
        "resource_id": eni,
        "resource_type": "eni",
        "resource_name": "server",
        "exists": True,
    }
    assert (target["vpc_id"], target["vpc_name"], target["subnet_id"]) == (vpc, "web", subnet)
    assert [(log["through"], log["resource_id"]) for log in target["flow_logs"]] == [("subnet", subnet), ("vpc", vpc)]
    assert (target["status"], target["covered"], target["missing"]) == ("covered", True, [])
    # The list has those that cover it, too.
    assert set(ids(result)) == {foreign, stage.cloud.flow_log_of(vpc)["FlowLogId"]}
    states = {entry["resource_id"]: entry["delivery"]["state"] for entry in result["flow_logs"]}
    assert states == {vpc: "unproven", subnet: "not_checked"}


@pytest.mark.parametrize("kind", ["ACCEPT", "REJECT"])
def test_what_nobody_records(stage: Stage, vpc: str, kind: str) -> None:
    subnet = stage.cloud.subnet(vpc)
    apply(stage, subnet, traffic_type=kind)

    of_vpc, of_subnet = look(stage, resource_ids=[vpc, subnet], coverage=True)["coverage"]

    assert (of_vpc["status"], of_vpc["flow_logs"]) == ("uncovered", [])
    assert (of_subnet["status"], of_subnet["recorded"]) == ("partly_covered", [kind])
    assert of_subnet["missing"] == [{"ACCEPT": "REJECT", "REJECT": "ACCEPT"}[kind]]


def test_success_proves_nothing_until_a_record_arrives(stage: Stage, vpc: str) -> None:
    eni = stage.cloud.eni(stage.cloud.subnet(vpc))
    apply(stage, vpc)
    succeed(stage, "log_group", log_group_name=GROUP, retention_in_days="90")

    (before,) = look(stage, resource_ids=[vpc], coverage=True)["flow_logs"]
    stage.aws.deliver()
    after = look(stage, resource_ids=[vpc, eni], coverage=True)

    assert before["deliver_logs_status"] == "SUCCESS"
    assert before["delivery"]["state"] == "unproven"
    assert "proves nothing" in before["delivery"]["message"]
    (log,) = after["flow_logs"]
    assert log["delivery"]["state"] == "delivering"
    assert log["delivery"]["newest_event_time"] and log["delivery"]["retention_in_days"] == 90
    assert {(entry["status"], entry["flow_logs"][0]["log_stream_name"]) for entry in after["coverage"]} == {
        ("covered", f"{eni}-all")
    }
    (group,) = after["log_groups"]
    assert (group["log_group_name"], group["retention_in_days"], group["kms_key_id"]) == (GROUP, 90, None)


def test_an_access_error(stage: Stage, vpc: str) -> None:
    apply(stage, vpc)
    stage.cloud.client("iam").detach_role_policy(RoleName=ROLE, PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{POLICY}")
    stage.aws.deliver()

    result = look(stage, resource_ids=[vpc], coverage=True)

    (log,) = result["flow_logs"]
    assert (log["deliver_logs_status"], log["deliver_logs_error_message"]) == ("FAILED", "Access error")
    assert log["delivery"]["state"] == "failing"
    assert "Access error" in log["delivery"]["message"] and "netops.flow_logs.apply" in log["delivery"]["message"]
    assert [(entry["status"], entry["broken"]) for entry in result["coverage"]] == [("broken", True)]


def test_a_log_group_that_is_gone(stage: Stage, vpc: str) -> None:
    apply(stage, vpc)
    stage.cloud.client("logs").delete_log_group(logGroupName=GROUP)

    result = look(stage, resource_ids=[vpc], coverage=True)

    (log,) = result["flow_logs"]
    assert (log["delivery"]["state"], log["delivery"]["log_group_exists"]) == ("unproven", False)
    assert "does not exist" in log["delivery"]["message"]
    assert result["log_groups"] == []


def test_an_arn_with_a_star_leads_nowhere(stage: Stage, vpc: str) -> None:
    stage.cloud.role(trust=TRUST)
    stage.clock.advance(HOUR)
    stage.cloud.flow_log(vpc, LogDestination=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:*")

    (log,) = look(stage, resource_ids=[vpc], coverage=True)["flow_logs"]

    assert log["delivery"]["state"] == "failing"
    assert "':*'" in log["delivery"]["message"]


def test_everything_in_the_region(stage: Stage, vpc: str) -> None:
    """The default VPC that every region has, too; and nothing of what another account shares."""
    subnet = stage.cloud.subnet(vpc)
    eni = stage.cloud.eni(subnet)
    apply(stage, subnet)

    status = {entry["resource_id"]: entry["status"] for entry in look(stage, coverage=True)["coverage"]}

    assert {status[vpc], status[subnet], status[eni]} == {"uncovered", "covered"}
    assert (status[vpc], status[subnet], status[eni]) == ("uncovered", "covered", "covered")
    listed = stage.cloud.client("ec2").describe_vpcs()["Vpcs"]
    assert {entry["VpcId"] for entry in listed} <= set(status)


def test_ids_that_do_not_exist(stage: Stage) -> None:
    (target,) = look(stage, resource_ids=["vpc-0123456789abcdef0"], coverage=True)["coverage"]

    assert (target["exists"], target["status"], target["vpc_name"]) == (False, "uncovered", None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"resource_ids": ["i-0123456789abcdef0"]}, "i-0123456789abcdef0", id="no target"),
        pytest.param({"flow_log_ids": ["vpc-0123456789abcdef0"]}, "no ids of flow logs", id="no flow log"),
        pytest.param({"log_group_names": [" "]}, "empty name", id="no name"),
        pytest.param({"expected_account_id": "999999999999"}, "999999999999", id="another account"),
    ],
)
def test_bad_input(stage: Stage, options: dict[str, Any], words: str) -> None:
    assert words in refuse(stage, "flow_log_info", **options).msg


def test_a_filter_that_aws_does_not_know(stage: Stage) -> None:
    assert "log-format" in refuse(stage, "flow_log_info", filters={"log-format": "x"}).msg


def test_calls_do_not_grow_with_targets(stage: Stage) -> None:
    """Four listings, one for the log groups, one for the streams of their one group."""
    vpcs = stage.cloud.vpcs(50, "many")
    apply(stage, *vpcs)

    few = look(stage, resource_ids=vpcs[:10], coverage=True)
    many = look(stage, resource_ids=vpcs, coverage=True)

    assert len(many["coverage"]) == 50
    assert len(many.calls) == len(few.calls) <= 6


@pytest.mark.parametrize("weather", ["small-pages", "throttling", "errors", "dropped"])
def test_in_bad_weather_the_same(stage: Stage, vpc: str, weather: str) -> None:
    subnet = stage.cloud.subnet(vpc)
    for _number in range(5):
        stage.cloud.eni(subnet)
    apply(stage, vpc, subnet)
    stage.aws.deliver()
    options = {"coverage": True}
    fair = look(stage, **options)

    stage.use(weather)
    foul = succeed(stage, "flow_log_info", **options)

    assert {key: foul[key] for key in ("flow_logs", "coverage", "log_groups")} == {
        key: fair[key] for key in ("flow_logs", "coverage", "log_groups")
    }


def test_a_group_with_more_streams_of_the_dead_than_of_the_living(stage: Stage, vpc: str) -> None:
    """Streams stay when their interface is gone."""
    interfaces = [stage.cloud.eni(stage.cloud.subnet(vpc)) for _number in range(1)]
    apply(stage, vpc)
    logs = stage.cloud.client("logs")
    for number in range(120):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=f"eni-{number:08x}-all")
    logs.create_log_stream(logGroupName=GROUP, logStreamName="written-by-hand")
    stage.aws.deliver()

    (target,) = look(stage, resource_ids=[vpc], coverage=True)["coverage"]

    assert target["flow_logs"][0]["log_stream_name"] == f"{interfaces[0]}-all"
