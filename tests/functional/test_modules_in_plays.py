# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as users write them in plays: what a play can do with their results."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import SECRET
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

GONE = "vpc-0123456789abcdef0"


def _play(*tasks: dict[str, Any], **keywords: Any) -> list[dict[str, Any]]:
    return [{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **keywords}]


def _flow_log(*resource_ids: str, **options: Any) -> dict[str, Any]:
    given = {"resource_ids": list(resource_ids), "log_group_name": "/aws/shop", "role_arn": ROLE_ARN, **options}
    return {"netops.flow_logs.flow_log": given}


def test_the_readmes_three_steps(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    names = "/aws/shop/vpc/{resource_name}/flowlogs"
    tasks = (
        {"netops.flow_logs.flow_log_iam": {"role_name": ROLE, "policy_name": POLICY}, "register": "iam"},
        {"netops.flow_logs.log_group": {"log_group_name": names, "resource_ids": [vpc], "retention_in_days": 30}},
        {**_flow_log(vpc, log_group_name=names, role_arn="{{ iam.role.arn }}"), "register": "logs"},
        {
            "ansible.builtin.assert": {"that": ["logs.flow_logs[0].resource_id == vpc", "logs is changed"]},
            "vars": {"vpc": vpc},
        },
    )
    check = ansible.run(_play(*tasks), None, ["--check", "--diff", "-vvvv"]).succeeded()
    assert (check.changed, check.calls.mutating) == (3, [])
    run = ansible.run(_play(*tasks), None, ["--diff", "-vvvv"]).succeeded()
    assert run.changed == 3
    assert cloud.flow_log_of(vpc)["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
    for output in (check.output, run.output):
        assert SECRET not in output
        assert '+    "flow_logs": [' in output or '"flow_logs": [' in output
    rest = ansible.run(_play(*tasks[:3])).succeeded()
    assert (rest.changed, rest.calls.mutating) == (0, [])


def test_a_play_can_go_on_from_a_failure_in_all_of_ansibles_ways(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    told = {
        "ansible.builtin.assert": {
            "that": [
                "logs is failed",
                "logs is changed",
                "logs.failures | length == 1",
                f"logs.failures[0].resource_id == '{GONE}'",
                "logs.failures[0].code == 'InvalidVpcID.NotFound'",
                "logs.failures[0].hint | length > 0",
                "logs.flow_logs | length == 1",
                "'failed' in logs.msg",
            ]
        }
    }
    tasks = (
        {**_flow_log(vpc, GONE), "register": "logs", "ignore_errors": True},
        told,
        {
            **_flow_log(vpc, GONE),
            "register": "judged",
            "failed_when": "judged.failures | map(attribute='code') | reject('search', 'NotFound') | length > 0",
        },
        {"ansible.builtin.assert": {"that": ["judged is not failed", "judged.failures | length == 1"]}},
        {
            **_flow_log("{{ item }}"),
            "loop": [vpc, GONE],
            "register": "looped",
            "ignore_errors": True,
        },
        {
            "ansible.builtin.assert": {
                "that": ["looped is failed", "looped.results[0] is not failed", "looped.results[1] is failed"]
            }
        },
        {
            "block": [{**_flow_log(GONE), "name": "in a block"}],
            "rescue": [
                {
                    "ansible.builtin.assert": {"that": ["ansible_failed_result.failures[0].resource_id == gone"]},
                    "vars": {"gone": GONE},
                }
            ],
        },
        {"name": "when it failed", "ansible.builtin.debug": {"msg": "seen"}, "when": "logs.failed"},
        {"name": "when it did not", "ansible.builtin.debug": {"msg": "seen"}, "when": "not logs.failed"},
        {
            **_flow_log(GONE),
            "register": "tried",
            "until": "tried is not failed",
            "retries": 1,
            "delay": 0,
            "ignore_errors": True,
        },
        {**_flow_log(vpc), "name": "fine"},
    )
    run = ansible.run(_play(*tasks)).succeeded()
    assert run.registered("when it failed")["msg"] == "seen"
    assert "skip_reason" in run.registered("when it did not")
    final = ansible.run(_play(_flow_log(vpc, GONE))).failed()
    assert final.failed_hosts == ["localhost"]
    assert GONE in final.output and "Check the id" in final.output


def test_without_region_or_credentials_it_says_so(cloud: Cloud, ansible: Ansible) -> None:
    no_region = ansible.run(_play(_flow_log(GONE)), env={"AWS_REGION": None}).failed()
    assert "region" in no_region.output.lower()
    assert no_region.calls.mutating == []
    nobody = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    no_keys = ansible.run(_play(_flow_log(GONE)), env=nobody).failed()
    assert "credentials" in no_keys.output.lower()
    assert no_keys.calls == []
    nowhere = ansible.run(_play(_flow_log(GONE, endpoint_url="http://127.0.0.1:9"))).failed()
    assert "127.0.0.1:9" in nowhere.output
