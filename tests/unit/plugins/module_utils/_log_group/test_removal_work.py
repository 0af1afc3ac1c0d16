# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module log_group with state absent from options to result, on scripted calls: these and no others."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.removal_work import LogGroupRemovalWork
from ansible_collections.netops.flow_logs.tests.unit.support.botocore_models import needs_deletion_protection
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Script
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

OPTIONS = {"log_group_name": "/a", "resource_ids": None, "ignored_flow_log_ids": None, "expected_account_id": None}
ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:"
FLOW_LOG = "fl-0123456789abcdef0"


def module(check_mode: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    clients = {"logs": real_client("logs"), "ec2": real_client("ec2")}
    fake = FakeModule({**OPTIONS, **options}, clients, check_mode=check_mode, diff=diff)
    with pytest.raises(Ended) as ended:
        run(fake, lambda: LogGroupRemovalWork(fake))
    return {**ended.value.result, "warnings": fake.warnings}


def listed(logs: Script, *names: str, **more: Any) -> None:
    groups = [{"logGroupName": name, "arn": f"{ARN}{name}:*", **more} for name in names]
    logs.expect("describe_log_groups", {"logGroups": groups}, limit=50, logGroupNamePrefix="/a")


def written_by(ec2: Script, names: list[str], *flow_log_ids: str) -> None:
    logs = [{"FlowLogId": each, "ResourceId": "vpc-00000001", "LogGroupName": names[0]} for each in flow_log_ids]
    filters = [{"Name": "log-group-name", "Values": names}]
    ec2.expect("describe_flow_logs", {"FlowLogs": logs}, Filters=filters, MaxResults=1000)


def shown(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["log_group_name"], each["action"]) for each in answer["log_groups"]]


def test_it_looks_for_the_group_and_its_writers_and_deletes_it(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "/a", retentionInDays=30)
    written_by(stubs("ec2"), ["/a"])
    stubs("logs").expect("delete_log_group", logGroupName="/a")

    answer = module(diff=True)

    assert (answer["failed"], answer["changed"], shown(answer)) == (False, True, [("/a", "deleted")])
    assert answer["actions"] == ["delete log group /a with its records"]
    assert answer["diff"]["before"]["log_groups"][0]["retention_in_days"] == 30
    assert answer["diff"]["after"] == {"log_groups": []}


def test_check_mode_only_looks(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "/a")
    written_by(stubs("ec2"), ["/a"])

    answer = module(check_mode=True, diff=True)

    assert (answer["changed"], shown(answer)) == (True, [("/a", "deleted")])
    assert answer["diff"]["after"] == {"log_groups": []}


def test_one_that_is_gone_already_costs_one_call(stubs: StubbedClients) -> None:
    listed(stubs("logs"))

    answer = module()

    assert (answer["failed"], answer["changed"], answer["log_groups"]) == (False, False, [])


def test_a_neighbour_with_the_same_beginning_is_not_it(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "/a-of-somebody", "/a/b")

    assert module()["changed"] is False


def test_one_that_somebody_else_deletes_meanwhile_is_fine(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "/a")
    written_by(stubs("ec2"), ["/a"])
    stubs("logs").fail("delete_log_group", "ResourceNotFoundException", "The specified log group does not exist.")

    assert module()["failed"] is False


def test_a_conflicting_operation_is_waited_for(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "/a")
    written_by(stubs("ec2"), ["/a"])
    for _time in range(3):
        stubs("logs").fail("delete_log_group", "OperationAbortedException", "A conflicting operation is in progress.")
    stubs("logs").expect("delete_log_group", logGroupName="/a")

    assert shown(module()) == [("/a", "deleted")]


@needs_deletion_protection
def test_a_protection_that_the_listing_shows_is_respected(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "/a", deletionProtectionEnabled=True)
    written_by(stubs("ec2"), ["/a"])

    answer = module()

    assert [failure["code"] for failure in answer["failures"]] == ["DeletionProtected"]
    assert (answer["changed"], shown(answer)) == (False, [("/a", "unchanged")])


@pytest.mark.parametrize("code", ["ValidationException", "InvalidOperationException"])
def test_a_protection_that_only_the_deletion_tells_of_is_respected(stubs: StubbedClients, code: str) -> None:
    """Older botocore does not show it."""
    listed(stubs("logs"), "/a")
    written_by(stubs("ec2"), ["/a"])
    stubs("logs").fail("delete_log_group", code, "Log group is protected from deletion.")

    answer = module(diff=True)

    [failure] = answer["failures"]
    assert (failure["resource_id"], failure["code"]) == ("/a", "DeletionProtected")
    assert "deletion_protection: false" in answer["msg"]
    assert (answer["changed"], answer["actions"], shown(answer)) == (False, [], [("/a", "failed")])


def test_another_refusal_is_told_in_awss_words(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "/a")
    written_by(stubs("ec2"), ["/a"])
    stubs("logs").fail("delete_log_group", "AccessDeniedException", "not authorized to perform: logs:DeleteLogGroup")

    answer = module()

    [failure] = answer["failures"]
    assert failure["code"] == "AccessDeniedException"
    assert "logs:DeleteLogGroup" in failure["message"] and "lacks the permission" in failure["hint"]
    assert answer["changed"] is False


def test_a_group_that_is_written_to_is_kept_unless_the_flow_log_is_to_be_ignored(stubs: StubbedClients) -> None:
    for _time in range(2):
        listed(stubs("logs"), "/a")
        written_by(stubs("ec2"), ["/a"], FLOW_LOG)
    stubs("logs").expect("delete_log_group", logGroupName="/a")

    kept = module()
    assert [failure["code"] for failure in kept["failures"]] == ["LogGroupInUse"]
    assert FLOW_LOG in kept["msg"]
    assert shown(module(ignored_flow_log_ids=[FLOW_LOG])) == [("/a", "deleted")]


def test_a_group_that_is_kept_does_not_stop_the_others(stubs: StubbedClients) -> None:
    ids = ["vpc-00000001", "vpc-00000002", "vpc-00000003"]
    names = [f"/a/{resource_id}" for resource_id in ids]
    groups = [{"logGroupName": name, "arn": f"{ARN}{name}:*"} for name in names]
    stubs("logs").expect("describe_log_groups", {"logGroups": groups}, limit=50, logGroupNamePrefix="/a/vpc-0000000")
    written_by(stubs("ec2"), names, FLOW_LOG)
    stubs("logs").fail("delete_log_group", "ValidationException", "protected", logGroupName=names[1])
    stubs("logs").expect("delete_log_group", logGroupName=names[2])

    answer = module(log_group_name="/a/{resource_id}", resource_ids=ids)

    assert shown(answer) == [(names[0], "unchanged"), (names[1], "failed"), (names[2], "deleted")]
    assert {failure["resource_id"]: failure["code"] for failure in answer["failures"]} == {
        names[0]: "LogGroupInUse",
        names[1]: "DeletionProtected",
    }
    assert answer["actions"] == [f"delete log group {names[2]} with its records"]


def test_a_resource_that_is_gone_names_no_group(stubs: StubbedClients) -> None:
    stubs("ec2").expect("describe_vpcs", {"Vpcs": []}, Filters=[{"Name": "vpc-id", "Values": ["vpc-00000001"]}])

    answer = module(log_group_name="/a/{resource_name}", resource_ids=["vpc-00000001"])

    assert (answer["failed"], answer["changed"], answer["log_groups"]) == (False, False, [])
    [warning] = answer["warnings"]
    assert "vpc-00000001" in warning and "give its name" in warning


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"log_group_name": "/a/{resource_id}"}, "give resource_ids", id="whose?"),
        pytest.param({"log_group_name": "/a b"}, "'/a b'", id="a name that is none"),
        pytest.param({"ignored_flow_log_ids": ["vpc-00000001"]}, "'vpc-00000001'", id="no ids of flow logs"),
        pytest.param({"expected_account_id": "210987654321"}, "123456789012", id="the credentials of another account"),
    ],
)
def test_wrong_options_end_the_module_without_a_call(
    stubs: StubbedClients, options: dict[str, Any], complaint: str
) -> None:
    stubs("logs")
    stubs("ec2")

    answer = module(**options)

    assert answer["failed"] is True
    assert complaint in answer["msg"]
