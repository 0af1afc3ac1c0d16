# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import RETRY
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.api import describe_all_flow_logs
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import regions as _regions
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.regions import in_all_regions
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.users import find_users
from ansible_collections.netops.flow_logs.tests.unit.support.clients import client_error
from ansible_collections.netops.flow_logs.tests.unit.support.clients import retrying
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

ACCOUNT = Account("123456789012", "aws")
ROLE = "arn:aws:iam::123456789012:role/Flow-Logs"
DENIED = "You are not authorized to perform this operation."


class Region:
    """EC2 in one region, with flow logs."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name

    def describe_regions(self, **_request: Any) -> dict[str, Any]:
        self.world.asked_for_regions.append(self.name)
        self._refuse("DescribeRegions")
        return {"Regions": [{"RegionName": name} for name in self.world.enabled]}

    def describe_flow_logs(self, **request: Any) -> dict[str, Any]:
        # No filter: a role may serve flow logs to any destination.
        assert request == {"MaxResults": 1000}
        self.world.looked_at.append(self.name)
        if self.world.together:
            # Ends only when as many others have come.
            self.world.together.wait(timeout=5)
        self._refuse("DescribeFlowLogs")
        return {"FlowLogs": self.world.flow_logs.get(self.name, [])}

    def _refuse(self, operation: str) -> None:
        codes = self.world.refusals.get((operation, self.name), [])
        if codes:
            raise client_error(codes.pop(0), DENIED, operation)


class World:
    def __init__(self) -> None:
        self.enabled = ["us-east-1", "eu-west-1", "ap-south-1"]
        self.flow_logs: dict[str, list[dict[str, Any]]] = {}
        # (operation, region) -> the codes with which its next calls are refused.
        self.refusals: dict[tuple[str, str], list[str]] = {}
        self.asked_for_regions: list[str] = []
        self.looked_at: list[str] = []
        self.together: threading.Barrier | None = None

    def add(self, region: str, flow_log_id: str, role_arn: str | None = ROLE, **settings: Any) -> None:
        log = {"FlowLogId": flow_log_id, "ResourceId": "vpc-00000001", **(settings or {"LogGroupName": "/x"})}
        entry = {**log, "DeliverLogsPermissionArn": role_arn} if role_arn else log
        self.flow_logs.setdefault(region, []).append(entry)


class Module(FakeModule):
    def __init__(self, world: World, region: str | None = "eu-west-1") -> None:
        super().__init__()
        self.world = world
        self.region = region

    def client(self, service: str, retry_decorator: Any, region: str = "") -> Any:
        assert (service, retry_decorator) == ("ec2", RETRY)
        return retrying(Region(self.world, region))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()

    def clients(_module: Any, regions: list[str]) -> dict[str, Any]:
        return {name: retrying(Region(world, name)) for name in regions}

    monkeypatch.setattr(_regions, "_clients", clients)
    return world


def test_every_enabled_region_is_read_once(world: World) -> None:
    found = in_all_regions(Module(world), ACCOUNT, describe_all_flow_logs)

    assert sorted(world.looked_at) == sorted(found.answers) == sorted(world.enabled)
    assert found.unread == ()
    assert world.asked_for_regions == ["eu-west-1"]


def test_regions_are_read_side_by_side(world: World) -> None:
    world.together = threading.Barrier(3)

    found = in_all_regions(Module(world), ACCOUNT, describe_all_flow_logs)

    assert len(found.answers) == 3
    assert not world.together.broken


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AuthFailure", "OptInRequired"])
@pytest.mark.parametrize("region", ["ap-south-1", "eu-west-1"], ids=["another region", "the home region"])
def test_a_region_that_refuses_is_told_and_the_others_are_read(world: World, region: str, code: str) -> None:
    world.refusals["DescribeFlowLogs", region] = [code]

    found = in_all_regions(Module(world), ACCOUNT, describe_all_flow_logs)

    [unread] = found.unread
    told = f"{DENIED[:-1]}: ec2:DescribeFlowLogs." if code == "UnauthorizedOperation" else DENIED
    assert unread.as_result() == {"region": region, "code": code, "message": told}
    assert set(found.answers) == set(world.enabled) - {region}


def test_throttling_passes(world: World) -> None:
    world.refusals["DescribeFlowLogs", "us-east-1"] = ["RequestLimitExceeded"] * 3
    world.refusals["DescribeRegions", "eu-west-1"] = ["RequestLimitExceeded"] * 3

    found = in_all_regions(Module(world), ACCOUNT, describe_all_flow_logs)

    assert (len(found.answers), found.unread) == (3, ())


def test_regions_that_can_not_be_listed_are_an_error(world: World) -> None:
    """Nobody could tell what was not looked at."""
    world.refusals["DescribeRegions", "eu-west-1"] = ["UnauthorizedOperation"]

    with pytest.raises(AwsError) as raised:
        in_all_regions(Module(world), ACCOUNT, describe_all_flow_logs)

    assert raised.value.code == "UnauthorizedOperation"
    assert world.looked_at == []


@pytest.mark.parametrize(
    ("partition", "asked"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_without_a_region_one_is_asked_that_every_account_has(world: World, partition: str, asked: str) -> None:
    world.enabled = [asked]

    found = in_all_regions(Module(world, None), Account("123456789012", partition), describe_all_flow_logs)

    assert world.asked_for_regions == [asked]
    assert list(found.answers) == [asked]


def test_clients_have_the_modules_connection_and_a_region_each() -> None:
    module = FakeModule(
        {
            "region": "eu-west-1",
            "endpoint_url": "http://127.0.0.1:1",
            "access_key": "AKIDOFTHEMODULE",
            "secret_key": "secret",
            "session_token": "token",
            "validate_certs": True,
            "aws_config": {"read_timeout": 7},
        }
    )

    clients = _regions._clients(module, ["us-east-1", "ap-south-1"])

    assert [(name, each.meta.region_name) for name, each in clients.items()] == [
        ("us-east-1", "us-east-1"),
        ("ap-south-1", "ap-south-1"),
    ]
    for each in clients.values():
        assert each.meta.endpoint_url == "http://127.0.0.1:1"
        assert each.meta.config.read_timeout == 7
        credentials = each.client._request_signer._credentials
        assert (credentials.access_key, credentials.token) == ("AKIDOFTHEMODULE", "token")


# Who uses a role.


def test_the_flow_logs_of_a_role_are_found_in_all_regions(world: World) -> None:
    """Whatever the case of the ARN; those of other roles and of none are not its."""
    world.add("us-east-1", "fl-1")
    world.add("ap-south-1", "fl-2", ROLE.upper())
    world.add("eu-west-1", "fl-3", ROLE + "-2")
    world.add("eu-west-1", "fl-4", None)

    users = find_users(Module(world), ACCOUNT)

    assert sorted((user.region, user.log.flow_log_id) for user in users.of(ROLE)) == [
        ("ap-south-1", "fl-2"),
        ("us-east-1", "fl-1"),
    ]
    assert [user.log.flow_log_id for user in users.of(ROLE + "-2")] == ["fl-3"]
    assert users.of("arn:aws:iam::123456789012:role/another") == []


FIREHOSE = {"LogDestinationType": "kinesis-data-firehose", "LogDestination": "arn:aws:firehose:x"}
THEIRS = "arn:aws:iam::210987654321:role/AWSLogDeliveryFirehoseCrossAccountRole"


def test_the_flow_logs_of_a_role_are_found_whatever_their_destination(world: World) -> None:
    world.add("us-east-1", "fl-1", LogDestinationType="s3", LogDestination="arn:aws:s3:::b")
    world.add("us-east-1", "fl-2", DeliverCrossAccountRole=THEIRS, **FIREHOSE)
    world.add("us-east-1", "fl-3", None, **FIREHOSE)

    users = find_users(Module(world), ACCOUNT)

    assert [user.log.flow_log_id for user in users.of(ROLE)] == ["fl-1", "fl-2"]
    assert users.of("") == []


def test_the_second_role_of_a_flow_log_counts_as_well(world: World) -> None:
    """As a rule it is another account's, but nothing keeps it from being this one's."""
    world.add("us-east-1", "fl-1", THEIRS, DeliverCrossAccountRole=ROLE.upper(), **FIREHOSE)
    world.add("us-east-1", "fl-2", ROLE, DeliverCrossAccountRole=ROLE.upper(), **FIREHOSE)

    users = find_users(Module(world), ACCOUNT)

    assert [user.log.flow_log_id for user in users.of(ROLE)] == ["fl-1", "fl-2"]


def test_a_user_is_named_with_its_resource_and_region(world: World) -> None:
    world.add("us-east-1", "fl-1")

    [user] = find_users(Module(world), ACCOUNT).of(ROLE)

    assert str(user) == "fl-1 of vpc-00000001 in us-east-1"
