# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Medians, ratios and the page that is made of them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from ansible_collections.netops.flow_logs.tests.bench.estate import Size
from ansible_collections.netops.flow_logs.tests.bench.measure import Figures
from ansible_collections.netops.flow_logs.tests.bench.page import page
from ansible_collections.netops.flow_logs.tests.bench.plot import plot
from ansible_collections.netops.flow_logs.tests.bench.results import FIRST
from ansible_collections.netops.flow_logs.tests.bench.results import SECOND
from ansible_collections.netops.flow_logs.tests.bench.results import Results

SMALL, LARGE = Size(10, 2), Size(1000, 2)
MACHINE = {
    "commit": "abc1234",
    "cores": "2",
    "load": "0.3",
    "system": "Linux on x86_64",
    "Python": "3.11.7",
    "c7n": "0.9",
}


def _run(seconds: float, emulator: float = 0.0, **calls: int) -> Figures:
    named = {name.replace("_", ":"): count for name, count in calls.items()}
    return Figures(seconds, cpu=1.0, emulator=emulator, memory_mb=90.0, calls=named, covered=10)


@pytest.fixture
def results() -> Results:
    results = Results(50, MACHINE, {"terraform": "not installed here"})
    for size, factor in ((SMALL, 1.0), (LARGE, 3.0)):
        for ours, theirs in ((2.0, 6.0), (4.0, 8.0), (2.0, 9.0)):
            results.add(size, "apply", [_run(factor * ours, ec2_CreateFlowLogs=4), _run(ours, 0.5)])
            results.add(size, "c7n", [_run(factor * theirs, ec2_CreateFlowLogs=5), _run(theirs)])
            results.add(size, "floor", [_run(1.0), _run(1.0)])
            results.add(size, "empty", [_run(1.0)])
    return results


def test_ratios_are_taken_round_by_round(results: Results) -> None:
    ratio = results.ratio(SMALL, "apply", ["c7n"], FIRST, lambda run: run.seconds)
    # 3, 2 and 4.5; of the medians it would be 4
    assert ratio == 3


def test_what_is_compared_with_together_is_added_up(results: Results) -> None:
    assert results.ratio(SMALL, "apply", ["floor", "empty"], FIRST, lambda run: run.seconds) == 1


def test_the_emulators_time_is_taken_off(results: Results) -> None:
    assert results.median(SMALL, "apply", SECOND, lambda run: run.without_emulator) == 1.5


def test_what_was_not_measured_has_no_figures(results: Results) -> None:
    assert results.median(SMALL, "role", FIRST, lambda run: run.seconds) is None
    assert results.ratio(SMALL, "apply", ["c7n", "role"], FIRST, lambda run: run.seconds) is None


def test_saved_and_loaded_it_is_the_same(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == results


def test_the_page_has_ratios_figures_calls_and_what_is_missing(results: Results) -> None:
    text = page(results)
    lines = text.splitlines()
    custodian = "Cloud Custodian, `custodian run` per account"
    assert f"| {custodian} | 3.00 / 4.00 | 3.00 / 4.00 |" in lines
    assert "| Terraform | not installed here | not installed here |" in lines
    assert any(line.startswith(f"| {custodian} | 24.00 s + 0.00 s | 5 | 8.00 s + 0.00 s | 0 |") for line in lines)
    assert any(line.startswith("| `ec2:CreateFlowLogs` | 4 / - | 5 / - |") for line in lines)
    assert "Commit abc1234, 2 cores, Linux on x86_64; Python 3.11.7, c7n 0.9" in text
    assert (
        "load average was 0.3 to begin with. Runs of the same thing differed by up to 133% from their median." in text
    )


def test_the_plot_has_a_line_for_each_and_labels_apart(results: Results) -> None:
    root = ElementTree.fromstring(plot(results))
    space = {"svg": "http://www.w3.org/2000/svg"}
    lines = [path.get("class") for path in root.findall("svg:path", space)]
    assert lines == ["floor", "c7n", "ours"] * 2
    labels = [
        (float(str(text.get("x"))), float(str(text.get("y"))))
        for text in root.findall("svg:text", space)
        if ", " in (text.text or "") and (text.text or "").endswith(" s")
    ]
    assert len(labels) == 6
    for x, y in labels:
        assert all(abs(y - other) > 12 for place, other in labels if place == x and other != y)
