# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the emulator knows beside moto's own state."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from typing import TypeVar

from .clock import Clock
from .scenario import Scenario

Kind = TypeVar("Kind")


class World:
    """The scenario, the time, chance, and what each behaviour remembers."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.scenario = Scenario()
        self.random = random.Random(0)
        self._memories: dict[type[Any], Any] = {}
        self._to_come: list[tuple[float, Callable[[], None]]] = []

    def use(self, scenario: Scenario) -> None:
        """Goes by this scenario from here on."""
        self.scenario = scenario.fresh()
        self.random = random.Random(scenario.seed)

    def reset(self) -> None:
        """Forgets everything but the scenario."""
        self._memories = {}
        self._to_come = []

    def memory(self, kind: type[Kind]) -> Kind:
        """The one object of this class; made when first asked for."""
        if kind not in self._memories:
            self._memories[kind] = kind()
        memory: Kind = self._memories[kind]
        return memory

    def later(self, seconds: float, deed: Callable[[], None]) -> None:
        """Does it before the first request that comes after so many seconds."""
        self._to_come.append((self.clock.now() + seconds, deed))

    def catch_up(self) -> None:
        """Does what was to happen by now."""
        now = self.clock.now()
        due = [deed for at, deed in self._to_come if at <= now]
        self._to_come = [(at, deed) for at, deed in self._to_come if at > now]
        for deed in due:
            deed()
