# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Commands that mend what a report finds, ready to be pasted into a shell. None of them deletes what others may own. Pure."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any
from typing import Dict
from typing import Mapping
from typing import Optional
from typing import Sequence

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.drift import SETUP
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_estate import Place

_APPLY = "netops.flow_logs.apply"
# What the role takes when nothing is said.
_DEFAULTS = {"role_name": "Flow-Logs-Role-to-cloudwatch-logs", "policy_name": "Send_to_CloudWatch_Logs"}
# Hosts that a command names before it speaks of the project as a whole.
_NAMED = 5


@dataclass(frozen=True)
class Commands:
    """inventory: the arguments of -i that the report was run with; none where it comes from Ansible's configuration."""

    inventory: Sequence[str] = ()

    def apply(self, hosts: Sequence[str]) -> str:
        """The inventory's own wish, for these hosts."""
        return self._playbook(_APPLY, hosts)

    def _playbook(self, name: str, hosts: Sequence[str]) -> str:
        where = [part for source in self.inventory for part in ("-i", source)]
        limit = ["--limit", ",".join(hosts)] if hosts else []
        return _joined("ansible-playbook", *where, name, *limit)

    def setup(self, hosts: Sequence[str]) -> str:
        """The IAM of these hosts' account, where whoever applies leaves it alone."""
        return self._playbook(SETUP, hosts)

    def apply_to(self, place: Place, resource_id: str, project: Optional[str]) -> str:
        """For a resource that is in no inventory: one made of it alone, with the way into its account."""
        variables: Dict[str, Any] = {
            "flow_logs_project": project or "PROJECT",
            "flow_logs_region": place.region,
            **{
                f"flow_logs_{name}": value
                for name, value in place.connection.items()
                if value and value != _DEFAULTS.get(name)
            },
        }
        return _joined("ansible-playbook", "-i", f"{resource_id},", _APPLY, "-e", json.dumps(variables))

    def module(self, connection: Mapping[str, Any], name: str, options: Mapping[str, Any]) -> Optional[str]:
        """A single module, with credentials that a command line can name: those of an assumed role it can't."""
        if connection.get("assume_role_arn"):
            return None
        way = {key: connection[key] for key in ("profile", "endpoint_url") if connection.get(key)}
        return _joined("ansible", "localhost", "-m", f"netops.flow_logs.{name}", "-a", json.dumps({**options, **way}))


def _joined(*words: str) -> str:
    return " ".join(shlex.quote(word) for word in words)


def hosts_in_short(hosts: Sequence[str]) -> str:
    more = f" and {len(hosts) - _NAMED} more" if len(hosts) > _NAMED else ""
    return ", ".join(hosts[:_NAMED]) + more
