# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import tag_wish


@pytest.mark.parametrize(
    ("tags", "complaint"),
    [
        pytest.param({"": "x"}, "1 to 127", id="an empty key"),
        pytest.param({"k" * 128: "x"}, "1 to 127", id="a key of 128 characters"),
        pytest.param({"aws:x": "x"}, "belong to AWS", id="a key that belongs to AWS"),
        pytest.param({"AWS:x": "x"}, "belong to AWS", id="the same in capitals"),
        pytest.param({"a": "x" * 257}, "256", id="a value of 257 characters"),
        pytest.param({"a": None}, "'a'.*text", id="a null value"),
        pytest.param({"a": ["x"]}, "'a'.*list", id="a list"),
        pytest.param({"a": {"b": "c"}}, "'a'.*dict", id="a dictionary"),
        pytest.param({f"k{number}": "x" for number in range(51)}, "51 tags", id="more than fifty"),
    ],
)
def test_tags_that_aws_refuses_are_refused_before_any_call(tags: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        tag_wish(tags, True)


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({"k" * 127: "x" * 256}, id="the longest key and value"),
        pytest.param({f"k{number}": "" for number in range(50)}, id="fifty, with empty values"),
        pytest.param({"awsome": "x", "owner:aws:": "y"}, id="keys that only resemble AWS's"),
    ],
)
def test_tags_at_the_limits_are_taken(tags: dict[str, str]) -> None:
    assert tag_wish(tags, True).tags == tags


def test_keys_and_values_become_text() -> None:
    assert tag_wish({"cost": 12, "prod": True, 7: "x"}, False) == TagWish(
        {"cost": "12", "prod": "True", "7": "x"}, False
    )


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
