# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retention, key and deletion protection of log groups, and the account's own retention."""

from __future__ import annotations

import json
import time
from typing import Any

from ..behaviours import answers
from ..behaviours import check
from ..errors import AwsError
from ..log_group_names import group_meant
from ..request import Request
from .log_groups import account_policies
from .log_groups import find_group
from .log_groups import invalid

RETENTION = frozenset(
    (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
)
_ACCOUNT_RETENTION = frozenset(days for days in RETENTION if days >= 30) | {"NEVER_EXPIRE"}


@check("logs:PutRetentionPolicy", cites="6.2")
def retention_is_one_of_the_list(request: Request) -> None:
    """Only AWS's numbers of days are taken."""
    days = request.arguments.get("retentionInDays")
    find_group(request, request.arguments.get("logGroupName", ""))
    if days not in RETENTION:
        listed = ", ".join(str(entry) for entry in sorted(RETENTION))
        raise invalid(
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{listed}]"
        )


@answers("logs:AssociateKmsKey", cites="6.3")
def associate_kms_key(request: Request) -> None:
    """Sets the key of a log group."""
    find_group(request, group_meant(request.arguments)).kms_key_id = request.arguments["kmsKeyId"]


@answers("logs:DisassociateKmsKey", cites="6.3")
def disassociate_kms_key(request: Request) -> None:
    """Removes the key of a log group."""
    find_group(request, group_meant(request.arguments)).kms_key_id = None


@answers("logs:PutLogGroupDeletionProtection", cites="6.1")
def put_deletion_protection(request: Request) -> None:
    """Protects a log group from deletion, or no longer."""
    if "deletionProtectionEnabled" not in request.arguments:
        raise invalid("1 validation error detected: Value at 'deletionProtectionEnabled' must not be null")
    protected = bool(request.arguments["deletionProtectionEnabled"])
    vars(find_group(request, group_meant(request.arguments)))["protected"] = protected


@answers("logs:PutAccountPolicy", cites="6.2")
def put_account_policy(request: Request) -> dict[str, Any]:
    """A retention policy of the account overrides that of its log groups, in what is shown."""
    arguments = request.arguments
    if arguments.get("policyType") == "RETENTION_POLICY":
        document = json.loads(arguments["policyDocument"])
        if document.get("retentionInDays") not in _ACCOUNT_RETENTION:
            raise invalid(f"retentionInDays {document.get('retentionInDays')} is not valid.")
        if document.get("enforcementMode") not in ("NEW_ONLY", "RETROACTIVE"):
            raise invalid(f"enforcementMode {document.get('enforcementMode')} is not valid.")
    policy = {
        "policyName": arguments["policyName"],
        "policyDocument": arguments["policyDocument"],
        "policyType": arguments["policyType"],
        "scope": "ALL",
        "accountId": request.account,
        "lastUpdatedTime": int(time.time() * 1000),
    }
    policies = account_policies(request)
    policies[:] = [entry for entry in policies if not _is(entry, arguments)] + [policy]
    return {"accountPolicy": policy}


@answers("logs:DescribeAccountPolicies", cites="6.2")
def describe_account_policies(request: Request) -> dict[str, Any]:
    """The account's policies of a type."""
    wanted = request.arguments.get("policyType")
    return {"accountPolicies": [entry for entry in account_policies(request) if entry["policyType"] == wanted]}


@answers("logs:DeleteAccountPolicy", cites="6.2")
def delete_account_policy(request: Request) -> None:
    """Removes a policy of the account."""
    policies = account_policies(request)
    if not any(_is(entry, request.arguments) for entry in policies):
        raise AwsError("ResourceNotFoundException", "The specified policy does not exist.")
    policies[:] = [entry for entry in policies if not _is(entry, request.arguments)]


def _is(policy: dict[str, Any], arguments: dict[str, Any]) -> bool:
    return all(policy[key] == arguments.get(key) for key in ("policyName", "policyType"))
