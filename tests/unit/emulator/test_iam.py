# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles and policies, as docs/aws-behaviour.md section 5 describes them."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ACCOUNT
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import policy
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import refused
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import trust

POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/send"
NO_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/none"


def _policy(estate: Estate) -> str:
    made = estate.iam.create_policy(PolicyName="send", PolicyDocument=policy("logs:*"))
    return str(made["Policy"]["Arn"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"RoleName": "a b"}, "ValidationError"),
        ({"RoleName": "a" * 65}, "ValidationError"),
        ({"RoleName": "FLOW-LOGS", "Path": "/other/"}, "EntityAlreadyExists"),
        ({"AssumeRolePolicyDocument": "{"}, "MalformedPolicyDocument"),
        ({"AssumeRolePolicyDocument": trust(Sid="a" * 2048)}, "LimitExceeded"),
        ({"PermissionsBoundary": NO_POLICY}, "NoSuchEntity"),
    ],
)
def test_roles_that_are_refused(estate: Estate, arguments: dict[str, Any], expected: str) -> None:
    estate.role()
    good = {"RoleName": "another", "AssumeRolePolicyDocument": trust()}
    assert code(lambda: estate.iam.create_role(**{**good, **arguments})) == expected
    assert len(estate.iam.list_roles()["Roles"]) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"PolicyName": "a b"}, "ValidationError"),
        ({"PolicyName": "a" * 129}, "ValidationError"),
        ({"PolicyName": "SEND", "Path": "/other/"}, "EntityAlreadyExists"),
        ({"PolicyDocument": "{"}, "MalformedPolicyDocument"),
        ({"PolicyDocument": policy("logs:*", resource="a" * 6144)}, "LimitExceeded"),
    ],
)
def test_policies_that_are_refused(estate: Estate, arguments: dict[str, Any], expected: str) -> None:
    _policy(estate)
    good = {"PolicyName": "another", "PolicyDocument": policy("logs:*")}
    assert code(lambda: estate.iam.create_policy(**{**good, **arguments})) == expected
    assert len(estate.iam.list_policies(Scope="Local")["Policies"]) == 1


def test_white_space_does_not_count(estate: Estate) -> None:
    estate.iam.create_policy(PolicyName="wide", PolicyDocument=policy("logs:*").replace(" ", " " * 3000))
    assert len(estate.iam.list_policies(Scope="Local")["Policies"]) == 1


def test_versions(estate: Estate) -> None:
    arn = _policy(estate)
    for _number in range(4):
        made = estate.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("logs:Put*"), SetAsDefault=True)
    assert (made["PolicyVersion"]["VersionId"], made["PolicyVersion"]["IsDefaultVersion"]) == ("v5", True)
    assert "Document" not in made["PolicyVersion"]
    read = estate.iam.get_policy_version(PolicyArn=arn, VersionId="v5")["PolicyVersion"]
    assert read["Document"] == json.loads(policy("logs:Put*"))
    more = partial(estate.iam.create_policy_version, PolicyArn=arn, PolicyDocument=policy("logs:Put*"))
    assert refused(more)[::2] == ("LimitExceeded", 409)
    delete_default = partial(estate.iam.delete_policy_version, PolicyArn=arn, VersionId="v5")
    assert code(delete_default) == "DeleteConflict"
    assert refused(lambda: estate.iam.delete_policy(PolicyArn=arn))[::2] == ("DeleteConflict", 409)
    for number in range(1, 5):
        estate.iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{number}")
    estate.iam.delete_policy(PolicyArn=arn)
    assert estate.iam.list_policies(Scope="Local")["Policies"] == []


def test_what_is_attached_is_not_deleted(estate: Estate) -> None:
    arn = _policy(estate)
    estate.role("held", may=())
    estate.iam.attach_role_policy(RoleName="held", PolicyArn=arn)
    assert code(lambda: estate.iam.delete_policy(PolicyArn=arn)) == "DeleteConflict"
    assert code(lambda: estate.iam.delete_role(RoleName="held")) == "DeleteConflict"
    estate.iam.detach_role_policy(RoleName="held", PolicyArn=arn)
    detach = partial(estate.iam.detach_role_policy, RoleName="held", PolicyArn=arn)
    assert refused(detach)[::2] == ("NoSuchEntity", 404)
    estate.iam.put_role_permissions_boundary(RoleName="held", PermissionsBoundary=arn)
    assert code(lambda: estate.iam.delete_policy(PolicyArn=arn)) == "DeleteConflict"
    estate.iam.delete_role(RoleName="held")
    estate.iam.delete_policy(PolicyArn=arn)
    assert code(lambda: estate.iam.delete_policy(PolicyArn=arn)) == "NoSuchEntity"


def test_a_boundary_has_to_exist(estate: Estate) -> None:
    estate.role("held")
    put = partial(estate.iam.put_role_permissions_boundary, RoleName="held", PermissionsBoundary=NO_POLICY)
    assert code(put) == "NoSuchEntity"
    assert "PermissionsBoundary" not in estate.iam.get_role(RoleName="held")["Role"]


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
def test_a_role_a_user_and_a_group_have_ten_policies_at_most(estate: Estate, kind: str) -> None:
    if kind == "Role":
        estate.role("full", may=())
    else:
        getattr(estate.iam, f"create_{kind.lower()}")(**{f"{kind}Name": "full"})
    attach = partial(getattr(estate.iam, f"attach_{kind.lower()}_policy"), **{f"{kind}Name": "full"})
    for number in range(11):
        document = policy("logs:*")
        arn = estate.iam.create_policy(PolicyName=f"policy{number}", PolicyDocument=document)["Policy"]["Arn"]
        if number < 10:
            attach(PolicyArn=arn)
    assert code(lambda: attach(PolicyArn=arn)) == "LimitExceeded"
    # Once more is no error.
    attach(PolicyArn=arn.replace("10", "9"))


@pytest.mark.parametrize("path", ["/aws-reserved/sso.amazonaws.com/", "/aws-service-role/ops.amazonaws.com/"])
def test_a_protected_role_is_changed_by_nobody_but_aws(estate: Estate, path: str) -> None:
    estate.iam.create_role(RoleName="protected", Path=path, AssumeRolePolicyDocument=trust())
    arn = _policy(estate)
    for change in (
        partial(estate.iam.attach_role_policy, RoleName="protected", PolicyArn=arn),
        partial(estate.iam.update_assume_role_policy, RoleName="protected", PolicyDocument=trust()),
        partial(estate.iam.tag_role, RoleName="protected", Tags=[{"Key": "a", "Value": "b"}]),
        partial(estate.iam.delete_role, RoleName="protected"),
    ):
        assert refused(change)[::2] == ("UnmodifiableEntity", 400)


def test_a_trust_must_be_a_document_that_fits(estate: Estate) -> None:
    estate.role("held")
    for document, expected in (("{", "MalformedPolicyDocument"), (trust(Sid="a" * 2048), "LimitExceeded")):
        change = partial(estate.iam.update_assume_role_policy, RoleName="held", PolicyDocument=document)
        assert code(change) == expected


@pytest.mark.parametrize(
    ("tags", "expected", "part"),
    [
        ({"about": "Test #2 (of ops)"}, "ValidationError", "'tags.1.member.value' failed to satisfy constraint"),
        ({"a": "b", "c,": "d"}, "ValidationError", "'tags.2.member.key' failed to satisfy constraint"),
        ({"a": "x" * 257}, "ValidationError", "less than or equal to 256"),
        ({"Owner": "a", "owner": "b"}, "InvalidInput", "Duplicate tag keys found."),
        ({"aws:a": "b"}, "InvalidInput", "aws: prefixed"),
        ({f"k{number}": "" for number in range(51)}, "ValidationError", "less than or equal to 50"),
    ],
)
def test_tags_are_checked(estate: Estate, tags: dict[str, str], expected: str, part: str) -> None:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    arn = _policy(estate)
    estate.role("there")
    calls = [
        partial(estate.iam.create_role, RoleName="new", AssumeRolePolicyDocument=trust(), Tags=listed),
        partial(estate.iam.tag_role, RoleName="there", Tags=listed),
        partial(estate.iam.tag_policy, PolicyArn=arn, Tags=listed),
        partial(estate.iam.create_policy, PolicyName="other", PolicyDocument=policy("logs:*"), Tags=listed),
    ]
    for call in calls:
        got, message, _status = refused(call)
        assert got == expected
        assert part in message


def test_a_role_has_fifty_tags_and_each_key_once(estate: Estate) -> None:
    estate.role("there")
    estate.iam.tag_role(RoleName="there", Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])
    estate.iam.tag_role(RoleName="there", Tags=[{"Key": "K7", "Value": "new"}])
    tags = {tag["Key"]: tag["Value"] for tag in estate.iam.list_role_tags(RoleName="there", MaxItems=100)["Tags"]}
    assert (len(tags), tags["K7"], "k7" in tags) == (50, "new", False)
    got, message, _status = refused(lambda: estate.iam.tag_role(RoleName="there", Tags=[{"Key": "x", "Value": ""}]))
    assert (got, message) == ("LimitExceeded", "Cannot exceed quota for TagsPerRole: 50")
