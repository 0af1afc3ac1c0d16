# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_log_iam, step by step on an emulated account."""

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

NAMES = {"role_name": ROLE, "policy_name": POLICY}
ACTIONS = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ACTIONS, "Resource": "*"}]}


def test_an_empty_account_gets_policy_role_and_trust(cloud: Cloud, modules: Modules) -> None:
    made = modules.change("flow_log_iam", **NAMES)
    assert made["role"]["arn"] == ROLE_ARN
    assert made["role"]["attached_policies"] == [POLICY_ARN]
    assert made["policy"]["arn"] == POLICY_ARN
    assert made["diff"]["before"] == {"role": {}, "policy": {}, "pass_role_policy": {}, "pass_role_attached_to": []}
    assert made["diff"]["after"]["role"]["role_name"] == ROLE
    assert made["pass_role_policy"]["Statement"] == [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN}
    ]
    assert cloud.trust() == TRUST
    assert cloud.document() == DOCUMENT
    assert cloud.attached("role", ROLE) == [POLICY]


def test_a_role_as_the_console_leaves_it_is_corrected(cloud: Cloud, modules: Modules) -> None:
    cloud.role(trust=EC2_TRUST, Description="made by hand")
    made = modules.change("flow_log_iam", **NAMES)
    assert made["diff"]["before"]["role"]["assume_role_policy_document"] == EC2_TRUST
    assert made["diff"]["after"]["role"]["assume_role_policy_document"] == TRUST
    assert cloud.trust() == TRUST
    assert cloud.roles() == [ROLE]
    assert sorted(made.calls.mutating) == ["iam:AttachRolePolicy", "iam:CreatePolicy", "iam:UpdateAssumeRolePolicy"]


def test_a_policy_with_another_document_gets_a_new_default_version(cloud: Cloud, modules: Modules) -> None:
    cloud.policy(document=NOTHING_ALLOWED)
    made = modules.change("flow_log_iam", **NAMES)
    assert made["policy"]["default_version_id"] == "v2"
    assert cloud.document() == DOCUMENT
    assert cloud.policies() == [POLICY]


def test_of_five_versions_the_oldest_makes_room(cloud: Cloud, modules: Modules) -> None:
    arn = cloud.policy()
    for _time in range(4):
        cloud.client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=modules_document(), SetAsDefault=False)
    # v1 is in force, so v2 is the oldest that may go.
    made = modules.change("flow_log_iam", **NAMES)
    assert cloud.policy_versions() == ["v1", "v3", "v4", "v5", "v6"]
    assert made["policy"]["default_version_id"] == "v6"
    assert cloud.document() == DOCUMENT


def modules_document() -> str:
    return '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'


def test_other_policies_of_the_role_stay(cloud: Cloud, modules: Modules) -> None:
    cloud.role()
    other = cloud.policy("SomebodyElses")
    cloud.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=other)
    made = modules.change("flow_log_iam", **NAMES)
    assert sorted(cloud.attached("role", ROLE)) == sorted([POLICY, "SomebodyElses"])
    assert sorted(made["role"]["attached_policies"]) == sorted([POLICY_ARN, other])


def test_a_path_for_what_is_new_and_what_exists_is_used_where_it_is(cloud: Cloud, modules: Modules) -> None:
    made = modules.change("flow_log_iam", path="/netops/", **NAMES)
    assert made["role"]["arn"] == f"arn:aws:iam::{ACCOUNT}:role/netops/{ROLE}"
    assert made["policy"]["arn"] == f"arn:aws:iam::{ACCOUNT}:policy/netops/{POLICY}"
    modules.rest("flow_log_iam", **NAMES)
    refused = modules.refuse("flow_log_iam", path="/elsewhere/", **NAMES)
    assert "can't be moved to path /elsewhere/" in refused.msg


def test_least_privilege_in_steps(cloud: Cloud, modules: Modules) -> None:
    modules.change("flow_log_iam", **NAMES)
    scoped = {**NAMES, "log_group_names": ["/aws/shop/vpc/{resource_name}/flowlogs"], "allow_create_log_group": False}
    modules.change("flow_log_iam", **scoped)
    arn = f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/shop/vpc/*/flowlogs:*"
    writing, listing = cloud.document()["Statement"]
    assert writing["Resource"] in (arn, [arn])
    assert "logs:CreateLogGroup" not in writing["Action"] + listing["Action"]
    assert listing == {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": "*"}

    modules.change("flow_log_iam", restrict_trust=True, **scoped)
    (statement,) = cloud.trust()["Statement"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:ec2:*:{ACCOUNT}:vpc-flow-log/*"}

    more = {**scoped, "log_group_names": ["/aws/bank/*"], "purge_log_group_names": False, "restrict_trust": True}
    modules.change("flow_log_iam", **more)
    assert len(cloud.document()["Statement"][0]["Resource"]) == 2
    # The first play's names are still there, so it finds nothing to do.
    modules.rest("flow_log_iam", restrict_trust=True, purge_log_group_names=False, **scoped)
    modules.change("flow_log_iam", **{**more, "purge_log_group_names": True})
    assert "shop" not in str(cloud.document())

    # What is left out is left alone, and all the way back is an explicit wish.
    modules.rest("flow_log_iam", **NAMES)
    opened = {"log_group_names": ["*"], "allow_create_log_group": True, "restrict_trust": False}
    made = modules.change("flow_log_iam", **NAMES, **opened)
    warned = str(made["warnings"])
    assert "was limited to /aws/bank/*" in warned and "for flow logs of its own account only" in warned
    assert (cloud.document(), cloud.trust()) == (DOCUMENT, TRUST)


def test_pass_role_goes_to_a_user_a_group_and_a_role(cloud: Cloud, modules: Modules) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="alice", Path="/staff/")
    iam.create_group(GroupName="operators")
    cloud.role("deployer")
    to = [f"arn:aws:iam::{ACCOUNT}:{rest}" for rest in ("user/staff/alice", "group/operators", "role/deployer")]
    modules.change("flow_log_iam", pass_role_to=to[:1], **NAMES)
    made = modules.change("flow_log_iam", pass_role_to=to, **NAMES)
    name = f"PassRole-{ROLE}"
    for kind, who in (("user", "alice"), ("group", "operators"), ("role", "deployer")):
        assert cloud.attached(kind, who) == [name]
    assert cloud.document(name) == made["pass_role_policy"]
    assert made["pass_role_attached_to"] == ["group/operators", "role/deployer", "user/alice"]
    # Who is no longer named keeps it.
    modules.rest("flow_log_iam", pass_role_to=to[1:], **NAMES)
    modules.rest("flow_log_iam", pass_role_to=[], **NAMES)
    unknown = modules.fail("flow_log_iam", pass_role_to=[f"arn:aws:iam::{ACCOUNT}:user/bob", *to], **NAMES)
    assert [failure["resource_id"].split("/")[-1] for failure in unknown["failures"]] == ["bob"]
    assert unknown["changed"] is False


def test_the_boundary_is_set_left_alone_and_removed(cloud: Cloud, modules: Modules) -> None:
    boundary = cloud.policy("Boundary")
    modules.change("flow_log_iam", **NAMES)
    modules.change("flow_log_iam", permissions_boundary=boundary, **NAMES)
    assert modules.rest("flow_log_iam", **NAMES)["role"]["permissions_boundary"] == boundary
    modules.change("flow_log_iam", permissions_boundary="", **NAMES)
    assert "PermissionsBoundary" not in cloud.client("iam").get_role(RoleName=ROLE)["Role"]


def test_tags_are_set_left_alone_added_and_purged(cloud: Cloud, modules: Modules) -> None:
    modules.change("flow_log_iam", tags={"owner": "network", "stage": "test"}, **NAMES)
    modules.rest("flow_log_iam", **NAMES)
    modules.change("flow_log_iam", tags={"cost": "42"}, purge_tags=False, **NAMES)
    made = modules.change("flow_log_iam", tags={"owner": "security"}, **NAMES)
    assert made["role"]["tags"] == made["policy"]["tags"] == {"owner": "security"}
    iam = cloud.client("iam")
    for kept in (iam.get_role(RoleName=ROLE)["Role"], iam.get_policy(PolicyArn=POLICY_ARN)["Policy"]):
        assert kept["Tags"] == [{"Key": "owner", "Value": "security"}]
    modules.change("flow_log_iam", tags={}, **NAMES)
    assert not iam.get_role(RoleName=ROLE)["Role"].get("Tags")


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_other_partitions_get_arns_of_their_own(cloud: Cloud, modules: Modules, region: str, partition: str) -> None:
    options = {**NAMES, "region": region, "restrict_trust": True, "log_group_names": ["/aws/shop/*"]}
    made = modules.run("flow_log_iam", check=True, **options)
    assert made["role"]["arn"] == f"arn:{partition}:iam::{ACCOUNT}:role/{ROLE}"
    assert made["policy"]["arn"].startswith(f"arn:{partition}:iam::")
    assert made["pass_role_policy"]["Statement"][0]["Resource"] == made["role"]["arn"]
    assert f"arn:{partition}:ec2:*:{ACCOUNT}:vpc-flow-log/*" in str(made["role"]["assume_role_policy_document"])
    assert f"arn:{partition}:logs:*:{ACCOUNT}:log-group:/aws/shop/*:*" in str(made["policy"]["policy_document"])
    # The service has the same name everywhere.
    assert "'vpc-flow-logs.amazonaws.com'" in str(made["role"]["assume_role_policy_document"])


def test_another_writer_between_look_and_write_is_no_error(cloud: Cloud, modules: Modules) -> None:
    cloud.emulator.refuse("iam:CreateRole", "EntityAlreadyExists", "Role with that name already exists.")
    made = modules.run("flow_log_iam", **NAMES)
    assert made["changed"]
    assert cloud.attached("role", ROLE) == [POLICY]
    assert cloud.trust() == TRUST


def test_what_was_done_before_a_failure_is_told(cloud: Cloud, modules: Modules) -> None:
    denied = "User is not authorized to perform: iam:CreateRole"
    cloud.emulator.refuse("iam:CreateRole", "AccessDenied", denied, status=403)
    failed = modules.fail("flow_log_iam", **NAMES)
    assert denied in failed.msg
    assert failed["changed"] is True
    assert failed["actions"] == [f"create policy {POLICY}"]
    assert failed["error"]["code"] == "AccessDenied"
