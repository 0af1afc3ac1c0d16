# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import Problems


def of(*found: tuple[list[str], str]) -> Problems:
    problems = Problems()
    for hosts, reason in found:
        problems.add(hosts, reason)
    return problems


def test_a_host_keeps_all_its_reasons_each_once() -> None:
    problems = of((["a"], "No project."), (["a", "b"], "No region."), (["a"], "No project."))

    assert problems.as_result() == {"a": "No project. No region.", "b": "No region."}
    assert ("a" in problems, "c" in problems, len(problems)) == (True, False, 2)


def test_hosts_with_the_same_reason_are_one_line() -> None:
    problems = of((["a"], "no project"), (["b"], "no region"), (["c", "d"], "no project"))

    assert problems.lines() == ["host a and 2 more: no project", "host b: no region"]
    assert problems.causes() == [("no project", ["a", "c", "d"]), ("no region", ["b"])]


def test_of_many_causes_ten_are_shown_and_the_rest_counted() -> None:
    lines = of(*(([f"h{number}"], f"problem {number}") for number in range(25))).lines()

    assert lines[:10] == [f"host h{number}: problem {number}" for number in range(10)]
    assert lines[10:] == ["... and 15 more, see failed_hosts."]


def test_problems_are_one_line_each_whatever_names_hold() -> None:
    problems = of((["a\nPLAY RECAP"], "x"), (["b"], "y \x9bz"))

    assert problems.lines() == ["host a\\nPLAY RECAP: x", "host b: y \\x9bz"]
