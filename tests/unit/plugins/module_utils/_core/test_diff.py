# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.diff import differences
from ansible_collections.netops.flow_logs.plugins.module_utils._core.diff import entry_lines
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable

USUAL = {"log_format": "usual"}


def log(resource_id: str, **more: Any) -> dict[str, Any]:
    return {"resource_id": resource_id, "traffic_type": "ALL", "log_format": "usual", "tags": {}, "action": "unchanged", **more}


def of(before: list[Any], after: list[Any]) -> tuple[list[Any], list[Any]]:
    old, new = differences({"flow_logs": before}, {"flow_logs": after}, USUAL)
    return old["flow_logs"], new["flow_logs"]


def test_an_entry_that_changes_shows_what_it_is_and_the_fields_that_differ() -> None:
    before = [log("vpc-1", flow_log_id="fl-1", creation_time="now"), log("vpc-2")]
    after = [log("vpc-1", traffic_type="REJECT", action="replaced", replaced_flow_log_ids=["fl-1"]), log("vpc-2")]

    assert of(before, after) == (
        [{"resource_id": "vpc-1", "traffic_type": "ALL", "flow_log_id": "fl-1"}],
        [{"resource_id": "vpc-1", "traffic_type": "REJECT"}],
    )


def test_a_new_entry_shows_nothing_that_is_empty_or_usual() -> None:
    assert of([], [log("vpc-1", action="created"), log("vpc-2", log_format="own", action="created")]) == (
        [],
        [{"resource_id": "vpc-1", "traffic_type": "ALL"}, {"resource_id": "vpc-2", "traffic_type": "ALL", "log_format": "own"}],
    )


def test_what_is_deleted_is_there_before_only() -> None:
    assert of([log("vpc-1")], [log("vpc-1", action="deleted")]) == ([{"resource_id": "vpc-1", "traffic_type": "ALL"}], [])


def test_what_only_aws_knows_is_no_difference() -> None:
    assert of([log("vpc-1")], [log("vpc-1", creation_time="now", action="updated")]) == ([], [])


def test_two_entries_of_one_resource_are_told_apart_by_what_differs() -> None:
    before = [log("vpc-1", flow_log_id="fl-1"), log("vpc-1", flow_log_id="fl-2")]

    assert of(before, before[1:]) == ([{"resource_id": "vpc-1", "traffic_type": "ALL", "flow_log_id": "fl-1"}], [])


def test_a_dictionary_shows_its_names_and_what_differs_and_a_policy_the_whole_document() -> None:
    before = {"role": {"role_name": "r", "arn": "a", "tags": {}}, "policy": {"Statement": [1], "Version": "1"}, "same": {"a": 1}}
    after = {"role": {"role_name": "r", "arn": "a", "tags": {"a": "b"}}, "policy": {"Statement": [2], "Version": "1"}, "same": {"a": 1}}

    assert differences(before, after, {}) == (
        {"role": {"role_name": "r", "tags": {}}, "policy": {"Statement": [1], "Version": "1"}, "same": {}},
        {"role": {"role_name": "r", "tags": {"a": "b"}}, "policy": {"Statement": [2], "Version": "1"}, "same": {}},
    )


def test_a_line_for_each_entry_names_host_and_id_and_is_one_line() -> None:
    entries = [{"resource_id": "vpc-1", "tags": {"a": "b\nc"}}, {"log_group_name": "/x"}, "text"]

    assert entry_lines("flow log of", entries, {"vpc-1": "web\n"}) == [
        'flow log of web\\n (vpc-1): tags {"a": "b\\nc"}',
        "flow log of /x",
    ]
    assert all(map(is_printable, entry_lines("flow log of", entries, {"vpc-1": "web\x9b"})))
