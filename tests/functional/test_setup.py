# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM by a playbook of its own, and the other playbooks by whoever may not change it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run

SETUP, APPLY, REMOVE, REPORT = (f"netops.flow_logs.{name}" for name in ("setup", "apply", "remove", "report"))
OTHER = "111111111111"
OTHER_ROLE = f"arn:aws:iam::{OTHER}:role/operator"
NOT_MINE = ["-e", '{"flow_logs_manage_iam": false}']
DIFFERS = "IAM differs: give policy Send_to_CloudWatch_Logs a new default version"
WHO = "Whoever has the setup policy runs netops.flow_logs.setup."


def _inventory(cloud: Cloud, **shop: Any) -> dict[str, Any]:
    """One host in this account, and one in another."""
    there = cloud.elsewhere(OTHER)
    media = {"flow_logs_assume_role_arn": OTHER_ROLE, "flow_logs_expected_account_id": OTHER}
    return {
        "all": {
            "children": {
                "shop": {"hosts": {cloud.vpc("web"): {}}, "vars": shop},
                "media": {"hosts": {there.vpc("tv"): {}}, "vars": media},
            }
        }
    }


def _shop(cloud: Cloud, **variables: Any) -> dict[str, Any]:
    return {"all": {"children": {"shop": {"hosts": {cloud.vpc("web"): {}}, "vars": variables}}}}


def _changed(cloud: Cloud) -> None:
    """Somebody gives the policy another document; flow logs can be made all the same."""
    document = json.dumps(NOTHING_ALLOWED)
    cloud.client("iam").create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=document, SetAsDefault=True)


def _iam_calls(run: Run) -> list[str]:
    return [name for name in run.calls.mutating if name.startswith("iam:")]


def _summary(run: Run) -> list[str]:
    (result,) = [task["result"] for task in run.tasks if task["action"] == "netops.flow_logs.converge"]
    return list(result["summary"])


def test_setup_makes_the_iam_of_every_account_and_nothing_else(cloud: Cloud, ansible: Ansible) -> None:
    inventory = _inventory(cloud)
    check = ansible.run(SETUP, inventory, ["--check", "--diff"]).succeeded()
    assert (check.changed, check.calls.mutating) == (2, [])
    assert "+++ after" in check.output

    first = ansible.run(SETUP, inventory).succeeded()
    assert (first.changed, first.actions) == (2, check.actions)
    for account in (cloud, cloud.elsewhere(OTHER)):
        assert (account.roles(), account.policies(), account.attached("role", ROLE)) == ([ROLE], [POLICY], [POLICY])
        assert (account.flow_logs(), account.log_groups()) == ([], {})
    assert {name.split(":")[0] for name in first.calls.names} == {"iam", "sts"}
    assert f"{ACCOUNT}: create role {ROLE}" in _summary(first)

    again = ansible.run(SETUP, inventory).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])
    assert _summary(again) == [f"{account}: role and policy are as they were asked for" for account in (OTHER, ACCOUNT)]


def test_setup_takes_the_same_variables(cloud: Cloud, ansible: Ansible) -> None:
    """Names of the log groups, for least privilege, and the boundary."""
    boundary = cloud.policy("boundary")
    inventory = _shop(cloud, flow_logs_least_privilege=True, flow_logs_permissions_boundary=boundary)
    ansible.run(SETUP, inventory, NOT_MINE).succeeded()
    assert "log-group:/aws/shop/vpc/*/flowlogs:*" in json.dumps(cloud.document())
    role = cloud.client("iam").get_role(RoleName=ROLE)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    # Left out, it is left alone; an empty one takes it away.
    again = ansible.run(SETUP, inventory, ["-e", '{"flow_logs_permissions_boundary": null}']).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])
    ansible.run(SETUP, inventory, ["-e", "flow_logs_permissions_boundary="]).succeeded()
    assert "PermissionsBoundary" not in cloud.client("iam").get_role(RoleName=ROLE)["Role"]


def test_setup_of_one_account_does_not_stop_the_other(cloud: Cloud, ansible: Ansible) -> None:
    inventory = _inventory(cloud, flow_logs_expected_account_id="999999999999")
    run = ansible.run(SETUP, inventory).failed()
    assert run.code == 2
    assert (cloud.roles(), cloud.elsewhere(OTHER).roles()) == ([], [ROLE])
    assert not [line for line in _summary(run) if "not done" in line]


@pytest.mark.parametrize("check", [False, True])
def test_what_differs_is_said_and_all_else_is_done(cloud: Cloud, ansible: Ansible, check: bool) -> None:
    inventory = _inventory(cloud)
    ansible.run(SETUP, inventory).succeeded()
    _changed(cloud)

    run = ansible.run(APPLY, inventory, [*NOT_MINE, *(["--check"] if check else [])]).failed()
    assert run.code == 2
    assert _iam_calls(run) == []
    assert len(cloud.flow_logs()) == len(cloud.elsewhere(OTHER).flow_logs()) == (0 if check else 1)
    [told] = [line for line in _summary(run) if line.startswith(f"{ACCOUNT}: {DIFFERS}")]
    assert "no longer refuses to write any" in told
    message = run.failures
    assert message == f"{told}. {WHO}"
    here = [iam for iam in run.of("flow_log_iam") if iam["role"]["arn"].split(":")[4] == ACCOUNT]
    assert [(iam["differs"], iam["changed"]) for iam in here] == [([told.split("IAM differs: ")[1]], False)]
    assert here[0]["policy"]["policy_document"] == NOTHING_ALLOWED

    ansible.run(SETUP, inventory).succeeded()
    if not check:
        rest = ansible.run(APPLY, inventory, NOT_MINE).succeeded()
        assert (rest.changed, rest.calls.mutating) == (0, [])


def test_without_a_role_an_account_is_left_as_it_is(cloud: Cloud, ansible: Ansible) -> None:
    inventory = _inventory(cloud)
    there = cloud.elsewhere(OTHER)
    ansible.run(SETUP, inventory, ["--limit", "media"]).succeeded()
    run = ansible.run(APPLY, inventory, NOT_MINE).failed()
    assert run.code == 2
    assert (cloud.roles(), cloud.policies(), cloud.log_groups(), cloud.flow_logs()) == ([], [], {}, [])
    assert len(there.flow_logs()) == 1
    message = run.failures
    assert f"There is no IAM role {ROLE}" in message and f"create role {ROLE}" in message and WHO in message


def test_the_report_shows_what_differs_and_who_fixes_it(cloud: Cloud, ansible: Ansible) -> None:
    inventory = _shop(cloud)
    ansible.run(APPLY, inventory).succeeded()
    cloud.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(EC2_TRUST))
    found = []
    for arguments in ([], NOT_MINE):
        run = ansible.run(REPORT, inventory, arguments).succeeded()
        assert run.calls.mutating == []
        (result,) = [task["result"] for task in run.tasks if task["action"] == "netops.flow_logs.audit"]
        found += [entry for entry in result["findings"] if entry["kind"] == "drift"]
    mine, theirs = found
    assert "IAM differs from what the inventory asks for: let role" in mine["message"]
    assert mine["message"] == theirs["message"]
    assert (APPLY in mine["command"], SETUP in theirs["command"]) == (True, True)


def test_a_removal_leaves_iam_alone(cloud: Cloud, ansible: Ansible) -> None:
    inventory = _shop(cloud)
    ansible.run(APPLY, inventory).succeeded()
    refused = ansible.run(REMOVE, inventory, [*NOT_MINE, "-e", "flow_logs_remove_iam=true"]).failed()
    assert refused.calls.mutating == []
    assert "flow_logs_remove_iam is true, and flow_logs_manage_iam false" in refused.output
    run = ansible.run(REMOVE, inventory, NOT_MINE).succeeded()
    assert (_iam_calls(run), cloud.roles(), cloud.policies()) == ([], [ROLE], [POLICY])
    (told,) = [line for line in _summary(run) if "nothing uses" in line]
    assert told.endswith("-e flow_logs_remove_iam=true -e flow_logs_manage_iam=true, by somebody who may remove IAM.")


def test_deliveries_of_an_account_agree_on_who_manages_its_iam(cloud: Cloud, ansible: Ansible) -> None:
    shop = {"hosts": {cloud.vpc("web"): {}}, "vars": {"flow_logs_manage_iam": False}}
    bank = {"hosts": {cloud.vpc("atm"): {}}}
    run = ansible.run(APPLY, {"all": {"children": {"shop": shop, "bank": bank}}}).failed()
    assert run.calls.mutating == []
    assert "flow_logs_manage_iam" in run.output
