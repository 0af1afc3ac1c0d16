# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules against endpoints that never answer, drip, repeat themselves, say too much, or say what they were told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core import bounds
from ansible_collections.netops.flow_logs.plugins.module_utils._core import wire
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.api import describe_all_flow_logs
from ansible_collections.netops.flow_logs.plugins.modules import flow_log_iam
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.assumed_role import ASSUME_ROLE_SPEC
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.assumed_role import assume
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import InProcessModule
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Session
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import validated
from ansible_collections.netops.flow_logs.tests.unit.support.hostile import at_most
from ansible_collections.netops.flow_logs.tests.unit.support.hostile import hostile

SECRET, TOKEN = "very/secret+key0123456789", "FwoGZXIvYXdzEBYaDtoken0123456789=="
KEYS = {"access_key": "AKIDEXAMPLE", "secret_key": SECRET, "session_token": TOKEN}


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(bounds.TIMEOUT_VARIABLE, "0.7")


def flow_logs(models: Models, url: str, **options: Any) -> dict[str, Any]:
    """The result of a module that lists flow logs."""
    params = validated({}, {"region": "eu-west-1", "endpoint_url": url, **KEYS, **options})
    module = InProcessModule(params, Session(models), False, False)
    return module.end(lambda it: answer(it, lambda: {"flow_logs": describe_all_flow_logs(client(it, "ec2"))}))


@pytest.mark.parametrize("manner", ["silent", "dripping_head", "dripping_body"])
def test_what_is_not_answered_in_time_is_given_up_and_named(models: Models, manner: str) -> None:
    with hostile(manner) as endpoint, at_most(10):
        result = flow_logs(models, endpoint.url)

    assert result["error"]["code"] == "CallTimeout"
    assert f"DescribeFlowLogs of ec2 in eu-west-1 ({endpoint.host})" in result["msg"]
    assert "within 0.7 seconds" in result["msg"]
    assert "Check endpoint_url, the proxy and the network" in result["msg"]
    assert len(endpoint.requests) == 1


def test_retries_end_with_the_time_and_say_what_was_answered(models: Models) -> None:
    with hostile("failing") as endpoint, at_most(15):
        result = flow_logs(models, endpoint.url)

    assert result["failed"]
    assert len(endpoint.requests) < 6


def test_an_answer_without_end_is_given_up_at_once(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bounds.TIMEOUT_VARIABLE, "60")
    with hostile("endless") as endpoint, at_most(20):
        result = flow_logs(models, endpoint.url)

    assert result["error"]["code"] == "AnswerTooLarge"
    assert "larger than 32 MiB" in result["msg"]
    assert len(endpoint.requests) == 1


def test_a_listing_that_repeats_a_page_ends(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bounds.TIMEOUT_VARIABLE, "60")
    with hostile("repeating") as endpoint, at_most(10):
        result = flow_logs(models, endpoint.url)

    assert result["error"]["code"] == "EndlessListing"
    assert "repeats a page" in result["msg"]
    assert len(endpoint.requests) == 2


def test_an_error_of_twenty_megabytes_becomes_a_readable_one(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bounds.TIMEOUT_VARIABLE, "60")
    with hostile("talkative") as endpoint:
        result = flow_logs(models, endpoint.url)

    assert "InvalidParameterValue" in result["msg"]
    assert "more characters" in result["msg"]
    assert len(str(result)) < 20_000


def test_without_the_sdks_sockets_calls_are_bounded_between_tries(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore may put them elsewhere at any time: then its own limits for a read hold, and ours for the whole."""
    monkeypatch.setattr(wire, "_bound_sockets", lambda _client: False)
    with hostile("silent") as endpoint, at_most(15):
        result = flow_logs(models, endpoint.url, aws_config={"read_timeout": 1})

    assert result["error"]["code"] == "CallTimeout"


def test_a_client_whose_sockets_are_elsewhere_is_guarded_all_the_same() -> None:
    assert wire._bound_sockets(object()) is False


def test_the_account_is_waited_for_once(models: Models) -> None:
    with hostile("silent") as endpoint, at_most(10):
        options = {"role_name": "Flow", "policy_name": "Logs", "region": "eu-west-1", "endpoint_url": endpoint.url, **KEYS}
        module = InProcessModule(validated(flow_log_iam.ARGUMENT_SPEC, options), Session(models), True, False)
        result = module.end(lambda it: run(it, lambda: flow_log_iam.make_work(it)))

    assert "GetCallerIdentity of sts" in result["msg"]
    assert "within 0.7 seconds" in result["msg"]


def test_what_an_endpoint_says_of_the_credentials_does_not_leave(models: Models) -> None:
    with hostile("echoing", told=f"{SECRET} and http://user:hunter2@proxy/") as endpoint:
        result = flow_logs(models, endpoint.url)

    assert "Not understood" in result["msg"]
    for secret in (SECRET, TOKEN, "hunter2"):
        assert secret not in str(result)


@pytest.mark.parametrize("source", ["environment", "profile"])
def test_credentials_that_the_sdk_found_itself_do_not_leave(
    models: Models, source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options: dict[str, Any] = dict.fromkeys(KEYS, "")
    if source == "profile":
        file = tmp_path / "credentials"
        file.write_text(
            f"[network]\naws_access_key_id=AKID\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\n"
        )
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
        options["profile"] = "network"
    else:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
        options = {}
    with hostile("echoing", told=SECRET) as endpoint:
        params = validated({}, {"region": "eu-west-1", "endpoint_url": endpoint.url, **options})
        module = InProcessModule(params, Session(Models()), False, False)
        result = module.end(lambda it: answer(it, lambda: {"flow_logs": describe_all_flow_logs(client(it, "ec2"))}))

    assert "Not understood" in result["msg"]
    assert TOKEN.lower() in "".join(endpoint.requests).lower()
    assert [secret for secret in (SECRET, TOKEN) if secret in str(result)] == []


def test_a_code_of_mfa_and_an_external_id_do_not_leave(models: Models) -> None:
    own = {"role_arn": "arn:aws:iam::123456789012:role/Net", "role_session_name": "x", "mfa_token": "135790"}
    with hostile("echoing", told="135790 partner-7") as endpoint:
        given = {**own, "external_id": "partner-7", "region": "eu-west-1", "endpoint_url": endpoint.url, **KEYS}
        module = InProcessModule(validated(ASSUME_ROLE_SPEC, given), Session(models), False, False)
        result = module.end(assume)

    assert "Can't assume arn:aws:iam::123456789012:role/Net" in result["msg"]
    assert [secret for secret in ("135790", "partner-7", SECRET, TOKEN) if secret in str(result)] == []


def test_a_password_in_the_address_is_neither_sent_nor_told(models: Models) -> None:
    with hostile("silent") as endpoint:
        result = flow_logs(models, f"http://user:hunter2@{endpoint.host}")

    assert endpoint.host in result["msg"]
    assert "hunter2" not in str(result)
    assert "hunter2" not in "".join(endpoint.requests)


@pytest.mark.parametrize("given", ["soon", "0", "-3", "inf", "nan"])
def test_a_time_that_is_none_is_refused(models: Models, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bounds.TIMEOUT_VARIABLE, given)
    result = flow_logs(models, "http://127.0.0.1:9")
    assert "FLOW_LOGS_CALL_TIMEOUT" in result["msg"]
    assert "more than 0" in result["msg"]
