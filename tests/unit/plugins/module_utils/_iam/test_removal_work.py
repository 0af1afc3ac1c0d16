# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module flow_log_iam with state absent from options to result, on scripted calls: these and no others."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import ROUNDS
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import removal_work as _delivery_role_removal_work
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.removal_work import DeliveryRoleRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Unread
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import User
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Users
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Script
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

ROLE, POLICY, PASS_ROLE = "flow-logs", "publish", "PassRole-flow-logs"
ACCOUNT = Account("123456789012", "aws")
ROLE_ARN = f"arn:aws:iam::123456789012:role/{ROLE}"
POLICY_ARN = f"arn:aws:iam::123456789012:policy/{POLICY}"
PASS_ROLE_ARN = f"arn:aws:iam::123456789012:policy/{PASS_ROLE}"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SINCE = "2026-01-01T00:00:00Z"
TRUST = trust_document(ACCOUNT, False)
DOCUMENTS = {POLICY_ARN: publishing_document(ACCOUNT, None, True), PASS_ROLE_ARN: pass_role_document(ROLE_ARN)}
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
    "force": False,
    "ignored_flow_log_ids": None,
    "expected_account_id": None,
    "tags": None,
    "purge_tags": True,
}


class FlowLogs:
    """What is in the regions, and how often somebody looked."""

    def __init__(self) -> None:
        self.users = Users({})
        self.looks = 0

    def find(self, _module: Any, account: Account) -> Users:
        assert account == ACCOUNT
        self.looks += 1
        return self.users


@pytest.fixture
def flow_logs(monkeypatch: pytest.MonkeyPatch) -> FlowLogs:
    flow_logs = FlowLogs()
    monkeypatch.setattr(_delivery_role_removal_work, "find_users", flow_logs.find)
    return flow_logs


@pytest.fixture
def iam(stubs: StubbedClients, flow_logs: FlowLogs) -> Script:
    return stubs("iam")


def module(check_mode: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    fake = FakeModule({**OPTIONS, **options}, {"iam": real_client("iam")}, check_mode=check_mode, diff=diff)
    with pytest.raises(Ended) as ended:
        run(fake, lambda: DeliveryRoleRemovalWork(fake))
    return {**ended.value.result, "warnings": fake.warnings}


# What IAM has.


def wire(document: Any) -> str:
    return quote(json.dumps(document))


def role_entry() -> dict[str, Any]:
    return {
        "RoleName": ROLE,
        "Arn": ROLE_ARN,
        "Path": "/",
        "RoleId": "AROA1234567890ABCDEF",
        "CreateDate": SINCE,
        "AssumeRolePolicyDocument": wire(TRUST),
    }


def a_role(iam: Script, *attached: str) -> None:
    iam.expect("get_role", {"Role": role_entry()}, RoleName=ROLE)
    policies = [{"PolicyArn": arn} for arn in attached]
    iam.expect("list_attached_role_policies", {"AttachedPolicies": policies}, RoleName=ROLE, MaxItems=1000)


def no_role(iam: Script) -> None:
    iam.fail("get_role", "NoSuchEntity", "", RoleName=ROLE)
    iam.expect("list_roles", {"Roles": []}, MaxItems=1000)


def entities(*keys: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"PolicyUsers": [], "PolicyGroups": [], "PolicyRoles": []}
    for kind, name in (key.split("/") for key in keys):
        answer[f"Policy{kind.capitalize()}s"].append({f"{kind.capitalize()}Name": name})
    return answer


def a_policy(iam: Script, arn: str, *attached_to: str, versions: tuple[str, ...] = ()) -> None:
    policy = {"PolicyName": arn.split("/")[-1], "Arn": arn, "DefaultVersionId": "v9"}
    iam.expect("get_policy", {"Policy": policy}, PolicyArn=arn)
    document = {"PolicyVersion": {"Document": wire(DOCUMENTS[arn]), "VersionId": "v9"}}
    iam.expect("get_policy_version", document, PolicyArn=arn, VersionId="v9")
    listed = [{"VersionId": name, "IsDefaultVersion": name == "v9"} for name in (*versions, "v9")]
    iam.expect("list_policy_versions", {"Versions": listed}, PolicyArn=arn, MaxItems=1000)
    usage = {"PolicyArn": arn, "PolicyUsageFilter": "PermissionsPolicy", "MaxItems": 1000}
    iam.expect("list_entities_for_policy", entities(*attached_to), **usage)


def no_policy(iam: Script, arn: str) -> None:
    iam.fail("get_policy", "NoSuchEntity", "", PolicyArn=arn)
    iam.expect("list_policies", {"Policies": []}, Scope="Local", MaxItems=1000)


def hanging_on_the_role(iam: Script, inline: tuple[str, ...] = (), profiles: tuple[str, ...] = ()) -> None:
    iam.expect("list_role_policies", {"PolicyNames": list(inline)}, RoleName=ROLE, MaxItems=1000)
    found = [
        {
            "InstanceProfileName": name,
            "InstanceProfileId": "AIPA1234567890ABCDEF",
            "Arn": f"arn:aws:iam::123456789012:instance-profile/{name}",
            "Path": "/",
            "CreateDate": SINCE,
            "Roles": [],
        }
        for name in profiles
    ]
    listing = {"InstanceProfiles": found}
    iam.expect("list_instance_profiles_for_role", listing, RoleName=ROLE, MaxItems=1000)


def bounding(iam: Script, *keys: str) -> None:
    usage = {"PolicyArn": POLICY_ARN, "PolicyUsageFilter": "PermissionsBoundary", "MaxItems": 1000}
    iam.expect("list_entities_for_policy", entities(*keys), **usage)


def role_and_policy(iam: Script, *others: str, boundary_of: tuple[str, ...] = ()) -> None:
    a_role(iam, POLICY_ARN)
    a_policy(iam, POLICY_ARN, f"role/{ROLE}", *others)
    no_policy(iam, PASS_ROLE_ARN)
    hanging_on_the_role(iam)
    bounding(iam, *boundary_of)


def nothing(iam: Script) -> None:
    no_role(iam)
    no_policy(iam, POLICY_ARN)
    no_policy(iam, PASS_ROLE_ARN)


# Scenarios.


def test_everything_goes_in_the_order_that_iam_demands(iam: Script) -> None:
    a_role(iam, POLICY_ARN, READ_ONLY)
    a_policy(iam, POLICY_ARN, f"role/{ROLE}", versions=("v7", "v8"))
    a_policy(iam, PASS_ROLE_ARN, "user/alice", "group/operators", "role/deployer")
    hanging_on_the_role(iam, ("by-hand",), ("profile",))
    bounding(iam)
    iam.expect("detach_role_policy", RoleName=ROLE, PolicyArn=POLICY_ARN)
    iam.expect("detach_role_policy", RoleName=ROLE, PolicyArn=READ_ONLY)
    iam.expect("delete_role_policy", RoleName=ROLE, PolicyName="by-hand")
    iam.expect("remove_role_from_instance_profile", RoleName=ROLE, InstanceProfileName="profile")
    iam.expect("delete_role", RoleName=ROLE)
    iam.expect("delete_policy_version", PolicyArn=POLICY_ARN, VersionId="v7")
    iam.expect("delete_policy_version", PolicyArn=POLICY_ARN, VersionId="v8")
    iam.expect("delete_policy", PolicyArn=POLICY_ARN)
    iam.expect("detach_group_policy", GroupName="operators", PolicyArn=PASS_ROLE_ARN)
    iam.expect("detach_role_policy", RoleName="deployer", PolicyArn=PASS_ROLE_ARN)
    iam.expect("detach_user_policy", UserName="alice", PolicyArn=PASS_ROLE_ARN)
    iam.expect("delete_policy", PolicyArn=PASS_ROLE_ARN)

    answer = module(diff=True)

    assert (answer["failed"], answer["changed"], len(answer["actions"])) == (False, True, 12)
    assert answer["role"] == answer["policy"] == {}
    assert answer["diff"]["before"]["role"]["arn"] == ROLE_ARN
    assert answer["diff"]["after"]["role"] == answer["diff"]["after"]["policy"] == {}


def test_check_mode_only_looks(iam: Script) -> None:
    role_and_policy(iam)

    answer = module(check_mode=True)

    assert answer["actions"] == [
        f"detach policy {POLICY_ARN} from role {ROLE}",
        f"delete role {ROLE}",
        f"delete policy {POLICY}",
    ]
    assert answer["changed"] is True


def test_where_there_is_no_role_the_regions_are_not_looked_at(iam: Script, flow_logs: FlowLogs) -> None:
    nothing(iam)

    answer = module()

    assert (answer["failed"], answer["changed"], answer["in_use_by"]) == (False, False, [])
    assert flow_logs.looks == 0


def test_a_role_in_use_keeps_everything(iam: Script, flow_logs: FlowLogs) -> None:
    """Whatever the case in which the flow log names the role."""
    log = FlowLog("vpc-00000001", log_group("/x"), role_arn=ROLE_ARN.upper(), flow_log_id="fl-1")
    flow_logs.users = Users({ROLE_ARN.lower(): [User("us-east-1", log)]})
    role_and_policy(iam)

    answer = module()

    [failure] = answer["failures"]
    assert (answer["changed"], failure["code"]) == (False, "RoleInUse")
    assert answer["role"]["arn"] == ROLE_ARN
    assert [(entry["region"], entry["flow_log_id"]) for entry in answer["in_use_by"]] == [("us-east-1", "fl-1")]


def test_a_region_that_was_not_read_keeps_everything(iam: Script, flow_logs: FlowLogs) -> None:
    flow_logs.users = Users({}, (Unread("eu-south-1", "OptInRequired", "Not subscribed."),))
    role_and_policy(iam)

    answer = module()

    assert [failure["code"] for failure in answer["failures"]] == ["RegionsNotRead"]
    assert [entry["region"] for entry in answer["regions_not_read"]] == ["eu-south-1"]


def test_a_policy_that_is_a_users_boundary_is_kept(iam: Script) -> None:
    """IAM would refuse to delete it."""
    role_and_policy(iam, boundary_of=("user/alice",))
    iam.expect("detach_role_policy", RoleName=ROLE, PolicyArn=POLICY_ARN)
    iam.expect("delete_role", RoleName=ROLE)

    answer = module()

    assert answer["policy_in_use_by"] == ["user/alice (permissions boundary)"]
    assert answer["policy"]["arn"] == POLICY_ARN
    [warning] = answer["warnings"]
    assert "user/alice (permissions boundary)" in warning


def test_what_somebody_else_removes_at_the_same_moment_is_fine(iam: Script) -> None:
    a_role(iam, POLICY_ARN)
    a_policy(iam, POLICY_ARN, f"role/{ROLE}", versions=("v8",))
    a_policy(iam, PASS_ROLE_ARN, "user/alice")
    hanging_on_the_role(iam, ("by-hand",), ("profile",))
    bounding(iam)
    for operation in (
        "detach_role_policy",
        "delete_role_policy",
        "remove_role_from_instance_profile",
        "delete_role",
        "delete_policy_version",
        "delete_policy",
        "detach_user_policy",
        "delete_policy",
    ):
        iam.fail(operation, "NoSuchEntity", "gone")

    answer = module()

    assert answer["failed"] is False
    assert answer["role"] == answer["policy"] == {}


def test_a_policy_that_goes_while_it_is_looked_at_is_gone(iam: Script) -> None:
    """Somebody else removes it between two of the calls that read it."""
    no_role(iam)
    policy = {"PolicyName": POLICY, "Arn": POLICY_ARN, "DefaultVersionId": "v9"}
    iam.expect("get_policy", {"Policy": policy}, PolicyArn=POLICY_ARN)
    document = {"PolicyVersion": {"Document": wire(DOCUMENTS[POLICY_ARN]), "VersionId": "v9"}}
    iam.expect("get_policy_version", document, PolicyArn=POLICY_ARN, VersionId="v9")
    for operation in ("list_policy_versions", "list_entities_for_policy"):
        iam.fail(operation, "NoSuchEntity", "gone")
    no_policy(iam, PASS_ROLE_ARN)
    iam.fail("list_entities_for_policy", "NoSuchEntity", "gone")
    iam.fail("delete_policy", "NoSuchEntity", "gone")

    answer = module()

    assert answer["failed"] is False, answer["msg"]
    assert answer["policy"] == {}


def test_somebody_who_gets_the_policy_meanwhile_keeps_it(iam: Script) -> None:
    role_and_policy(iam)
    iam.expect("detach_role_policy", RoleName=ROLE, PolicyArn=POLICY_ARN)
    iam.expect("delete_role", RoleName=ROLE)
    iam.fail("delete_policy", "DeleteConflict", "Cannot delete a policy attached to entities.")
    # Another look.
    no_role(iam)
    a_policy(iam, POLICY_ARN, "user/alice")
    no_policy(iam, PASS_ROLE_ARN)
    bounding(iam)

    answer = module()

    assert answer["failed"] is False
    assert answer["actions"] == [f"detach policy {POLICY_ARN} from role {ROLE}", f"delete role {ROLE}"]
    assert answer["policy_in_use_by"] == ["user/alice"]
    assert answer["policy"]["arn"] == POLICY_ARN


def test_a_policy_that_the_role_gets_meanwhile_goes_too(iam: Script) -> None:
    role_and_policy(iam)
    iam.expect("detach_role_policy", RoleName=ROLE, PolicyArn=POLICY_ARN)
    iam.fail("delete_role", "DeleteConflict", "Cannot delete entity, must detach all policies first.")
    # Another look.
    a_role(iam, READ_ONLY)
    a_policy(iam, POLICY_ARN)
    no_policy(iam, PASS_ROLE_ARN)
    hanging_on_the_role(iam)
    bounding(iam)
    iam.expect("detach_role_policy", RoleName=ROLE, PolicyArn=READ_ONLY)
    iam.expect("delete_role", RoleName=ROLE)
    iam.expect("delete_policy", PolicyArn=POLICY_ARN)

    answer = module()

    assert (answer["failed"], len(answer["actions"])) == (False, 4)
    assert answer["role"] == {}


def test_a_conflict_that_does_not_pass_is_told_in_iams_words(iam: Script) -> None:
    for _round in range(ROUNDS):
        no_role(iam)
        a_policy(iam, POLICY_ARN)
        no_policy(iam, PASS_ROLE_ARN)
        bounding(iam)
        iam.fail("delete_policy", "DeleteConflict", "Cannot delete a policy that something unheard of uses.")

    answer = module()

    assert (answer["failed"], answer["changed"]) == (True, False)
    assert "something unheard of" in answer["msg"]


def test_an_error_midway_says_what_was_removed_before_it(iam: Script) -> None:
    role_and_policy(iam)
    iam.expect("detach_role_policy", RoleName=ROLE, PolicyArn=POLICY_ARN)
    iam.fail("delete_role", "AccessDenied", "not authorized to perform: iam:DeleteRole")

    answer = module()

    assert (answer["failed"], answer["changed"]) == (True, True)
    assert answer["error"]["code"] == "AccessDenied"
    assert "iam:DeleteRole" in answer["msg"]
    assert f"Before that: detach policy {POLICY_ARN} from role {ROLE}." in answer["msg"]


def test_a_look_that_fails_removes_nothing(iam: Script) -> None:
    a_role(iam, POLICY_ARN)
    iam.fail("get_policy", "AccessDenied", "not authorized to perform: iam:GetPolicy")

    answer = module()

    assert (answer["failed"], answer["changed"]) == (True, False)
    assert "iam:GetPolicy" in answer["msg"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"role_name": "my role"}, "'my role'", id="a name that is none"),
        pytest.param({"ignored_flow_log_ids": ["fl-x"]}, "'fl-x'", id="no ids of flow logs"),
        pytest.param({"expected_account_id": "210987654321"}, "123456789012", id="the credentials of another account"),
    ],
)
def test_wrong_options_end_the_module_without_a_call(iam: Script, options: dict[str, Any], complaint: str) -> None:
    answer = module(**options)

    assert answer["failed"] is True
    assert complaint in answer["msg"]
