# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import api
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

ROLE = "Flow-Logs-Role"
ARN = "arn:aws:iam::123456789012:policy/Send_to_CloudWatch_Logs"
SINCE = "2026-01-01T00:00:00Z"
DOCUMENT = {"Version": "2012-10-17", "Statement": []}


def role(name: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::123456789012:role/{name}"
    return {"Path": "/", "RoleName": name, "RoleId": "AROA1234567890ABCDEF", "Arn": arn, "CreateDate": SINCE}


def version(number: int, default: bool = False) -> dict[str, Any]:
    return {"VersionId": f"v{number}", "IsDefaultVersion": default}


# Reading.


def test_a_role_that_is_there(stubs: StubbedClients) -> None:
    iam = stubs("iam").expect("get_role", {"Role": role(ROLE)}, RoleName=ROLE)

    assert api.get_role(iam.client, ROLE)["RoleName"] == ROLE


@pytest.mark.parametrize(
    ("operation", "call", "nothing"),
    [
        pytest.param("get_role", lambda client: api.get_role(client, ROLE), None, id="a role"),
        pytest.param("get_policy", lambda client: api.get_policy(client, ARN), None, id="a policy"),
        pytest.param(
            "list_attached_role_policies",
            lambda client: api.attached_policies(client, ROLE),
            (),
            id="a role's policies",
        ),
        pytest.param(
            "list_entities_for_policy", lambda client: api.attached_to(client, ARN), frozenset(), id="who has a policy"
        ),
        pytest.param("get_user", lambda client: api.principal_arn(client, "user", "alice"), "", id="a user"),
    ],
)
def test_what_is_not_there_is_no_error(stubs: StubbedClients, operation: str, call: Any, nothing: Any) -> None:
    assert call(stubs("iam").fail(operation, "NoSuchEntity").client) == nothing


def test_a_role_is_found_by_its_name_in_another_case_on_any_page(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    iam.expect("list_roles", {"Roles": [role("other")], "IsTruncated": True, "Marker": "2"}, MaxItems=1000)
    iam.fail("list_roles", "Throttling", "Rate exceeded")
    iam.expect("list_roles", {"Roles": [role("FLOW-logs-ROLE")]}, MaxItems=1000, Marker="2")

    assert api.find_role_name(iam.client, ROLE) == "FLOW-logs-ROLE"


def test_a_role_that_others_only_resemble_is_not_found(stubs: StubbedClients) -> None:
    iam = stubs("iam").expect("list_roles", {"Roles": [role(ROLE + "-2")]}, MaxItems=1000)

    assert api.find_role_name(iam.client, ROLE) is None


def test_a_policy_is_found_under_any_path_and_case_among_the_accounts_own(stubs: StubbedClients) -> None:
    arn = ARN.replace("policy/", "policy/netops/")
    policies = [{"PolicyName": "Other", "Arn": ARN + "2"}, {"PolicyName": "send_to_cloudwatch_logs", "Arn": arn}]
    iam = stubs("iam").expect("list_policies", {"Policies": policies}, Scope="Local", MaxItems=1000)

    assert api.find_policy_arn(iam.client, "Send_to_CloudWatch_Logs") == arn


def test_policies_of_a_role_are_read_to_the_last_page(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    request = {"RoleName": ROLE, "MaxItems": 1000}
    first = {"AttachedPolicies": [{"PolicyArn": ARN}], "IsTruncated": True, "Marker": "2"}
    iam.expect("list_attached_role_policies", first, **request)
    iam.expect("list_attached_role_policies", {"AttachedPolicies": [{"PolicyArn": ARN + "2"}]}, **request, Marker="2")

    assert api.attached_policies(iam.client, ROLE) == (ARN, ARN + "2")


def test_versions_that_are_not_in_force_come_oldest_first_by_number(stubs: StubbedClients) -> None:
    versions = [version(11, True), version(10), version(9), version(2)]
    iam = stubs("iam").expect("list_policy_versions", {"Versions": versions}, PolicyArn=ARN, MaxItems=1000)

    assert api.other_versions(iam.client, ARN) == ("v2", "v9", "v10")


def test_who_has_a_policy_is_told_by_kind_and_name(stubs: StubbedClients) -> None:
    answer = {
        "PolicyUsers": [{"UserName": "alice"}],
        "PolicyGroups": [{"GroupName": "alice"}],
        "PolicyRoles": [{"RoleName": "deployer"}],
    }
    iam = stubs("iam").expect(
        "list_entities_for_policy", answer, PolicyArn=ARN, PolicyUsageFilter="PermissionsPolicy", MaxItems=1000
    )

    assert api.attached_to(iam.client, ARN) == {"user/alice", "group/alice", "role/deployer"}


@pytest.mark.parametrize(
    ("kind", "request_", "answer"),
    [
        pytest.param(
            "user",
            {"UserName": "alice"},
            {
                "User": {
                    "Path": "/",
                    "UserName": "alice",
                    "UserId": "AIDA1234567890ABCDEF",
                    "Arn": "arn:aws:iam::123456789012:user/alice",
                    "CreateDate": SINCE,
                }
            },
            id="a user",
        ),
        pytest.param(
            "group",
            {"GroupName": "alice"},
            {
                "Group": {
                    "Path": "/",
                    "GroupName": "alice",
                    "GroupId": "AGPA1234567890ABCDEF",
                    "Arn": "arn:aws:iam::123456789012:group/alice",
                    "CreateDate": SINCE,
                },
                "Users": [],
            },
            id="a group",
        ),
        pytest.param("role", {"RoleName": "alice"}, {"Role": role("alice")}, id="a role"),
    ],
)
def test_a_principal_is_looked_for_by_the_call_for(
    stubs: StubbedClients, kind: str, request_: dict[str, str], answer: dict[str, Any]
) -> None:
    iam = stubs("iam").expect(f"get_{kind}", answer, **request_)

    assert api.principal_arn(iam.client, kind, "alice") == next(iter(answer.values()))["Arn"]


def test_a_document_is_the_one_of_the_version_decoded(stubs: StubbedClients) -> None:
    iam = stubs("iam").fail("get_policy_version", "NoSuchEntity")
    answer = {"PolicyVersion": {"Document": quote(json.dumps(DOCUMENT)), "VersionId": "v3"}}
    iam.expect("get_policy_version", answer, PolicyArn=ARN, VersionId="v3")

    assert api.policy_document(iam.client, ARN, "v3") == DOCUMENT


def test_a_denial_is_not_taken_for_absence(stubs: StubbedClients) -> None:
    with pytest.raises(AwsError) as error:
        api.get_role(stubs("iam").fail("get_role", "AccessDenied", "not authorized").client, ROLE)

    assert error.value.code == "AccessDenied"


def test_tags_become_a_dictionary() -> None:
    assert api.tags_of({"Tags": [{"Key": "a", "Value": "b"}]}) == {"a": "b"}
    assert api.tags_of({}) == {}


# Writing: what a step asks for, and what goes over the wire.

MADE_ROLE = {"Role": role(ROLE)}
DEEDS = [
    pytest.param(
        "create_role",
        {"RoleName": ROLE, "Path": "/", "AssumeRolePolicyDocument": DOCUMENT, "Description": "d", "Tags": {"a": "b"}},
        {
            "RoleName": ROLE,
            "Path": "/",
            "AssumeRolePolicyDocument": json.dumps(DOCUMENT),
            "Description": "d",
            "Tags": [{"Key": "a", "Value": "b"}],
        },
        MADE_ROLE,
        id="create the role",
    ),
    pytest.param(
        "create_policy",
        {"PolicyName": "p", "Path": "/", "PolicyDocument": DOCUMENT, "Description": "d", "Tags": {}},
        {"PolicyName": "p", "Path": "/", "PolicyDocument": json.dumps(DOCUMENT), "Description": "d"},
        {},
        id="create the policy, without an empty list of tags",
    ),
    pytest.param(
        "create_policy_version",
        {"PolicyArn": ARN, "PolicyDocument": DOCUMENT, "SetAsDefault": True},
        {"PolicyArn": ARN, "PolicyDocument": json.dumps(DOCUMENT), "SetAsDefault": True},
        {},
        id="create a version",
    ),
    pytest.param(
        "delete_policy_version",
        {"PolicyArn": ARN, "VersionId": "v1"},
        {"PolicyArn": ARN, "VersionId": "v1"},
        {},
        id="delete a version",
    ),
    pytest.param(
        "update_assume_role_policy",
        {"RoleName": ROLE, "PolicyDocument": DOCUMENT},
        {"RoleName": ROLE, "PolicyDocument": json.dumps(DOCUMENT)},
        {},
        id="set the trust",
    ),
    pytest.param(
        "put_role_permissions_boundary",
        {"RoleName": ROLE, "PermissionsBoundary": ARN},
        {"RoleName": ROLE, "PermissionsBoundary": ARN},
        {},
        id="set the boundary",
    ),
    pytest.param(
        "delete_role_permissions_boundary", {"RoleName": ROLE}, {"RoleName": ROLE}, {}, id="remove the boundary"
    ),
    pytest.param(
        "tag_role",
        {"RoleName": ROLE, "Tags": {"a": "b"}},
        {"RoleName": ROLE, "Tags": [{"Key": "a", "Value": "b"}]},
        {},
        id="tag the role",
    ),
    pytest.param(
        "untag_role",
        {"RoleName": ROLE, "TagKeys": ["a"]},
        {"RoleName": ROLE, "TagKeys": ["a"]},
        {},
        id="untag the role",
    ),
    pytest.param(
        "tag_policy",
        {"PolicyArn": ARN, "Tags": {"a": "b"}},
        {"PolicyArn": ARN, "Tags": [{"Key": "a", "Value": "b"}]},
        {},
        id="tag the policy",
    ),
    pytest.param(
        "untag_policy",
        {"PolicyArn": ARN, "TagKeys": ["a"]},
        {"PolicyArn": ARN, "TagKeys": ["a"]},
        {},
        id="untag the policy",
    ),
    pytest.param(
        "attach_role_policy",
        {"RoleName": ROLE, "PolicyArn": ARN},
        {"RoleName": ROLE, "PolicyArn": ARN},
        {},
        id="attach to the role",
    ),
    pytest.param(
        "attach_user_policy",
        {"UserName": "alice", "PolicyArn": ARN},
        {"UserName": "alice", "PolicyArn": ARN},
        {},
        id="attach to a user",
    ),
    pytest.param(
        "attach_group_policy",
        {"GroupName": "ops", "PolicyArn": ARN},
        {"GroupName": "ops", "PolicyArn": ARN},
        {},
        id="attach to a group",
    ),
]


def test_there_is_no_deed_that_is_not_tried_here() -> None:
    assert set(api.DEEDS) == {deed.values[0] for deed in DEEDS}


@pytest.mark.parametrize(("kind", "asked", "sent", "answer"), DEEDS)
def test_a_deed_is_one_call_that_tries_again_while_another_writer_is_busy(
    stubs: StubbedClients, kind: str, asked: dict[str, Any], sent: dict[str, Any], answer: dict[str, Any]
) -> None:
    iam = stubs("iam").fail(kind, "ConcurrentModification", "", **sent).expect(kind, answer, **sent)

    api.DEEDS[kind](iam.client, **asked)


@pytest.mark.parametrize(("kind", "asked", "sent", "answer"), DEEDS[4:])
def test_what_was_created_a_moment_ago_is_waited_for(
    stubs: StubbedClients, kind: str, asked: dict[str, Any], sent: dict[str, Any], answer: dict[str, Any]
) -> None:
    iam = stubs("iam").fail(kind, "NoSuchEntity").fail(kind, "NoSuchEntity").expect(kind, answer, **sent)

    api.DEEDS[kind](iam.client, **asked)


def test_what_never_shows_ends_in_awss_error(stubs: StubbedClients, clock: Clock) -> None:
    iam = stubs("iam")
    for _time in range(8):
        iam.fail("attach_role_policy", "NoSuchEntity", "not found")

    with pytest.raises(AwsError) as error:
        api.DEEDS["attach_role_policy"](iam.client, RoleName=ROLE, PolicyArn=ARN)

    assert error.value.code == "NoSuchEntity"
    assert sum(clock.slept) < 60
