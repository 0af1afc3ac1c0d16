# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""From what a region answered to rows of an inventory: one for each target, plain enough for any cache."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import Coverage
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import Place
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import can_be_logged
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.coverage import coverage
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog

# Groups that say how targets are covered. They are no projects.
UNCOVERED = "flow_logs_uncovered"
PARTLY_COVERED = "flow_logs_partly_covered"
BROKEN = "flow_logs_broken"
COVERAGE_GROUPS = (UNCOVERED, PARTLY_COVERED, BROKEN)

# Prefix of the id -> what becomes a host variable, under AWS's names. All of it is text or a truth value.
_FACTS = {
    "vpc": ("VpcId", "OwnerId", "CidrBlock", "IsDefault", "State"),
    "subnet": ("SubnetId", "VpcId", "OwnerId", "CidrBlock", "AvailabilityZone", "State"),
    "eni": (
        "NetworkInterfaceId",
        "SubnetId",
        "VpcId",
        "OwnerId",
        "AvailabilityZone",
        "Description",
        "InterfaceType",
        "PrivateIpAddress",
        "RequesterManaged",
        "Status",
    ),
}
_IDS = {"vpc": "VpcId", "subnet": "SubnetId", "eni": "NetworkInterfaceId"}
RESOURCE_TYPES = tuple(_IDS)

Row = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """A VPC, subnet or network interface: the prefix of its id, EC2's entry for it, and its tags."""

    prefix: str
    entry: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def resource_id(self) -> str:
        return str(self.entry[_IDS[self.prefix]])

    @property
    def name(self) -> str:
        """What {resource_name} stands for in the name of a log group."""
        return str(self.tags.get("Name") or "").strip() or self.resource_id

    @property
    def owner_id(self) -> str:
        return str(self.entry.get("OwnerId") or "")

    @property
    def place(self) -> Place:
        return Place(self.resource_id, str(self.entry.get("SubnetId") or ""), str(self.entry.get("VpcId") or ""))


@dataclass(frozen=True)
class Region:
    """What one region answered. parents are the VPCs and subnets that targets may lie in, as far as they were read."""

    name: str
    targets: Sequence[Resource]
    parents: Mapping[str, Resource] = field(default_factory=dict)
    flow_logs: Sequence[FlowLog] = ()

    def around(self, target: Resource) -> list[Resource]:
        """The target itself and what it lies in, from the inside out."""
        found = [self.parents.get(resource_id) for resource_id in target.place.owners()]
        return [target, *(parent for parent in found[1:] if parent is not None)]


def _can_be_logged(region: Region, target: Resource, account_id: str) -> bool:
    vpc = next((resource for resource in region.around(target) if resource.prefix == "vpc"), target)
    return can_be_logged(account_id, target.owner_id, vpc.owner_id)


def rows(
    region: Region, account_id: str, project_tag: str | None = None, default_project: str | None = None
) -> list[Row]:
    """The region's targets that the account can log, in an order that does not change from run to run."""
    targets = [target for target in region.targets if _can_be_logged(region, target, account_id)]
    targets.sort(key=lambda target: (RESOURCE_TYPES.index(target.prefix), target.resource_id))
    covers = coverage((target.place for target in targets), region.flow_logs)
    return [
        {
            "resource_id": target.resource_id,
            "region": region.name,
            "project": _project(region.around(target), project_tag, default_project),
            "groups": coverage_groups(covers[target.resource_id]),
            "facts": _facts(region, target, account_id, covers[target.resource_id]),
        }
        for target in targets
    ]


def _project(around: Iterable[Resource], project_tag: str | None, default: str | None) -> str | None:
    """The value of the tag, of the target itself or of the nearest that it lies in: few interfaces have tags."""
    if not project_tag:
        return None
    values = (str(resource.tags.get(project_tag) or "").strip() for resource in around)
    return next((value for value in values if value), default or None)


def coverage_groups(covered: Coverage) -> list[str]:
    if not covered.covered:
        return [UNCOVERED]
    return [group for group, is_so in ((PARTLY_COVERED, bool(covered.missing)), (BROKEN, covered.broken)) if is_so]


def _facts(region: Region, target: Resource, account_id: str, covered: Coverage) -> dict[str, Any]:
    """Host variables but those of the role. Neither tags nor name: Ansible keeps these words for itself."""
    entry = {name: target.entry[name] for name in _FACTS[target.prefix] if target.entry.get(name) is not None}
    summary = covered.as_result()
    vpc = next((resource for resource in region.around(target) if resource.prefix == "vpc"), None)
    return {
        **camel_dict_to_snake_dict(entry),
        **({"vpc_name": vpc.name} if vpc else {}),
        "resource_id": target.resource_id,
        "resource_name": target.name,
        "resource_type": target.prefix,
        "resource_tags": dict(target.tags),
        "region": region.name,
        "account_id": account_id,
        "flow_logs": summary.pop("flow_logs"),
        "coverage": summary,
    }
