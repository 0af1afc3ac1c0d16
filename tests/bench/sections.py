# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections of docs/bench.md that are measured apart from the rest of it, each on a commit that it names."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from collections.abc import Sequence

from .contestants import OF_AN_ORGANISATION
from .contestants import OURS
from .contestants import Contestant
from .estate import Size
from .measure import Figures
from .page import both
from .page import measured_on
from .page import name_of
from .page import table
from .results import FIRST
from .results import SECOND
from .results import Results
from .results import Take
from .scenarios import BEFORE
from .scenarios import NOW

# The section that they precede.
_NEXT = "## Calls by kind\n"


def put(text: str, section: str) -> str:
    """The page with this section in place of the one with its title, or at its place."""
    title = section.partition("\n")[0]
    old = taken_from(text, title)
    if old:
        return text.replace(old, section)
    return text.replace(_NEXT, f"{section}\n{_NEXT}", 1) if _NEXT in text else f"{text}{section}\n"


def taken_from(text: str, title: str) -> str:
    """A section of the page, which ends before the next one; empty where it has none."""
    found = re.search(rf"^{re.escape(title)}\n.*?(?=\n## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def organisation(results: Results) -> str:
    """Many accounts and regions, by the clock: what the emulator does side by side can't be taken off."""
    size = max(results.rounds)
    ours, theirs = (contestant.name for contestant in OF_AN_ORGANISATION)
    ratios = [_range(results.ratios(size, ours, [theirs], phase, _seconds)) for phase in (FIRST, SECOND)]
    header = ["", "first run", "calls", "second run", "calls", "CPU", "emulator's CPU", "memory", "covered"]
    return "\n".join(
        [
            f"{ORGANISATION}\n",
            _ORGANISATION.format(accounts=size.accounts, regions=size.regions, vpcs=size.vpcs, targets=size.targets),
            f"Cloud Custodian takes {ratios[FIRST]} times as long in the first run, {ratios[SECOND]} times in the second.\n",
            f"{_runs(results, size)}\n",
            table(header, [_row(results, size, contestant) for contestant in OF_AN_ORGANISATION]),
            _MORE_OF_ORGANISATION.format(**results.facts),
            measured_on(results, _seconds),
        ]
    )


def _row(results: Results, size: Size, contestant: type[Contestant]) -> list[str]:
    def median(phase: int, take: Take, form: str) -> str:
        return format(statistics.median(map(take, results.of(size, contestant.name, phase))), form)

    return [
        contestant.title,
        f"{median(FIRST, _seconds, '.1f')} s",
        median(FIRST, lambda run: run.number_of_calls, ",.0f"),
        f"{median(SECOND, _seconds, '.1f')} s",
        median(SECOND, lambda run: run.number_of_calls, ",.0f"),
        both(lambda phase: f"{median(phase, lambda run: run.cpu, '.1f')} s"),
        both(lambda phase: f"{median(phase, lambda run: run.emulator, '.1f')} s"),
        both(lambda phase: f"{median(phase, lambda run: run.memory_mb, '.0f')} MB"),
        median(SECOND, lambda run: run.covered, ",.0f"),
    ]


def commits(results: Results) -> str:
    """The same playbook and the same role, as they were and as they are."""
    rows = [
        [
            f"{ours.title}, {name_of(size)}",
            unit,
            *(_beside(results, size, ours.name, phase, take) for phase in (FIRST, SECOND)),
        ]
        for ours in OURS
        for size in sorted(results.rounds, key=lambda size: -size.accounts)
        for unit, take in (("seconds", _without_emulator), ("CPU seconds", _cpu))
    ]
    return "\n".join(
        [
            f"{COMMITS}\n",
            _COMMITS.format(before=results.facts["before"], now=results.machine["commit"]),
            f"{_runs(results, max(results.rounds))}\n",
            table(["", "", "first run", "second run"], rows),
            measured_on(results, _without_emulator),
        ]
    )


def _beside(results: Results, size: Size, ours: str, phase: int, take: Take) -> str:
    before, now = (f"{ours}-{when}" for when in (BEFORE, NOW))
    was, is_now = (results.median(size, name, phase, take) for name in (before, now))
    return f"{was:.2f}, now {is_now:.2f}: {_range(results.ratios(size, before, [now], phase, take))}"


def _range(ratios: Sequence[float]) -> str:
    """The median, and the extremes where there are several."""
    middle = f"{statistics.median(ratios):.2f}"
    return f"{middle} ({min(ratios):.2f} to {max(ratios):.2f})" if len(ratios) > 1 else middle


def _runs(results: Results, size: Size) -> str:
    count = min(map(len, results.rounds[size].values()))
    return (
        f"Medians of {count} rounds, in which each ran once from nothing and once again." if count > 1 else "One round."
    )


def _seconds(run: Figures) -> float:
    return run.seconds


def _without_emulator(run: Figures) -> float:
    return run.without_emulator


def _cpu(run: Figures) -> float:
    return run.cpu


ORGANISATION, COMMITS = "## An organisation", "## Beside an earlier commit"
TITLES = (ORGANISATION, COMMITS)
# Scenario -> its section.
SECTIONS: dict[str, Callable[[Results], str]] = {"organisation": organisation, "commits": commits}

_ORGANISATION = """{accounts} accounts, {regions} regions in each, {vpcs} VPCs in each region: {targets:,} VPCs. Each account has a project, which has a log
group in every region.
"""

_MORE_OF_ORGANISATION = """Seconds are those of the clock, and ratios are of them. There are so many calls at once that the emulator runs in {processes}
processes, each for a part of the accounts, on the same cores as what is measured; its processor time (with that of the address in front of the
processes) is apart, but
can't be taken off, as it passes while others work or wait.

- **The playbook** has an INI inventory and Ansible's default of five forks.
- **Cloud Custodian** has the accounts and their regions in `accounts.yml`, and goes through both side by side, in {parallel} processes
  (`C7N_ORG_PARALLEL`). One policy does for all, with the project as a variable of the account (`vars`), so that no account looks
  for the projects of others, and without a cache, of which one policy has no use. As above, it makes no IAM and sets no retention.
"""

_COMMITS = """The playbook and the role of commit {before} and those of commit {now}, in turn, on the same estates. The third figure is the
ratio, the median of those of the pairs: above 1, it has become slower. Seconds are without the emulator's processor time.
"""
