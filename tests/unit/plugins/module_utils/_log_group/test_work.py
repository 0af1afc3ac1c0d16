# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module log_group from options to result, on scripted calls: these and no others."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group import work as _log_group_work
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.work import LogGroupWork
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Script
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

OPTIONS = {
    "log_group_name": "/a",
    "resource_ids": None,
    "retention_in_days": None,
    "kms_key_id": None,
    "log_group_class": None,
    "deletion_protection": None,
    "expected_account_id": None,
    "tags": None,
    "purge_tags": True,
}
ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:"


def module(check_mode: bool = False, **options: Any) -> dict[str, Any]:
    clients = {"logs": real_client("logs"), "ec2": real_client("ec2")}
    fake = FakeModule({**OPTIONS, **options}, clients, check_mode=check_mode)
    with pytest.raises(Ended) as ended:
        run(fake, lambda: LogGroupWork(fake))
    return ended.value.result


def listed(logs: Script, *groups: dict[str, Any], prefix: str = "/a") -> None:
    answer = [{"arn": f"{ARN}{group['logGroupName']}:*", **group} for group in groups]
    logs.expect("describe_log_groups", {"logGroups": answer}, limit=50, logGroupNamePrefix=prefix)


def group(name: str, **more: Any) -> dict[str, Any]:
    return {"logGroupName": name, **more}


def shown(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["log_group_name"], each["action"]) for each in answer["log_groups"]]


def test_a_new_group_is_created_and_read_back(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs)
    logs.expect("create_log_group", logGroupName="/a")
    logs.expect("put_retention_policy", logGroupName="/a", retentionInDays=1096)
    listed(logs, group("/a", retentionInDays=1096, creationTime=1767225600000))

    answer = module(retention_in_days="1096")

    assert shown(answer) == [("/a", "created")]
    assert answer["log_groups"][0]["creation_time"] == 1767225600000
    assert answer["log_groups"][0]["arn"] == f"{ARN}/a:*"
    assert len(answer["actions"]) == 2


def test_check_mode_only_looks(stubs: StubbedClients) -> None:
    listed(stubs("logs"), group("/a"))

    answer = module(check_mode=True, retention_in_days="1096")

    assert (answer["changed"], shown(answer)) == (True, [("/a", "updated")])


def test_what_is_right_costs_one_call(stubs: StubbedClients) -> None:
    listed(stubs("logs"), group("/a", retentionInDays=1096))

    assert module(retention_in_days="1096")["changed"] is False


def test_tags_are_read_only_when_tags_are_asked_for(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, group("/a"))
    logs.expect("list_tags_for_resource", {"tags": {"a": "b"}}, resourceArn=f"{ARN}/a")

    answer = module(tags={"a": "b"})

    assert answer["changed"] is False
    assert answer["log_groups"][0]["tags"] == {"a": "b"}


def test_one_that_somebody_else_just_created_is_looked_at_again_and_corrected(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs)
    logs.fail("create_log_group", "ResourceAlreadyExistsException", "The specified log group already exists")
    listed(logs, group("/a"))
    logs.expect("put_retention_policy", logGroupName="/a", retentionInDays=90)
    listed(logs, group("/a", retentionInDays=90))

    answer = module(retention_in_days="90")

    assert answer["failed"] is False
    assert answer["actions"] == ["let log group /a keep its events 90 days (now for ever)"]


TWO = {
    "log_group_name": "/a/{resource_id}",
    "resource_ids": ["vpc-00000001", "vpc-00000002"],
    "retention_in_days": "90",
}
ONE, OTHER = "/a/vpc-00000001", "/a/vpc-00000002"
PREFIX = "/a/vpc-0000000"


def test_a_group_that_fails_does_not_stop_the_others(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, prefix=PREFIX)
    logs.fail("create_log_group", "LimitExceededException", "Resource limit exceeded.", logGroupName=ONE)
    logs.expect("create_log_group", logGroupName=OTHER)
    logs.expect("put_retention_policy", logGroupName=OTHER, retentionInDays=90)
    listed(logs, group(OTHER, retentionInDays=90), prefix=PREFIX)

    answer = module(**TWO)

    assert shown(answer) == [(OTHER, "created")]
    assert [(each["resource_id"], each["code"]) for each in answer["failures"]] == [(ONE, "LimitExceededException")]
    assert "quota" in answer["failures"][0]["hint"]
    assert answer["changed"] is True


def test_a_group_that_fails_halfway_is_shown_as_it_is_now(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs)
    logs.expect("create_log_group", logGroupName="/a")
    logs.fail("put_retention_policy", "AccessDeniedException", "You may not.")
    listed(logs, group("/a"))

    answer = module(retention_in_days="90")

    assert shown(answer) == [("/a", "failed")]
    assert answer["log_groups"][0]["retention_in_days"] is None
    assert answer["actions"] == ["create log group /a"]


def test_a_failure_before_another_look_is_not_told_when_the_next_round_succeeds(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, prefix=PREFIX)
    logs.fail("create_log_group", "InvalidOperationException", "Not now.", logGroupName=ONE)
    logs.fail("create_log_group", "ResourceAlreadyExistsException", "", logGroupName=OTHER)
    listed(logs, group(OTHER, retentionInDays=90), prefix=PREFIX)
    logs.expect("create_log_group", logGroupName=ONE)
    logs.expect("put_retention_policy", logGroupName=ONE, retentionInDays=90)
    listed(logs, group(ONE, retentionInDays=90), prefix=ONE)

    answer = module(**TWO)

    assert answer["failed"] is False
    assert shown(answer) == [(ONE, "created"), (OTHER, "unchanged")]


def test_targets_that_share_a_name_share_a_group(stubs: StubbedClients) -> None:
    listed(stubs("logs"), group("/a/vpc"), prefix="/a/vpc")

    answer = module(log_group_name="/a/{resource_type}", resource_ids=["vpc-00000001", "vpc-00000002"])

    [entry] = answer["log_groups"]
    assert entry["resource_ids"] == ["vpc-00000001", "vpc-00000002"]


def test_a_plain_name_needs_no_targets_but_tells_which_go_there(stubs: StubbedClients) -> None:
    listed(stubs("logs"), group("/a"))

    assert module(resource_ids=["vpc-00000001"])["log_groups"][0]["resource_ids"] == ["vpc-00000001"]


def test_a_target_that_does_not_exist_is_a_failure_beside_the_others(stubs: StubbedClients) -> None:
    vpc = {"VpcId": "vpc-00000001", "Tags": [{"Key": "Name", "Value": "web"}]}
    ids = ["vpc-00000001", "vpc-00000002"]
    stubs("ec2").expect("describe_vpcs", {"Vpcs": [vpc]}, Filters=[{"Name": "vpc-id", "Values": ids}])
    listed(stubs("logs"), group("/a/web"), prefix="/a/web")

    answer = module(log_group_name="/a/{resource_name}", resource_ids=ids)

    assert shown(answer) == [("/a/web", "unchanged")]
    assert [each["resource_id"] for each in answer["failures"]] == ["vpc-00000002"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"log_group_name": "/a/{resource_id}"}, "give resource_ids", id="a template without its targets"),
        pytest.param({"log_group_name": "/a b"}, "not a valid", id="an illegal name"),
        pytest.param({"log_group_name": "/a/{name}"}, "{name}", id="an unknown placeholder"),
        pytest.param({"resource_ids": ["web"]}, "'web'", id="an id that is none"),
        pytest.param({"kms_key_id": "alias/x"}, "'alias/x'", id="a key that is no ARN"),
        pytest.param({"tags": {"aws:x": "y"}}, "aws:", id="a tag that belongs to AWS"),
        pytest.param({"expected_account_id": "210987654321"}, "123456789012", id="the credentials of another account"),
    ],
)
def test_wrong_options_end_the_module_without_a_call(
    stubs: StubbedClients, options: dict[str, Any], complaint: str
) -> None:
    stubs("logs")

    answer = module(**options)

    assert answer["failed"] is True
    assert complaint in answer["msg"]


def test_protection_that_the_installed_botocore_does_not_know_is_refused(
    stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubs("logs")
    monkeypatch.setattr(_log_group_work, "supports", lambda client, operation, member: False)

    answer = module(deletion_protection=True)

    assert "needs botocore 1.41.3 or later" in answer["msg"]
