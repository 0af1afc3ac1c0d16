# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate of two projects, and the inventory that lists it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud

PLAY = [{"hosts": "all", "gather_facts": False, "roles": ["netops.flow_logs.flow_logs"]}]


@dataclass
class Estate:
    """names: project -> resource id -> Name tag."""

    names: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        return [resource_id for names in self.names.values() for resource_id in names]

    def groups_of(self, project: str) -> set[str]:
        """The log groups that the role makes by default."""
        return {f"/aws/{project}/vpc/{name}/flowlogs" for name in self.names[project].values()}

    def inventory(self, **project_variables: dict[str, Any]) -> dict[str, Any]:
        return {
            "all": {
                "children": {
                    project: {"hosts": {name: {} for name in names}, "vars": project_variables.get(project, {})}
                    for project, names in self.names.items()
                }
            }
        }


def build(cloud: Cloud, *projects: str, each: int = 5) -> Estate:
    """For every project as many VPCs as told, each with a subnet and a network interface."""
    estate = Estate()
    for project in projects:
        names = estate.names.setdefault(project, {})
        for number in range(each):
            vpc = cloud.vpc(f"{project}-vpc-{number}")
            subnet = cloud.subnet(vpc, f"{project}-subnet-{number}")
            eni = cloud.eni(subnet, f"{project}-eni-{number}")
            for resource_id, kind in ((vpc, "vpc"), (subnet, "subnet"), (eni, "eni")):
                names[resource_id] = f"{project}-{kind}-{number}"
    return estate


def hosts(project: str, resource_ids: list[str], **variables: Any) -> dict[str, Any]:
    """An inventory with one project."""
    return {"all": {"children": {project: {"hosts": {name: {} for name in resource_ids}, "vars": variables}}}}
