# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Commands that fix what a report finds, ready to be pasted into a shell. None of them deletes what others may own. Pure."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import Command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import module_command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import playbook_command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import playbook_on_one
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.drift import SETUP

from .estate import Place

_APPLY = "netops.flow_logs.apply"
# What the role takes when nothing is said.
_DEFAULTS = {"role_name": "Flow-Logs-Role-to-cloudwatch-logs", "policy_name": "Send_to_CloudWatch_Logs"}
_ASSUMED = "The role that leads into the account can't be named on the command line of a module."


@dataclass(frozen=True)
class Commands:
    """inventory: the arguments of -i that the report was run with; none where it comes from Ansible's configuration.

    groups: the inventory's groups, which a command must not name where it means a host.
    """

    inventory: Sequence[str] = ()
    groups: Collection[str] = ()

    def apply(self, hosts: Sequence[str]) -> Command:
        """What the inventory asks for, for these hosts."""
        return playbook_command(_APPLY, self.inventory, hosts, groups=self.groups)

    def setup(self, hosts: Sequence[str]) -> Command:
        """The IAM of these hosts' account, where whoever applies leaves it alone."""
        return playbook_command(SETUP, self.inventory, hosts, groups=self.groups)

    def apply_to(self, place: Place, resource_id: str, project: str | None) -> Command:
        """For a resource that is in no inventory: one made of it alone, with the way into its account."""
        variables: dict[str, Any] = {
            "flow_logs_project": project or "PROJECT",
            "flow_logs_region": place.region,
            **{
                f"flow_logs_{name}": value
                for name, value in place.connection.items()
                if value and value != _DEFAULTS.get(name)
            },
        }
        return playbook_on_one(_APPLY, resource_id, variables)

    def module(self, connection: Mapping[str, Any], name: str, options: Mapping[str, Any]) -> Command:
        """A single module, with credentials that a command line can name: those of an assumed role it can't."""
        if connection.get("assume_role_arn"):
            return Command(None, _ASSUMED)
        way = {key: connection[key] for key in ("profile", "endpoint_url") if connection.get(key)}
        return module_command(f"netops.flow_logs.{name}", {**options, **way})
