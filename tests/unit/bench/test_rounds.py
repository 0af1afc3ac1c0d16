# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured, how often and in which order."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.tests.bench import __main__ as program
from ansible_collections.netops.flow_logs.tests.bench import rounds
from ansible_collections.netops.flow_logs.tests.bench.contestants import OURS
from ansible_collections.netops.flow_logs.tests.bench.contestants import Copy
from ansible_collections.netops.flow_logs.tests.bench.contestants import Stage
from ansible_collections.netops.flow_logs.tests.bench.contestants.bare import Floor
from ansible_collections.netops.flow_logs.tests.bench.estate import Estate
from ansible_collections.netops.flow_logs.tests.bench.estate import Size
from ansible_collections.netops.flow_logs.tests.bench.results import Results

OPTIONS = argparse.Namespace()


class _Other(Floor):
    """The same again, by another name."""

    name = "other"


def test_rounds_alternate_and_end_in_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rounds, "STATE", tmp_path)
    size = Size(8, 2)
    scenario = rounds.Scenario(
        "test", [Floor(OPTIONS), _Other(OPTIONS)], [size], lambda _size: 2, processes=2, facts={"some": "fact"}
    )
    rounds.measure(scenario, delay_ms=0)
    results = Results.load(rounds.results_of("test"))
    assert results.facts == {"some": "fact"}
    for name in ("floor", "other"):
        assert [[run.covered for run in phases] for phases in results.rounds[size][name]] == [[8, 8], [8, 8]]
        assert [run.writes for run in results.of(size, name, 1)] == [0, 0]
    measured = [line.split()[3] for line in capsys.readouterr().out.splitlines() if " covered" in line]
    assert measured == ["floor", "other", "other", "floor"]


def test_a_copy_is_run_from_its_own_directory(tmp_path: Path) -> None:
    stage = Stage(Estate(()), tmp_path / "inventory.ini", tmp_path / "estate.json", tmp_path)
    for ours in OURS:
        original, copy = ours(OPTIONS), Copy(ours(OPTIONS), "before", tmp_path / "copy")
        assert copy.name == f"{original.name}-before"
        assert copy.commands(stage, 1) == original.commands(stage, 1)
        assert copy.env(stage) == {**original.env(stage), "ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "copy")}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "commits"], "--against says which one"),
        (["--only", "nothing"], "no scenario: nothing"),
        (["--contestants", "nobody"], "no contestant: nobody"),
        (["--organisation", "20"], "invalid of_organisation value"),
    ],
)
def test_what_can_not_be_measured_is_refused(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    with pytest.raises(SystemExit):
        program.main()
    assert message in capsys.readouterr().err
