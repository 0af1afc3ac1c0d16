# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several accounts in one play: each by its own credentials, none stopped by another, and no secret shown."""

from __future__ import annotations

from typing import Any

from moto.sts.models import sts_backends

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import SECRET
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

OTHER = "111111111111"
THIRD = "222222222222"


def _inventory(**projects: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "all": {
            "children": {name: {"hosts": {host: {}}, "vars": variables} for name, (host, variables) in projects.items()}
        }
    }


def _role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/operator"


def test_two_accounts_and_no_secret_of_theirs(cloud: Cloud, ansible: Ansible) -> None:
    there = cloud.elsewhere(OTHER)
    here_vpc, there_vpc = cloud.vpc("web"), there.vpc("web")
    inventory = _inventory(
        bank=(there_vpc, {"flow_logs_assume_role_arn": _role(OTHER), "flow_logs_expected_account_id": OTHER}),
        shop=(here_vpc, {"flow_logs_expected_account_id": ACCOUNT}),
    )
    check = ansible.run(PLAY, inventory, ["--check"]).succeeded()
    assert check.calls.mutating == []
    run = ansible.run(PLAY, inventory, ["-vvvv", "--diff"]).succeeded()
    assert run.actions == check.actions
    for account, vpc, project in ((cloud, here_vpc, "shop"), (there, there_vpc, "bank")):
        assert account.roles() == [ROLE]
        assert set(account.log_groups()) == {f"/aws/{project}/vpc/web/flowlogs"}
        log = account.flow_log_of(vpc)
        assert log["DeliverLogsPermissionArn"] == f"arn:aws:iam::{account.account}:role/{ROLE}"
    sessions = [role for backend in sts_backends[OTHER].values() for role in backend.assumed_roles]
    assert len(sessions) == 2  # one for each run
    secrets = [secret for role in sessions for secret in (role.secret_access_key, role.session_token)]
    record = "\n".join(path.read_text("utf-8") for path in ansible.directory.glob("record*.jsonl"))
    for secret in (*secrets, SECRET):
        assert secret not in run.output
        assert secret not in record


def test_what_fails_for_one_account_does_not_stop_the_others(cloud: Cloud, ansible: Ansible) -> None:
    there, third = cloud.elsewhere(OTHER), cloud.elsewhere(THIRD)
    vpcs = [cloud.vpc("web"), there.vpc("web"), third.vpc("web"), cloud.vpc("last")]
    inventory = _inventory(
        wrong=(vpcs[1], {"flow_logs_assume_role_arn": _role(OTHER), "flow_logs_expected_account_id": "999999999999"}),
        unassumable=(vpcs[3], {"flow_logs_assume_role_arn": "arn:aws:iam::no-account:role/x"}),
        shop=(vpcs[0], {}),
        bank=(vpcs[2], {"flow_logs_assume_role_arn": _role(THIRD), "flow_logs_expected_account_id": THIRD}),
    )
    cloud.emulator.refuse(
        "sts:AssumeRole", "AccessDenied", "User is not authorized to assume it", status=403, holding=_role(THIRD)
    )
    run = ansible.run(PLAY, inventory).failed()
    message = run.failures
    # bank is refused its role; wrong belongs to another account than expected.
    assert "not authorized to assume" in message
    assert f"account {OTHER}, but expected_account_id is 999999999999" in message
    assert (there.roles(), there.flow_logs()) == ([], [])
    assert cloud.flow_log_of(vpcs[0])["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
    assert "shop" in run.output


def test_two_ways_into_one_account_converge_its_iam_once(cloud: Cloud, ansible: Ansible) -> None:
    there = cloud.elsewhere(OTHER)
    shop, bank = there.vpc("web"), there.vpc("web")
    roles = [f"arn:aws:iam::{OTHER}:role/{name}" for name in ("shop-operator", "bank-operator")]
    inventory = _inventory(
        shop=(shop, {"flow_logs_assume_role_arn": roles[0], "flow_logs_iam_tags": {"owner": "network"}}),
        bank=(bank, {"flow_logs_assume_role_arn": roles[1], "flow_logs_expected_account_id": OTHER}),
    )
    run = ansible.run(PLAY, inventory).succeeded()
    assert len(run.of("flow_log_iam")) == 1
    assert len([call for call in run.calls if call.name == "sts:AssumeRole"]) == 2
    assert set(there.log_groups()) == {"/aws/shop/vpc/web/flowlogs", "/aws/bank/vpc/web/flowlogs"}
    again = ansible.run(PLAY, inventory).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])

    inventory["all"]["children"]["bank"]["vars"]["flow_logs_iam_tags"] = {"owner": "bank"}
    refused = ansible.run(PLAY, inventory).failed()
    assert "flow_logs_iam_tags" in refused.output
    assert refused.calls.mutating == []


def test_a_way_that_is_closed_fails_its_own_hosts_and_another_does_the_account(cloud: Cloud, ansible: Ansible) -> None:
    there = cloud.elsewhere(OTHER)
    shop, bank = there.vpc("web"), there.vpc("web")
    closed, opened = (f"arn:aws:iam::{OTHER}:role/{name}" for name in ("a-closed", "b-open"))
    inventory = _inventory(
        bank=(bank, {"flow_logs_assume_role_arn": closed}), shop=(shop, {"flow_logs_assume_role_arn": opened})
    )

    def close() -> None:
        words = "User is not authorized to assume it"
        cloud.emulator.refuse("sts:AssumeRole", "AccessDenied", words, status=403, holding=closed)

    close()
    run = ansible.run(PLAY, inventory).failed()
    assert "not authorized to assume" in run.output
    assert there.roles() == [ROLE]
    assert set(there.log_groups()) == {"/aws/shop/vpc/web/flowlogs"}
    close()
    removed = ansible.run("netops.flow_logs.remove", inventory).failed()
    assert "not authorized to assume" in removed.output
    assert there.flow_logs() == []
