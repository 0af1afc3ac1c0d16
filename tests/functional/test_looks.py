# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What deliveries have is read while IAM is at work, and read again where that look failed or no longer holds."""

from __future__ import annotations

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import build
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

APPLY = "netops.flow_logs.apply"


def test_nothing_that_is_only_read_waits_for_iam(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    ansible.emulator.delay("iam:GetPolicy", 2)
    names = ansible.run(APPLY, estate.inventory()).succeeded().calls.names

    for read in ("logs:DescribeLogGroups", "ec2:DescribeFlowLogs"):
        assert names.index("iam:GetPolicy") < names.index(read) < names.index("iam:GetRole")
    assert names.index("iam:AttachRolePolicy") < min(names.index("logs:CreateLogGroup"), names.index("ec2:CreateFlowLogs"))


def test_a_look_that_failed_is_taken_again_and_fails_nobody(cloud: Cloud, ansible: Ansible) -> None:
    estate = build(cloud, "shop", each=1)
    for call in ("ec2:DescribeFlowLogs", "logs:DescribeLogGroups"):
        ansible.emulator.refuse(call, "AccessDeniedException", "not at this moment")
    ansible.emulator.forget()
    run = ansible.start(APPLY, estate.inventory()).wait().succeeded()

    assert run.calls.of("CreateFlowLogs") and cloud.flow_logs()


def test_a_look_counts_once(cloud: Cloud, ansible: Ansible) -> None:
    """Somebody creates the log group after it: what is there is read before it is tried again."""
    estate = build(cloud, "shop", each=1)
    ansible.emulator.refuse("logs:CreateLogGroup", "ResourceAlreadyExistsException", "The specified log group already exists")
    names = ansible.run(APPLY, estate.inventory()).succeeded().calls.names

    created = [number for number, name in enumerate(names) if name == "logs:CreateLogGroup"]
    # The targets' groups come side by side, the one that was refused after the others.
    assert "logs:DescribeLogGroups" in names[created[-2] : created[-1]]
