# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Reading what flow_log_info tells."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timezone
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import region_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import api
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import CLOUD_WATCH_LOGS
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import described
from ansible_collections.netops.flow_logs.plugins.module_utils._target import api as resource_api
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_flow_log_ids
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets

from .coverage import coverage
from .delivery_read import read_arrivals
from .holes import Holes
from .info import Facts
from .info import inside
from .info import interfaces_to_look_for
from .info import own_resources
from .info import owners_of
from .info import place
from .parts import INTERFACES
from .parts import SUBNETS
from .parts import VPCS

Resources = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Selection:
    """Which flow logs are asked for. None is no condition; a flow log has to meet all that are there."""

    resource_ids: list[str] | None
    flow_log_ids: list[str] | None
    log_group_names: list[str] | None
    filters: tuple[api.Filter, ...]

    @property
    def everything(self) -> bool:
        return not self.filters and self.resource_ids is self.flow_log_ids is self.log_group_names is None

    def read(self, ec2: Any) -> list[FlowLog]:
        """AWS picks by the first condition, as a filter takes 200 values only; the others are applied here."""
        if self.resource_ids is not None:
            found = api.describe_flow_logs(ec2, self.resource_ids, self.filters)
        elif self.flow_log_ids is not None:
            found = api.describe_flow_logs_by_id(ec2, self.flow_log_ids, self.filters)
        elif self.log_group_names is not None:
            found = api.describe_flow_logs_to(ec2, self.log_group_names, self.filters)
        else:
            found = api.describe_all_flow_logs(ec2, self.filters)
        return sorted(filter(self.includes, found), key=lambda log: (log.resource_id, log.flow_log_id))

    def includes(self, flow_log: FlowLog) -> bool:
        if self.flow_log_ids is not None and flow_log.flow_log_id not in self.flow_log_ids:
            return False
        if self.log_group_names is None:
            return True
        destination = flow_log.destination
        return destination.kind == CLOUD_WATCH_LOGS and destination.name in self.log_group_names


def selection(options: Mapping[str, Any]) -> Selection:
    """The selection from the module's options. Raises InvalidInput."""
    resource_ids, names = options["resource_ids"], options["log_group_names"]
    flow_log_ids = parse_flow_log_ids(options["flow_log_ids"])
    if names is not None and not all(name.strip() for name in names):
        raise InvalidInput("log_group_names has an empty name.")
    return Selection(
        resource_ids=None if resource_ids is None else [target.resource_id for target in parse_targets(resource_ids)],
        flow_log_ids=None if flow_log_ids is None else sorted(flow_log_ids),
        log_group_names=None if names is None else list(dict.fromkeys(name.strip() for name in names)),
        filters=tuple(_filters(options["filters"] or {})),
    )


def _filters(filters: Mapping[str, Any]) -> list[api.Filter]:
    """As a user writes them: name -> a value or a list of them."""
    return [
        (str(name), [str(value) for value in (values if isinstance(values, list) else [values])])
        for name, values in filters.items()
    ]


def read_info(module: Any) -> dict[str, Any]:
    """The module's result. Raises InvalidInput for wrong options, AwsError when AWS can't be read."""
    asked = selection(module.params)
    account = account_of(module)
    region = region_of(module)
    ec2 = client(module, "ec2")
    told: dict[str, Any] = {"account_id": account.account_id, "region": region}
    if not module.params["coverage"]:
        return {**told, "flow_logs": [_plain(log) for log in asked.read(ec2)]}
    holes = Holes()
    found = _with_coverage(asked, account.account_id, ec2, client(module, "logs"), region, holes)
    not_read = holes.as_result()
    for entry in not_read:
        module.warn(entry["message"])
    return {**told, **found, "not_read": not_read}


def _plain(flow_log: FlowLog) -> dict[str, Any]:
    return {**described(flow_log), "resource_type": flow_log.resource_id.split("-")[0]}


def _with_coverage(
    asked: Selection, account_id: str, ec2: Any, logs: Any, region: str, holes: Holes
) -> dict[str, Any]:
    if asked.everything:
        reads: list[Callable[[], Any]] = [
            lambda: api.describe_all_flow_logs(ec2),
            lambda: _everything(ec2, region, holes),
        ]
        flow_logs, resources = side_by_side(lambda read: read(), reads)
        targets = own_resources(resources, account_id)
    else:
        flow_logs = asked.read(ec2)
        targets = asked.resource_ids if asked.resource_ids is not None else owners_of(flow_logs)
        resources = _resources_of(ec2, targets, region, holes)
        flow_logs = _with_those_around(ec2, flow_logs, resources, targets)
    covers = coverage((place(target, resources.get(target, {})) for target in targets), flow_logs)
    within = inside(resources)
    arrivals = read_arrivals(logs, flow_logs, interfaces_to_look_for(flow_logs, covers, within), holes)
    facts = Facts(resources, within, arrivals.without_interfaces(holes.reason(INTERFACES)), datetime.now(timezone.utc))
    return {
        "flow_logs": [facts.flow_log(log) for log in flow_logs],
        "log_groups": [arrivals.groups[name].as_result() for name in sorted(arrivals.groups)],
        "coverage": [facts.target(target, covers[target]) for target in targets],
    }


def _everything(ec2: Any, region: str, holes: Holes) -> Resources:
    """All VPCs, subnets and interfaces; those of a kind that can't be read are missing, and the others are told."""

    def read(kind: tuple[str, str]) -> Resources:
        prefix, what = kind
        return holes.read(what, region, lambda: resource_api.describe_all(ec2, prefix), {})

    parts = side_by_side(read, (("vpc", VPCS), ("subnet", SUBNETS), ("eni", INTERFACES)))
    return {resource_id: entry for part in parts for resource_id, entry in part.items()}


def _resources_of(ec2: Any, targets: Sequence[str], region: str, holes: Holes) -> Resources:
    """The targets, the VPCs that they lie in, and the interfaces that lie in them. Only the targets themselves have to be read."""
    parsed = parse_targets(targets)
    reads: list[Callable[[], Resources]] = [
        lambda: resource_api.describe_resources(ec2, parsed),
        lambda: holes.read(INTERFACES, region, lambda: _interfaces(ec2, "vpc-id", "vpc-", targets), {}),
        lambda: holes.read(INTERFACES, region, lambda: _interfaces(ec2, "subnet-id", "subnet-", targets), {}),
    ]
    own, *more = side_by_side(lambda read: read(), reads)
    vpcs = parse_targets(sorted({entry["vpc_id"] for entry in own.values() if entry["vpc_id"]} - set(own)))
    around: Resources = {}
    if vpcs:
        around = holes.read(VPCS, region, lambda: resource_api.describe_resources(ec2, vpcs), around)
    return {**around, **more[0], **more[1], **own}


def _interfaces(ec2: Any, filter_name: str, prefix: str, targets: Sequence[str]) -> Resources:
    ids = [target for target in targets if target.startswith(prefix)]
    return resource_api.describe_interfaces_in(ec2, filter_name, ids) if ids else {}


def _with_those_around(
    ec2: Any, flow_logs: list[FlowLog], resources: Resources, targets: Sequence[str]
) -> list[FlowLog]:
    """And the flow logs of everything that the targets are, or lie in."""
    owners: set[str] = set()
    for target in targets:
        owners.update(place(target, resources.get(target, {})).owners())
    more = api.describe_flow_logs(ec2, sorted(owners)) if owners else []
    every = {log.flow_log_id: log for log in [*flow_logs, *more]}
    return sorted(every.values(), key=lambda log: (log.resource_id, log.flow_log_id))
