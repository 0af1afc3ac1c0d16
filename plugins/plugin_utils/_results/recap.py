# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which hosts Ansible's own recap has to show as failed or changed, and with how few tasks that can be done. Pure.

All hosts are done in one task, which Ansible counts for a single host. A second task then gives each host its own result. It runs
once where there is nothing to show, and for each host of the batch otherwise. The playbooks run it for the hosts that have
something to show only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

# Names that are their own pattern.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")

_NOTHING_TO_SHOW = {"failed": False, "changed": False, "msg": ""}

# What became of a host: failed, changed, msg, and more for whoever reads the result.
HostResult = Mapping[str, Any]


@dataclass(frozen=True)
class Surroundings:
    """How the tasks of the role are run.

    whole_play: a second play gives the hosts their results. first_only: an include around the role runs for the first host alone,
    so that no other host can be given one. answer_is_kept: this batch is one of several, and ansible-core keeps what run_once came to
    in the first (2.21 and later). fail_each: False to have one failure for all. most_changed: hosts up to which each that changed
    is counted by itself.
    """

    whole_play: bool = False
    first_only: bool = False
    answer_is_kept: bool = False
    fail_each: bool = True
    most_changed: int = 100


@dataclass(frozen=True)
class Recap:
    """hosts: those that are shown by themselves. others: what a host shows that is not among them. run_once: whether one task is
    enough. task_changed: whether the task that did the work has to count as changed, as no host does."""

    hosts: dict[str, HostResult] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    run_once: bool = True
    task_changed: bool = False

    def with_diff(self, diff: Sequence[Any]) -> Recap:
        """With what differs, at the first host that counts as changed: Ansible shows it only where something changed."""
        first = next((host for host, result in self.hosts.items() if result["changed"]), None)
        if first is None or not diff:
            return self
        return replace(self, hosts={**self.hosts, first: {**self.hosts[first], "diff": diff}})

    def as_result(self, all_hosts: str = "all") -> dict[str, Any]:
        """all_hosts: the pattern that takes in all hosts of the play."""
        return {
            "hosts": self.hosts,
            "others": self.others,
            "run_once": self.run_once,
            "pattern": self._pattern(all_hosts),
        }

    def _pattern(self, all_hosts: str) -> list[str]:
        """What "hosts" of a play says to take in those that are shown. A name that Ansible would read as more than one takes in all."""
        return list(self.hosts) if all(map(_PLAIN.fullmatch, self.hosts)) else [all_hosts]


def recap_of(
    hosts: Mapping[str, HostResult],
    any_changed: bool,
    failures: Sequence[str],
    here: Surroundings,
    of_no_host: Sequence[str] = (),
) -> Recap:
    """What to show of the hosts.

    any_changed: whether anything changed, also what belongs to no host. failures: all that failed, in lines, for a single failure in
    place of one for each host. of_no_host: what failed without being any host's, in lines; one host has to stand in for it, as
    Ansible can fail nothing else.
    """
    if not here.whole_play and (here.first_only or not here.fail_each):
        return Recap(others=_all_in_one([*failures, *of_no_host]), task_changed=any_changed)
    hosts = _with_stand_in(hosts, of_no_host)
    failed = [host for host, result in hosts.items() if result["failed"]]
    changed = [host for host, result in hosts.items() if result["changed"] and not result["failed"]]
    # The playbooks' second play has those only that have something to show.
    tasks = len(changed) if here.whole_play else len(hosts)
    # Tasks that run for the failed hosts run for the others of the batch, too.
    counted = bool(changed) and (tasks <= here.most_changed or (bool(failed) and not here.whole_play))
    shown = [*failed, *(changed if counted else [])]
    witness = _witness(hosts) if here.whole_play and failed else []
    return Recap(
        hosts={**dict.fromkeys(witness, _NOTHING_TO_SHOW), **{host: hosts[host] for host in shown}},
        run_once=not (shown or here.answer_is_kept),
        task_changed=any_changed and not counted,
    )


def _with_stand_in(hosts: Mapping[str, HostResult], lines: Sequence[str]) -> dict[str, HostResult]:
    """A host that is all right stands in for what is no host's, where there is one."""
    found = dict(hosts)
    for host in [*_witness(hosts), *hosts][:1] if lines else ():
        own = [hosts[host]["msg"]] if hosts[host]["failed"] else [f"Nothing is wrong with {host} itself:"]
        found[host] = {**hosts[host], "failed": True, "msg": "\n".join([*own, *lines])}
    return found


def _witness(hosts: Mapping[str, HostResult]) -> list[str]:
    """A host that is all right. Where all hosts of a play fail, Ansible ends the whole run, and with it the plays of healthy hosts."""
    return [host for host, result in hosts.items() if not result["failed"]][:1]


def _all_in_one(failures: Sequence[str]) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": "\n".join(failures)} if failures else {}
