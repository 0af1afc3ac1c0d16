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
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.patterns import EVERYTHING
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.patterns import without_covered
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import is_an_id
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import OF_THE_RESOURCE
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import placeholders

from .checks import policy_names
from .checks import reason_against_role
from .checks import reasons_against
from .problems import Problems
from .query_folders import FOLDER
from .query_folders import Folder
from .query_folders import folder_disagreements
from .query_folders import query_folders
from .query_folders import shares
from .ways import Identify
from .ways import Way
from .ways import no_idea
from .ways import way_of

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
    "flow_logs_manage_iam",
    "flow_logs_permissions_boundary",
    "flow_logs_state",
    "flow_logs_remove_iam",
    "flow_logs_removal_wait",
)
# The same of a role or a policy that two such pairs have in common: each pair would undo what the other does to it.
_SHARED_BY = {
    "flow_logs_role_name": (
        "flow_logs_least_privilege",
        "flow_logs_iam_tags",
        "flow_logs_manage_iam",
        "flow_logs_permissions_boundary",
    ),
    "flow_logs_policy_name": ("flow_logs_least_privilege", "flow_logs_iam_tags"),
}
# What all users of a log group have to agree on.
_SHARED_GROUP = ("flow_logs_retention_in_days", "flow_logs_kms_key_id", "flow_logs_tags")
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
    "flow_logs_permissions_boundary": "permissions_boundary",
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
    "flow_logs_take_over": "take_over",
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
# Hosts that a message names, and characters of what is no id.
_NAMED = 5
_LONGEST_ID = 100


@dataclass(frozen=True)
class HostWish:
    """An inventory host and the role's variables as they are for it, templated and checked."""

    host: str
    settings: Mapping[str, Any]


@dataclass
class Delivery:
    """hosts: resource id -> the inventory host that asked for it, the first of several. asking: all that do -> their ids."""

    settings: dict[str, Any]
    hosts: dict[str, str] = field(default_factory=dict)
    asking: dict[str, list[str]] = field(default_factory=dict)


def resource_ids(wish: HostWish) -> list[str]:
    """The ids that a host stands for: flow_logs_resource_ids, flow_logs_resource_id, or its name. Raises InvalidInput."""
    listed = wish.settings.get("flow_logs_resource_ids")
    if listed is None:
        listed = [wish.settings.get("flow_logs_resource_id") or wish.host]
    try:
        return [target.resource_id for target in parse_targets(listed)]
    except InvalidInput:
        wrong = [str(each) for each in listed if not is_an_id(each)]
        more = f" (and {len(wrong) - 1} more of its {len(listed)} ids)" if len(wrong) > 1 else ""
        raise InvalidInput(
            f"{limited(wrong[0], _LONGEST_ID)} is not a valid id of a VPC, subnet or network interface{more}. Name the host by its id,"
            " or set flow_logs_resource_id or flow_logs_resource_ids for it."
        ) from None


@dataclass(frozen=True)
class Gathered:
    """accounts: with their IAM and deliveries. problems: hosts that are in none of them, and why."""

    accounts: list[dict[str, Any]]
    problems: Problems


def gather(
    wishes: Sequence[HostWish], problems: Problems | None = None, identify: Identify = no_idea
) -> Gathered:
    """Accounts with their IAM and their deliveries, whatever the order of the hosts.

    problems has the hosts that are known to be wrong already. A host with a problem is left out, and so are all that contradict
    each other, as nobody knows who of them is right; the others are served. identify says which account each way leads into;
    it is asked once everything is checked that needs no answer.
    """
    found = problems or Problems()
    left = _with_ids(wishes, found)
    known: dict[Way, Account] = {}
    for check in (_check_settings, _check_targets, _check_shared, _check_folders):
        check(left, found, known)
        left = [each for each in left if each.wish.host not in found]
    known.update(identify(_regions_by_way(left)))
    joined = len(_by_account(left, known)) < len(_by_account(left, {}))
    for check in (_check_expected, _check_role, *((_check_targets, _check_shared, _check_folders) if joined else ())):
        check(left, found, known)
        left = [each for each in left if each.wish.host not in found]
    return Gathered(_accounts(left, known), found)


# Which account a way leads into, as far as that is known.
_Known = Mapping[Way, Account]


@dataclass(frozen=True)
class _Host:
    """A host's wish and the ids that it stands for."""

    wish: HostWish
    ids: Sequence[str]


def _regions_by_way(hosts: Sequence[_Host]) -> dict[Way, list[str | None]]:
    """None, the region of the environment, last: it answers where that of the only host with one of its own does not."""
    regions: dict[Way, set[str | None]] = {}
    for settings in _distinct_settings(hosts):
        regions.setdefault(way_of(settings), set()).add(settings.get("flow_logs_region") or None)
    return {way: sorted(own, key=lambda region: (region is None, region or "")) for way, own in regions.items()}


def _distinct_settings(hosts: Sequence[_Host]) -> list[Mapping[str, Any]]:
    """Thousands of hosts that are written alike share one object."""
    return list({id(each.wish.settings): each.wish.settings for each in hosts}.values())


def _check_expected(hosts: Sequence[_Host], problems: Problems, known: _Known) -> None:
    """The safety catch, before anything is written."""
    for each in hosts:
        expected = each.wish.settings.get("flow_logs_expected_account_id")
        account = known.get(way_of(each.wish.settings))
        if expected and account is not None and account.account_id != expected:
            problems.add(
                [each.wish.host],
                f"the credentials belong to account {account.account_id}, but expected_account_id is {expected}. Nothing was"
                " written for it. Use the profile, role or keys of the expected account.",
            )


def _check_role(hosts: Sequence[_Host], problems: Problems, known: _Known) -> None:
    """What one host says of the role that it shares with others, once it is known in which account that is."""
    seen: dict[int, str] = {}
    for each in hosts:
        settings = each.wish.settings
        account = known.get(way_of(settings))
        if account is None:
            continue
        if id(settings) not in seen:
            seen[id(settings)] = reason_against_role(settings, account)
        if seen[id(settings)]:
            problems.add([each.wish.host], seen[id(settings)])


def _with_ids(wishes: Sequence[HostWish], problems: Problems) -> list[_Host]:
    """The hosts that stand for something; one with an empty list stands for nothing, on purpose."""
    hosts = []
    for wish in wishes:
        try:
            ids = resource_ids(wish)
        except InvalidInput as error:
            problems.add([wish.host], str(error))
            continue
        if ids:
            hosts.append(_Host(wish, ids))
    return hosts


def _check_settings(hosts: Sequence[_Host], problems: Problems, _known: _Known) -> None:
    """What is wrong with the settings themselves. Hosts that are written alike have the same object: it is looked at once."""
    known: dict[int, list[str]] = {}
    for each in hosts:
        settings = each.wish.settings
        if id(settings) not in known:
            known[id(settings)] = reasons_against(settings)
        for reason in known[id(settings)]:
            problems.add([each.wish.host], reason)


def _check_targets(hosts: Sequence[_Host], problems: Problems, known: _Known) -> None:
    """One target, one log group and two sets of settings: each would undo the other."""
    asked: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for delivery in _deliveries(hosts):
        place, wanted = _destination_key(delivery.settings, known), _without_way(delivery.settings)
        for resource_id in delivery.hosts:
            others = asked.setdefault((resource_id, place), [])
            if wanted not in others:
                others.append(wanted)
    twice = {key: settings for key, settings in asked.items() if len(settings) > 1}
    if not twice:
        return
    asking: dict[tuple[str, str], list[str]] = {}
    for each in hosts:
        place = _destination_key(each.wish.settings, known)
        for resource_id in each.ids:
            asking.setdefault((resource_id, place), []).append(each.wish.host)
    for (resource_id, place), settings in twice.items():
        names = sorted(asking[resource_id, place])
        differing = ", ".join(_differing(settings))
        problems.add(
            names, f"{resource_id} is asked for by hosts {' and '.join(names[:_NAMED])} with different {differing}."
        )


def _destination_key(settings: Mapping[str, Any], known: _Known) -> str:
    names = ("flow_logs_region", "flow_logs_log_group_name")
    return _key([_way_key(settings, known), *(settings.get(name) for name in names)])


def _without_way(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in CONNECTION}


def _way_key(settings: Mapping[str, Any], known: _Known) -> list[Any]:
    """Equal for ways into the same account; where that is not known, for equal ways."""
    way = way_of(settings)
    account = known.get(way)
    if account is None:
        return [settings.get(name) or None for name in CONNECTION]
    return [account.account_id, account.partition, way.endpoint_url]


def _check_shared(hosts: Sequence[_Host], problems: Problems, known: _Known) -> None:
    """What all users of an IAM role, a policy or a log group have to agree on. One that says nothing agrees with everybody."""
    for own in _by_account(hosts, known).values():
        _require_agreement(own, SHARED, _named_role(own, "flow_logs_role_name"), _OWN_ROLE, problems)
    for variable, names in _SHARED_BY.items():
        for own in _grouped(hosts, partial(_iam_key, variable, known)).values():
            _require_agreement(own, names, _named_role(own, variable), _OWN_ROLE, problems)
    for name, own in _grouped(hosts, lambda settings: _group_key(settings, known)).items():
        if name:
            template = str(own[0].wish.settings["flow_logs_log_group_name"])
            _require_agreement(own, _SHARED_GROUP, f"log group {template}", _OWN_GROUP, problems)


_OWN_ROLE = "roles of their own by flow_logs_role_name and flow_logs_policy_name"
_OWN_GROUP = "log groups of their own by flow_logs_log_group_name"


def _named_role(hosts: Sequence[_Host], variable: str) -> str:
    what = "IAM role" if variable == "flow_logs_role_name" else "IAM policy"
    return f"{what} {hosts[0].wish.settings.get(variable)}"


def _require_agreement(
    hosts: Sequence[_Host], names: Sequence[str], what: str, own: str, problems: Problems
) -> None:
    alike: dict[int, tuple[Mapping[str, Any], str]] = {}
    for each in hosts:
        settings, host = each.wish.settings, each.wish.host
        alike[id(settings)] = (settings, min(host, alike.get(id(settings), (settings, host))[1]))
    for name in names:
        values: dict[str, str] = {}
        for settings, host in alike.values():
            if settings.get(name) is not None:
                value = _key(settings[name])
                values[value] = min(values.get(value, host), host)
        if len(values) > 1:
            problems.add(
                [each.wish.host for each in hosts],
                f"Hosts {' and '.join(sorted(values.values()))} share the {what} but not the value of {name}."
                f" Give them the same one, or {own}.",
            )


def _iam_key(variable: str, known: _Known, settings: Mapping[str, Any]) -> str:
    """Names of IAM are one name in upper and lower case."""
    return _key([*_way_key(settings, known), str(settings.get(variable) or "").lower()])


def _group_key(settings: Mapping[str, Any], known: _Known) -> str:
    """Equal for settings that mean one log group; empty where that depends on the resource, or where groups are no matter."""
    template = str(settings["flow_logs_log_group_name"])
    if settings.get("flow_logs_state") == "absent" or placeholders(template) & OF_THE_RESOURCE:
        return ""
    return _key([*_way_key(settings, known), settings.get("flow_logs_region") or None, template])


def _check_folders(hosts: Sequence[_Host], problems: Problems, known: _Known) -> None:
    for own in _by_account(hosts, known).values():
        for names, reason in folder_disagreements([(each.settings, each.asking) for each in _deliveries(own)]):
            problems.add(names, reason)


def _by_account(hosts: Sequence[_Host], known: _Known) -> dict[str, list[_Host]]:
    return _grouped(
        hosts,
        lambda settings: _key([*_way_key(settings, known), *(settings.get(name) or None for name in IAM_NAMES)]),
    )


def _grouped(hosts: Sequence[_Host], key_of: Callable[[Mapping[str, Any]], str]) -> dict[str, list[_Host]]:
    """Hosts with equal keys together. Thousands of hosts that are written alike share one object: it is looked at once."""
    found: dict[str, list[_Host]] = {}
    keys: dict[int, str] = {}
    for each in hosts:
        settings = each.wish.settings
        if id(settings) not in keys:
            keys[id(settings)] = key_of(settings)
        found.setdefault(keys[id(settings)], []).append(each)
    return found


def _deliveries(hosts: Sequence[_Host]) -> list[Delivery]:
    """Hosts with equal settings together. Thousands of hosts need few looks into them: those written alike share the object."""
    deliveries: dict[str, Delivery] = {}
    known: dict[int, Delivery] = {}
    for each in hosts:
        settings = each.wish.settings
        if id(settings) not in known:
            own = _settings_of(each.wish)
            known[id(settings)] = deliveries.setdefault(_key(own), Delivery(own))
        delivery = known[id(settings)]
        delivery.asking[each.wish.host] = list(each.ids)
        targets = delivery.hosts
        for resource_id in each.ids:
            # The first by name, as Ansible's order of hosts differs from run to run.
            targets[resource_id] = min(targets.get(resource_id, each.wish.host), each.wish.host)
    return list(deliveries.values())


def _settings_of(wish: HostWish) -> dict[str, Any]:
    """The settings that belong to the delivery."""
    return {key: value for key, value in wish.settings.items() if key not in _OF_THE_HOST and value is not None}


def _differing(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    names = {name for each in settings for name in each}
    return sorted(name for name in names if len({_key(each.get(name)) for each in settings}) > 1)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _accounts(hosts: Sequence[_Host], known: _Known) -> list[dict[str, Any]]:
    accounts = [_account(own, known) for own in _by_account(hosts, known).values()]
    # Ansible hands out the hosts of nested groups in an order that differs from run to run.
    return sorted(accounts, key=lambda account: (str(account["label"]), _key(account["ways"]), _key(account["iam"])))


def _account(hosts: Sequence[_Host], known: _Known) -> dict[str, Any]:
    """The account: deliveries and folders name the way that leads to them by its number."""
    all_settings = _distinct_settings(hosts)
    regions = _regions_by_way(hosts)
    ways = sorted(regions, key=lambda way: way.order)
    deliveries = _each_target_once(_deliveries(hosts), ways)
    folders = query_folders([(each.settings, each.hosts) for each in deliveries])
    shared = _shared(all_settings)
    made = [{**_delivery(each), "way": ways.index(way_of(each.settings))} for each in deliveries]
    queries = [{**_queries(folder, deliveries), "way": ways.index(way_of(folder.settings))} for folder in folders]
    return {
        "label": _account_label(all_settings, ways, known),
        "ways": [_way(way, regions[way], known.get(way)) for way in ways],
        "state": shared["flow_logs_state"],
        "remove_iam": bool(shared.get("flow_logs_remove_iam")),
        "manage_iam": shared.get("flow_logs_manage_iam") is not False,
        "removal_wait": shared.get("flow_logs_removal_wait") or 0,
        "iam": _iam(deliveries, all_settings),
        "deliveries": sorted(made, key=lambda entry: (str(entry["label"]), entry["way"], sorted(entry["hosts"]))),
        "queries": queries,
        "operators": _operators(hosts),
    }


def _way(way: Way, regions: Sequence[str | None], account: Account | None) -> dict[str, Any]:
    """regions: where to ask about what has no region, as far as hosts say; IAM never depends on one delivery's."""
    return {
        "way": way,
        "connection": connection_options(way),
        "assume_role_arn": way.assume_role_arn,
        "regions": list(regions),
        "account": None if account is None else (account.account_id, account.partition),
    }


def connection_options(way: Way) -> dict[str, Any]:
    """The options of a module that lead the way, but for the role to assume and the region."""
    return _connection({"flow_logs_profile": way.profile, "flow_logs_endpoint_url": way.endpoint_url})


def _each_target_once(deliveries: Sequence[Delivery], ways: Sequence[Way]) -> list[Delivery]:
    """Where two ways lead to the same target with the same settings, the first of them takes it."""
    taken: dict[tuple[str, str], Delivery] = {}
    kept = []
    for delivery in sorted(deliveries, key=lambda each: ways.index(way_of(each.settings))):
        key = _key(_without_way(delivery.settings))
        hosts = {target: host for target, host in delivery.hosts.items() if (target, key) not in taken}
        own = Delivery(delivery.settings, hosts)
        taken.update(((target, key), own) for target in hosts)
        for host, ids in delivery.asking.items():
            for target in ids:
                taken[target, key].asking.setdefault(host, []).append(target)
        if hosts:
            kept.append(own)
    return kept


def _shared(all_settings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What all say that say something: the names of IAM's resources, and what has to agree."""
    return {
        name: settings[name]
        for settings in all_settings
        for name in (*IAM_NAMES, *SHARED)
        if settings.get(name) is not None
    }


def _options(names: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, Any]:
    return {option: settings[name] for name, option in names.items() if settings.get(name) is not None}


def _connection(settings: Mapping[str, Any]) -> dict[str, Any]:
    connection = _options(_CONNECTION_OPTIONS, settings)
    return {**connection, **_NO_KEYS} if connection.get("profile") else connection


def _iam(deliveries: Sequence[Delivery], all_settings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Options of flow_log_iam. What several plays share adds up: names of log groups, tags, operators."""
    settings = _shared(all_settings)
    least = settings.get("flow_logs_least_privilege")
    names = without_covered([name for delivery in deliveries for name in policy_names(delivery.settings)])
    options: dict[str, Any] = {**_options(_IAM_OPTIONS, settings), "purge_tags": False}
    if least is None:
        # What is left out is left alone, but for what these deliveries need.
        options.update(needed_log_group_names=list(names), purge_log_group_names=False)
    else:
        options.update(
            log_group_names=list(names) if least else [EVERYTHING],
            purge_log_group_names=True,
            keep_names_in_use=True,
            allow_create_log_group=not least,
            restrict_trust=bool(least),
        )
    pass_role_to = {arn for each in all_settings for arn in each.get("flow_logs_pass_role_to") or []}
    if pass_role_to:
        options["pass_role_to"] = sorted(pass_role_to)
    return options


def _operators(hosts: Sequence[_Host]) -> dict[str, list[str]]:
    """Who may pass the role -> the hosts that say so."""
    named: dict[str, list[str]] = {}
    for each in hosts:
        for arn in each.wish.settings.get("flow_logs_pass_role_to") or []:
            named.setdefault(arn, []).append(each.wish.host)
    return named


def _queries(folder: Folder, deliveries: Sequence[Delivery]) -> dict[str, Any]:
    """Options of insights_queries. A run for some of the hosts takes no log groups of the others out of the queries."""
    settings = folder.settings
    options = {"resource_ids": sorted(folder.hosts), "purge_log_group_names": False}
    return {
        "label": f"queries in {folder.name}{_place(settings)}",
        "connection": _connection(settings),
        "asking": sorted({host for each in deliveries if shares(folder, each.settings) for host in each.asking}),
        "options": {**_options(_QUERIES_OPTIONS, settings), **options},
    }


def _place(settings: Mapping[str, Any]) -> str:
    return f" in {settings['flow_logs_region']}" if settings.get("flow_logs_region") else ""


def _account_label(all_settings: Sequence[Mapping[str, Any]], ways: Sequence[Way], known: _Known) -> str:
    """A profile's name where it is the only way; the number, where it is known; or else the role to assume."""
    expected = {settings.get("flow_logs_expected_account_id") for settings in all_settings} - {None}
    numbers = {known[way].account_id for way in ways if way in known} | expected
    if len(ways) == 1 and ways[0].profile and not ways[0].assume_role_arn and not expected:
        return ways[0].profile
    return str(next(iter(numbers), None) or ways[0].assume_role_arn or ways[0].profile or "the caller's account")


def _delivery(delivery: Delivery) -> dict[str, Any]:
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
        "asking": delivery.asking,
        "project": settings.get("flow_logs_project"),
        "verify_timeout": settings["flow_logs_verify_timeout"] if settings.get("flow_logs_verify_delivery") else None,
    }
