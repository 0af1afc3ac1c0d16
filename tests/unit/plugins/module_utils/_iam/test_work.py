# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module flow_log_iam from options to result, on scripted calls: these and no others."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import work as _delivery_role_work
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Unread
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import User
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Users
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.work import DeliveryRoleWork
from ansible_collections.netops.flow_logs.tests.unit.support.clients import ANY
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Script
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients
from ansible_collections.netops.flow_logs.tests.unit.support.clients import client_error
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

ROLE, POLICY = "Flow-Logs-Role-to-cloudwatch-logs", "Send_to_CloudWatch_Logs"
ROLE_ARN = f"arn:aws:iam::123456789012:role/{ROLE}"
ARN = f"arn:aws:iam::123456789012:policy/{POLICY}"
PASS_ROLE_ARN = f"arn:aws:iam::123456789012:policy/PassRole-{ROLE}"
SINCE = "2026-01-01T00:00:00Z"
ACCOUNT = Account("123456789012", "aws")
DOCUMENT = publishing_document(ACCOUNT, None, True)
TRUST = trust_document(ACCOUNT, False)
OPTIONS = {
    "role_name": ROLE,
    "policy_name": POLICY,
    "path": None,
    "permissions_boundary": None,
    "log_group_names": None,
    "purge_log_group_names": True,
    "keep_names_in_use": True,
    "needed_log_group_names": None,
    "allow_create_log_group": None,
    "restrict_trust": None,
    "pass_role_to": None,
    "expected_account_id": None,
    "tags": None,
    "purge_tags": True,
}


def module(check_mode: bool = False, **options: Any) -> dict[str, Any]:
    fake = FakeModule({**OPTIONS, **options}, {"iam": real_client("iam")}, check_mode=check_mode)
    with pytest.raises(Ended) as ended:
        run(fake, lambda: DeliveryRoleWork(fake))
    return ended.value.result


# What IAM has.


def wire(document: dict[str, Any]) -> str:
    return quote(json.dumps(document))


def no_policy(iam: Script, arn: str = ARN) -> None:
    iam.fail("get_policy", "NoSuchEntity", "", PolicyArn=arn)
    iam.expect("list_policies", {"Policies": []}, Scope="Local", MaxItems=1000)


def a_policy(iam: Script, document: dict[str, Any], arn: str = ARN, attachments: int = 0) -> None:
    name = arn.split("/")[-1]
    policy = {"PolicyName": name, "Arn": arn, "DefaultVersionId": "v1", "AttachmentCount": attachments}
    iam.expect("get_policy", {"Policy": policy}, PolicyArn=arn)
    version = {"Document": wire(document), "VersionId": "v1", "IsDefaultVersion": True}
    iam.expect("get_policy_version", {"PolicyVersion": version}, PolicyArn=arn, VersionId="v1")


def no_role(iam: Script) -> None:
    iam.fail("get_role", "NoSuchEntity", "", RoleName=ROLE)
    iam.expect("list_roles", {"Roles": []}, MaxItems=1000)


def role_entry(trust: dict[str, Any], name: str = ROLE, **more: Any) -> dict[str, Any]:
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": "AROA1234567890ABCDEF",
        "Arn": f"arn:aws:iam::123456789012:role/{name}",
        "CreateDate": SINCE,
        "AssumeRolePolicyDocument": wire(trust),
        **more,
    }


def a_role(iam: Script, trust: dict[str, Any] | None = None, attached: tuple[str, ...] = (ARN,), **more: Any) -> None:
    iam.expect("get_role", {"Role": role_entry(TRUST if trust is None else trust, **more)}, RoleName=ROLE)
    policies = {"AttachedPolicies": [{"PolicyArn": each} for each in attached]}
    iam.expect("list_attached_role_policies", policies, RoleName=ROLE, MaxItems=1000)


def makes_a_role(iam: Script) -> None:
    answer = {"Role": role_entry(TRUST)}
    iam.expect(
        "create_role",
        answer,
        RoleName=ROLE,
        Path="/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        Description=ANY,
    )


def makes_a_policy(iam: Script) -> None:
    answer = {"Policy": {"Arn": ARN, "PolicyName": POLICY}}
    iam.expect(
        "create_policy", answer, PolicyName=POLICY, Path="/", PolicyDocument=json.dumps(DOCUMENT), Description=ANY
    )


# Scenarios.


def test_everything_is_made_from_nothing(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)
    makes_a_policy(iam)
    makes_a_role(iam)
    iam.expect("attach_role_policy", RoleName=ROLE, PolicyArn=ARN)

    answer = module()

    assert (answer["changed"], len(answer["actions"])) == (True, 3)
    assert answer["role"]["arn"] == ROLE_ARN
    assert answer["policy"]["arn"] == ARN
    assert answer["pass_role_policy"] == pass_role_document(ROLE_ARN)


def test_check_mode_only_looks(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)

    answer = module(check_mode=True)

    assert (answer["changed"], len(answer["actions"])) == (True, 3)
    assert answer["role"]["arn"] == ROLE_ARN


def test_what_is_right_costs_four_calls(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)

    answer = module()

    assert answer["changed"] is False
    assert answer["role"]["assume_role_policy_document"] == TRUST
    assert answer["policy"]["default_version_id"] == "v1"


def test_a_role_that_trusts_ec2_is_corrected(stubs: StubbedClients) -> None:
    ec2 = json.loads(json.dumps(TRUST).replace("vpc-flow-logs.", "ec2."))
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam, ec2)
    iam.expect("update_assume_role_policy", RoleName=ROLE, PolicyDocument=json.dumps(TRUST))

    assert module()["role"]["assume_role_policy_document"] == TRUST


def test_versions_are_counted_only_when_a_new_one_is_needed_and_the_oldest_makes_room(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, {"Version": "2012-10-17", "Statement": []})
    a_role(iam)
    versions = [{"VersionId": f"v{number}", "IsDefaultVersion": number == 1} for number in (6, 5, 4, 3, 1)]
    iam.expect("list_policy_versions", {"Versions": versions}, PolicyArn=ARN, MaxItems=1000)
    iam.expect("delete_policy_version", PolicyArn=ARN, VersionId="v3")
    made = {"PolicyVersion": {"VersionId": "v7"}}
    iam.expect("create_policy_version", made, PolicyArn=ARN, PolicyDocument=json.dumps(DOCUMENT), SetAsDefault=True)

    assert module()["policy"]["default_version_id"] == "v7"


def test_a_role_and_a_policy_that_iam_spells_otherwise_are_used(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    arn = ARN.lower().replace("policy/", "policy/netops/")
    iam.fail("get_policy", "NoSuchEntity", "", PolicyArn=ARN)
    policies = {"Policies": [{"PolicyName": POLICY.lower(), "Arn": arn}]}
    iam.expect("list_policies", policies, Scope="Local", MaxItems=1000)
    a_policy(iam, DOCUMENT, arn)
    iam.fail("get_role", "NoSuchEntity", "", RoleName=ROLE)
    iam.expect("list_roles", {"Roles": [role_entry(TRUST, ROLE.lower())]}, MaxItems=1000)
    iam.expect("get_role", {"Role": role_entry(TRUST, ROLE.lower())}, RoleName=ROLE.lower())
    attached = {"AttachedPolicies": [{"PolicyArn": arn}]}
    iam.expect("list_attached_role_policies", attached, RoleName=ROLE.lower(), MaxItems=1000)

    answer = module()

    assert answer["changed"] is False
    assert (answer["role"]["role_name"], answer["policy"]["arn"]) == (ROLE.lower(), arn)


def test_a_role_that_somebody_else_just_made_is_looked_at_again(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)
    makes_a_policy(iam)
    iam.fail("create_role", "EntityAlreadyExists", "Role with name already exists.")
    a_policy(iam, DOCUMENT)
    a_role(iam, attached=())
    iam.expect("attach_role_policy", RoleName=ROLE, PolicyArn=ARN)

    answer = module()

    assert answer["failed"] is False
    assert answer["actions"] == [f"create policy {POLICY}", f"attach policy {ARN} to role {ROLE}"]


def test_an_error_midway_says_what_was_made_before_it(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)
    makes_a_policy(iam)
    iam.fail("create_role", "AccessDenied", "not authorized to perform: iam:CreateRole")

    answer = module()

    assert answer["failed"] is True
    assert answer["changed"] is True
    assert answer["error"]["code"] == "AccessDenied"
    assert f"Before that: create policy {POLICY}." in answer["msg"]


def test_an_operator_gets_the_policy_to_pass_the_role(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)
    no_policy(iam, PASS_ROLE_ARN)
    alice = {
        "Path": "/",
        "UserName": "alice",
        "UserId": "AIDA1234567890ABCDEF",
        "Arn": "arn:aws:iam::123456789012:user/alice",
        "CreateDate": SINCE,
    }
    iam.expect("get_user", {"User": alice}, UserName="alice")
    iam.expect(
        "create_policy",
        {"Policy": {"Arn": PASS_ROLE_ARN}},
        PolicyName=f"PassRole-{ROLE}",
        Path="/",
        PolicyDocument=json.dumps(pass_role_document(ROLE_ARN)),
        Description=ANY,
    )
    iam.expect("attach_user_policy", UserName="alice", PolicyArn=PASS_ROLE_ARN)

    answer = module(pass_role_to=[alice["Arn"]])

    assert answer["pass_role_attached_to"] == ["user/alice"]
    # The policy in the result stays the role's own.
    assert answer["policy"]["arn"] == ARN


def test_an_operator_who_has_it_is_not_looked_for(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)
    a_policy(iam, pass_role_document(ROLE_ARN), PASS_ROLE_ARN)
    has = {"PolicyUsers": [{"UserName": "alice"}], "PolicyGroups": [], "PolicyRoles": []}
    iam.expect(
        "list_entities_for_policy", has, PolicyArn=PASS_ROLE_ARN, PolicyUsageFilter="PermissionsPolicy", MaxItems=1000
    )

    assert module(pass_role_to=["arn:aws:iam::123456789012:user/alice"])["changed"] is False


OPS = "arn:aws:iam::123456789012:group/ops"
DEPLOYER = "arn:aws:iam::123456789012:role/deployer"
SSO = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Network_0123456789abcdef"


def makes_a_policy_for_operators(iam: Script) -> None:
    document = json.dumps(pass_role_document(ROLE_ARN))
    answer = {"Policy": {"Arn": PASS_ROLE_ARN}}
    name = f"PassRole-{ROLE}"
    iam.expect("create_policy", answer, PolicyName=name, Path="/", PolicyDocument=document, Description=ANY)


def failures_of(answer: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {failure["resource_id"]: (failure["code"], failure["hint"]) for failure in answer["failures"]}


@pytest.mark.parametrize("check_mode", [False, True])
def test_an_operator_who_can_t_have_the_policy_fails_alone_after_all_that_delivery_needs(
    stubs: StubbedClients, check_mode: bool
) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)
    no_policy(iam, PASS_ROLE_ARN)
    iam.fail("get_group", "NoSuchEntity", "", GroupName="ops")
    if not check_mode:
        makes_a_policy(iam)
        makes_a_role(iam)
        iam.expect("attach_role_policy", RoleName=ROLE, PolicyArn=ARN)

    answer = module(check_mode, pass_role_to=[OPS, SSO])

    assert (bool(answer["failed"]), answer["changed"], len(answer["actions"])) == (True, True, 3)
    assert answer["role"]["attached_policies"] == [ARN]
    failures = failures_of(answer)
    assert {arn: code for arn, (code, _hint) in failures.items()} == {OPS: "NoSuchEntity", SSO: "UnmodifiableEntity"}
    assert "Check the ARN" in failures[OPS][1]
    assert "permission set in IAM Identity Center" in failures[SSO][1] and "iam:PassRole" in failures[SSO][1]
    assert "role_name" not in answer["msg"]
    assert answer["pass_role_attached_to"] == []


def test_an_operator_who_is_refused_by_iam_stops_no_other(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)
    no_policy(iam, PASS_ROLE_ARN)
    group = {"Path": "/", "GroupName": "ops", "GroupId": "AGPA1234567890ABCDEF", "Arn": OPS, "CreateDate": SINCE}
    iam.expect("get_role", {"Role": role_entry(TRUST, "deployer")}, RoleName="deployer")
    iam.expect("get_group", {"Group": group, "Users": []}, GroupName="ops")
    makes_a_policy_for_operators(iam)
    iam.fail("attach_role_policy", "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")
    iam.expect("attach_group_policy", GroupName="ops", PolicyArn=PASS_ROLE_ARN)

    answer = module(pass_role_to=[DEPLOYER, OPS])

    ((arn, (code, hint)),) = failures_of(answer).items()
    assert (arn, code) == (DEPLOYER, "LimitExceeded")
    assert "Detach a policy that it does not need" in hint
    assert answer["pass_role_attached_to"] == ["group/ops"]
    assert [action.split()[0] for action in answer["actions"]] == ["create", "attach"]


def test_operators_all_fail_when_their_policy_can_t_be_made_and_the_role_is_there(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)
    no_policy(iam, PASS_ROLE_ARN)
    iam.expect("get_role", {"Role": role_entry(TRUST, "deployer")}, RoleName="deployer")
    iam.fail("create_policy", "AccessDenied", "User is not authorized to perform: iam:CreatePolicy")

    answer = module(pass_role_to=[DEPLOYER])

    assert failures_of(answer)[DEPLOYER][0] == "AccessDenied"
    assert (answer["role"]["arn"], answer["changed"], answer["pass_role_attached_to"]) == (ROLE_ARN, False, [])


def test_operators_fail_alone_when_nothing_about_them_may_be_read(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam, attached=())
    iam.fail("get_policy", "AccessDenied", "User is not authorized to perform: iam:GetPolicy", PolicyArn=PASS_ROLE_ARN)
    iam.expect("attach_role_policy", RoleName=ROLE, PolicyArn=ARN)

    answer = module(pass_role_to=[DEPLOYER])

    assert failures_of(answer)[DEPLOYER][0] == "AccessDenied"
    assert answer["actions"] == [f"attach policy {ARN} to role {ROLE}"]


@pytest.mark.parametrize(
    ("has", "quota", "fails"), [(10, 10, True), (9, None, False), (10, 20, False), (10, None, True)]
)
def test_check_mode_counts_the_policies_that_an_operator_has(
    stubs: StubbedClients, has: int, quota: int | None, fails: bool
) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)
    no_policy(iam, PASS_ROLE_ARN)
    iam.expect("get_role", {"Role": role_entry(TRUST, "deployer")}, RoleName="deployer")
    attached = [{"PolicyArn": f"arn:aws:iam::123456789012:policy/of-the-deployer-{number}"} for number in range(has)]
    iam.expect("list_attached_role_policies", {"AttachedPolicies": attached}, RoleName="deployer", MaxItems=1000)
    if quota is not None:
        iam.expect("get_account_summary", {"SummaryMap": {"AttachedPoliciesPerRoleQuota": quota}})
    elif has >= 10:
        iam.fail("get_account_summary", "AccessDenied", "not authorized to perform: iam:GetAccountSummary")

    answer = module(check_mode=True, pass_role_to=[DEPLOYER])

    assert bool(answer["failed"]) is fails
    assert answer["pass_role_attached_to"] == ([] if fails else ["role/deployer"])
    if fails:
        assert failures_of(answer)[DEPLOYER][0] == "LimitExceeded"


def test_tags_that_iam_refuses_fail_alone_and_after_what_delivery_needs(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam, attached=())
    iam.expect("attach_role_policy", RoleName=ROLE, PolicyArn=ARN)
    iam.fail("tag_policy", "AccessDenied", "User is not authorized to perform: iam:TagPolicy")
    iam.expect("tag_role", RoleName=ROLE, Tags=[{"Key": "owner", "Value": "network"}])

    answer = module(tags={"owner": "network"})

    assert failures_of(answer)[POLICY][0] == "AccessDenied"
    assert (answer["policy"]["tags"], answer["role"]["tags"]) == ({}, {"owner": "network"})
    assert len(answer["actions"]) == 2


def test_what_is_new_is_made_without_the_tags_that_iam_refuses(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)
    message = "1 validation error detected: Value at 'tags.1.member.value' failed to satisfy constraint"
    iam.fail("create_policy", "ValidationError", message)
    makes_a_policy(iam)
    iam.fail("create_role", "AccessDenied", "User is not authorized to perform: iam:TagRole")
    makes_a_role(iam)
    iam.expect("attach_role_policy", RoleName=ROLE, PolicyArn=ARN)

    answer = module(tags={"about": "Test 2"})

    assert {name: code for name, (code, _hint) in failures_of(answer).items()} == {
        POLICY: "ValidationError",
        ROLE: "AccessDenied",
    }
    assert len(answer["actions"]) == 3
    assert (answer["role"]["tags"], answer["policy"]["tags"]) == ({}, {})


def diff_of(**options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    fake = FakeModule({**OPTIONS, **options}, {"iam": real_client("iam")}, check_mode=True, diff=True)
    with pytest.raises(Ended) as ended:
        run(fake, lambda: DeliveryRoleWork(fake))
    assert ended.value.result["pass_role_policy"] == pass_role_document(ROLE_ARN)
    return ended.value.result["diff"]["before"], ended.value.result["diff"]["after"]


def test_the_diff_shows_no_policy_for_operators_that_nobody_makes(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)

    before, after = diff_of()

    assert (before["pass_role_policy"], after["pass_role_policy"]) == ({}, {})


def test_the_diff_shows_the_policy_for_operators_that_would_be_made(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)
    no_policy(iam, PASS_ROLE_ARN)
    iam.expect("get_role", {"Role": role_entry(TRUST, "deployer")}, RoleName="deployer")
    iam.expect("list_attached_role_policies", {"AttachedPolicies": []}, RoleName="deployer", MaxItems=1000)

    before, after = diff_of(pass_role_to=[DEPLOYER])

    assert (before["pass_role_policy"], after["pass_role_policy"]) == ({}, pass_role_document(ROLE_ARN))


# Names in use.


def users_of(*names: str, role_arn: str = ROLE_ARN, unread: tuple[Unread, ...] = ()) -> Users:
    entries = [
        {"FlowLogId": f"fl-{number}", "ResourceId": "vpc-1", "LogGroupName": name, "DeliverLogsPermissionArn": role_arn}
        for number, name in enumerate(names)
    ]
    return Users({role_arn.lower(): [User("eu-west-1", from_aws(entry, {})) for entry in entries]}, unread)


def scoped(*names: str, create: bool = False) -> dict[str, Any]:
    return publishing_document(ACCOUNT, names, create)


def makes_a_version(iam: Script, document: dict[str, Any]) -> None:
    iam.expect("list_policy_versions", {"Versions": []}, PolicyArn=ARN, MaxItems=1000)
    made = {"PolicyVersion": {"VersionId": "v2"}}
    iam.expect("create_policy_version", made, PolicyArn=ARN, PolicyDocument=json.dumps(document), SetAsDefault=True)


LEAST = {"log_group_names": ["/aws/shop/*"], "allow_create_log_group": False}
CLOSED = Unread("ap-east-1", "UnauthorizedOperation", "You are not authorized.")


def test_names_that_flow_logs_use_stay_and_those_that_nobody_uses_go(
    stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_delivery_role_work, "find_users", lambda *_: users_of("/aws/shop/web", "/aws/bank/web", "/aws/tv/web"))
    iam = stubs("iam")
    a_policy(iam, scoped("/aws/gone/*", "/aws/bank/*"))
    a_role(iam)
    makes_a_version(iam, scoped("/aws/bank/*", "/aws/shop/*", "/aws/tv/web"))

    (action,) = module(**LEAST)["actions"]

    assert action.endswith("which lets flow logs publish to /aws/shop/*, /aws/tv/web, no longer to /aws/gone/*")


def test_a_policy_is_not_scoped_while_a_region_can_t_be_read(
    stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_delivery_role_work, "find_users", lambda *_: users_of(unread=(CLOSED,)))
    iam = stubs("iam")
    a_policy(iam, DOCUMENT)
    a_role(iam)

    answer = module(**LEAST)

    assert (answer["failed"], answer["changed"]) == (True, False)
    assert "ap-east-1 (UnauthorizedOperation: You are not authorized)" in answer["msg"]
    assert "Nothing was written" in answer["msg"]


def test_names_of_the_policy_stay_while_a_region_can_t_be_read(
    stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_delivery_role_work, "find_users", lambda *_: users_of(unread=(CLOSED,)))
    iam = stubs("iam")
    a_policy(iam, scoped("/aws/bank/*"))
    a_role(iam)
    makes_a_version(iam, scoped("/aws/bank/*", "/aws/shop/*"))
    fake = FakeModule({**OPTIONS, **LEAST}, {"iam": real_client("iam")})

    with pytest.raises(Ended):
        run(fake, lambda: DeliveryRoleWork(fake))

    assert [warning for warning in fake.warnings if "keeps /aws/bank/*" in warning and "ap-east-1" in warning]


def lists_who_has_it(iam: Script, *roles: str) -> None:
    answer = {"PolicyUsers": [], "PolicyGroups": [], "PolicyRoles": [{"RoleName": role} for role in roles]}
    iam.expect("list_entities_for_policy", answer, PolicyArn=ARN, PolicyUsageFilter=ANY, MaxItems=1000)


def test_names_that_flow_logs_of_another_role_with_the_policy_use_stay(
    stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "arn:aws:iam::123456789012:role/Another"
    monkeypatch.setattr(_delivery_role_work, "find_users", lambda *_: users_of("/aws/tv/web", role_arn=other))
    iam = stubs("iam")
    a_policy(iam, DOCUMENT, attachments=2)
    a_role(iam)
    lists_who_has_it(iam, ROLE, "Another")
    makes_a_version(iam, scoped("/aws/shop/*", "/aws/tv/web"))

    assert module(**LEAST)["changed"] is True


def test_a_policy_is_not_scoped_while_nobody_may_see_which_other_roles_have_it(
    stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_delivery_role_work, "find_users", lambda *_: users_of("/aws/shop/web"))
    iam = stubs("iam")
    a_policy(iam, DOCUMENT, attachments=2)
    a_role(iam)
    iam.fail("list_entities_for_policy", "AccessDenied", "You are not authorized.")

    answer = module(**LEAST)

    assert (answer["failed"], answer["changed"]) == (True, False)
    assert "the other roles that have policy" in answer["msg"] and "iam:ListEntitiesForPolicy" in answer["msg"]


def test_no_region_is_read_when_the_policy_has_what_is_asked_for(
    stubs: StubbedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(_delivery_role_work, "find_users")
    iam = stubs("iam")
    a_policy(iam, scoped("/aws/shop/*"))
    a_role(iam)

    assert module(**LEAST)["changed"] is False


def test_a_document_that_is_too_long_is_refused_before_anything_is_written(stubs: StubbedClients) -> None:
    iam = stubs("iam")
    no_policy(iam)
    no_role(iam)

    answer = module(log_group_names=[f"/aws/shop/vpc/{number:03}/flowlogs" for number in range(100)])

    assert "IAM takes 6144" in answer["msg"]


class IamWithoutTheBoundary:
    """An IAM that has the policy, but neither the role nor the boundary."""

    def __init__(self) -> None:
        self.creations = 0

    def get_policy(self, PolicyArn: str) -> dict[str, Any]:
        if PolicyArn != ARN:
            raise client_error("NoSuchEntity", f"Policy {PolicyArn} was not found.", "GetPolicy")
        return {"Policy": {"PolicyName": POLICY, "Arn": ARN, "DefaultVersionId": "v1"}}

    def get_policy_version(self, PolicyArn: str, VersionId: str) -> dict[str, Any]:
        return {"PolicyVersion": {"Document": DOCUMENT, "VersionId": VersionId}}

    def get_role(self, RoleName: str) -> dict[str, Any]:
        raise client_error("NoSuchEntity", "not found", "GetRole")

    def list_roles(self, MaxItems: int) -> dict[str, Any]:
        return {"Roles": []}

    def create_role(self, PermissionsBoundary: str, **request: Any) -> dict[str, Any]:
        self.creations += 1
        message = f"Scope ARN: {PermissionsBoundary} does not exist or is not attachable."
        raise client_error("NoSuchEntity", message, "CreateRole")


def test_a_boundary_that_does_not_exist_is_told_soon(clock: Clock) -> None:
    iam = IamWithoutTheBoundary()
    boundary = "arn:aws:iam::123456789012:policy/Missing"
    fake = FakeModule({**OPTIONS, "permissions_boundary": boundary}, {"iam": iam})

    with pytest.raises(Ended) as ended:
        run(fake, lambda: DeliveryRoleWork(fake))

    assert ended.value.result["failed"] is True
    assert boundary in ended.value.result["msg"]
    assert iam.creations <= 3
    assert sum(clock.slept) < 15


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"role_name": "my role"}, "'my role'", id="a name that is none"),
        pytest.param({"log_group_names": []}, "log_group_names is empty", id="no log groups at all"),
        pytest.param({"expected_account_id": "210987654321"}, "123456789012", id="the credentials of another account"),
    ],
)
def test_wrong_options_end_the_module_without_a_call(
    stubs: StubbedClients, options: dict[str, Any], complaint: str
) -> None:
    stubs("iam")

    answer = module(**options)

    assert answer["failed"] is True
    assert complaint in answer["msg"]
