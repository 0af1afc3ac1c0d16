# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import tag_wish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import EC2
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import LOGS


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({"k" * 127: "x" * 256}, id="the longest key and value"),
        pytest.param({f"k{number}": "" for number in range(50)}, id="fifty, with empty values"),
        pytest.param({"awsome": "x", "owner:aws:": "y"}, id="keys that only resemble AWS's"),
    ],
)
def test_tags_at_the_limits_are_taken(tags: dict[str, str]) -> None:
    assert tag_wish(tags, True, EC2, LOGS).tags == tags


def test_keys_and_values_become_text() -> None:
    assert tag_wish({"cost": 12, "prod": True, 7: "x", 1.5: date(2026, 1, 2)}, False) == TagWish(
        {"cost": "12", "prod": "True", "7": "x", "1.5": "2026-01-02"}, False
    )


def test_refused_tags_name_the_option_that_has_them() -> None:
    with pytest.raises(InvalidInput, match=r"^These tags can't be set: 'a': .* Change them in flow_logs_tags.$"):
        tag_wish({"a": "x" * 257}, True, EC2, option="flow_logs_tags")


def test_what_is_no_dictionary_is_refused_and_no_python_error() -> None:
    tags: Any = ["owner"]
    with pytest.raises(InvalidInput, match="tags has to be a dictionary"):
        tag_wish(tags, True, EC2)


@pytest.mark.parametrize("purge", [True, False])
def test_tags_left_out_are_not_the_same_as_none(purge: bool) -> None:
    assert tag_wish(None, purge) == TagWish(None, purge) != tag_wish({}, purge)


CURRENT = {"owner": "network", "old": "1", "aws:cloudformation:stack-name": "s"}


@pytest.mark.parametrize(
    ("wish", "to_set", "to_unset"),
    [
        pytest.param(TagWish(None), {}, [], id="left out leaves all alone"),
        pytest.param(TagWish({}), {}, ["old", "owner"], id="none removes all but AWS's own"),
        pytest.param(TagWish({}, purge=False), {}, [], id="none without purging leaves all alone"),
        pytest.param(TagWish({"owner": "network", "old": "1"}), {}, [], id="the same changes nothing"),
        pytest.param(TagWish({"owner": "me"}), {"owner": "me"}, ["old"], id="purging removes the others"),
        pytest.param(TagWish({"owner": "me"}, purge=False), {"owner": "me"}, [], id="without purging others stay"),
    ],
)
def test_changes_of_tags(wish: TagWish, to_set: dict[str, str], to_unset: list[str]) -> None:
    assert wish.changes(CURRENT, COMPARISON) == (to_set, to_unset)

    kept = {key: value for key, value in CURRENT.items() if key not in to_unset}
    assert wish.merged(CURRENT, COMPARISON) == {**kept, **to_set}


@pytest.mark.parametrize(
    ("wish", "to_set", "to_unset", "after"),
    [
        pytest.param(TagWish({"Owner": "me"}), {"Owner": "me"}, ["old"], {"Owner": "me"}, id="purging"),
        pytest.param(
            TagWish({"Owner": "me"}, purge=False), {"Owner": "me"}, [], {"Owner": "me", "old": "1"}, id="not purging"
        ),
        pytest.param(TagWish({"Owner": "network"}), {"Owner": "network"}, ["old"], {"Owner": "network"}, id="the case alone"),
    ],
)
def test_on_a_role_a_key_takes_the_place_of_one_in_another_case(
    wish: TagWish, to_set: dict[str, str], to_unset: list[str], after: dict[str, str]
) -> None:
    """IAM would remove what was just set, were the key in the other case removed."""
    current = {"owner": "network", "old": "1"}
    assert wish.changes(current, COMPARISON, ignores_case=True) == (to_set, to_unset)
    assert wish.merged(current, COMPARISON, ignores_case=True) == after
