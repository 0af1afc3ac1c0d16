# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from botocore.exceptions import EndpointConnectionError

from ansible_collections.netops.flow_logs.plugins.module_utils._core import aws as _aws
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule


@pytest.mark.parametrize(
    ("member", "known"),
    [
        pytest.param("logGroupName", True, id="a member that it has"),
        pytest.param("notYetInvented", False, id="a member that it has not"),
    ],
)
def test_what_the_installed_botocore_knows_of_a_request(member: str, known: bool) -> None:
    assert _aws.supports(real_client("logs"), "CreateLogGroup", member) is known


def test_the_account_is_the_credentials() -> None:
    assert _aws.account_of(FakeModule()) == Account("123456789012", "aws")


class FailingSts:
    """An STS that fails in this way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_caller_identity(self) -> dict[str, str]:
        raise self.error


NO_CONNECTION = EndpointConnectionError(endpoint_url="https://sts.us-esat-1.amazonaws.com/")


def test_a_region_that_nobody_knows_is_named_with_the_one_that_may_be_meant() -> None:
    module = FakeModule(clients={"sts": FailingSts(NO_CONNECTION)})
    module.region = "us-esat-1"

    with pytest.raises(InvalidInput, match=r"not reached in region us-esat-1.*Is us-east-1 or .*meant.*Could not connect"):
        _aws.account_of(module)


@pytest.mark.parametrize(
    ("region", "params"),
    [
        pytest.param("eu-west-1", {}, id="a region that there is"),
        pytest.param("us-esat-1", {"endpoint_url": "https://emulator"}, id="an endpoint of one's own"),
    ],
)
def test_where_the_region_is_not_to_blame_the_error_is_the_sdks(region: str, params: dict[str, str]) -> None:
    module = FakeModule(params, {"sts": FailingSts(NO_CONNECTION)})
    module.region = region

    with pytest.raises(_aws.StsError) as failed:
        _aws.account_of(module)
    assert f"in region {region}" in str(failed.value.message)
    assert "Check the network" in failed.value.hint


def test_a_region_that_is_not_enabled_is_named() -> None:
    response = {"Error": {"Code": "InvalidClientTokenId", "Message": "The security token included in the request is invalid."}}
    module = FakeModule(clients={"sts": FailingSts(ClientError(response, "GetCallerIdentity"))})

    with pytest.raises(_aws.StsError, match="identify the account of the credentials in region eu-west-1") as failed:
        _aws.account_of(module)
    assert "that the region is enabled for the account" in failed.value.hint


def test_who_may_not_ask_sts_is_asked_for_by_other_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    response = {"Error": {"Code": "AccessDenied", "Message": "with an explicit deny"}}
    module = FakeModule(clients={"sts": FailingSts(ClientError(response, "GetCallerIdentity"))})
    monkeypatch.setattr(_aws, "get_aws_account_info", lambda _module: ("123456789012", "aws-cn"))

    assert _aws.account_of(module) == Account("123456789012", "aws-cn")


@pytest.mark.parametrize("region", ["us-east-1 ", "us_east_1"])
def test_an_impossible_region_is_refused_before_any_call(region: str) -> None:
    module = FakeModule(clients={"sts": FailingSts(AssertionError("asked"))})
    module.region = region
    for ask in (_aws.account_of, _aws.region_of):
        with pytest.raises(InvalidInput, match="Is us-east-1 meant"):
            ask(module)


def test_another_account_than_the_expected_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="210987654321"):
        _aws.account_of(FakeModule({"expected_account_id": "210987654321"}))


@pytest.mark.parametrize("expected", ["", "1402433619", "my account"])
def test_a_malformed_expected_account_is_refused_before_any_call(
    expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(_aws, "get_aws_account_info", asked.append)

    with pytest.raises(InvalidInput, match="quote"):
        _aws.account_of(FakeModule({"expected_account_id": expected}))
    assert asked == []


def test_a_missing_region_is_told_with_where_to_set_it() -> None:
    module = FakeModule()
    assert _aws.region_of(module) == "eu-west-1"

    module.region = None
    with pytest.raises(InvalidInput, match="AWS_REGION"):
        _aws.region_of(module)
