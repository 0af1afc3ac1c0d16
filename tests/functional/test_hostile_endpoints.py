# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role, the report and modules in a play, at the highest verbosity, against endpoints that mean harm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.unit.support.hostile import at_most
from ansible_collections.netops.flow_logs.tests.unit.support.hostile import hostile

SECRET, TOKEN, PASSWORD = "very/secret+key0123456789", "FwoGZXIvYXdzEBYaDtoken0123456789==", "hunter2"
CREDENTIALS = {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
HOST = "vpc-0123456789abcdef0"


def inventory(**variables: Any) -> dict[str, Any]:
    return {"all": {"hosts": {HOST: {}}, "vars": {"flow_logs_project": "shop", **variables}}}


def leaked(*texts: str) -> list[str]:
    return [secret for secret in (SECRET, TOKEN, PASSWORD) if any(secret in text for text in texts)]


@pytest.mark.parametrize("manner", ["silent", "dripping_body"])
def test_the_role_gives_up_what_is_not_answered_in_time(ansible: Ansible, manner: str) -> None:
    with hostile(manner) as endpoint, at_most(60):
        wanted = inventory(flow_logs_endpoint_url=endpoint.url, flow_logs_call_timeout=1)
        run = ansible.run("netops.flow_logs.apply", wanted).failed()

    assert "GetCallerIdentity of sts" in run.output
    assert "within 1 seconds" in run.output


@pytest.mark.parametrize("playbook", ["apply", "remove", "report"])
def test_an_account_that_nothing_answers_for_is_given_up_and_others_are_done(
    cloud: Cloud, ansible: Ansible, playbook: str
) -> None:
    vpc = cloud.vpc("web")
    with hostile("silent_but_for_sts") as endpoint, at_most(60):
        silent = {"hosts": {HOST: {}}, "vars": {"flow_logs_endpoint_url": endpoint.url}}
        times = {"flow_logs_account_timeout": 3, "flow_logs_call_timeout": 600}
        both = {"all": {"children": {"silent": silent, "shop": {"hosts": {vpc: {}}}}, "vars": times}}
        run = ansible.run(f"netops.flow_logs.{playbook}", both)

    report = ansible.directory / "flow-logs-report" / "report.json"
    text = report.read_text("utf-8") if playbook == "report" else run.failed().output
    assert "No answer from AWS for this account came within 3 seconds" in text
    assert re.search(rf"Waited for: \w+ of (ec2|iam) in [a-z0-9-]+ \({endpoint.host}\)", text)
    assert "flow_logs_account_timeout" in text
    if playbook == "apply":
        assert cloud.flow_log_of(vpc)["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
    if playbook == "report":
        assert vpc in text


def test_seconds_that_are_none_are_refused(ansible: Ansible) -> None:
    run = ansible.run("netops.flow_logs.apply", inventory(flow_logs_account_timeout=0)).failed()

    assert "flow_logs_account_timeout" in run.output and "more than 0" in run.output
    assert run.calls == []


@pytest.mark.parametrize(
    ("manner", "way"),
    [
        pytest.param("a_page_but_for_sts", {}, id="after the account is known"),
        pytest.param("a_page", {"flow_logs_assume_role_arn": "arn:aws:iam::123456789012:role/NetOps"}, id="role"),
    ],
)
@pytest.mark.parametrize("playbook", ["apply", "remove", "report"])
def test_a_page_in_place_of_an_answer_fails_what_asked_for_it(
    cloud: Cloud, ansible: Ansible, playbook: str, manner: str, way: dict[str, str]
) -> None:
    with hostile(manner) as endpoint:
        wanted = inventory(flow_logs_endpoint_url=endpoint.url, **way)
        run = ansible.run(f"netops.flow_logs.{playbook}", wanted)

    report = ansible.directory / "flow-logs-report" / "report.json"
    text = report.read_text("utf-8") if playbook == "report" else run.failed().output
    assert "did not come from AWS" in text
    assert "Task failed: Unable to parse" not in run.output
    assert "Traceback" not in run.output and "\x1b[2J" not in run.output


@pytest.mark.parametrize(
    ("manner", "status", "body", "requests"),
    [
        pytest.param("replying", "200 OK", "<html><title>Log in</title></html>", 1, id="a login page"),
        pytest.param("replying", "400 Bad Request", "<html></html>", 1, id="400 with a page"),
        pytest.param("replying", "403 Forbidden", "", 1, id="403 with nothing"),
        pytest.param("replying", "404 Not Found", '{"message": "Not Found"}', 1, id="404 with JSON"),
        pytest.param("replying", "200 OK", "<GetCallerIdentityResponse/>", 1, id="nothing in it"),
        pytest.param("replying_but_for_sts", "200 OK", "<html></html>", 12, id="a page but for STS"),
        pytest.param("replying_but_for_sts", "200 OK", "<DescribeVpcsResponse/>", 12, id="no list but for STS"),
        pytest.param("replying_but_for_sts", "403 Forbidden", "{}", 12, id="403 but for STS"),
    ],
)
def test_what_does_not_come_from_aws_is_one_clear_failure(
    ansible: Ansible, manner: str, status: str, body: str, requests: int
) -> None:
    with hostile(manner, reply=(status, body)) as endpoint:
        run = ansible.run("netops.flow_logs.apply", inventory(flow_logs_endpoint_url=endpoint.url)).failed()

    assert "The response did not come from AWS" in run.failures
    assert f"HTTP {status}" in run.failures
    assert endpoint.host in run.failures
    assert "Check the region and endpoint_url" in run.failures
    assert "which is a bug" not in run.output
    assert run.failed_hosts == [HOST]
    assert len(endpoint.requests) <= requests


def test_an_account_whose_endpoint_is_another_fails_alone(cloud: Cloud, ansible: Ansible) -> None:
    good = cloud.vpc()
    with hostile("replying", reply=("200 OK", "<html></html>")) as endpoint:
        wanted = {
            "all": {
                "vars": {"flow_logs_project": "shop"},
                "hosts": {good: {}, HOST: {"flow_logs_endpoint_url": endpoint.url}},
            }
        }
        run = ansible.run("netops.flow_logs.apply", wanted).failed()

    assert run.failed_hosts == [HOST]
    assert "The response did not come from AWS" in run.failures_of(HOST)
    assert [log["ResourceId"] for log in cloud.client("ec2").describe_flow_logs()["FlowLogs"]] == [good]


@pytest.mark.parametrize("playbook", ["netops.flow_logs.apply", "netops.flow_logs.report"])
def test_what_an_endpoint_says_of_the_credentials_is_nowhere(ansible: Ansible, playbook: str) -> None:
    with hostile("echoing", told=f"{SECRET} http://u:{PASSWORD}@x/") as endpoint:
        run = ansible.run(playbook, inventory(flow_logs_endpoint_url=endpoint.url), ["-vvvv"], env=CREDENTIALS)

    files = [path.read_text("utf-8") for path in ansible.directory.rglob("report.*")]
    assert "Not understood" in "".join([run.output, *files])
    assert leaked(run.output, json.dumps(run.tasks), *files) == []


def test_of_a_module_neither_the_message_nor_the_invocation_has_secrets(ansible: Ansible) -> None:
    with hostile("echoing", told=SECRET) as endpoint:
        options = {"endpoint_url": f"http://u:{PASSWORD}@{endpoint.host}", "log_group_name": "/aws/shop"}
        task = {"name": "Log group", "netops.flow_logs.log_group": options}
        run = ansible.run([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}], None, ["-vvvv"], env=CREDENTIALS)

    assert "Not understood" in run.output
    # The play itself has the password, and Ansible shows a task's own text when it fails.
    assert leaked(json.dumps(run.tasks)) == []
    assert [secret for secret in (SECRET, TOKEN) if secret in run.output] == []


def test_a_password_in_the_address_is_in_no_report(cloud: Cloud, ansible: Ansible) -> None:
    address = ansible.emulator.url.replace("://", f"://u:{PASSWORD}@")
    wanted = {"all": {"hosts": {cloud.vpc(): {}}, "vars": {"flow_logs_project": "shop", "flow_logs_endpoint_url": address}}}
    run = ansible.run("netops.flow_logs.report", wanted).succeeded()

    files = list(Path(ansible.directory).rglob("report.*"))
    assert files
    assert leaked(run.output, *(path.read_text("utf-8") for path in files)) == []
    assert "has a user name or a password" in run.output


def test_a_log_group_of_any_name_and_least_privilege_are_refused_before_any_call(ansible: Ansible) -> None:
    wanted = inventory(flow_logs_least_privilege=True, flow_logs_log_group_name="{resource_name}")
    run = ansible.run("netops.flow_logs.apply", wanted).failed()

    assert "fixed beginning before the placeholder" in run.output
    assert run.calls == []
