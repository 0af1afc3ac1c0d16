# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of the page that are measured apart, and the page that takes them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.tests.bench import commits as copies
from ansible_collections.netops.flow_logs.tests.bench.estate import Size
from ansible_collections.netops.flow_logs.tests.bench.measure import Figures
from ansible_collections.netops.flow_logs.tests.bench.results import Results
from ansible_collections.netops.flow_logs.tests.bench.sections import commits
from ansible_collections.netops.flow_logs.tests.bench.sections import organisation
from ansible_collections.netops.flow_logs.tests.bench.sections import put
from ansible_collections.netops.flow_logs.tests.bench.sections import taken_from

MACHINE = {"commit": "abc1234", "cores": "2", "load": "0.3", "system": "Linux on x86_64", "Python": "3.11.7"}
PAGE = "# Title\n\n## Figures\n\nold figures\n\n## Calls by kind\n\ncalls\n"


def _run(seconds: float, cpu: float = 1.0, emulator: float = 0.0) -> Figures:
    return Figures(seconds, cpu, emulator, memory_mb=90.0, calls={"ec2:DescribeVpcs": 1200}, covered=1000)


@pytest.fixture
def of_organisation() -> Results:
    results = Results(50, MACHINE, facts={"processes": "2", "parallel": "8"})
    size = Size.of_organisation("20x10x5")
    for ours, theirs in ((10.0, 60.0), (10.0, 70.0), (20.0, 100.0)):
        results.add(size, "apply", [_run(ours, emulator=30.0), _run(ours / 2)])
        results.add(size, "c7n-org-regions", [_run(theirs), _run(theirs)])
    return results


@pytest.fixture
def of_commits() -> Results:
    results = Results(50, MACHINE, facts={"before": "bf5b026"})
    for size in (Size(1000, 1), Size(1000, 2)):
        for before, now in ((2.0, 2.1), (4.0, 4.4), (2.0, 2.0)):
            for ours in ("apply", "role"):
                results.add(size, f"{ours}-before", [_run(before + 1, 1.0, emulator=1.0), _run(before)])
                results.add(size, f"{ours}-now", [_run(now + 1, 1.5, emulator=1.0), _run(now)])
    return results


def test_an_organisation_is_compared_by_the_clock(of_organisation: Results) -> None:
    text = organisation(of_organisation)
    lines = text.splitlines()
    assert "20 accounts, 10 regions in each, 5 VPCs in each region: 1,000 VPCs." in text
    assert (
        "Cloud Custodian takes 6.00 (5.00 to 7.00) times as long in the first run, 12.00 (10.00 to 14.00) times in the second."
        in lines
    )
    ours = next(line for line in lines if "netops.flow_logs.apply` |" in line)
    assert ours.endswith("| 10.0 s | 1,200 | 5.0 s | 1,200 | 1.0 s | 30.0 s / 0.0 s | 90 MB | 1,000 |")
    assert "Commit abc1234, 2 cores" in text


def test_commits_are_compared_pair_by_pair_without_the_emulator(of_commits: Results) -> None:
    lines = commits(of_commits).splitlines()
    ratio = "1.05 (1.00 to 1.10)"
    ours = "**the playbook** `netops.flow_logs.apply`"
    assert f"| {ours}, 1,000 in two accounts | seconds | 2.00, now 2.10: {ratio} | 2.00, now 2.10: {ratio} |" in lines
    assert any(
        line.startswith(
            "| **the role**, in a play of three lines, 1,000 in one account | CPU seconds | 1.00, now 1.50: 1.50 (1.50 to 1.50)"
        )
        for line in lines
    )
    assert "commit bf5b026 and those of commit abc1234" in commits(of_commits)


def test_a_section_is_put_in_its_place_and_later_replaced(of_organisation: Results) -> None:
    text = put(PAGE, organisation(of_organisation))
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Figures",
        "## An organisation",
        "## Calls by kind",
    ]
    assert taken_from(text, "## An organisation") == organisation(of_organisation)
    assert put(text, organisation(of_organisation)) == text
    assert put(text, "## An organisation\n\nelse\n") == PAGE.replace(
        "## Calls", "## An organisation\n\nelse\n\n## Calls"
    )


def test_results_of_a_scenario_are_saved_with_its_facts(of_commits: Results, tmp_path: Path) -> None:
    of_commits.save(tmp_path / "commits.json")
    assert Results.load(tmp_path / "commits.json") == of_commits


def test_a_commit_and_the_working_tree_are_where_ansible_finds_them(tmp_path: Path) -> None:
    for collections in (copies.of_commit("HEAD", tmp_path), copies.of_working_tree(tmp_path)):
        found = collections / "ansible_collections"
        assert (found / "netops" / "flow_logs" / "playbooks" / "apply.yml").is_file()
        assert (found / "amazon" / "aws" / "MANIFEST.json").is_file()
        assert not (found / "netops" / "flow_logs" / ".cache").exists()


def test_a_commit_that_is_not_there_is_said() -> None:
    with pytest.raises(SystemExit, match="Needed a single revision"):
        copies.of_commit("no-such-commit", Path("nowhere"))
