# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""From what was gathered to what each account's process needs: modules' options, complete and checked."""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Mapping
from typing import Sequence

from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.modules import flow_log
from ansible_collections.netops.flow_logs.plugins.modules import flow_log_iam
from ansible_collections.netops.flow_logs.plugins.modules import flow_log_iam_info
from ansible_collections.netops.flow_logs.plugins.modules import insights_queries
from ansible_collections.netops.flow_logs.plugins.modules import log_group
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import AccountPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import DeliveryPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._account import QueriesPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._assumed_role import ASSUME_ROLE_SPEC
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import Problems
from ansible_collections.netops.flow_logs.plugins.plugin_utils._in_process import validated

# (module's full name, the role's options) -> the same with what the play has as defaults for the module.
WithDefaults = Callable[[str, Dict[str, Any]], Dict[str, Any]]

_OURS = "netops.flow_logs."
_SESSION_NAME = "netops.flow_logs"


def account_plans(
    accounts: Sequence[Mapping[str, Any]], with_defaults: WithDefaults, problems: Problems
) -> List[AccountPlan]:
    """The plans of what can be done; adds to problems the hosts of accounts whose options are wrong."""
    plans = []
    for account in accounts:
        try:
            plans.append(_plan(account, with_defaults))
        except InvalidInput as error:
            hosts = [host for delivery in account["deliveries"] for host in delivery["hosts"].values()]
            problems.add(hosts, f"{account['label']}: {error}")
    return plans


def _plan(account: Mapping[str, Any], with_defaults: WithDefaults) -> AccountPlan:
    def options(module: Any, name: str, own: Mapping[str, Any], **rules: Any) -> Dict[str, Any]:
        given = with_defaults(_OURS + name, {**own, "state": account["state"]})
        return validated(module.ARGUMENT_SPEC, given, **rules)

    if account["state"] == "absent" and account["remove_iam"] and not account["manage_iam"]:
        raise InvalidInput(
            "flow_logs_remove_iam is true, and flow_logs_manage_iam false: IAM can't be removed without being touched. Give"
            " one of them another value."
        )
    connection = account["connection"]
    iam = options(flow_log_iam, "flow_log_iam", {**account["iam"], **connection})
    assume_role = None
    if account.get("assume_role_arn"):
        own = {"role_session_name": _SESSION_NAME}
        given = with_defaults("amazon.aws.sts_assume_role", {**connection, "role_arn": account["assume_role_arn"]})
        assume_role = validated(ASSUME_ROLE_SPEC, {**own, **given})
    info = {"role_names": [iam["role_name"]], "policy_names": [iam["policy_name"]]}
    if iam.get("expected_account_id"):
        info["expected_account_id"] = iam["expected_account_id"]
    return AccountPlan(
        label=str(account["label"]),
        state=account["state"],
        iam=iam,
        iam_info=validated(
            flow_log_iam_info.ARGUMENT_SPEC, with_defaults(_OURS + "flow_log_iam_info", {**info, **connection})
        ),
        assume_role=assume_role,
        remove_iam=account["remove_iam"],
        manage_iam=account["manage_iam"],
        removal_wait=account["removal_wait"],
        deliveries=[
            DeliveryPlan(
                label=str(delivery["label"]),
                hosts=delivery["hosts"],
                log_group=options(log_group, "log_group", {**delivery["log_group"], **delivery["connection"]}),
                flow_log=options(
                    flow_log, "flow_log", {**delivery["flow_log"], **delivery["connection"]}, **flow_log.RULES
                ),
                remove_log_groups=delivery["remove_log_groups"],
                project=delivery.get("project"),
                verify_timeout=delivery.get("verify_timeout"),
            )
            for delivery in account["deliveries"]
        ],
        queries=[
            QueriesPlan(
                label=str(folder["label"]),
                options=options(insights_queries, "insights_queries", {**folder["options"], **folder["connection"]}),
            )
            for folder in account["queries"]
        ],
    )
