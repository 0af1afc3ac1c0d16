# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An organisation on the bench's emulator in two processes: every account's calls reach the process that has it."""

from __future__ import annotations

import http.client
import select
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from ansible_collections.netops.flow_logs.tests.bench.estate import CALLER
from ansible_collections.netops.flow_logs.tests.bench.estate import REGION
from ansible_collections.netops.flow_logs.tests.bench.estate import ROLE
from ansible_collections.netops.flow_logs.tests.bench.estate import Account
from ansible_collections.netops.flow_logs.tests.bench.estate import Size
from ansible_collections.netops.flow_logs.tests.bench.measure import Emulator
from ansible_collections.netops.flow_logs.tests.bench.measure import running_emulator
from ansible_collections.netops.flow_logs.tests.bench.router import added_up

KEYS = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench"}


@pytest.fixture(scope="module")
def organisation() -> Iterator[Emulator]:
    with running_emulator(Size.of_organisation("3x2x2")) as emulator:
        yield emulator


@pytest.fixture
def emulator(organisation: Emulator) -> Emulator:
    organisation.serve(delay_ms=0, role=True, processes=2)
    return organisation


def _client(emulator: Emulator, service: str, region: str = REGION, **keys: str) -> Any:
    return boto3.session.Session(**(keys or KEYS)).client(service, region_name=region, endpoint_url=emulator.url)


def _enter(emulator: Emulator, account: Account) -> dict[str, str]:
    given = _client(emulator, "sts").assume_role(RoleArn=account.way_in, RoleSessionName="test")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def _cover(emulator: Emulator, account: Account) -> None:
    keys = _enter(emulator, account)
    assert _client(emulator, "sts", **keys).get_caller_identity()["Account"] == account.account_id
    for region, projects in account.regions.items():
        _client(emulator, "logs", region, **keys).create_log_group(logGroupName="group")
        answer = _client(emulator, "ec2", region, **keys).create_flow_logs(
            ResourceIds=[vpc for vpcs in projects.values() for vpc in vpcs],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="group",
            DeliverLogsPermissionArn=f"arn:aws:iam::{account.account_id}:role/{ROLE}",
        )
        assert answer["Unsuccessful"] == []


def test_accounts_side_by_side_are_covered_in_all_their_regions(emulator: Emulator) -> None:
    assert _client(emulator, "sts").get_caller_identity()["Account"] == CALLER
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda account: _cover(emulator, account), emulator.estate.accounts))
    assert emulator.get("bench/") == {
        "covered": 12,
        "surplus": 0,
        "log_groups": 6,
        "log_groups_with_retention": 0,
        "roles": 3,
    }
    calls = emulator.get("emulator/calls")
    written_in = sorted((call["account"], call["region"]) for call in calls if call["name"] == "ec2:CreateFlowLogs")
    assert written_in == sorted(
        (account.account_id, region) for account in emulator.estate.accounts for region in account.regions
    )


def test_the_calls_of_all_processes_are_forgotten_together(emulator: Emulator) -> None:
    for account in emulator.estate.accounts:
        _client(emulator, "iam", **_enter(emulator, account)).list_roles()
    assert len(emulator.get("emulator/calls")) == 6
    emulator.get("emulator/calls", "DELETE")
    assert emulator.get("emulator/calls") == []


def test_processor_time_is_that_of_all_processes(emulator: Emulator) -> None:
    before = emulator.get("emulator/")["cpu_seconds"]
    for account in emulator.estate.accounts:
        _enter(emulator, account)
    assert emulator.get("emulator/")["cpu_seconds"] > before > 0


def test_a_connection_is_kept_open_from_call_to_call(emulator: Emulator) -> None:
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"))
    connection.request("GET", "/bench/")
    connection.getresponse().read()
    opened = connection.sock
    assert opened is not None
    connection.request("GET", "/bench/")
    assert connection.getresponse().status == 200
    assert connection.sock is opened
    connection.close()


def test_no_process_outlives_the_emulator() -> None:
    with running_emulator(Size.of_organisation("2x2x1")) as emulator:
        emulator.serve(delay_ms=0, processes=2)
        output = emulator.process.stdout
        assert emulator.process.stdin and output
        emulator.process.stdin.close()
        # All of them have it; its end is seen when the last one has gone.
        assert select.select([output], [], [], 30)[0]
        assert output.read() == ""


def test_numbers_are_added_lists_joined_and_texts_taken_once() -> None:
    assert added_up([[1], [2, 3], []]) == [1, 2, 3]
    assert added_up([{"covered": 2, "about": "same"}, {"covered": 3, "about": "same"}]) == {
        "covered": 5,
        "about": "same",
    }
