# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import ACTIONS
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import allows
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import listed
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.operators import Principal
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Current
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Policy
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import plan_delivery_role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import to_result
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import wanted_publishing
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import InUse
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import PolicyWish
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trusted_others
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trusts_flow_logs

ACCOUNT = Account("123456789012", "aws")
ROLE_NAME = "Flow-Logs-Role-to-cloudwatch-logs"
POLICY_NAME = "Send_to_CloudWatch_Logs"
ROLE_ARN = f"arn:aws:iam::123456789012:role/{ROLE_NAME}"
POLICY_ARN = f"arn:aws:iam::123456789012:policy/{POLICY_NAME}"
PASS_ROLE_ARN = f"arn:aws:iam::123456789012:policy/PassRole-{ROLE_NAME}"
BOUNDARY = "arn:aws:iam::123456789012:policy/Boundary"
ALICE = Principal("arn:aws:iam::123456789012:user/alice", "user", "alice")
OPERATORS = Principal("arn:aws:iam::123456789012:group/ops/operators", "group", "operators")
DEPLOYER = Principal("arn:aws:iam::123456789012:role/deployer", "role", "deployer")
WISH = Wish(ACCOUNT, ROLE_NAME, POLICY_NAME)
DOCUMENT = publishing_document(ACCOUNT, None, True)
TRUST = trust_document(ACCOUNT, False)
POLICY = Policy(POLICY_NAME, POLICY_ARN, DOCUMENT)
ROLE = Role(ROLE_NAME, ROLE_ARN, "/", TRUST, attached=(POLICY_ARN,))
CONVERGED = Current(ROLE, POLICY)


def plan(wish: Wish, current: Current) -> Plan:
    return plan_delivery_role(wish, current, COMPARISON)


def calls(a_plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(step.kind, dict(step.arguments)) for step in a_plan.steps]


def wanted(publishing: PolicyWish, document: Any) -> Any:
    """What becomes of the policy's document."""
    wish = replace(WISH, publishing=publishing)
    return wanted_publishing(wish, replace(POLICY, document=document), InUse(), COMPARISON).document


# Documents.


def test_the_policy_has_the_five_documented_actions_on_everything() -> None:
    assert DOCUMENT == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                    "logs:DescribeLogGroups",
                    "logs:DescribeLogStreams",
                ],
                "Resource": "*",
            }
        ],
    }


def test_without_permission_to_create_log_groups_only_that_action_is_missing() -> None:
    [statement] = publishing_document(ACCOUNT, None, False)["Statement"]

    assert set(ACTIONS) - set(statement["Action"]) == {"logs:CreateLogGroup"}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_scoped_policy_names_streams_by_the_groups_arn_with_the_suffix(partition: str) -> None:
    group = f"arn:{partition}:logs:*:123456789012:log-group:/aws/shop/*"

    assert publishing_document(Account("123456789012", partition), ["/aws/shop/*"], True)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": [f"{group}:*"],
        },
        {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["logs:CreateLogGroup"], "Resource": [group, f"{group}:*"]},
    ]


def test_a_scoped_policy_without_creation_speaks_of_no_creation() -> None:
    assert "CreateLogGroup" not in str(publishing_document(ACCOUNT, ["/a", "/b"], False))


def test_the_trust_is_the_flow_log_services_alone() -> None:
    assert trust_document(ACCOUNT, False) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_restricted_trust_holds_for_any_flow_log_of_the_account_and_for_no_other(partition: str) -> None:
    [statement] = trust_document(Account("123456789012", partition), True)["Statement"]

    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:ec2:*:123456789012:vpc-flow-log/*"},
    }


@pytest.mark.parametrize(
    ("names", "purge", "scoped"),
    [
        pytest.param(("/c",), False, ["/a", "/b", "/c"], id="without purging they add up"),
        pytest.param(("/b",), False, ["/a", "/b"], id="without purging one that is there changes nothing"),
        pytest.param(("/c",), True, ["/c"], id="with purging the others go"),
        pytest.param(("*",), True, None, id="all groups are all groups"),
        pytest.param(None, True, ["/a", "/b"], id="nothing is said: they stay"),
    ],
)
def test_log_groups_of_a_policy_that_has_some(names: tuple[str, ...], purge: bool, scoped: list[str] | None) -> None:
    current = replace(POLICY, document=publishing_document(ACCOUNT, ["/a", "/b"], True))
    assert wanted(PolicyWish(names=names, purge=purge), current.document) == publishing_document(ACCOUNT, scoped, True)


def trust_of(principal: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}]}


FLOW_LOGS = "vpc-flow-logs.amazonaws.com"


@pytest.mark.parametrize(
    ("trust", "trusts"),
    [
        pytest.param(TRUST, True, id="the documented one"),
        pytest.param(trust_of({"Service": ["ec2.amazonaws.com", FLOW_LOGS]}), True, id="one of several services"),
        pytest.param(trust_of({"Service": "ec2.amazonaws.com"}), False, id="another service"),
        pytest.param(trust_of({"AWS": FLOW_LOGS}), False, id="a principal that is no service"),
        pytest.param(trust_of({"Service": FLOW_LOGS}, "Deny"), False, id="a refusal"),
        pytest.param(trust_of("*"), False, id="everybody is not the service"),
        pytest.param({}, False, id="no statement"),
    ],
)
def test_whether_a_trust_lets_flow_logs_in(trust: dict[str, Any], trusts: bool) -> None:
    assert trusts_flow_logs(trust) is trusts


@pytest.mark.parametrize(
    ("trust", "others"),
    [
        pytest.param(TRUST, [], id="nobody else"),
        pytest.param(trust_of("*"), ["*"], id="everybody"),
        pytest.param(
            trust_of({"Service": [FLOW_LOGS, "ec2.amazonaws.com"], "AWS": "arn:aws:iam::1:root"}),
            ["AWS:arn:aws:iam::1:root", "Service:ec2.amazonaws.com"],
            id="a service and an account",
        ),
        pytest.param({"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}}}, [], id="no principal at all"),
    ],
)
def test_who_else_a_trust_lets_in(trust: dict[str, Any], others: list[str]) -> None:
    assert trusted_others(trust) == others


@pytest.mark.parametrize(
    ("effect", "actions", "allowed"),
    [
        pytest.param("Allow", "logs:CreateLogGroup", True, id="by its name"),
        pytest.param("Allow", ["logs:PutLogEvents", "logs:create*"], True, id="by a pattern, in any case"),
        pytest.param("Allow", "logs:PutLogEvents", False, id="another action"),
        pytest.param("Deny", "logs:CreateLogGroup", False, id="refused"),
    ],
)
def test_whether_a_document_allows_an_action(effect: str, actions: Any, allowed: bool) -> None:
    document = {"Statement": {"Effect": effect, "Action": actions, "Resource": "*"}}

    assert allows(document, "logs:CreateLogGroup") is allowed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(["a", "b"], ["a", "b"], id="a list"),
        pytest.param(("a", "b"), ["a", "b"], id="a tuple"),
        pytest.param("ab", ["ab"], id="a single value"),
        pytest.param(None, [], id="nothing"),
    ],
)
def test_a_value_as_a_list(value: Any, expected: list[str]) -> None:
    assert listed(value) == expected


def test_what_is_left_out_is_open_where_it_is_new() -> None:
    made = plan(WISH, Current()).after

    assert made["policy"]["policy_document"] == DOCUMENT
    assert made["role"]["assume_role_policy_document"] == TRUST


@pytest.mark.parametrize(("restricted", "only"), [(True, " for this account only"), (False, ""), (None, "")])
def test_the_step_says_whether_the_trust_is_restricted_and_who_loses_the_role(restricted: bool | None, only: str) -> None:
    role = replace(ROLE, trust=trust_of({"Service": "ec2.amazonaws.com"}))

    (step,) = plan(replace(WISH, restrict_trust=restricted), Current(role, POLICY)).steps

    assert step.sentence.endswith(f"trust {FLOW_LOGS}{only}, and no longer Service:ec2.amazonaws.com")


def test_names_add_up_also_when_iam_hands_back_a_single_value_for_a_list_of_one() -> None:
    document = publishing_document(ACCOUNT, ["/a"], False)
    document["Statement"][0]["Resource"] = document["Statement"][0]["Resource"][0]
    document["Statement"][1]["Action"] = document["Statement"][1]["Action"][0]

    assert wanted(PolicyWish(names=("/b",), purge=False), document) == publishing_document(ACCOUNT, ["/a", "/b"], False)


# Plans.


def test_from_nothing_the_policy_comes_first_then_the_role_then_the_attachment() -> None:
    a_plan = plan(replace(WISH, tags=TagWish({"owner": "network"})), Current())

    assert calls(a_plan) == [
        (
            "create_policy",
            {
                "PolicyName": POLICY_NAME,
                "Path": "/",
                "PolicyDocument": DOCUMENT,
                "Description": "Lets VPC Flow Logs publish to CloudWatch Logs.",
                "Tags": {"owner": "network"},
            },
        ),
        (
            "create_role",
            {
                "RoleName": ROLE_NAME,
                "Path": "/",
                "AssumeRolePolicyDocument": TRUST,
                "Description": "Assumed by VPC Flow Logs to publish to CloudWatch Logs.",
                "Tags": {"owner": "network"},
            },
        ),
        ("attach_role_policy", {"RoleName": ROLE_NAME, "PolicyArn": POLICY_ARN}),
    ]
    assert a_plan.before["role"] == {}
    assert a_plan.after["role"]["arn"] == ROLE_ARN
    assert a_plan.after["policy"]["arn"] == POLICY_ARN


def test_a_new_role_gets_its_path_and_boundary_with_the_creation() -> None:
    a_plan = plan(replace(WISH, path="/netops/", permissions_boundary=BOUNDARY), Current())

    requests = dict(calls(a_plan))
    assert requests["create_role"]["Path"] == requests["create_policy"]["Path"] == "/netops/"
    assert requests["create_role"]["PermissionsBoundary"] == BOUNDARY
    assert requests["attach_role_policy"]["PolicyArn"] == f"arn:aws:iam::123456789012:policy/netops/{POLICY_NAME}"
    assert a_plan.after["role"]["arn"] == f"arn:aws:iam::123456789012:role/netops/{ROLE_NAME}"


def test_what_is_right_stays_as_it_is() -> None:
    a_plan = plan(WISH, CONVERGED)

    assert a_plan.steps == ()
    assert a_plan.before == a_plan.after


SCALARS = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": ["vpc-flow-logs.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
    },
}


@pytest.mark.parametrize(
    ("wish", "current"),
    [
        pytest.param(
            WISH, replace(CONVERGED, role=replace(ROLE, trust=SCALARS)), id="a list of one for a single value"
        ),
        pytest.param(
            WISH,
            replace(
                CONVERGED,
                policy=replace(
                    POLICY,
                    document={
                        "Version": "2012-10-17",
                        "Statement": {"Resource": ["*"], "Action": list(reversed(ACTIONS)), "Effect": "Allow"},
                    },
                ),
            ),
            id="another order",
        ),
        pytest.param(
            WISH,
            replace(CONVERGED, role=replace(ROLE, permissions_boundary=BOUNDARY)),
            id="a boundary nobody speaks of",
        ),
        pytest.param(
            replace(WISH, permissions_boundary=BOUNDARY),
            replace(CONVERGED, role=replace(ROLE, permissions_boundary=BOUNDARY)),
            id="the same boundary",
        ),
        pytest.param(replace(WISH, permissions_boundary=""), CONVERGED, id="no boundary already"),
        pytest.param(WISH, replace(CONVERGED, role=replace(ROLE, tags={"a": "b"})), id="tags nobody speaks of"),
        pytest.param(
            WISH,
            replace(CONVERGED, role=replace(ROLE, attached=("arn:x", POLICY_ARN))),
            id="further policies of the role",
        ),
        pytest.param(
            WISH,
            Current(
                replace(ROLE, arn=ROLE_ARN.replace("role/", "role/x/"), path="/x/", attached=(POLICY_ARN + "x",)),
                replace(POLICY, arn=POLICY_ARN + "x"),
            ),
            id="role and policy where they are, when no path is asked for",
        ),
    ],
)
def test_what_counts_as_equal_is_not_written(wish: Wish, current: Current) -> None:
    assert plan(wish, current).steps == ()


EC2_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.mark.parametrize(
    "trust",
    [
        pytest.param(EC2_TRUST, id="EC2's, as the console gives it"),
        pytest.param(trust_of({"Service": FLOW_LOGS}, "Deny"), id="one that refuses the service"),
        pytest.param({"Version": "2012-10-17", "Statement": []}, id="none"),
    ],
)
def test_another_trust_is_corrected(trust: dict[str, Any]) -> None:
    a_plan = plan(WISH, replace(CONVERGED, role=replace(ROLE, trust=trust)))

    assert calls(a_plan) == [("update_assume_role_policy", {"RoleName": ROLE_NAME, "PolicyDocument": TRUST})]
    assert a_plan.after["role"]["assume_role_policy_document"] == TRUST


def test_a_policy_that_is_not_attached_gets_attached() -> None:
    a_plan = plan(WISH, replace(CONVERGED, role=replace(ROLE, attached=("arn:x",))))

    assert calls(a_plan) == [("attach_role_policy", {"RoleName": ROLE_NAME, "PolicyArn": POLICY_ARN})]
    assert a_plan.after["role"]["attached_policies"] == ["arn:x", POLICY_ARN]


NEW_VERSION = ("create_policy_version", {"PolicyArn": POLICY_ARN, "PolicyDocument": DOCUMENT, "SetAsDefault": True})


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        pytest.param((), [NEW_VERSION], id="beside the only one"),
        pytest.param(("v1", "v2", "v3"), [NEW_VERSION], id="as the fifth"),
        pytest.param(
            ("v3", "v4", "v6", "v7"),
            [("delete_policy_version", {"PolicyArn": POLICY_ARN, "VersionId": "v3"}), NEW_VERSION],
            id="in place of the oldest of five",
        ),
    ],
)
def test_another_document_becomes_a_new_default_version(
    versions: tuple[str, ...], expected: list[tuple[str, dict[str, Any]]]
) -> None:
    policy = replace(POLICY, document={"Version": "2012-10-17", "Statement": []}, versions=versions)

    a_plan = plan(WISH, replace(CONVERGED, policy=policy))

    assert calls(a_plan) == expected
    assert a_plan.after["policy"]["policy_document"] == DOCUMENT
    assert "default_version_id" not in a_plan.after["policy"]


@pytest.mark.parametrize(
    ("now", "wanted", "expected"),
    [
        pytest.param(
            None,
            BOUNDARY,
            ("put_role_permissions_boundary", {"RoleName": ROLE_NAME, "PermissionsBoundary": BOUNDARY}),
            id="is set",
        ),
        pytest.param(
            BOUNDARY + "2",
            BOUNDARY,
            ("put_role_permissions_boundary", {"RoleName": ROLE_NAME, "PermissionsBoundary": BOUNDARY}),
            id="is replaced",
        ),
        pytest.param(BOUNDARY, "", ("delete_role_permissions_boundary", {"RoleName": ROLE_NAME}), id="is removed"),
    ],
)
def test_a_boundary(now: str | None, wanted: str, expected: tuple[str, dict[str, Any]]) -> None:
    current = replace(CONVERGED, role=replace(ROLE, permissions_boundary=now))

    a_plan = plan(replace(WISH, permissions_boundary=wanted), current)

    assert calls(a_plan) == [expected]
    assert a_plan.after["role"]["permissions_boundary"] == (wanted or None)


def test_tags_of_role_and_policy_are_corrected() -> None:
    current = Current(replace(ROLE, tags={"old": "1", "aws:x": "y"}), replace(POLICY, tags={"owner": "me"}))

    assert calls(plan(replace(WISH, tags=TagWish({"owner": "network"})), current)) == [
        ("tag_policy", {"PolicyArn": POLICY_ARN, "Tags": {"owner": "network"}}),
        ("untag_role", {"RoleName": ROLE_NAME, "TagKeys": ["old"]}),
        ("tag_role", {"RoleName": ROLE_NAME, "Tags": {"owner": "network"}}),
    ]


@pytest.mark.parametrize(
    ("current", "named"),
    [
        pytest.param(CONVERGED, ROLE_ARN, id="of the role"),
        pytest.param(Current(None, POLICY), POLICY_ARN, id="of the policy"),
    ],
)
def test_another_path_is_refused(current: Current, named: str) -> None:
    with pytest.raises(InvalidInput, match=f"{named} and can't be moved to path /netops/"):
        plan(replace(WISH, path="/netops/"), current)


def test_a_role_that_iam_spells_otherwise_is_used_under_its_own_name() -> None:
    role = replace(ROLE, name=ROLE_NAME.lower(), arn=ROLE_ARN.lower(), attached=())

    assert calls(plan(WISH, replace(CONVERGED, role=role))) == [
        ("attach_role_policy", {"RoleName": ROLE_NAME.lower(), "PolicyArn": POLICY_ARN})
    ]


def test_operators_get_a_policy_for_exactly_this_role() -> None:
    a_plan = plan(replace(WISH, pass_role_to=(ALICE, OPERATORS, DEPLOYER)), CONVERGED)

    [create, *attachments] = calls(a_plan)
    assert create[0] == "create_policy"
    assert create[1]["PolicyName"] == f"PassRole-{ROLE_NAME}"
    assert create[1]["PolicyDocument"] == pass_role_document(ROLE_ARN)
    assert attachments == [
        ("attach_user_policy", {"UserName": "alice", "PolicyArn": PASS_ROLE_ARN}),
        ("attach_group_policy", {"GroupName": "operators", "PolicyArn": PASS_ROLE_ARN}),
        ("attach_role_policy", {"RoleName": "deployer", "PolicyArn": PASS_ROLE_ARN}),
    ]
    assert a_plan.after["pass_role_attached_to"] == ["group/operators", "role/deployer", "user/alice"]


def test_operators_who_have_it_keep_it_and_only_new_ones_get_it() -> None:
    has = Policy(
        f"PassRole-{ROLE_NAME}",
        PASS_ROLE_ARN,
        pass_role_document(ROLE_ARN),
        attached_to=frozenset({"user/bob", ALICE.key}),
    )

    a_plan = plan(replace(WISH, pass_role_to=(ALICE, OPERATORS)), replace(CONVERGED, pass_role=has))

    assert calls(a_plan) == [("attach_group_policy", {"GroupName": "operators", "PolicyArn": PASS_ROLE_ARN})]
    assert a_plan.after["pass_role_attached_to"] == ["group/operators", "user/alice", "user/bob"]


def test_a_user_and_a_group_of_one_name_are_told_apart() -> None:
    has = Policy("x", PASS_ROLE_ARN, pass_role_document(ROLE_ARN), attached_to=frozenset({"group/alice"}))

    assert calls(plan(replace(WISH, pass_role_to=(ALICE,)), replace(CONVERGED, pass_role=has))) == [
        ("attach_user_policy", {"UserName": "alice", "PolicyArn": PASS_ROLE_ARN})
    ]


def test_an_operators_policy_for_another_role_is_corrected() -> None:
    wrong = Policy(
        "x", PASS_ROLE_ARN, pass_role_document(ROLE_ARN + "x"), versions=(), attached_to=frozenset({ALICE.key})
    )

    assert calls(plan(replace(WISH, pass_role_to=(ALICE,)), replace(CONVERGED, pass_role=wrong))) == [
        (
            "create_policy_version",
            {"PolicyArn": PASS_ROLE_ARN, "PolicyDocument": pass_role_document(ROLE_ARN), "SetAsDefault": True},
        )
    ]


def test_the_document_to_pass_the_role_is_shown_though_nobody_gets_it() -> None:
    assert plan(WISH, CONVERGED).after["pass_role_policy"] == pass_role_document(ROLE_ARN)


# Whatever is wished for, doing it once is enough.


def apply(a_plan: Plan, current: Current) -> Current:
    """What IAM makes of the calls."""
    policies = {policy.arn: policy for policy in (current.policy, current.pass_role) if policy}
    role = current.role
    for step in a_plan.steps:
        request = step.arguments
        if step.kind == "create_policy":
            arn = ACCOUNT.iam_arn("policy", request["Path"], request["PolicyName"])
            assert arn not in policies
            policies[arn] = Policy(request["PolicyName"], arn, request["PolicyDocument"], tags=request["Tags"])
        elif step.kind == "create_role":
            assert role is None
            arn = ACCOUNT.iam_arn("role", request["Path"], request["RoleName"])
            trust, boundary = request["AssumeRolePolicyDocument"], request.get("PermissionsBoundary")
            role = Role(request["RoleName"], arn, request["Path"], trust, boundary, request["Tags"])
        elif step.kind == "attach_role_policy" and request["RoleName"] == role.name:
            assert request["PolicyArn"] in policies
            role = replace(role, attached=(*role.attached, request["PolicyArn"]))
        elif step.kind.startswith("attach_"):
            policy = policies[request["PolicyArn"]]
            key = f"{step.kind.split('_')[1]}/{step.subject}"
            policies[policy.arn] = replace(policy, attached_to=policy.attached_to | {key})
        elif step.kind.endswith(("_policy", "_policy_version")) and "PolicyArn" in request:
            policies[request["PolicyArn"]] = changed_policy(policies[request["PolicyArn"]], step.kind, request)
        else:
            role = changed_role(role, step.kind, request)
    others = [policy for arn, policy in policies.items() if policy.name.startswith("PassRole-")]
    own = [policy for arn, policy in policies.items() if not policy.name.startswith("PassRole-")]
    return Current(role, *own, *others)


def changed_policy(policy: Policy, kind: str, request: Any) -> Policy:
    if kind == "delete_policy_version":
        assert request["VersionId"] in policy.versions
        return replace(policy, versions=tuple(each for each in policy.versions if each != request["VersionId"]))
    if kind == "create_policy_version":
        versions = (*policy.versions, policy.default_version_id)
        assert len(versions) < 5, "IAM takes no sixth version"
        return replace(policy, document=request["PolicyDocument"], default_version_id="v9", versions=versions)
    return replace(policy, tags=changed_tags(policy.tags, request))


def changed_role(role: Role, kind: str, request: Any) -> Role:
    if kind == "update_assume_role_policy":
        return replace(role, trust=request["PolicyDocument"])
    if kind == "put_role_permissions_boundary":
        return replace(role, permissions_boundary=request["PermissionsBoundary"])
    if kind == "delete_role_permissions_boundary":
        return replace(role, permissions_boundary=None)
    assert kind in ("tag_role", "untag_role")
    return replace(role, tags=changed_tags(role.tags, request))


def changed_tags(tags: Any, request: Any) -> dict[str, str]:
    kept = {key: value for key, value in tags.items() if key not in request.get("TagKeys", ())}
    return {**kept, **request.get("Tags", {})}


tags = st.dictionaries(st.sampled_from(["owner", "project"]), st.sampled_from(["a", "b"]))
documents = st.builds(
    publishing_document,
    st.just(ACCOUNT),
    st.none() | st.lists(st.sampled_from(["/a", "/b"]), min_size=1, unique=True),
    st.booleans(),
)
wishes = st.builds(
    Wish,
    account=st.just(ACCOUNT),
    role_name=st.just(ROLE_NAME),
    policy_name=st.just(POLICY_NAME),
    path=st.sampled_from([None, "/"]),
    permissions_boundary=st.sampled_from([None, "", BOUNDARY]),
    publishing=st.builds(
        PolicyWish,
        names=st.none() | st.lists(st.sampled_from(["/b", "/c", "*"]), min_size=1, unique=True).map(tuple),
        needed=st.sampled_from([(), ("/b",), ("/d",)]),
        purge=st.booleans(),
        create=st.sampled_from([None, True, False]),
    ),
    restrict_trust=st.sampled_from([None, True, False]),
    pass_role_to=st.sampled_from([(), (ALICE,), (OPERATORS, DEPLOYER)]),
    tags=st.builds(TagWish, st.none() | tags, st.booleans()),
)
versions = st.sampled_from([(), ("v2", "v3"), ("v2", "v3", "v4", "v5")])
roles = st.none() | st.builds(
    Role,
    st.just(ROLE_NAME),
    st.just(ROLE_ARN),
    st.just("/"),
    st.sampled_from([EC2_TRUST, TRUST, trust_document(ACCOUNT, True)]),
    st.sampled_from([None, BOUNDARY]),
    tags,
    st.sampled_from([(), ("arn:x",), (POLICY_ARN,)]),
)
policies = st.none() | st.builds(
    Policy, st.just(POLICY_NAME), st.just(POLICY_ARN), documents, versions=versions, tags=tags
)
operators = st.none() | st.builds(
    Policy,
    st.just(f"PassRole-{ROLE_NAME}"),
    st.just(PASS_ROLE_ARN),
    st.sampled_from([pass_role_document(ROLE_ARN), pass_role_document(ROLE_ARN + "x")]),
    versions=versions,
    tags=tags,
    attached_to=st.frozensets(st.sampled_from(["user/alice", "user/bob"])),
)


@given(wish=wishes, role=roles, policy=policies, pass_role=operators)
def test_the_second_run_has_nothing_to_do_and_finds_what_the_first_one_foretold(
    wish: Wish, role: Role | None, policy: Policy | None, pass_role: Policy | None
) -> None:
    current = Current(role, policy, pass_role if wish.pass_role_to else None)
    first = plan(wish, current)
    reached = apply(first, current)

    def foretold(result: dict[str, Any]) -> dict[str, Any]:
        # The number of a new version is AWS's to give.
        policy = {key: value for key, value in result["policy"].items() if key != "default_version_id"}
        return {**result, "policy": policy}

    assert plan(wish, reached).steps == ()
    assert foretold(to_result(reached)) == foretold(first.after)
