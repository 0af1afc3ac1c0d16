# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Situations in which a playbook needs what its policy allows: how they come about, and what has to come of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from moto.kms.models import kms_backends
from moto.logs.models import logs_backends

from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import key_policy_statement
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import PASS_ROLE
from ansible_collections.netops.flow_logs.tests.scenarios.support.iam_by_hand import PASS_ROLE_ARN
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import OTHER_ACCOUNT
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import Operator
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import Told
from ansible_collections.netops.flow_logs.tests.scenarios.support.operators import document

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BOUNDARY = "Boundary-of-flow-logs"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{BOUNDARY}"
OPERATORS = [f"arn:aws:iam::{ACCOUNT}:{who}" for who in ("user/alice", "group/operators", "role/deployer")]
FIRST: dict[str, Any] = {
    "retention_in_days": "30",
    "tags": {"cost": "42", "team": "web"},
    "iam_tags": {"owner": "network"},
    "insights_queries": True,
}
# Whoever may not change IAM.
DAY_TO_DAY = {**FIRST, "manage_iam": False}


@dataclass
class Scene:
    """What a situation found, for its run and its proof."""

    operator: Operator
    targets: list[str] = field(default_factory=list)

    @property
    def cloud(self) -> Any:
        return self.operator.stage.cloud


@dataclass(frozen=True)
class Situation:
    """document: the policy at stake, beside which the operator has the others. actions: those of it that are needed here.

    warns: those without which it does all that was asked for, and says what it could not see. differs: what it fails with in
    the end, as IAM is not as it was asked for and not the operator's to change.
    """

    document: str
    name: str
    arrange: Callable[[Scene], None]
    run: Callable[[Scene], Told]
    proof: Callable[[Scene], None]
    actions: tuple[str, ...]
    others: tuple[str, ...] = ()
    warns: bool = False
    differs: str = ""

    def __str__(self) -> str:
        return f"{self.document}, {self.name}"


def _network(scene: Scene) -> None:
    vpc = scene.cloud.vpc("web")
    subnet = scene.cloud.subnet(vpc, "front")
    scene.targets = [vpc, subnet, scene.cloud.eni(subnet, "card")]


def make_key(scene: Scene) -> None:
    key_in(scene.cloud)


def key_in(cloud: Cloud) -> None:
    """KMS makes ids by chance; the options name this one."""
    statement = key_policy_statement("aws", REGION, ACCOUNT)
    made = cloud.client("kms").create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    keys = kms_backends[ACCOUNT][REGION].keys
    keys[KEY.rsplit("/", 1)[1]] = keys.pop(made["KeyMetadata"]["KeyId"])


def _applied(scene: Scene, **variables: Any) -> None:
    """By an administrator."""
    _network(scene)
    make_key(scene)
    scene.operator.may_everything()
    assert scene.operator.apply(*scene.targets, **{**FIRST, **variables}).failures == []


def _bounded(scene: Scene) -> None:
    """An administrator has made the boundary that the delivery role is to have."""
    _network(scene)
    scene.cloud.policy(BOUNDARY, document("boundary"))


def _set_up(scene: Scene) -> None:
    """By an administrator, who makes role and policy before anybody applies anything."""
    _bounded(scene)
    scene.operator.may_everything()
    assert scene.operator.setup(*scene.targets, **FIRST, permissions_boundary=BOUNDARY_ARN).failures == []


def _iam_changed_by_hand(scene: Scene) -> None:
    _set_up(scene)
    _change_iam(scene.cloud.client("iam"))
    scene.cloud.client("iam").delete_role_permissions_boundary(RoleName=ROLE)


def _change_iam(iam: Any) -> None:
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(EC2_TRUST))
    iam.detach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
    for _number in range(4):
        iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True)


def _applied_and_policy_changed(scene: Scene) -> None:
    """Records go on as they did, but the policy lacks one of the actions that a delivery needs."""
    _applied(scene)
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    iam = scene.cloud.client("iam")
    iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(document), SetAsDefault=True)


def _changed_by_hand(scene: Scene) -> None:
    _applied(scene)
    logs = scene.cloud.client("logs")
    _change_iam(scene.cloud.client("iam"))
    for name in scene.cloud.log_groups():
        logs.put_retention_policy(logGroupName=name, retentionInDays=1)


def _applied_with_key(scene: Scene) -> None:
    _applied(scene, kms_key_id=KEY)


def _applied_with_records(scene: Scene) -> None:
    _applied(scene)
    scene.operator.stage.aws.deliver()


def _listed_late(scene: Scene) -> None:
    """As in life: the listing of the streams does not know yet of the records that have arrived."""
    _applied_with_records(scene)
    for group in logs_backends[ACCOUNT][REGION].groups.values():
        for stream in group.streams.values():
            stream.last_event_timestamp = 1
            # moto would find out before it lists the stream.
            vars(stream)["_update"] = lambda: None


def _young(scene: Scene) -> None:
    """The listing of the streams does not know of any record yet."""
    _applied_with_records(scene)
    scene.operator.stage.aws.scenario.late_stream_times = True


def _infrequent_access(scene: Scene) -> None:
    """Log groups of the class that GetLogEvents does not read, whose streams are as young."""
    _applied(scene)
    for group in logs_backends[ACCOUNT][REGION].groups.values():
        vars(group)["log_group_class"] = "INFREQUENT_ACCESS"
    scene.operator.stage.aws.deliver()
    scene.operator.stage.aws.scenario.late_stream_times = True


def _operators(scene: Scene) -> None:
    iam = scene.cloud.client("iam")
    iam.create_user(UserName="alice")
    iam.create_group(GroupName="operators")
    scene.cloud.role("deployer")


def _operators_policy(scene: Scene) -> None:
    """An administrator has set all up and made the operators' policy, which nobody has yet."""
    _operators(scene)
    _set_up(scene)
    tags = [{"Key": key, "Value": value} for key, value in FIRST["iam_tags"].items()]
    scene.cloud.policy(PASS_ROLE, document("pass-role"), Tags=tags)


def _operators_policy_changed(scene: Scene) -> None:
    _operators_policy(scene)
    iam = scene.cloud.client("iam")
    changed = json.dumps(NOTHING_ALLOWED)
    iam.create_policy_version(PolicyArn=PASS_ROLE_ARN, PolicyDocument=changed, SetAsDefault=True)


def _everything(scene: Scene) -> None:
    """All that the apply playbook makes, and what hands have added to it."""
    _operators(scene)
    _applied(scene, pass_role_to=OPERATORS)
    iam = scene.cloud.client("iam")
    iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=json.dumps(NOTHING_ALLOWED))
    iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(NOTHING_ALLOWED), SetAsDefault=True)
    iam.create_instance_profile(InstanceProfileName=ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)


def _elsewhere(scene: Scene) -> None:
    scene.targets = [scene.cloud.elsewhere(account=OTHER_ACCOUNT).vpc("web")]
    assert scene.operator.setup(*scene.targets, **FIRST, assume_role_arn=OTHER_ROLE).failures == []


# what the playbooks are asked for


def _apply(**variables: Any) -> Callable[[Scene], Told]:
    return lambda scene: scene.operator.apply(*scene.targets, **{**DAY_TO_DAY, **variables})


def _set_up_again(**variables: Any) -> Callable[[Scene], Told]:
    more = {"permissions_boundary": BOUNDARY_ARN, **variables}
    return lambda scene: scene.operator.setup(*scene.targets, **{**FIRST, **more})


def _remove(**variables: Any) -> Callable[[Scene], Told]:
    return lambda scene: scene.operator.remove(*scene.targets, **variables)


def _report(scene: Scene) -> Told:
    return scene.operator.report(*scene.targets, **FIRST)


# what has to be there in the end


def _converged(traffic: str = "ALL", retention: int | None = 30, **tags: str) -> Callable[[Scene], None]:
    """One role, one policy, a log group and a flow log for each target, as the run was asked for."""

    def proof(scene: Scene) -> None:
        cloud, wanted = scene.cloud, tags or FIRST["tags"]
        assert (ROLE in cloud.roles(), POLICY in cloud.policies()) == (True, True)
        assert cloud.trust()["Statement"][0]["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
        assert cloud.attached("role", ROLE) == [POLICY]
        assert cloud.document()["Statement"][0]["Effect"] == "Allow"
        assert sorted(log["ResourceId"] for log in cloud.flow_logs()) == sorted(scene.targets)
        logs = [cloud.flow_log_of(target) for target in scene.targets]
        assert {(log["TrafficType"], *sorted(log["Tags"].items())) for log in logs} == {
            (traffic, *sorted(wanted.items()))
        }
        groups = cloud.log_groups()
        assert set(groups) == {log["LogGroupName"] for log in logs}
        assert {group.get("retentionInDays") for group in groups.values()} == {retention}
        assert [name for name in groups if cloud.log_group_tags(name) != wanted] == []

    return proof


def _bounded_role(scene: Scene) -> None:
    """IAM as it was asked for, and nothing else."""
    cloud = scene.cloud
    role = cloud.client("iam").get_role(RoleName=ROLE)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY_ARN
    assert cloud.trust()["Statement"][0]["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert (cloud.attached("role", ROLE), cloud.document()["Statement"][0]["Effect"]) == ([POLICY], "Allow")
    assert (cloud.flow_logs(), cloud.log_groups()) == ([], {})


def _nothing_there(scene: Scene) -> None:
    cloud = scene.cloud
    assert (cloud.flow_logs(), cloud.log_groups(), cloud.roles(), cloud.policies()) == ([], {}, [], [])


def _operators_have_it(scene: Scene) -> None:
    assert scene.cloud.document(PASS_ROLE)["Statement"][0]["Action"] == "iam:PassRole"
    for kind, name in (("user", "alice"), ("group", "operators"), ("role", "deployer")):
        assert scene.cloud.attached(kind, name) == [PASS_ROLE]


def _gone(scene: Scene) -> None:
    cloud = scene.cloud
    assert (cloud.flow_logs(), cloud.log_groups(), cloud.queries(), cloud.policies()) == ([], {}, {}, [])
    assert ROLE not in cloud.roles()


def _all_but_iam_gone(scene: Scene) -> None:
    cloud = scene.cloud
    assert (cloud.flow_logs(), cloud.log_groups(), cloud.queries()) == ([], {}, {})
    assert (ROLE in cloud.roles(), sorted(cloud.policies())) == (True, sorted([POLICY, PASS_ROLE]))


def _first_gone(scene: Scene) -> None:
    """With its log group, which no query reads any more."""
    assert sorted(log["ResourceId"] for log in scene.cloud.flow_logs()) == sorted(scene.targets[1:])
    groups = set(scene.cloud.log_groups())
    assert len(groups) == len(scene.targets) - 1
    queries = scene.cloud.client("logs").describe_query_definitions()["queryDefinitions"]
    assert queries and {name for query in queries for name in query["logGroupNames"]} == groups


def _flow_logs_gone(scene: Scene) -> None:
    cloud = scene.cloud
    assert (cloud.flow_logs(), len(cloud.log_groups())) == ([], len(scene.targets))
    assert ROLE in cloud.roles()


def _nothing_to_prove(_scene: Scene) -> None:
    """It only reads."""


def _there_elsewhere(scene: Scene) -> None:
    logs = scene.cloud.elsewhere(account=OTHER_ACCOUNT).flow_logs()
    assert [log["ResourceId"] for log in logs] == scene.targets


OTHER_ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/NetworkOperations"
_ALL_REMOVED = {"remove_log_groups": True, "remove_iam": True, "insights_queries": True}
_LOOK = (
    "ec2:DescribeRegions",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:GetPolicy",
    "iam:ListEntitiesForPolicy",
)

SITUATIONS = (
    Situation(
        "setup",
        "from nothing",
        _bounded,
        _set_up_again(),
        _bounded_role,
        (
            "iam:ListRoles",
            "iam:ListPolicies",
            "iam:GetRole",
            "iam:GetPolicy",
            "iam:CreateRole",
            "iam:AttachRolePolicy",
            "iam:TagRole",
            "iam:CreatePolicy",
            "iam:TagPolicy",
        ),
    ),
    Situation(
        "setup",
        "after everything was changed by hand",
        _iam_changed_by_hand,
        _set_up_again(iam_tags={"owner": "me"}),
        _bounded_role,
        (
            "iam:ListAttachedRolePolicies",
            "iam:UpdateAssumeRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:GetPolicyVersion",
            "iam:ListPolicyVersions",
            "iam:CreatePolicyVersion",
            "iam:DeletePolicyVersion",
        ),
    ),
    Situation(
        "apply",
        "from nothing but IAM",
        _set_up,
        _apply(),
        _converged(),
        (
            "ec2:DescribeFlowLogs",
            "ec2:DescribeVpcs",
            "ec2:DescribeSubnets",
            "ec2:DescribeNetworkInterfaces",
            "ec2:CreateFlowLogs",
            "ec2:CreateTags",
            "logs:DescribeLogGroups",
            "logs:CreateLogGroup",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
            "logs:DescribeQueryDefinitions",
            "logs:PutQueryDefinition",
            "iam:GetRole",
            "iam:ListAttachedRolePolicies",
            "iam:PassRole",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
        ),
    ),
    Situation(
        "apply",
        "with all settings changed",
        _applied,
        _apply(traffic_type="REJECT", log_format="${srcaddr} ${bytes}", tags={"cost": "43"}, kms_key_id=KEY),
        _converged("REJECT", cost="43"),
        (
            "ec2:DeleteFlowLogs",
            "logs:AssociateKmsKey",
            "logs:ListTagsForResource",
            "logs:UntagResource",
            "logs:DeleteQueryDefinition",
        ),
    ),
    Situation(
        "apply",
        "with other settings",
        _applied_with_key,
        _apply(retention_in_days="never", tags={"cost": "43"}, kms_key_id=""),
        _converged("ALL", None, cost="43"),
        ("ec2:DeleteTags", "logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey"),
    ),
    Situation(
        "apply",
        "while IAM is not as it was asked for",
        _applied_and_policy_changed,
        _apply(traffic_type="REJECT"),
        _converged("REJECT"),
        ("iam:ListPolicyVersions",),
        differs="IAM differs: give policy Send_to_CloudWatch_Logs a new default version.",
    ),
    Situation(
        "apply",
        "without any IAM",
        _network,
        _apply(),
        _nothing_there,
        ("iam:ListRoles", "iam:ListPolicies"),
        differs="There is no IAM role Flow-Logs-Role-to-cloudwatch-logs, and flow_logs_manage_iam is false",
    ),
    Situation(
        "verify-delivery",
        "records have arrived",
        _applied_with_records,
        _apply(verify_delivery=True, verify_timeout=0),
        _converged(),
        ("logs:DescribeLogStreams",),
        ("apply",),
    ),
    Situation(
        "verify-delivery",
        "listed late",
        _listed_late,
        _apply(verify_delivery=True, verify_timeout=0),
        _converged(),
        ("logs:GetLogEvents",),
        ("apply",),
    ),
    Situation(
        "verify-delivery",
        "of the class INFREQUENT_ACCESS",
        _infrequent_access,
        _apply(verify_delivery=True, verify_timeout=0),
        _converged(),
        ("logs:StartQuery", "logs:GetQueryResults"),
        ("apply",),
    ),
    Situation(
        "pass-role-to",
        "from nothing",
        _operators_policy,
        _set_up_again(pass_role_to=OPERATORS),
        _operators_have_it,
        (
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:ListEntitiesForPolicy",
            "iam:GetUser",
            "iam:GetGroup",
            "iam:GetRole",
            "iam:AttachUserPolicy",
            "iam:AttachGroupPolicy",
            "iam:AttachRolePolicy",
        ),
        ("setup",),
    ),
    Situation(
        "pass-role-to",
        "when it is not what it was",
        _operators_policy_changed,
        _apply(pass_role_to=OPERATORS, permissions_boundary=BOUNDARY_ARN),
        _converged(),
        ("iam:ListPolicyVersions",),
        ("apply",),
        differs="IAM differs: give policy PassRole-Flow-Logs-Role-to-cloudwatch-logs a new default version",
    ),
    Situation(
        "remove",
        "all but IAM",
        _everything,
        _remove(remove_log_groups=True, insights_queries=True, manage_iam=False),
        _all_but_iam_gone,
        (
            "ec2:DescribeFlowLogs",
            "ec2:DescribeVpcs",
            "ec2:DescribeSubnets",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DeleteFlowLogs",
            "logs:DescribeLogGroups",
            "logs:DeleteLogGroup",
            "logs:DescribeQueryDefinitions",
            "logs:DeleteQueryDefinition",
        ),
    ),
    Situation(
        "remove-iam",
        "everything",
        _everything,
        _remove(**_ALL_REMOVED),
        _gone,
        (
            "iam:ListInstanceProfilesForRole",
            "iam:ListPolicyVersions",
            "iam:DetachRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:DeleteRole",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:DeletePolicyVersion",
            "iam:DeletePolicy",
            "iam:DetachUserPolicy",
            "iam:DetachGroupPolicy",
        ),
        ("remove",),
    ),
    Situation(
        "remove",
        "one of three hosts",
        _applied,
        lambda scene: scene.operator.remove(scene.targets[0], remove_log_groups=True, insights_queries=True),
        _first_gone,
        ("logs:PutQueryDefinition",),
    ),
    Situation(
        "remove",
        "once more",
        _network,
        _remove(remove_log_groups=True),
        _gone,
        ("iam:ListRoles", "iam:ListPolicies"),
        warns=True,
    ),
    Situation("remove", "but the IAM", _applied, _remove(), _flow_logs_gone, _LOOK, warns=True),
    Situation(
        "report",
        "an account in order",
        _applied_with_records,
        _report,
        _nothing_to_prove,
        (
            "ec2:DescribeRegions",
            "ec2:DescribeFlowLogs",
            "ec2:DescribeVpcs",
            "ec2:DescribeSubnets",
            "ec2:DescribeNetworkInterfaces",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "iam:ListRoles",
            "iam:GetRole",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:ListEntitiesForPolicy",
        ),
    ),
    Situation(
        "report",
        "what differs from the inventory",
        _applied_with_records,
        _report,
        _nothing_to_prove,
        ("logs:ListTagsForResource", "logs:DescribeQueryDefinitions"),
        warns=True,
    ),
    Situation("report", "young streams", _young, _report, _nothing_to_prove, ("logs:GetLogEvents",)),
    Situation(
        "report",
        "of the class INFREQUENT_ACCESS",
        _infrequent_access,
        _report,
        _nothing_to_prove,
        ("logs:StartQuery", "logs:GetQueryResults"),
    ),
    Situation("report", "nothing is there", _network, _report, _nothing_to_prove, ("iam:ListPolicies",)),
    Situation(
        "report",
        "after everything was changed by hand",
        _changed_by_hand,
        _report,
        _nothing_to_prove,
        ("iam:ListPolicyVersions",),
    ),
)

ELSEWHERE = Situation(
    "assume-role",
    "in another account",
    _elsewhere,
    _apply(assume_role_arn=OTHER_ROLE),
    _there_elsewhere,
    ("sts:AssumeRole",),
)
