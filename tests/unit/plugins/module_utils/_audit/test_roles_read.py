# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What flow_log_iam_info reads, on scripted calls: these and no others."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit import roles_read as _role_audit_read
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Users
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Script
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

ARN = "arn:aws:iam::123456789012"
SINCE = "2026-01-01T00:00:00Z"
TRUST = trust_document(Account("123456789012", "aws"), False)
EC2 = json.loads(json.dumps(TRUST).replace("vpc-flow-logs.", "ec2."))
PUBLISH, READ_ONLY = f"{ARN}:policy/publish", "arn:aws:iam::aws:policy/ReadOnlyAccess"
PASS_ROLE = f"{ARN}:policy/PassRole-r"
OPTIONS = {"role_names": None, "policy_names": None, "ignored_flow_log_ids": None, "expected_account_id": None}


@pytest.fixture
def iam(stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch) -> Script:
    monkeypatch.setattr(_role_audit_read, "find_users", lambda _module, _account: Users({}))
    return stubs("iam")


def module(**options: Any) -> dict[str, Any]:
    fake = FakeModule({**OPTIONS, **options}, {"iam": real_client("iam")})
    with pytest.raises(Ended) as ended:
        answer(fake, lambda: _role_audit_read.read_audit(fake))
    return ended.value.result


def role(name: str = "r", trust: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "RoleName": name,
        "Arn": f"{ARN}:role/{name}",
        "Path": "/",
        "RoleId": "AROA1234567890ABCDEF",
        "CreateDate": SINCE,
        "AssumeRolePolicyDocument": quote(json.dumps(trust or TRUST)),
    }


def with_policies(iam: Script, *attached: str) -> None:
    policies = [{"PolicyArn": arn} for arn in attached]
    iam.expect("list_attached_role_policies", {"AttachedPolicies": policies}, RoleName="r", MaxItems=1000)
    iam.expect("list_role_policies", {"PolicyNames": []}, RoleName="r", MaxItems=1000)


def no_policy_to_pass_it(iam: Script) -> None:
    iam.fail("get_policy", "NoSuchEntity", "", PolicyArn=PASS_ROLE)
    iam.expect("list_policies", {"Policies": []}, Scope="Local", MaxItems=1000)


def a_policy(iam: Script, arn: str, attached_to: dict[str, Any], boundary_of: dict[str, Any]) -> None:
    entry = {"PolicyName": arn.split("/")[-1], "Arn": arn, "DefaultVersionId": "v1"}
    iam.expect("get_policy", {"Policy": entry}, PolicyArn=arn)
    nobody: dict[str, Any] = {"PolicyUsers": [], "PolicyGroups": [], "PolicyRoles": []}
    for usage, who in (("PermissionsPolicy", attached_to), ("PermissionsBoundary", boundary_of)):
        request = {"PolicyArn": arn, "PolicyUsageFilter": usage, "MaxItems": 1000}
        iam.expect("list_entities_for_policy", {**nobody, **who}, **request)


def test_a_policy_of_awss_own_is_not_looked_at(iam: Script) -> None:
    iam.expect("list_roles", {"Roles": [role("web-server", EC2), role()]}, MaxItems=1000)
    with_policies(iam, PUBLISH, READ_ONLY)
    no_policy_to_pass_it(iam)
    a_policy(iam, PUBLISH, {"PolicyRoles": [{"RoleName": "r"}]}, {})

    result = module()

    assert result["roles"][0]["attached_policies"] == [PUBLISH, READ_ONLY]
    assert result["orphaned"] == {"roles": ["r"], "policies": ["publish"]}


def test_a_policy_that_is_somebodys_boundary_is_not_orphaned(iam: Script) -> None:
    iam.expect("list_roles", {"Roles": [role()]}, MaxItems=1000)
    with_policies(iam, PUBLISH)
    no_policy_to_pass_it(iam)
    a_policy(iam, PUBLISH, {"PolicyRoles": [{"RoleName": "r"}]}, {"PolicyUsers": [{"UserName": "alice"}]})

    result = module()

    assert result["policies"][0]["permissions_boundary_of"] == ["user/alice"]
    assert result["orphaned"] == {"roles": ["r"], "policies": []}


def test_every_page_is_read(iam: Script) -> None:
    iam.expect("list_roles", {"Roles": [role("a", EC2)], "IsTruncated": True, "Marker": "next"}, MaxItems=1000)
    iam.expect("list_roles", {"Roles": [role()]}, MaxItems=1000, Marker="next")
    first = {"AttachedPolicies": [{"PolicyArn": READ_ONLY}], "IsTruncated": True, "Marker": "next"}
    iam.expect("list_attached_role_policies", first, RoleName="r", MaxItems=1000)
    second = {"AttachedPolicies": [{"PolicyArn": f"{READ_ONLY}2"}]}
    iam.expect("list_attached_role_policies", second, RoleName="r", MaxItems=1000, Marker="next")
    iam.expect(
        "list_role_policies", {"PolicyNames": ["a"], "IsTruncated": True, "Marker": "next"}, RoleName="r", MaxItems=1000
    )
    iam.expect("list_role_policies", {"PolicyNames": ["b"]}, RoleName="r", MaxItems=1000, Marker="next")
    no_policy_to_pass_it(iam)

    [told] = module()["roles"]

    assert told["attached_policies"] == [READ_ONLY, f"{READ_ONLY}2"]
    assert told["inline_policies"] == ["a", "b"]


def test_what_goes_while_it_is_looked_at_is_left_out(iam: Script) -> None:
    iam.expect("get_role", {"Role": role()}, RoleName="r")
    iam.fail("list_attached_role_policies", "NoSuchEntity", "gone", RoleName="r", MaxItems=1000)
    iam.fail("list_role_policies", "NoSuchEntity", "gone", RoleName="r", MaxItems=1000)
    iam.expect("get_policy", {"Policy": {"Arn": PASS_ROLE, "PolicyName": "PassRole-r", "DefaultVersionId": "v1"}}, PolicyArn=PASS_ROLE)
    iam.fail("get_policy", "NoSuchEntity", "gone", PolicyArn=PASS_ROLE)

    result = module(role_names=["r"])

    assert result["failed"] is False
    assert (len(result["roles"]), result["policies"]) == (1, [])


def test_who_may_not_look_is_told(iam: Script) -> None:
    iam.fail("list_roles", "AccessDenied", "not authorized to perform: iam:ListRoles")

    result = module()

    assert (result["failed"], result["changed"]) == (True, False)
    assert "iam:ListRoles" in result["msg"] and "lacks the permission" in result["msg"]
