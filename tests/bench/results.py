# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured, and what it comes to: medians, and ratios of figures of the same round."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from .estate import Size
from .measure import Figures

FIRST, SECOND = 0, 1
Take = Callable[[Figures], float]


@dataclass
class Results:
    """rounds: size -> contestant -> for each round its first and second run. absent: contestant -> why. facts: of its scenario."""

    delay_ms: float
    machine: dict[str, str]
    absent: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    rounds: dict[Size, dict[str, list[list[Figures]]]] = field(default_factory=dict)

    def add(self, size: Size, name: str, phases: Sequence[Figures]) -> None:
        """A round of one contestant."""
        self.rounds.setdefault(size, {}).setdefault(name, []).append(list(phases))

    def sizes(self, accounts: int) -> list[Size]:
        """Of estates with so many accounts, smallest first."""
        return sorted(size for size in self.rounds if size.accounts == accounts)

    def of(self, size: Size, name: str, phase: int) -> list[Figures]:
        """One contestant's runs, in the order of the rounds; what has no second run has its first one twice."""
        return [phases[min(phase, len(phases) - 1)] for phases in self.rounds.get(size, {}).get(name, []) if phases]

    def median(self, size: Size, name: str, phase: int, take: Take) -> float | None:
        """None where nothing was measured."""
        runs = self.of(size, name, phase)
        return statistics.median(map(take, runs)) if runs else None

    def ratio(self, size: Size, ours: str, others: Sequence[str], phase: int, take: Take) -> float | None:
        """How many times as long as we the others take together: the median of the rounds' ratios."""
        ratios = self.ratios(size, ours, others, phase, take)
        return statistics.median(ratios) if ratios else None

    def ratios(self, size: Size, ours: str, others: Sequence[str], phase: int, take: Take) -> list[float]:
        """Of each round; none where one of them was not measured."""
        columns = [self.of(size, name, phase) for name in (ours, *others)]
        if not all(columns):
            return []
        return [sum(take(other) for other in theirs) / take(our) for our, *theirs in zip(*columns, strict=False)]

    def save(self, path: Path) -> None:
        """As load() takes it."""
        rounds = [
            {
                "targets": size.targets,
                "accounts": size.accounts,
                "regions": size.regions,
                "contestant": name,
                "rounds": [[run.as_dict() for run in phases] for phases in all_rounds],
            }
            for size, contestants in self.rounds.items()
            for name, all_rounds in contestants.items()
        ]
        content = {
            "delay_ms": self.delay_ms,
            "machine": self.machine,
            "absent": self.absent,
            "facts": self.facts,
            "rounds": rounds,
        }
        path.write_text(json.dumps(content, indent=1))

    @classmethod
    def load(cls, path: Path) -> Results:
        """Raises FileNotFoundError when nothing was ever measured."""
        content: dict[str, Any] = json.loads(path.read_text())
        results = cls(content["delay_ms"], content["machine"], content["absent"], content["facts"])
        for entry in content["rounds"]:
            size = Size(entry["targets"], entry["accounts"], entry["regions"])
            for phases in entry["rounds"]:
                results.add(size, entry["contestant"], [Figures(**run) for run in phases])
        return results
