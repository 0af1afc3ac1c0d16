# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""One account as it is, beside what the inventory wishes for: read with the modules' own code, and never written.

Where the two differ is told by the same plan that would be applied, in check mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.holes import Holes
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info_read import read_info
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.roles_read import read_audit
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.plugins.module_utils._target.names import SharedNames

from .account import Account
from .apply import apply
from .module_stand_in import InProcessModule
from .outcomes import Outcome
from .plans import DeliveryPlan

# Everything there is, whoever made it.
_ALL = {"resource_ids": None, "flow_log_ids": None, "log_group_names": None, "filters": None, "coverage": True}


@dataclass(frozen=True)
class Wished:
    """A delivery as the inventory has it. hosts: resource id -> host. log_groups: resource id -> name, where it is known."""

    label: str
    region: str
    project: str | None
    settings: dict[str, Any]
    hosts: dict[str, str]
    log_groups: dict[str, str]


@dataclass(frozen=True)
class Audit:
    """What was read of an account.

    regions: region -> what flow_log_info returned; one that could not be read returned a failure. iam: what
    flow_log_iam_info returned. outcomes: what applying the inventory would come to. manage_iam: whether applying it would change
    IAM too.
    """

    label: str
    account_id: str | None
    connection: dict[str, Any]
    iam_names: dict[str, Any]
    wished: list[Wished] = field(default_factory=list)
    regions: dict[str, dict[str, Any]] = field(default_factory=dict)
    iam: dict[str, Any] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    error: dict[str, Any] | None = None
    manage_iam: bool = True


def audit(account: Account) -> Audit:
    """Regions are those of the account's deliveries."""
    plan = account.plan
    names = {key: plan.iam[key] for key in ("role_name", "policy_name")}
    failed = account.failed_entry()
    connection = _connection(account)
    first = account.open_ways[0] if account.open_ways else 0
    who = failed.error.result if failed and failed.error else account.run(_who_are_we, account.iam_options(first), first)
    if who.get("failed"):
        return Audit(plan.label, None, connection, names, wished=_unresolved(account), error=who)
    shared = SharedNames()
    # What applying tells of its progress would read as if something had been done.
    # Nothing is written here, so what differs in IAM is a finding as any other, whoever may change it.
    silent = account.silent(replace(plan, manage_iam=True))
    reads: list[Callable[[], Any]] = [
        lambda: apply(silent, shared),
        lambda: _regions(account),
        lambda: _iam(account),
    ]
    outcomes, regions, iam = side_by_side(lambda read: read(), reads)
    wished = [_wished(account, delivery, shared) for delivery in plan.deliveries]
    return Audit(
        plan.label,
        who["account_id"],
        connection,
        names,
        wished,
        regions,
        iam,
        outcomes,
        manage_iam=plan.manage_iam,
    )


def _connection(account: Account) -> dict[str, Any]:
    """What another apply has to say to get into the account and to leave the IAM that all its hosts share as it is wished."""
    plan, way = account.plan, account.plan.ways[account.open_ways[0] if account.open_ways else 0]
    own = {key: way.iam.get(key) for key in ("profile", "endpoint_url", "role_name", "policy_name")}
    expected = (delivery.flow_log.get("expected_account_id") for delivery in plan.deliveries)
    own["expected_account_id"] = next(filter(None, expected), None)
    if way.iam.get("restrict_trust"):
        own["least_privilege"] = True
    if way.assume_role is not None:
        own["assume_role_arn"] = way.assume_role["role_arn"]
    return own


def _who_are_we(module: InProcessModule) -> None:
    answer(module, lambda: {"account_id": account_of(module).account_id})


def _regions(account: Account) -> dict[str, dict[str, Any]]:
    """Each region once, whatever it is called by: left out, it is the environment's or the profile's."""
    places: dict[Any, DeliveryPlan] = {}
    for delivery in [*account.deliveries, *account.plan.deliveries]:
        places.setdefault(delivery.flow_log.get("region"), delivery)
    answers = side_by_side(lambda delivery: _region(account, delivery), places.values())
    return dict(answers)


def _region(account: Account, delivery: DeliveryPlan) -> tuple[str, dict[str, Any]]:
    options = {**delivery.flow_log, **_ALL}
    found = account.run(lambda module: answer(module, lambda: read_info(module)), options, delivery.way)
    region = found.get("region") or _region_name(account, delivery)
    seen = "it can't be read" if found.get("failed") else f"{len(found['coverage'])} targets were read"
    account.tell(region, seen)
    return region, found


def _region_name(account: Account, delivery: DeliveryPlan) -> str:
    found = account.run(
        lambda module: answer(module, lambda: {"region": region_of(module)}), delivery.flow_log, delivery.way
    )
    return str(found.get("region") or "no region")


def _iam(account: Account) -> dict[str, Any]:
    way = account.open_ways[0]
    options = {**account.iam_info_options(way), "role_names": None}
    return account.run(lambda module: answer(module, lambda: read_audit(module, Holes())), options, way)


def _wished(account: Account, delivery: DeliveryPlan, shared: SharedNames) -> Wished:
    """The names of the log groups were read for the plan, so this makes no call."""

    def read(module: InProcessModule) -> dict[str, Any]:
        whose, region = account_of(module), region_of(module)
        targets = parse_targets(module.params["resource_ids"])
        resolved = shared(module.params["log_group_name"], targets, whose, region, lambda: client(module, "ec2"))
        return {"names": resolved.names, "region": region}

    found = account.run(lambda module: answer(module, lambda: read(module)), delivery.flow_log, delivery.way)
    region = found.get("region") or _region_name(account, delivery)
    return _as_wished(delivery, region, found.get("names") or {})


def _unresolved(account: Account) -> list[Wished]:
    return [_as_wished(each, _region_name(account, each), {}) for each in account.plan.deliveries]


def _as_wished(delivery: DeliveryPlan, region: str, names: dict[str, str]) -> Wished:
    settings = {
        "traffic_type": delivery.flow_log.get("traffic_type"),
        "retention_in_days": delivery.log_group.get("retention_in_days"),
    }
    return Wished(delivery.label, region, delivery.project, settings, delivery.hosts, names)
