# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""From hosts and their variables to accounts and deliveries. Pure: no Ansible, no AWS.

A delivery is one account, region and set of identical settings with all its targets; an account is what deliveries of
one set of credentials share: the IAM role and policy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Sequence
from typing import Tuple

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._log_format import normalise
from ansible_collections.netops.flow_logs.plugins.module_utils._name_template import placeholders
from ansible_collections.netops.flow_logs.plugins.module_utils._name_template import policy_pattern
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import tag_wish
from ansible_collections.netops.flow_logs.plugins.module_utils._target import parse_targets
from ansible_collections.netops.flow_logs.plugins.plugin_utils._query_folders import FOLDER
from ansible_collections.netops.flow_logs.plugins.plugin_utils._query_folders import Folder
from ansible_collections.netops.flow_logs.plugins.plugin_utils._query_folders import check_queries
from ansible_collections.netops.flow_logs.plugins.plugin_utils._query_folders import query_folders

# Variables that say how to reach an account. Equal values mean the same credentials, so the same account.
CONNECTION = (
    "flow_logs_profile",
    "flow_logs_assume_role_arn",
    "flow_logs_endpoint_url",
    "flow_logs_expected_account_id",
)
# Variables that name an account's IAM resources; those in SHARED have to agree among its deliveries.
IAM_NAMES = ("flow_logs_role_name", "flow_logs_policy_name")
SHARED = (
    "flow_logs_least_privilege",
    "flow_logs_iam_tags",
    "flow_logs_state",
    "flow_logs_remove_iam",
    "flow_logs_removal_wait",
)
# Variables that belong to a host, not to its delivery.
_OF_THE_HOST = ("flow_logs_resource_id", "flow_logs_resource_ids", "flow_logs_pass_role_to")
# Role variable -> option of a module. An option whose variable is not set is left out altogether: one that is there but
# omitted would hide the user's module_defaults (ansible-core 2.19 and later).
_CONNECTION_OPTIONS = {
    "flow_logs_region": "region",
    "flow_logs_profile": "profile",
    "flow_logs_endpoint_url": "endpoint_url",
}
_IAM_OPTIONS = {
    "flow_logs_role_name": "role_name",
    "flow_logs_policy_name": "policy_name",
    "flow_logs_iam_tags": "tags",
    "flow_logs_expected_account_id": "expected_account_id",
}
_LOG_GROUP_OPTIONS = {
    "flow_logs_log_group_name": "log_group_name",
    "flow_logs_retention_in_days": "retention_in_days",
    "flow_logs_kms_key_id": "kms_key_id",
    "flow_logs_tags": "tags",
    "flow_logs_expected_account_id": "expected_account_id",
}
_FLOW_LOG_OPTIONS = {
    "flow_logs_log_group_name": "log_group_name",
    "flow_logs_traffic_type": "traffic_type",
    "flow_logs_max_aggregation_interval": "max_aggregation_interval",
    "flow_logs_log_format": "log_format",
    "flow_logs_tags": "tags",
    "flow_logs_expected_account_id": "expected_account_id",
}
_QUERIES_OPTIONS = {
    "flow_logs_log_group_name": "log_group_name",
    "flow_logs_log_format": "log_format",
    FOLDER: "query_folder",
    "flow_logs_expected_account_id": "expected_account_id",
}
# A profile and keys exclude each other, wherever they come from; an empty string beats what the environment has.
_NO_KEYS = {"access_key": "", "secret_key": "", "session_token": ""}

# Errors shown before the rest is counted only.
_SHOWN = 10


@dataclass(frozen=True)
class HostWish:
    """An inventory host and the role's variables as they are for it, templated and checked."""

    host: str
    settings: Mapping[str, Any]


@dataclass
class Delivery:
    """hosts: resource id -> the inventory host that asked for it."""

    settings: Dict[str, Any]
    hosts: Dict[str, str] = field(default_factory=dict)


def resource_ids(wish: HostWish) -> List[str]:
    """The ids that a host stands for: flow_logs_resource_ids, flow_logs_resource_id, or its name. Raises InvalidInput."""
    listed = wish.settings.get("flow_logs_resource_ids")
    if listed is None:
        listed = [wish.settings.get("flow_logs_resource_id") or wish.host]
    try:
        return [target.resource_id for target in parse_targets(listed)]
    except InvalidInput:
        given = ", ".join(map(str, listed))
        raise InvalidInput(
            f"host {wish.host}: {given} is no id of a VPC, subnet or network interface. Name the host by its id, or set"
            " flow_logs_resource_id or flow_logs_resource_ids for it."
        ) from None


def gather(wishes: Sequence[HostWish], known_problems: Sequence[str] = ()) -> List[Dict[str, Any]]:
    """Accounts with their IAM and their deliveries, in the order of the hosts.

    Raises InvalidInput that names hosts, together with the problems that are known already.
    """
    deliveries: Dict[str, Delivery] = {}
    # Hosts that are written alike have the same object for settings, so that thousands of hosts need few looks into them.
    known: Dict[int, Delivery] = {}
    problems = list(known_problems)
    for wish in wishes:
        try:
            ids = resource_ids(wish)
        except InvalidInput as error:
            problems.append(str(error))
            continue
        if not ids:
            continue
        if id(wish.settings) not in known:
            known[id(wish.settings)] = _delivery_of(wish, deliveries, problems)
        hosts = known[id(wish.settings)].hosts
        for resource_id in ids:
            hosts.setdefault(resource_id, wish.host)
    problems += _asked_twice(deliveries.values())
    accounts = _accounts(deliveries.values(), _first_of_each(wishes), problems)
    if problems:
        raise InvalidInput(shortened(problems))
    return accounts


def _delivery_of(wish: HostWish, deliveries: Dict[str, Delivery], problems: List[str]) -> Delivery:
    """The delivery with the host's settings, a new one where there is none yet."""
    settings = {key: value for key, value in wish.settings.items() if key not in _OF_THE_HOST and value is not None}
    key = _key(settings)
    if key not in deliveries:
        problems += _impossible(wish)
    return deliveries.setdefault(key, Delivery(settings))


def _first_of_each(wishes: Sequence[HostWish]) -> List[HostWish]:
    """The first host with each object for settings."""
    first: Dict[int, HostWish] = {}
    for wish in wishes:
        first.setdefault(id(wish.settings), wish)
    return list(first.values())


def _impossible(wish: HostWish) -> List[str]:
    """What the modules would refuse without asking AWS, told before the first of them writes."""
    checks: Tuple[Callable[[], Any], ...] = (
        lambda: placeholders(wish.settings["flow_logs_log_group_name"]),
        lambda: normalise(wish.settings.get("flow_logs_log_format")),
        lambda: tag_wish(wish.settings.get("flow_logs_tags"), True),
        lambda: tag_wish(wish.settings.get("flow_logs_iam_tags"), True),
        lambda: check_queries(wish.settings),
    )
    problems = []
    for check in checks:
        try:
            check()
        except InvalidInput as error:
            problems.append(f"host {wish.host}: {error}")
    return problems


def alike(problems: Mapping[str, str]) -> List[str]:
    """Problems (host -> what is wrong) as lines, hosts with the same one together: a group's variable strikes them all."""
    hosts: Dict[str, List[str]] = {}
    for host, problem in problems.items():
        hosts.setdefault(problem, []).append(host)
    return [
        f"host {names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {problem}"
        for problem, names in hosts.items()
    ]


def shortened(problems: Sequence[str]) -> str:
    """The first problems one below the other, and how many more there are."""
    more = [f"... and {len(problems) - _SHOWN} more."] if len(problems) > _SHOWN else []
    return "\n".join([*printable_lines(problems[:_SHOWN]), *more])


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _asked_twice(deliveries: Iterable[Delivery]) -> List[str]:
    """One target, one log group and two sets of settings: each would undo the other."""
    seen: Dict[Tuple[str, str], Tuple[str, Delivery]] = {}
    problems = []
    for delivery in deliveries:
        names = (*CONNECTION, "flow_logs_region", "flow_logs_log_group_name")
        place = _key([delivery.settings.get(name) for name in names])
        for resource_id, host in delivery.hosts.items():
            other, first = seen.setdefault((resource_id, place), (host, delivery))
            if first is not delivery:
                differing = sorted(
                    name
                    for name in {*first.settings, *delivery.settings}
                    if first.settings.get(name) != delivery.settings.get(name)
                )
                problems.append(
                    f"{resource_id} is asked for by hosts {other} and {host} with different {', '.join(differing)}."
                )
    return problems


def _accounts(deliveries: Iterable[Delivery], wishes: Sequence[HostWish], problems: List[str]) -> List[Dict[str, Any]]:
    groups: Dict[str, List[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault(_account_key(delivery.settings), []).append(delivery)
    by_account: Dict[str, List[HostWish]] = {}
    for wish in wishes:
        by_account.setdefault(_account_key(wish.settings), []).append(wish)
    accounts = []
    for key, group in groups.items():
        own = by_account[key]
        problems += _disagreements(own)
        folders = [] if problems else query_folders([(each.settings, each.hosts) for each in group], problems)
        accounts.append({**_account(group, own), "queries": [_queries(folder) for folder in folders]})
    # Ansible hands out the hosts of nested groups in an order that differs from run to run.
    return sorted(accounts, key=lambda account: (str(account["label"]), _key(account["connection"])))


def _account_key(settings: Mapping[str, Any]) -> str:
    return _key([settings.get(name) or None for name in (*CONNECTION, *IAM_NAMES)])


def _disagreements(wishes: Sequence[HostWish]) -> List[str]:
    problems = []
    for name in SHARED:
        hosts = {_key(wish.settings.get(name)): wish.host for wish in reversed(wishes)}
        if len(hosts) > 1:
            role = wishes[0].settings.get("flow_logs_role_name")
            problems.append(
                f"Hosts {' and '.join(sorted(hosts.values()))} share the IAM role {role} but not the value of {name}."
                " Give them the same one, or roles of their own by flow_logs_role_name and flow_logs_policy_name."
            )
    return problems


def _account(deliveries: Sequence[Delivery], wishes: Sequence[HostWish]) -> Dict[str, Any]:
    settings = deliveries[0].settings
    account = {
        "label": _account_label(settings),
        "connection": _connection(settings),
        "state": settings["flow_logs_state"],
        "remove_iam": bool(settings.get("flow_logs_remove_iam")),
        "removal_wait": settings.get("flow_logs_removal_wait") or 0,
        "iam": _iam(deliveries, wishes),
        "deliveries": sorted((_delivery(delivery) for delivery in deliveries), key=lambda entry: str(entry["label"])),
    }
    if settings.get("flow_logs_assume_role_arn"):
        account["assume_role_arn"] = settings["flow_logs_assume_role_arn"]
    return account


def _options(names: Mapping[str, str], settings: Mapping[str, Any]) -> Dict[str, Any]:
    return {option: settings[name] for name, option in names.items() if settings.get(name) is not None}


def _connection(settings: Mapping[str, Any]) -> Dict[str, Any]:
    connection = _options(_CONNECTION_OPTIONS, settings)
    return {**connection, **_NO_KEYS} if connection.get("profile") else connection


def _iam(deliveries: Sequence[Delivery], wishes: Sequence[HostWish]) -> Dict[str, Any]:
    """Options of flow_log_iam. What several plays share adds up: names of log groups, tags, operators."""
    settings = wishes[0].settings
    least = bool(settings.get("flow_logs_least_privilege"))
    options: Dict[str, Any] = {
        **_options(_IAM_OPTIONS, settings),
        "purge_tags": False,
        "purge_log_group_names": False,
        "allow_create_log_group": not least,
        "restrict_trust": least,
    }
    if least:
        templates = {delivery.settings["flow_logs_log_group_name"] for delivery in deliveries}
        options["log_group_names"] = sorted(policy_pattern(template) for template in templates)
    pass_role_to = [arn for wish in wishes for arn in wish.settings.get("flow_logs_pass_role_to") or []]
    if pass_role_to:
        options["pass_role_to"] = list(dict.fromkeys(pass_role_to))
    return options


def _queries(folder: Folder) -> Dict[str, Any]:
    """Options of insights_queries. A run for some of the hosts takes no log groups of the others out of the queries."""
    settings = folder.settings
    options = {"resource_ids": sorted(folder.hosts), "purge_log_group_names": False}
    return {
        "label": f"queries in {folder.name}{_place(settings)}",
        "connection": _connection(settings),
        "options": {**_options(_QUERIES_OPTIONS, settings), **options},
    }


def _place(settings: Mapping[str, Any]) -> str:
    return f" in {settings['flow_logs_region']}" if settings.get("flow_logs_region") else ""


def _account_label(settings: Mapping[str, Any]) -> str:
    for name in ("flow_logs_expected_account_id", "flow_logs_assume_role_arn", "flow_logs_profile"):
        if settings.get(name):
            return str(settings[name])
    return "the caller's account"


def _delivery(delivery: Delivery) -> Dict[str, Any]:
    settings = delivery.settings
    project = settings.get("flow_logs_project") or settings["flow_logs_log_group_name"]
    count = len(delivery.hosts)
    return {
        "label": f"{project}{_place(settings)}, {count} target{'' if count == 1 else 's'}",
        "connection": _connection(settings),
        "log_group": {**_options(_LOG_GROUP_OPTIONS, settings), "resource_ids": sorted(delivery.hosts)},
        "flow_log": {**_options(_FLOW_LOG_OPTIONS, settings), "resource_ids": sorted(delivery.hosts)},
        "remove_log_groups": bool(settings.get("flow_logs_remove_log_groups")),
        "hosts": dict(delivery.hosts),
        "project": settings.get("flow_logs_project"),
        "verify_timeout": settings["flow_logs_verify_timeout"] if settings.get("flow_logs_verify_delivery") else None,
    }
