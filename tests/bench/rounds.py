# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Round by round, every contestant's first and second run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from .contestants import Contestant
from .contestants import Stage
from .estate import REGION
from .estate import Size
from .estate import write_inventory
from .machine import machine
from .measure import CHECKOUT
from .measure import Emulator
from .measure import Figures
from .measure import run
from .measure import running_emulator
from .results import Results

STATE = CHECKOUT / ".cache" / "bench"
# Settings of the caller's that make Python slower than it is for others, or Ansible another.
_FORGOTTEN = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "ANSIBLE_CONFIG")


@dataclass(frozen=True)
class Scenario:
    """What is measured in one go. runs: how often with so many targets. processes: those of the emulator. facts: for the page."""

    name: str
    contestants: Sequence[Contestant]
    sizes: Sequence[Size]
    runs: Callable[[Size], int]
    processes: int = 1
    facts: Mapping[str, str] = field(default_factory=dict)


def results_of(name: str) -> Path:
    """Where a scenario's last measurements are."""
    return STATE / f"{name}.json"


def measure(scenario: Scenario, delay_ms: float) -> None:
    """All rounds, into results_of() the scenario. Raises SystemExit when a contestant fails."""
    shutil.rmtree(STATE / "runs" / scenario.name, ignore_errors=True)
    STATE.mkdir(parents=True, exist_ok=True)
    absent = {each.name: reason for each in scenario.contestants if (reason := each.why_not())}
    contestants = [each for each in scenario.contestants if each.name not in absent]
    for environment in {each.environment for each in contestants}:
        if environment is not None:
            environment.set_up()
    results = Results(delay_ms, machine(), absent, dict(scenario.facts))
    rounds = _Rounds(scenario, results)
    rounds.warm_up(contestants)
    for size in scenario.sizes:
        rounds.measure(contestants, size)
        results.save(results_of(scenario.name))


class _Rounds:
    """The rounds of a scenario."""

    def __init__(self, scenario: Scenario, results: Results) -> None:
        self.scenario = scenario
        self.results = results

    def warm_up(self, contestants: Sequence[Contestant]) -> None:
        """The first time, Python compiles what it imports, and Terraform shows whether it has its provider."""
        with running_emulator(Size(targets=4, accounts=2)) as emulator:
            directory = self._directory("warm-up", emulator)
            for contestant in contestants:
                print(f"warming up: {contestant.name}", flush=True)
                self._round(contestant, emulator, directory, 0)

    def measure(self, contestants: Sequence[Contestant], size: Size) -> None:
        """Everybody's first round, then everybody's second: what else this machine does then strikes all alike."""
        runs = self.scenario.runs(size)
        with running_emulator(size) as emulator:
            directory = self._directory(f"{size.targets}-{size.accounts}", emulator)
            for number in range(runs):
                fitting = _fitting(contestants, size, self.results)
                # Nobody is always the first.
                for contestant in fitting if number % 2 == 0 else reversed(fitting):
                    if number >= contestant.rounds(size.targets, runs):
                        continue
                    phases = self._round(contestant, emulator, directory, number)
                    _require_success(contestant, size, phases, directory)
                    self.results.add(size, contestant.name, phases)
                    print(_line(size, contestant, phases), flush=True)

    def _directory(self, name: str, emulator: Emulator) -> Path:
        directory = STATE / "runs" / self.scenario.name / name
        directory.mkdir(parents=True)
        write_inventory(directory / "inventory.ini", emulator.estate)
        (directory / "estate.json").write_text(json.dumps(emulator.estate.as_dict()))
        return directory

    def _round(self, contestant: Contestant, emulator: Emulator, directory: Path, number: int) -> list[Figures]:
        """The first run, from nothing, and the second one, with nothing left to do."""
        own = directory / f"{contestant.name}-{number + 1}"
        own.mkdir()
        stage = Stage(emulator.estate, directory / "inventory.ini", directory / "estate.json", own)
        emulator.serve(
            delay_ms=self.results.delay_ms,
            role=not contestant.makes_iam,
            any_number=contestant.all_ids_at_once,
            processes=self.scenario.processes,
        )
        env = {**_environment(own, emulator.url), **contestant.env(stage)}
        for command in contestant.preparation(stage):
            if subprocess.run(
                command, cwd=own, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            ).returncode:
                self.results.absent[contestant.name] = "could not be prepared here"
                return []
        phases = (1, 2) if contestant.makes_flow_logs else (1,)
        return [
            run(contestant.commands(stage, phase), env, own, own / f"output{phase}.log", emulator) for phase in phases
        ]


def _require_success(contestant: Contestant, size: Size, phases: Sequence[Figures], directory: Path) -> None:
    """How long it takes to fail is nothing to publish."""
    for number, figures in enumerate(phases, 1):
        covered = size.targets if contestant.makes_flow_logs else 0
        right = (figures.exit_code, figures.covered, figures.surplus) == (0, covered, 0)
        if contestant.has_to_succeed and not (right and (number == 1 or figures.writes == 0)):
            raise SystemExit(f"run {number} of {contestant.name} went wrong, see {directory}: {figures}")


def _fitting(contestants: Sequence[Contestant], size: Size, results: Results) -> list[Contestant]:
    return [
        each
        for each in contestants
        if each.fits(size.accounts) and size.targets <= each.most_targets and each.name not in results.absent
    ]


def _environment(home: Path, url: str) -> dict[str, str]:
    """For every contestant; tests/tools/run has taken the caller's own AWS and Ansible settings away already."""
    kept = {name: value for name, value in os.environ.items() if name not in _FORGOTTEN}
    return {
        **kept,
        "HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(STATE / "bytecode"),
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".cache"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }


def _line(size: Size, contestant: Contestant, phases: Sequence[Figures]) -> str:
    figures = "  ".join(
        f"{each.seconds:7.2f} s (emulator {each.emulator:5.2f}), {each.number_of_calls:4} calls, "
        f"{each.covered:5} covered{'' if each.exit_code == 0 else f', exit code {each.exit_code}'};"
        for each in phases
    )
    regions = f" x {size.regions}" if size.regions > 1 else ""
    return f"{size.targets:5} in {size.accounts}{regions}  {contestant.name:16} {figures}"
