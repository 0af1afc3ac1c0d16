# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Say what is wrong with what the removal left, independently of the collection: verify.py ENDPOINT"""

from __future__ import annotations

import sys
from typing import Any

from estate import BANK
from estate import SHOP
from estate import session

ROLE = "Flow-Logs-Role-to-cloudwatch-logs"
POLICY = "Send_to_CloudWatch_Logs"


def main(endpoint: str) -> None:
    shop, bank = left(endpoint, SHOP), left(endpoint, BANK)
    problems = [
        *differs("shop: flow logs", shop["flow logs"], 0),
        *differs("shop: retention of the log groups, one for each target", shop["retentions"], [30] * 6),
        *differs("shop: roles and policies", shop["iam"], {ROLE, POLICY}),
        *differs("bank: all that is left", bank, {"flow logs": 0, "retentions": [], "iam": set()}),
    ]
    sys.exit("\n".join(problems) or 0)


def left(endpoint: str, place: dict[str, str]) -> dict[str, Any]:
    aws = session(endpoint, **place)
    ec2, logs, iam = (aws.client(name, endpoint_url=endpoint) for name in ("ec2", "logs", "iam"))
    return {
        "flow logs": len(ec2.describe_flow_logs()["FlowLogs"]),
        "retentions": [group.get("retentionInDays") for group in logs.describe_log_groups()["logGroups"]],
        "iam": {role["RoleName"] for role in iam.list_roles()["Roles"]}
        | {policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]},
    }


def differs(what: str, found: Any, expected: Any) -> list[str]:
    return [] if found == expected else [f"{what}: {found}, not {expected}"]


if __name__ == "__main__":
    main(*sys.argv[1:])
