# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles and policies that a test finds."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud

SERVICE_TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def service_role(cloud: Cloud) -> str:
    """A role that flow logs can use."""
    return cloud.role(trust=SERVICE_TRUST)


def five_versions(cloud: Cloud) -> str:
    """The policy with a document that allows nothing, and as many versions as it can have."""
    cloud.policy()
    for number in range(4):
        document = {**NOTHING_ALLOWED, "Id": f"version-{number}"}
        cloud.client("iam").create_policy_version(
            PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(document), SetAsDefault=number == 2
        )
    return POLICY_ARN
