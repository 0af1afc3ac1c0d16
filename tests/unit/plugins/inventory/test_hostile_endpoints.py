# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin against endpoints that never answer, drip, repeat themselves, or say what they were told."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.errors import AnsibleParserError

from ansible_collections.netops.flow_logs.plugins.module_utils._core import bounds
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.unit.plugins.inventory.conftest import Files
from ansible_collections.netops.flow_logs.tests.unit.support.hostile import at_most
from ansible_collections.netops.flow_logs.tests.unit.support.hostile import hostile

ROLE = "arn:aws:iam::123456789012:role/Network"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bounds.TIMEOUT_VARIABLE, "0.7")


@pytest.mark.parametrize(
    ("manner", "options", "call"),
    [
        pytest.param("silent", {}, "GetCallerIdentity of sts", id="the account"),
        pytest.param("silent", {"regions": []}, "DescribeRegions of ec2", id="the regions"),
        pytest.param("silent", {"assume_role_arn": ROLE}, "AssumeRole of sts", id="the role"),
        pytest.param("dripping_head", {"assume_role_arn": ROLE}, "AssumeRole of sts", id="a dripping answer"),
        pytest.param("dripping_body", {}, "GetCallerIdentity of sts", id="a dripping body"),
    ],
)
def test_what_is_not_answered_in_time_is_given_up_and_named(
    files: Files, manner: str, options: dict[str, Any], call: str
) -> None:
    with hostile(manner) as endpoint, at_most(10), pytest.raises(AnsibleError) as failed:
        files.parse(endpoint_url=endpoint.url, **options)

    assert call in str(failed.value)
    assert "within 0.7 seconds" in str(failed.value)


@pytest.mark.parametrize("manner", ["a_page", "a_page_but_for_sts"])
def test_a_page_in_place_of_an_answer_is_an_error_of_the_inventory(files: Files, manner: str) -> None:
    with hostile(manner) as endpoint, pytest.raises(AnsibleParserError) as failed:
        files.parse(endpoint_url=endpoint.url)

    assert "The response did not come from AWS" in str(failed.value)
    assert "Check the region and endpoint_url" in str(failed.value)
    assert "\x1b" not in str(failed.value)


@pytest.mark.parametrize("reply", [("200 OK", "<html><title>Log in</title>"), ("403 Forbidden", ""), ("200 OK", "<aResponse/>")])
def test_a_region_that_answers_with_something_else_is_not_read(files: Files, reply: tuple[str, str]) -> None:
    with hostile("replying_in_one_region", reply=reply) as endpoint:
        found = files.parse(endpoint_url=endpoint.url, regions=["eu-west-1", "us-east-1"])

    left_out = [warning for warning in found.warnings if "Regions that can't be read are left out: us-east-1" in warning]
    assert len(left_out) == 1
    assert "The response did not come from AWS" in left_out[0]
    assert "Check the region and endpoint_url" in left_out[0]


def test_a_region_that_answers_with_something_else_is_an_error_where_all_have_to_be_read(files: Files) -> None:
    reply = ("200 OK", "<html></html>")
    with hostile("replying_in_one_region", reply=reply) as endpoint, pytest.raises(AnsibleParserError) as failed:
        files.parse(endpoint_url=endpoint.url, regions=["eu-west-1", "us-east-1"], strict_permissions=True)

    assert "us-east-1: can't describe" in str(failed.value)


def test_what_an_endpoint_says_of_the_credentials_does_not_leave(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, token = "very/secret+key0123456789", "FwoGZXIvYXdzEBYaDtoken0123456789=="
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    with hostile("echoing", told=secret) as endpoint, pytest.raises(AnsibleError) as failed:
        files.parse(endpoint_url=endpoint.url)

    assert "Not understood" in str(failed.value)
    assert [each for each in (secret, token) if each in f"{failed.value!r} {failed.value.__cause__!r}"] == []


def test_a_password_in_the_address_does_not_become_a_variable(cloud: Cloud, files: Files) -> None:
    vpc = cloud.vpc()
    found = files.parse(endpoint_url=files.aws.url.replace("://", "://user:hunter2@"))

    assert found.vars(vpc)["flow_logs_endpoint_url"] == files.aws.url
    assert "hunter2" not in str({host: found.vars(host) for host in found.hosts})
    assert any("endpoint_url has a user name or a password" in warning for warning in found.warnings)
