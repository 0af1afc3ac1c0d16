# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Finding the flow logs that deliver through roles, in all regions of the account."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import api
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog

from .regions import in_all_regions
from .usage import User
from .usage import Users


def find_users(module: Any, account: Account) -> Users:
    """Reads all flow logs in every enabled region: there is no filter for the role, and those to Firehose may have one too."""
    found = in_all_regions(module, account, api.describe_all_flow_logs)
    users: dict[str, list[User]] = {}
    for region, logs in found.answers.items():
        for log in logs:
            for role_arn in _roles_of(log):
                users.setdefault(role_arn, []).append(User(region, log))
    return Users(users, found.unread)


def _roles_of(log: FlowLog) -> set[str]:
    """In lower case, both roles of a delivery to another account's Firehose; the second is as a rule that account's."""
    arns = (log.role_arn, log.facts.get("DeliverCrossAccountRole"))
    return {arn.lower() for arn in arns if arn}
