# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.figures import bar_of
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.figures import bars
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.figures import number
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.figures import share
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.figures import verdict
from ansible_collections.netops.flow_logs.tests.unit.support import report_model


def counts(covered: int = 0, partly_covered: int = 0, broken: int = 0, uncovered: int = 0) -> dict[str, Any]:
    return {"covered": covered, "partly_covered": partly_covered, "broken": broken, "uncovered": uncovered}


def place(project: str | None, account: str = "retail", **more: int) -> dict[str, Any]:
    ids = {"retail": "111111111111", "broadcast": "222222222222"}
    return {"account": account, "account_id": ids[account], "region": "eu-west-1", "project": project, **counts(**more)}


def test_a_bar_is_filled_in_the_order_of_the_statuses_and_to_its_end() -> None:
    segments = bar_of("shop", "", counts(covered=5, broken=3, uncovered=2)).segments
    assert [(each.status, each.count, each.start, each.width) for each in segments] == [
        ("covered", 5, 0.0, 50.0),
        ("broken", 3, 50.0, 30.0),
        ("uncovered", 2, 80.0, 20.0),
    ]


def test_one_target_among_thousands_can_still_be_seen_in_a_bar() -> None:
    covered, uncovered = bar_of("shop", "", counts(covered=9999, uncovered=1)).segments
    assert uncovered.width > 0.9
    assert uncovered.start + uncovered.width == pytest.approx(100, abs=0.02)
    assert uncovered.start == pytest.approx(covered.width, abs=0.02)


def test_a_bar_of_nothing_is_empty() -> None:
    assert not bar_of("shop", "", counts()).segments


def test_bars_add_up_over_accounts_and_projects_and_begin_with_what_needs_most_work() -> None:
    found = bars(
        [
            place("shop", covered=4),
            place("bank", covered=1, uncovered=3),
            place("shop", "broadcast", covered=2, uncovered=1),
            place(None, "broadcast", partly_covered=3),
        ]
    )
    assert [(each.label, each.note, each.covered, each.targets) for each in found["account"]] == [
        ("broadcast", "222222222222", 2, 6),
        ("retail", "111111111111", 5, 8),
    ]
    projects = [(each.label, each.covered, each.targets) for each in found["project"]]
    assert projects == [("bank", 1, 4), (None, 0, 3), ("shop", 6, 7)]
    assert [(each.label, each.targets) for each in found["region"]] == [("eu-west-1", 14)]


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(3, 4, "75 %"), (4, 4, "100 %"), (999, 1000, "> 99 %"), (1, 1000, "< 1 %"), (0, 7, "0 %"), (0, 0, "–")],
)
def test_only_all_is_a_hundred_percent_and_only_none_is_zero(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_large_numbers_can_be_read() -> None:
    assert [number(7), number(1234567)] == ["7", "1\u202f234\u202f567"]


def test_the_verdict_on_an_estate_with_gaps_counts_them() -> None:
    said = verdict(report_model.estate())
    assert said.mood == "gaps"
    assert said.headline == "91 of 126 targets are recorded in full."
    assert said.gaps == (
        "14 are recorded by nobody, 7 have flow logs that deliver nothing, "
        "and 14 are recorded in part (7 as the inventory wants it)."
    )
    assert said.facts == [
        "Records of 12 of 16 flow logs were seen to arrive.",
        "1 part of the estate could not be read: there may be more gaps than are known.",
        "Findings: 4 errors, 4 warnings, and 3 notes.",
    ]


def test_the_verdict_on_an_estate_in_order_says_so() -> None:
    said = verdict(report_model.perfect())
    assert (said.mood, said.headline, said.gaps) == ("good", "All 42 targets are recorded.", "")
    assert said.facts == ["Records of all 6 flow logs were seen to arrive.", "There are no findings."]


def test_one_is_not_many() -> None:
    model = report_model.perfect(1)
    assert verdict(model).headline == "The one target is recorded."
    model["totals"].update(targets=2, uncovered=1, findings={"error": 1, "warning": 0, "note": 0})
    model["findings"] = report_model.estate()["findings"][:1]
    said = verdict(model)
    assert (said.headline, said.gaps) == ("1 of 2 targets is recorded in full.", "1 is recorded by nobody.")
    assert said.facts == ["Records of the one flow log were seen to arrive.", "Findings: 1 error."]


def test_all_recorded_is_not_good_as_long_as_something_could_not_be_read() -> None:
    model = {**report_model.perfect(), "not_read": report_model.unread()["not_read"]}
    assert verdict(model).mood == "gaps"


def test_no_targets_and_nothing_read_are_different_verdicts() -> None:
    assert verdict(report_model.empty()).headline == "There are no targets."
    assert verdict(report_model.unread()).headline == "Nothing could be read."
