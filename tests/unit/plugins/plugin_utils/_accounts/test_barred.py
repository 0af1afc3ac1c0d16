# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.barred import barred
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned

NAMES = {"vpc-1": "/a", "vpc-2": "/a", "vpc-3": "/b"}


def failure(subject: str, message: str = "refused.") -> dict[str, str]:
    return {"resource_id": subject, "code": "Code", "message": message, "hint": "Do."}


def groups(*failures: dict[str, str], **more: Any) -> Returned:
    return Returned({"log_groups": [], "failures": list(failures), **more})


def test_a_group_s_failure_becomes_that_of_its_targets() -> None:
    found = barred(groups(failure("/a")), NAMES)

    assert sorted(found.targets) == ["vpc-1", "vpc-2"]
    (message,) = {entry["message"] for entry in found.groups.result["failures"]}
    assert [entry["resource_id"] for entry in found.groups.result["failures"]] == ["vpc-1", "vpc-2"]
    assert message.startswith("refused. No flow log is created") and message.endswith("made as asked: /a.")
    assert {(each.code, each.hint) for each in found.targets.values()} == {("Code", "Do.")}


def test_a_target_s_own_failure_stays() -> None:
    """It does not exist, so it has no log group."""
    given = groups(failure("vpc-9"))
    assert barred(given, NAMES).groups == given
    mixed = barred(groups(failure("vpc-9"), failure("/b")), NAMES)
    assert [entry["resource_id"] for entry in mixed.groups.result["failures"]] == ["vpc-9", "vpc-3"]
    assert sorted(mixed.targets) == ["vpc-3"]


def test_where_nothing_failed_nothing_is_barred() -> None:
    assert barred(Returned({"log_groups": []}), {}).targets == {}


def test_the_list_goes_by_two_names_on_older_cores() -> None:
    old = barred(groups(failure("/b"), failed=[failure("/b")]), NAMES)
    assert old.groups.result["failed"] == old.groups.result["failures"]
    assert barred(groups(failure("/b"), failed=True), NAMES).groups.result["failed"] is True


def test_a_group_that_is_called_as_its_target() -> None:
    found = barred(groups(failure("vpc-1")), {"vpc-1": "vpc-1"})
    assert [entry["resource_id"] for entry in found.groups.result["failures"]] == ["vpc-1"]
    assert list(found.targets) == ["vpc-1"]
