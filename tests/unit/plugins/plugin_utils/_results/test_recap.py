# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts Ansible's recap shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.recap import Surroundings
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.recap import recap_of

ROLE, PLAYBOOK = Surroundings(), Surroundings(whole_play=True)


def results(total: int, failed: int = 0, changed: int = 0) -> dict[str, dict[str, Any]]:
    """The failed ones first, then those that changed, then those that stayed as they were."""
    return {
        f"h{number}": {
            "failed": number < failed,
            "changed": failed <= number < failed + changed,
            "msg": f"h{number} is bad" if number < failed else "",
        }
        for number in range(total)
    }


def test_nothing_to_show_is_one_task_in_the_role_and_none_in_a_playbook() -> None:
    assert recap_of(results(3), False, [], ROLE).run_once
    assert recap_of(results(3), False, [], PLAYBOOK).as_result()["pattern"] == []


def test_failed_hosts_are_shown_and_one_that_is_all_right_keeps_the_playbook_going() -> None:
    assert list(recap_of(results(30, failed=2), False, [], ROLE).hosts) == ["h0", "h1"]
    assert set(recap_of(results(30, failed=2), False, [], PLAYBOOK).hosts) == {"h0", "h1", "h2"}
    assert list(recap_of(results(2, failed=2), False, [], PLAYBOOK).hosts) == ["h0", "h1"]
    assert list(recap_of(results(30, changed=2), True, [], PLAYBOOK).hosts) == ["h0", "h1"]


@pytest.mark.parametrize(
    ("total", "failed", "changed", "here", "counted"),
    [
        (100, 0, 1, ROLE, True),
        (101, 0, 1, ROLE, False),
        (101, 1, 50, ROLE, True),
        (1000, 0, 100, PLAYBOOK, True),
        (1000, 0, 101, PLAYBOOK, False),
        (1000, 1, 101, PLAYBOOK, False),
    ],
)
def test_changed_hosts_are_counted_by_themselves_where_that_is_cheap(
    total: int, failed: int, changed: int, here: Surroundings, counted: bool
) -> None:
    recap = recap_of(results(total, failed, changed), True, [], here)
    assert sum(result["changed"] for result in recap.hosts.values()) == (changed if counted else 0)
    assert recap.task_changed is not counted


def test_the_diff_is_shown_at_the_first_host_that_changed() -> None:
    diff = [{"before": "", "after": "flow log"}]
    shown = recap_of(results(5, failed=1, changed=2), True, [], ROLE).with_diff(diff).hosts
    assert [host for host, result in shown.items() if result.get("diff")] == ["h1"]
    assert recap_of(results(500, changed=2), True, [], ROLE).with_diff(diff).hosts == {}


def test_what_changed_without_being_any_hosts_counts_for_the_task() -> None:
    assert recap_of(results(3), True, [], ROLE).task_changed
    assert not recap_of(results(3), False, [], ROLE).task_changed


@pytest.mark.parametrize("here", [Surroundings(first_only=True), Surroundings(fail_each=False)])
def test_where_hosts_cannot_be_failed_one_by_one_all_is_said_at_once(here: Surroundings) -> None:
    recap = recap_of(results(3, failed=2), False, ["h0 is bad", "h1 is bad"], here)
    assert (recap.hosts, recap.run_once) == ({}, True)
    assert recap.others == {"failed": True, "changed": False, "msg": "h0 is bad\nh1 is bad"}
    assert recap_of(results(3), False, [], here).others == {}


def test_a_core_that_keeps_the_first_batchs_answer_is_never_told_once() -> None:
    assert not recap_of(results(3), False, [], Surroundings(answer_is_kept=True)).run_once


@pytest.mark.parametrize("failed", [0, 1, 3])
def test_what_failed_without_being_any_hosts_fails_one_and_says_so(failed: int) -> None:
    recap = recap_of(results(3, failed), False, [], PLAYBOOK, ["orphaned_role: Old"])
    (stand_in,) = [host for host, result in recap.hosts.items() if "orphaned_role: Old" in result["msg"]]
    assert recap.hosts[stand_in]["failed"]
    assert stand_in == ("h0" if failed == 3 else f"h{failed}")
    assert ("is bad" in recap.hosts[stand_in]["msg"]) == (failed == 3)


def test_names_that_ansible_would_take_for_patterns_go_over_all_hosts_of_the_play() -> None:
    for name in ("Web VPC (prod)", "a:b", "!x", "~x", "web[1]", "a,b", "*", ""):
        hosts = {name: {"failed": True, "changed": False, "msg": ""}}
        assert recap_of(hosts, False, [], PLAYBOOK).as_result("shop")["pattern"] == ["shop"]
    hosts = {"vpc-1": {"failed": True, "changed": False, "msg": ""}}
    assert recap_of(hosts, False, [], PLAYBOOK).as_result("shop")["pattern"] == ["vpc-1"]


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8),
    st.booleans(),
    st.booleans(),
    st.integers(min_value=0, max_value=5),
)
def test_the_failed_hosts_are_always_shown_and_no_healthy_one_is_shown_as_failed(
    states: list[tuple[bool, bool]], whole_play: bool, kept: bool, most: int
) -> None:
    hosts = {
        f"h{number}": {"failed": failed, "changed": changed, "msg": ""}
        for number, (failed, changed) in enumerate(states)
    }
    here = Surroundings(whole_play=whole_play, answer_is_kept=kept, most_changed=most)
    recap = recap_of(hosts, any(changed for _failed, changed in states), [], here)
    assert {host for host, result in recap.hosts.items() if result["failed"]} == {
        host for host, result in hosts.items() if result["failed"]
    }
    assert whole_play or not (recap.run_once and recap.hosts)
