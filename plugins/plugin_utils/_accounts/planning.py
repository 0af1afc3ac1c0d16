# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""From what was gathered to what each account's process needs: modules' options, complete and checked."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import spec as flow_log_spec
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import info_spec as iam_info_spec
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import spec as iam_spec
from ansible_collections.netops.flow_logs.plugins.module_utils._insights import spec as insights_spec
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group import spec as log_group_spec
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import connection_options
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import Problems
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.ways import Way

from .assumed_role import ASSUME_ROLE_SPEC
from .module_stand_in import validated
from .plans import AccountPlan
from .plans import DeliveryPlan
from .plans import QueriesPlan
from .plans import WayPlan

# (module's full name, the role's options) -> the same with what the play has as defaults for the module.
WithDefaults = Callable[[str, dict[str, Any]], dict[str, Any]]

_OURS = "netops.flow_logs."
_SESSION_NAME = "netops.flow_logs"


def account_plans(
    accounts: Sequence[Mapping[str, Any]],
    with_defaults: WithDefaults,
    problems: Problems,
    closed: Mapping[Way, dict[str, Any]] | None = None,
    homes: Mapping[Way, str | None] | None = None,
) -> list[AccountPlan]:
    """The plans of what can be done; adds to problems the hosts of accounts whose options are wrong.

    closed: way -> why it leads nowhere, as a module returns it. homes: way -> the region that answered for it.
    """
    ways = partial(_way, with_defaults, closed or {}, homes or {})
    plans = []
    for account in accounts:
        try:
            plans.append(_plan(account, with_defaults, ways))
        except InvalidInput as error:
            hosts = [host for delivery in account["deliveries"] for host in delivery["asking"]]
            problems.add(hosts, f"{account['label']}: {error}")
    return plans


def connection_of(with_defaults: WithDefaults, way: Way, region: str | None) -> dict[str, Any]:
    """The options of a module that asks where a way leads, validated. Raises InvalidInput."""
    own = {"role_name": "none", "policy_name": "none", **connection_options(way), **_in_region(region)}
    options = validated(iam_spec.ARGUMENT_SPEC, with_defaults(_OURS + "flow_log_iam", own))
    # Whose account is expected is the hosts' to say; here it is only asked whose it is.
    return {**options, "expected_account_id": None}


def _in_region(region: str | None) -> dict[str, str]:
    """Without one, it is that of the play's defaults or the environment."""
    return {} if region is None else {"region": region}


def _plan(
    account: Mapping[str, Any], with_defaults: WithDefaults, plan_way: Callable[..., WayPlan]
) -> AccountPlan:
    if account["state"] == "absent" and account["remove_iam"] and not account["manage_iam"]:
        raise InvalidInput(
            "flow_logs_remove_iam is true, and flow_logs_manage_iam false: IAM can't be removed without being touched. Give"
            " one of them another value."
        )
    options = partial(_options, with_defaults, account["state"])
    return AccountPlan(
        label=str(account["label"]),
        state=account["state"],
        ways=[plan_way(account, way) for way in account["ways"]],
        remove_iam=account["remove_iam"],
        manage_iam=account["manage_iam"],
        removal_wait=account["removal_wait"],
        operators=account["operators"],
        deliveries=[
            DeliveryPlan(
                label=str(delivery["label"]),
                hosts=delivery["hosts"],
                log_group=options(log_group_spec.ARGUMENT_SPEC, "log_group", {**delivery["log_group"], **delivery["connection"]}),
                flow_log=options(
                    flow_log_spec.ARGUMENT_SPEC, "flow_log", {**delivery["flow_log"], **delivery["connection"]}, **flow_log_spec.RULES
                ),
                remove_log_groups=delivery["remove_log_groups"],
                project=delivery.get("project"),
                verify_timeout=delivery.get("verify_timeout"),
                way=delivery["way"],
                number=number,
                asking=delivery["asking"],
            )
            for number, delivery in enumerate(account["deliveries"])
        ],
        queries=[
            QueriesPlan(
                label=str(folder["label"]),
                options=options(insights_spec.ARGUMENT_SPEC, "insights_queries", {**folder["options"], **folder["connection"]}),
                way=folder["way"],
                number=number,
                asking=folder["asking"],
            )
            for number, folder in enumerate(account["queries"])
        ],
    )


def _options(
    with_defaults: WithDefaults, state: str, spec: Mapping[str, Any], name: str, own: Mapping[str, Any], **rules: Any
) -> dict[str, Any]:
    return validated(spec, with_defaults(_OURS + name, {**own, "state": state}), **rules)


def _way(
    with_defaults: WithDefaults,
    closed: Mapping[Way, dict[str, Any]],
    homes: Mapping[Way, str | None],
    account: Mapping[str, Any],
    way: Mapping[str, Any],
) -> WayPlan:
    regions: tuple[str | None, ...] = (homes[way["way"]],) if way["way"] in homes else tuple(way["regions"]) or (None,)
    # Where the environment's region counts too, it is what options have: those that are asked before it go before it.
    here = {**way["connection"], **_in_region(None if None in regions else regions[0])}
    iam = _options(with_defaults, account["state"], iam_spec.ARGUMENT_SPEC, "flow_log_iam", {**account["iam"], **here})
    info = {"role_names": [iam["role_name"]], "policy_names": [iam["policy_name"]], **here}
    assume_role = None
    if way["assume_role_arn"]:
        given = with_defaults("amazon.aws.sts_assume_role", {**here, "role_arn": way["assume_role_arn"]})
        assume_role = validated(ASSUME_ROLE_SPEC, {"role_session_name": _SESSION_NAME, **given})
    return WayPlan(
        iam=iam,
        iam_info=validated(iam_info_spec.ARGUMENT_SPEC, with_defaults(_OURS + "flow_log_iam_info", info)),
        assume_role=assume_role,
        regions=regions,
        account=way["account"],
        error=closed.get(way["way"]),
    )
