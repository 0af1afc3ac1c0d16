# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._iam.patterns import common_pattern
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.patterns import covers
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.patterns import without_covered


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        pytest.param("/aws/shop/*", "/aws/shop/web", True, id="a name"),
        pytest.param("/aws/*", "/aws/*/flowlogs", True, id="a pattern"),
        pytest.param("/aws/?", "/aws/*", False, id="one character is not any number"),
        pytest.param("/aws/?", "/aws/a", True, id="one character"),
        pytest.param("/aws/shop/*", "/aws/*", False, id="a wider one"),
        pytest.param("/a.c", "/abc", False, id="a dot is a dot"),
    ],
)
def test_which_pattern_takes_in_which(pattern: str, other: str, expected: bool) -> None:
    assert covers(pattern, other) is expected


patterns = st.text(alphabet="ab/*?", min_size=1, max_size=6)


@given(pattern=patterns, other=patterns, name=st.text(alphabet="ab/", max_size=6))
def test_whatever_a_covered_pattern_matches_is_matched(pattern: str, other: str, name: str) -> None:
    if covers(pattern, other) and fnmatchcase(name, other):
        assert fnmatchcase(name, pattern)


@given(names=st.lists(patterns, max_size=6))
def test_names_that_others_take_in_are_left_out_and_nothing_is_lost(names: list[str]) -> None:
    kept = without_covered(names)

    assert without_covered(kept) == kept
    assert set(kept) <= set(names)
    assert all(any(covers(each, name) for each in kept) for name in names)


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        pytest.param(["/aws/p1/vpc/*/flowlogs", "/aws/p2/vpc/*/flowlogs"], "/aws/*/vpc/*/flowlogs", id="projects"),
        pytest.param(["/aws/p1", "/aws/p2"], "/aws/*", id="a beginning"),
        pytest.param(["a/flowlogs", "b/flowlogs"], "*/flowlogs", id="an ending"),
        pytest.param(["abc", "abd"], "*", id="nothing in common but letters"),
    ],
)
def test_a_pattern_that_would_do(names: list[str], pattern: str) -> None:
    assert common_pattern(names) == pattern
    assert all(covers(pattern, name) for name in names)
