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
    message = run.registered("netops.flow_logs.flow_logs : Say what failed")["msg"]
    # bank is refused its role; wrong belongs to another account than expected.
    assert "not authorized to assume" in message
    assert f"account {OTHER}, but expected_account_id is 999999999999" in message
    assert (there.roles(), there.flow_logs()) == ([], [])
    assert cloud.flow_log_of(vpcs[0])["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
    assert "shop" in run.output
