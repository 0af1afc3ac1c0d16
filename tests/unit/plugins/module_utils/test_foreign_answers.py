# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients whose endpoint answers with something else than AWS: what a reader is told, and how often it is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import xform_name

from ansible_collections.netops.flow_logs.plugins.module_utils._core import wire
from ansible_collections.netops.flow_logs.plugins.module_utils._core.answers import NEEDED
from ansible_collections.netops.flow_logs.plugins.module_utils._core.answers import Response
from ansible_collections.netops.flow_logs.plugins.module_utils._core.answers import fault_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.api import create_tags
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.api import describe_all_flow_logs
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.api import DEEDS
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.api import get_policy
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.api import get_role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.api import list_roles
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.api import other_versions
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.api import policy_document
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.api import DEEDS as GROUP_DEEDS
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.api import find_log_groups
from ansible_collections.netops.flow_logs.plugins.module_utils._target.api import describe_all
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import InProcessModule
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Session
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import validated
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import caller_account
from ansible_collections.netops.flow_logs.tests.unit.support.hostile import hostile

LOG_IN = "<!doctype html><html lang=en><head><title>\x1b[2J Log in &amp; wait\n</title></head></html>"
XHTML = "<html><body>Not here</body></html>"
Call = Callable[[Any], Any]
CHECKOUT = Path(__file__).parents[4]
# Their answers say nothing that is read. And those whose method is put together from the kind of a principal.
NEVER_READ: set[str] = set()
VARIABLE = {"GetUser", "GetGroup", "ListAttachedUserPolicies", "ListAttachedGroupPolicies"}

# Service and reader of an answer of each protocol.
CALLS: dict[str, tuple[str, Call]] = {
    "DescribeFlowLogs": ("ec2", describe_all_flow_logs),
    "GetCallerIdentity": ("sts", caller_account),
    "ListRoles": ("iam", list_roles),
    "GetRole": ("iam", lambda iam: get_role(iam, "r")),
    "DescribeLogGroups": ("logs", lambda logs: find_log_groups(logs, ["/aws/x"])),
    "CreateTags": ("ec2", lambda ec2: create_tags(ec2, ["fl-1"], {"a": "b"})),
    "AttachRolePolicy": ("iam", lambda iam: DEEDS["attach_role_policy"](iam, RoleName="r", PolicyArn="arn:aws:iam::aws:policy/p")),
    "CreateLogGroup": ("logs", lambda logs: GROUP_DEEDS["create_log_group"](logs, logGroupName="/aws/x")),
}

REPLIES = {
    "a login page": ("200 OK", LOG_IN, 'an HTML page titled "\\x1b[2J Log in & wait"'),
    "a page that is XML": ("200 OK", XHTML, "an HTML page,"),
    "a text": ("200 OK", "hello", "text"),
    "a list": ("200 OK", "[]", "JSON"),
    "a redirection": ("302 Found", XHTML, "HTTP 302 Found"),
    "400 with a page": ("400 Bad Request", XHTML, "HTTP 400 Bad Request"),
    "400 with a page that is no XML": ("400 Bad Request", LOG_IN, "Log in & wait"),
    "403 with nothing": ("403 Forbidden", "", "HTTP 403 Forbidden and an empty body"),
    "403 with JSON of a gateway": ("403 Forbidden", '{"message": "Forbidden"}', "HTTP 403 Forbidden and JSON"),
    "403 with JSON of another kind": ("403 Forbidden", '{"error": {"code": 1}}', "HTTP 403 Forbidden and JSON"),
    "404 with a page": ("404 Not Found", LOG_IN, "HTTP 404 Not Found"),
    "407 of a proxy": ("407 Proxy Authentication Required", XHTML, "HTTP 407"),
    "501 with a page": ("501 Not Implemented", LOG_IN, "HTTP 501"),
}


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses of the SDK and of the collection's retries, which nobody waits for."""
    pauses: list[float] = []
    stand_in = SimpleNamespace(sleep=pauses.append)
    monkeypatch.setattr("botocore.endpoint.time", stand_in)
    monkeypatch.setattr("botocore.retries.standard.time", stand_in, raising=False)
    monkeypatch.setattr("ansible_collections.netops.flow_logs.plugins.module_utils._core.aws.time", stand_in)
    return pauses


@pytest.fixture
def ask(models: Models, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def ask(url: str, service: str, call: Call) -> dict[str, Any]:
        keys = {"access_key": "AKIDEXAMPLE", "secret_key": "very/secret+key0123456789"}
        params = validated({}, {"region": "eu-west-1", "endpoint_url": url, **keys})
        module = InProcessModule(params, Session(models), False, False)
        return module.end(lambda it: answer(it, lambda: {"read": call(client(it, service))}))

    return ask


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("reply", REPLIES)
def test_what_does_not_come_from_aws_is_named_and_not_asked_for_again(
    ask: Any, slept: list[float], operation: str, reply: str
) -> None:
    status, body, words = REPLIES[reply]
    service, call = CALLS[operation]
    with hostile("replying", reply=(status, body)) as endpoint:
        result = ask(endpoint.url, service, call)

    assert result["failed"]
    assert f"The response did not come from AWS: {operation} of {service} in eu-west-1 ({endpoint.host})" in result["msg"]
    assert words in result["msg"]
    assert "Check the region and endpoint_url" in result["msg"]
    assert result["error"]["code"] == "NotFromAws"
    assert "\x1b" not in str(result)
    assert (len(endpoint.requests), slept) == (1, [])


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("body", [XHTML, LOG_IN, ""])
@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
def test_a_load_balancers_page_is_asked_for_again_a_few_times(
    ask: Any, slept: list[float], operation: str, body: str, status: str
) -> None:
    service, call = CALLS[operation]
    with hostile("replying", reply=(status, body)) as endpoint:
        result = ask(endpoint.url, service, call)

    assert f"The response did not come from AWS: {operation}" in result["msg"]
    assert f"HTTP {status}" in result["msg"]
    assert 2 <= len(endpoint.requests) <= 5
    assert sum(slept) <= 15


def test_what_does_not_speak_http_is_named(ask: Any, slept: list[float]) -> None:
    with hostile("greeting") as endpoint:
        result = ask(endpoint.url, "ec2", describe_all_flow_logs)

    assert "The response did not come from AWS" in result["msg"]
    assert f"({endpoint.host}) does not speak HTTP" in result["msg"]
    assert (len(endpoint.requests), slept) == (1, [])


# Answers that look like AWS's and lack what is read.

ROLE = "<RoleName>r</RoleName><Arn>arn</Arn><Path>/</Path><AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument>"


def xml(operation: str, inner: str = "") -> str:
    return f"<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>"


def ec2(operation: str, inner: str = "") -> str:
    return f"<{operation}Response><requestId>1</requestId>{inner}</{operation}Response>"


LACKING = [
    ("ec2", lambda it: describe_all(it, "vpc"), ec2("DescribeVpcs"), "Vpcs[].VpcId"),
    ("ec2", lambda it: describe_all(it, "vpc"), ec2("DescribeVpcs", "<vpcSet><item/></vpcSet>"), "Vpcs[].VpcId"),
    ("ec2", lambda it: describe_all(it, "subnet"), ec2("DescribeSubnets"), "Subnets[].SubnetId"),
    ("ec2", lambda it: describe_all(it, "eni"), ec2("DescribeNetworkInterfaces"), "NetworkInterfaces[].NetworkInterfaceId"),
    ("ec2", describe_all_flow_logs, ec2("DescribeFlowLogs"), "FlowLogs[].FlowLogId"),
    (
        "ec2",
        describe_all_flow_logs,
        ec2("DescribeFlowLogs", "<flowLogSet><item><flowLogId>fl-1</flowLogId></item></flowLogSet>"),
        "FlowLogs[].ResourceId",
    ),
    ("sts", caller_account, xml("GetCallerIdentity"), "Account"),
    ("sts", caller_account, xml("GetCallerIdentity", "<Account></Account>"), "Account"),
    ("iam", list_roles, xml("ListRoles"), "Roles[].RoleName"),
    ("iam", list_roles, xml("ListRoles", f"<Roles><member>{ROLE.format(trust='{')}</member></Roles>"), "AssumeRolePolicyDocument"),
    ("iam", lambda it: get_role(it, "r"), xml("GetRole"), "Role.RoleName"),
    ("iam", lambda it: get_role(it, "r"), xml("GetRole", f"<Role>{ROLE.format(trust='[]')}</Role>"), "AssumeRolePolicyDocument"),
    ("iam", lambda it: get_policy(it, "arn:aws:iam::aws:policy/p"), xml("GetPolicy", "<Policy/>"), "Policy.PolicyName"),
    ("iam", lambda it: policy_document(it, "arn:aws:iam::aws:policy/p", "v1"), xml("GetPolicyVersion"), "PolicyVersion.Document"),
    (
        "iam",
        lambda it: other_versions(it, "arn:aws:iam::aws:policy/p"),
        xml("ListPolicyVersions", "<Versions><member><VersionId>?</VersionId></member></Versions>"),
        "Versions[].VersionId",
    ),
    ("iam", lambda it: DEEDS["create_role"](it, RoleName="r", AssumeRolePolicyDocument={}), xml("CreateRole"), "Role.Arn"),
    ("logs", lambda it: find_log_groups(it, ["/x"]), "{}", "logGroups[].logGroupName"),
    ("logs", lambda it: find_log_groups(it, ["/x"]), '{"logGroups": null}', "logGroups[].logGroupName"),
    ("logs", lambda it: find_log_groups(it, ["/x"]), '{"logGroups": [{}]}', "logGroups[].logGroupName"),
]


@pytest.mark.parametrize(("service", "call", "body", "member"), LACKING)
def test_a_success_without_what_is_read_is_named(
    ask: Any, slept: list[float], service: str, call: Call, body: str, member: str
) -> None:
    with hostile("replying", reply=("200 OK", body)) as endpoint:
        result = ask(endpoint.url, service, call)

    assert "The response did not come from AWS" in result["msg"]
    assert member in result["msg"]
    assert (len(endpoint.requests), slept) == (1, [])


WRONG = [
    {"logGroups": "none"},
    {"logGroups": {"logGroupName": "/x"}},
    {"logGroups": ["/x"]},
    {"logGroups": [None]},
    {"logGroups": 5},
    {"logGroups": [{"logGroupName": 5}]},
    {"logGroups": [{"logGroupName": ["/x"]}]},
    {"logGroups": [{"logGroupName": "/x", "retentionInDays": "a week"}]},
    {"logGroups": [{"logGroupName": "/x", "retentionInDays": True}]},
    {"logGroups": [{"logGroupName": "/x"}], "nextToken": 7},
]


@pytest.mark.parametrize("wrong", WRONG, ids=json.dumps)
def test_a_success_of_the_wrong_type_is_named(ask: Any, slept: list[float], wrong: Any) -> None:
    with hostile("replying", reply=("200 OK", json.dumps(wrong))) as endpoint:
        result = ask(endpoint.url, "logs", lambda logs: find_log_groups(logs, ["/x"]))

    assert "The response did not come from AWS: DescribeLogGroups of logs" in result["msg"]
    assert (len(endpoint.requests), slept) == (1, [])


@pytest.mark.parametrize("interval", ["soon", "1e400"])
def test_a_number_that_is_none_is_named(ask: Any, interval: str) -> None:
    log = f"<flowLogId>fl-1</flowLogId><resourceId>vpc-1</resourceId><maxAggregationInterval>{interval}</maxAggregationInterval>"
    body = ec2("DescribeFlowLogs", f"<flowLogSet><item>{log}</item></flowLogSet>")
    with hostile("replying", reply=("200 OK", body)) as endpoint:
        result = ask(endpoint.url, "ec2", describe_all_flow_logs)

    assert "The response did not come from AWS: DescribeFlowLogs" in result["msg"]


@pytest.mark.parametrize("body", [LOG_IN, "<DescribeFlowLogsResponse>"])
def test_without_the_sdks_parser_it_is_named_all_the_same(ask: Any, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(wire, "_survive_parsing", lambda _client: False)
    with hostile("replying", reply=("200 OK", body)) as endpoint:
        result = ask(endpoint.url, "ec2", describe_all_flow_logs)

    assert f"The response did not come from AWS: DescribeFlowLogs of ec2 in eu-west-1 ({endpoint.host})" in result["msg"]
    assert "Check the region and endpoint_url" in result["msg"]
    assert len(endpoint.requests) == 1


def test_a_client_whose_parser_is_elsewhere_is_guarded_all_the_same() -> None:
    assert wire._survive_parsing(object()) is False


def test_a_page_that_repeats_credentials_keeps_them_to_itself(ask: Any) -> None:
    page = "<html><title>key very/secret+key0123456789 is unknown</title></html>"
    with hostile("replying", reply=("403 Forbidden", page)) as endpoint:
        result = ask(endpoint.url, "ec2", describe_all_flow_logs)

    assert "is unknown" in result["msg"]
    assert "very/secret" not in str(result)


@pytest.mark.parametrize(
    ("service", "call", "body", "code"),
    [
        ("ec2", describe_all_flow_logs, "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>", "U"),
        ("iam", list_roles, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>", "A"),
        ("logs", lambda it: find_log_groups(it, ["/x"]), '{"__type": "AccessDeniedException", "message": "no"}', "A"),
    ],
)
def test_awss_own_errors_stay_as_they_are(ask: Any, service: str, call: Call, body: str, code: str) -> None:
    with hostile("replying", reply=("403 Forbidden", body)) as endpoint:
        result = ask(endpoint.url, service, call)

    assert result["error"]["code"].startswith(code)
    assert "come from AWS" not in result["msg"]


def test_an_error_of_the_collections_own_is_an_aws_error(ask: Any) -> None:
    """Whoever reads a part that may fail by itself, such as the report, goes on without it."""

    def read(ec2_client: Any) -> str:
        with pytest.raises(AwsError) as failed:
            describe_all_flow_logs(ec2_client)
        return failed.value.code

    with hostile("replying", reply=("200 OK", XHTML)) as endpoint:
        assert ask(endpoint.url, "ec2", read)["read"] == "NotFromAws"


# Every answer that is read.


def test_the_table_has_every_operation_whose_answer_has_members(models: Models) -> None:
    """An operation is called by the name of the client's method, in code or in a table: in quotes or after a dot."""
    words = {
        word
        for path in (CHECKOUT / "plugins").rglob("*.py")
        for word in re.findall(r"[.\"']([a-z]+(?:_[a-z]+)+)\b", path.read_text("utf-8"))
    }
    called = {}
    for service in Models.SERVICES:
        model = models.session(None).client(service, region_name="eu-west-1").meta.service_model
        called.update({name: model.operation_model(name) for name in model.operation_names if xform_name(name) in words})
    assert len(called) > 30

    read = {name for name, model in called.items() if model.output_shape is not None and model.output_shape.members}
    assert read - set(NEEDED) - NEVER_READ == set()
    assert set(NEEDED) - VARIABLE <= set(called)
    assert read >= NEVER_READ


def test_every_member_of_the_table_is_in_the_sdks_model(models: Models) -> None:
    for service in Models.SERVICES:
        model = models.session(None).client(service, region_name="eu-west-1").meta.service_model
        for name in set(NEEDED) & set(model.operation_names):
            shape = model.operation_model(name).output_shape
            for path in NEEDED[name]:
                inner = shape
                for part in path.split("."):
                    inner = inner.members[part.removesuffix("[]")]
                    assert (inner.type_name == "list") == part.endswith("[]"), (name, path)
                    inner = inner.member if inner.type_name == "list" else inner


def test_an_answer_is_read_in_the_protocol_that_the_sdk_speaks_of_those_that_a_service_has() -> None:
    service = SimpleNamespace(resolved_protocol="json")
    model = SimpleNamespace(name="CreateTags", metadata={"protocol": "query"}, service_model=service, output_shape=None)
    assert fault_of(Response(200, b"{}", {}), model) == ""
    assert fault_of(Response(200, b"<CreateTagsResponse/>", {}), model) == "which is not in AWS's format"
