# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role and the policy that all projects of an account share, run after run."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.estate import hosts
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

SSO_PATH = "/aws-reserved/sso.amazonaws.com/"
BY_HAND = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def scope(cloud: Cloud) -> list[str]:
    """The log groups that the policy names."""
    resources = cloud.document()["Statement"][0]["Resource"]
    return [
        arn.split(":log-group:")[1].removesuffix(":*")
        for arn in ([resources] if isinstance(resources, str) else resources)
    ]


def test_projects_with_and_without_least_privilege_share_the_role(cloud: Cloud, ansible: Ansible) -> None:
    shop, bank = cloud.vpc("web"), cloud.vpc("db")
    for project, vpc in (("shop", shop), ("bank", bank)):
        ansible.run(PLAY, hosts(project, [vpc])).succeeded()

    tightened = ansible.run(PLAY, hosts("shop", [shop], flow_logs_least_privilege=True)).succeeded()
    assert scope(cloud) == ["/aws/bank/vpc/db/flowlogs", "/aws/shop/vpc/*/flowlogs"]
    assert "no longer lets flow logs publish to all log groups" in tightened.output or "no longer to all log groups" in tightened.output

    # A security team binds the trust by hand; a run that says nothing of it leaves all of it alone.
    (statement,) = cloud.trust()["Statement"]
    trust = {**cloud.trust(), "Statement": [{**statement, "Condition": BY_HAND}]}
    cloud.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(trust))
    ansible.run(PLAY, hosts("bank", [bank])).succeeded()
    assert cloud.trust() == trust
    assert scope(cloud) == ["/aws/bank/vpc/*/flowlogs", "/aws/shop/vpc/*/flowlogs"]

    # bank's flow log goes, and so does its name.
    cloud.client("ec2").delete_flow_logs(FlowLogIds=[cloud.flow_log_of(bank)["FlowLogId"]])
    ansible.run(PLAY, hosts("shop", [shop], flow_logs_least_privilege=True)).succeeded()
    assert scope(cloud) == ["/aws/shop/vpc/*/flowlogs"]

    opened = ansible.run(PLAY, hosts("shop", [shop], flow_logs_least_privilege=False)).succeeded()
    assert "was limited to /aws/shop/vpc/*/flowlogs" in " ".join(opened.output.split())
    assert cloud.document()["Statement"][0]["Resource"] == "*"


def test_least_privilege_keeps_what_other_roles_with_the_policy_deliver_to(cloud: Cloud, ansible: Ansible) -> None:
    shop, bank = cloud.vpc("web"), cloud.vpc("db")
    ansible.run(PLAY, hosts("bank", [bank], flow_logs_role_name="OfBank")).succeeded()

    for _again in range(2):
        run = ansible.run(PLAY, hosts("shop", [shop], flow_logs_role_name="OfShop", flow_logs_least_privilege=True)).succeeded()
        assert scope(cloud) == ["/aws/bank/vpc/db/flowlogs", "/aws/shop/vpc/*/flowlogs"]

    assert run.changed == 0


def test_hosts_that_contradict_each_other_about_a_shared_log_group_change_nothing(cloud: Cloud, ansible: Ansible) -> None:
    shop, bank = cloud.vpc("web"), cloud.vpc("db")
    children = {
        "shop": {"hosts": {shop: {}}, "vars": {"flow_logs_retention_in_days": 7}},
        "bank": {"hosts": {bank: {}}, "vars": {"flow_logs_retention_in_days": 30}},
    }
    run = ansible.run(PLAY, {"all": {"vars": {"flow_logs_log_group_name": "/central"}, "children": children}}).failed()

    assert "share the log group /central but not the value of flow_logs_retention_in_days" in " ".join(run.output.split())
    assert run.calls.mutating == []


def test_eighty_two_projects_fit_by_one_pattern(cloud: Cloud, ansible: Ansible) -> None:
    projects = {f"some-project-{number:02}": [vpc] for number, vpc in enumerate(cloud.vpcs(82, "net"))}
    variables: dict[str, Any] = {"flow_logs_least_privilege": True}

    def inventory(**more: Any) -> dict[str, Any]:
        children = {project: {"hosts": {vpc: {} for vpc in vpcs}} for project, vpcs in projects.items()}
        return {"all": {"vars": {**variables, **more}, "children": children}}

    refused = ansible.run(PLAY, inventory()).failed()
    assert "flow_logs_policy_log_group_names, for example ['/aws/*/vpc/*/flowlogs']" in " ".join(refused.output.split())
    assert refused.calls.mutating == []

    ansible.run(PLAY, inventory(flow_logs_policy_log_group_names=["/aws/*/vpc/*/flowlogs"])).succeeded()
    assert scope(cloud) == ["/aws/*/vpc/*/flowlogs"]
    assert len(cloud.flow_logs()) == 82


def test_operators_who_can_t_be_served_stop_nothing(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    cloud.client("iam").create_user(UserName="alice")
    cloud.role("AWSReservedSSO_Network", Path=SSO_PATH)
    sso = f"arn:aws:iam::{ACCOUNT}:role{SSO_PATH}AWSReservedSSO_Network"
    missing = f"arn:aws:iam::{ACCOUNT}:group/missing"
    inventory = hosts("shop", [vpc], flow_logs_pass_role_to=[sso, missing, f"arn:aws:iam::{ACCOUNT}:user/alice"])

    check = ansible.run(PLAY, inventory, ["--check"]).failed()
    run = ansible.run(PLAY, inventory).failed()

    for words in (f"{sso}: UnmodifiableEntity", f"{missing}: NoSuchEntity", "permission set in IAM Identity Center"):
        assert words in " ".join(check.output.split()) and words in " ".join(run.output.split())
    assert cloud.flow_log_of(vpc)["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
    assert cloud.attached("role", ROLE) == [POLICY]
    assert cloud.attached("user", "alice") == [f"PassRole-{ROLE}"]
