# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that options may be given: anything that JSON can hold, and what is nearly right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

# Letters of several scripts, marks that have a meaning somewhere, blanks of all kinds, control characters.
_CHARACTERS = "aZ09éяא山🙂_-/.:*#?+=@,&<>'\"\\{}[]()$%! \t\n\r\x00\x07\x7f\x85\u00a0\u200b\u202e\ufeff"
TEXT = st.text(alphabet=_CHARACTERS, max_size=12) | st.sampled_from(["x" * 600, "x" * 100_000, "None", "[]", "{}", "{{ x }}"])
_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-3, max_value=800)
    | st.sampled_from([2**31, -(2**63), 10**30, 0.5, -0.0, 1e300])
    | TEXT
)
ANYTHING = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)


@st.composite
def nearly(draw: st.DrawFn, right: st.SearchStrategy[str]) -> str:
    """A right text with something done to it."""
    text = draw(right)
    place = draw(st.integers(min_value=0, max_value=len(text)))
    piece = draw(st.sampled_from([*_CHARACTERS, "", "arn:", "aws:", "x" * 300]))
    deeds = {
        "put in": text[:place] + piece + text[place:],
        "replaced": text[:place] + piece + text[place + 1 :],
        "cut": text[:place],
        "in capitals": text.upper(),
        "in small letters": text.lower(),
        "twice": text + text,
        "in blanks": f" {text}\n",
    }
    return deeds[draw(st.sampled_from(sorted(deeds)))]


def text_like(*right: str) -> st.SearchStrategy[str]:
    """One of these texts, as it is or nearly."""
    good = st.sampled_from(right)
    return good | nearly(good)


def list_of(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A list of them, or the text that Ansible takes for one."""
    listed = st.lists(items, max_size=4)
    return listed | listed.map(lambda values: ",".join(map(str, values)))


TAGS = st.dictionaries(
    text_like("owner", "Name", "aws:x", "k" * 127, "k" * 128), text_like("network", "", "v" * 256, "v" * 257), max_size=3
) | st.dictionaries(TEXT, ANYTHING, max_size=3)


@st.composite
def options(
    draw: st.DrawFn, good: Mapping[str, st.SearchStrategy[Any]], likely: Mapping[str, st.SearchStrategy[Any]]
) -> dict[str, Any]:
    """Good options of a module, and up to three that are likely wrong, anything at all, or missing."""
    given = {name: draw(value) for name, value in good.items()}
    for name in draw(st.lists(st.sampled_from(sorted(likely)), min_size=1, max_size=3, unique=True)):
        value = draw(likely[name] if draw(st.integers(0, 3)) else ANYTHING)
        given[name] = value
    if draw(st.integers(0, 19)) == 0:
        given.pop(draw(st.sampled_from(sorted(given))))
    return given
