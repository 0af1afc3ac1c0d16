# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which hosts can't be served, and why. Pure.

A problem belongs to the host that has it: that host fails with the reason, all others are served.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines

# Lines of text that are shown before the rest is counted only; failed_hosts has them all.
_SHOWN = 10


class Problems:
    """Reasons by host, in the order in which they were found."""

    def __init__(self) -> None:
        self._reasons: dict[str, list[str]] = {}

    def __contains__(self, host: str) -> bool:
        return host in self._reasons

    def __len__(self) -> int:
        return len(self._reasons)

    def add(self, hosts: Iterable[str], reason: str) -> None:
        """The same reason twice counts once."""
        for host in hosts:
            known = self._reasons.setdefault(host, [])
            if reason not in known:
                known.append(reason)

    def as_result(self) -> dict[str, str]:
        """Host -> all that is wrong with it."""
        return {host: printable(" ".join(reasons)) for host, reasons in self._reasons.items()}

    def causes(self) -> list[tuple[str, list[str]]]:
        """(reason, hosts) with the hosts that have the same reason together: a group's variable strikes all of them."""
        hosts: dict[str, list[str]] = {}
        for host, reason in self.as_result().items():
            hosts.setdefault(reason, []).append(host)
        return list(hosts.items())

    def lines(self) -> list[str]:
        """A line for each cause, the first of them only, and how many more there are."""
        causes = self.causes()
        more = [f"... and {len(causes) - _SHOWN} more, see failed_hosts."] if len(causes) > _SHOWN else []
        lines = [f"host {in_short(hosts)}: {reason}" for reason, hosts in causes[:_SHOWN]]
        return printable_lines([*lines, *more])

    def left_out(self) -> list[str]:
        """A line for each host that nothing was done for, the first of them only, and how many more there are."""
        hosts = list(self._reasons)
        more = [f"and {len(hosts) - _SHOWN} more hosts: FAILED, nothing done"] if len(hosts) > _SHOWN else []
        return printable_lines([*(f"host {host}: FAILED, nothing done" for host in hosts[:_SHOWN]), *more])


def in_short(hosts: list[str]) -> str:
    """The first host, and how many more there are."""
    return f"{hosts[0]} and {len(hosts) - 1} more" if len(hosts) > 1 else hosts[0]
