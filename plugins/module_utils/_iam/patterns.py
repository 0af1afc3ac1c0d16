# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's patterns of names, with * and ?: which of them takes in which, and one that takes in many. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from re import Pattern

from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import common_prefix

EVERYTHING = "*"


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Pattern[str]:
    # A wildcard of the other pattern counts as a character that only * takes in.
    parts = {"*": ".*", "?": "[^*]"}
    return re.compile("".join(parts.get(letter) or re.escape(letter) for letter in pattern), re.DOTALL)


def covers(pattern: str, other: str) -> bool:
    """True when whatever the other one matches, a name or a pattern itself, is matched by the pattern."""
    return _compiled(pattern).fullmatch(other) is not None


def covered(name: str, patterns: Sequence[str]) -> bool:
    return any(covers(pattern, name) for pattern in patterns)


def without_covered(names: Sequence[str]) -> tuple[str, ...]:
    """The names, sorted, each once and without those that another one takes in."""
    wildcards = [name for name in dict.fromkeys(names) if "*" in name or "?" in name]
    return tuple(name for name in sorted(set(names)) if not any(_replaces(other, name) for other in wildcards))


def _replaces(other: str, name: str) -> bool:
    """True when the other takes in the name; of two that take in each other, such as * and **, the first stays."""
    return other != name and covers(other, name) and (other < name or not covers(name, other))


def common_pattern(names: Sequence[str]) -> str:
    """A pattern that takes in all names: whole parts that they begin and end with, and a wildcard in between."""
    start = _whole_beginning(names)
    rest = [name[len(start) :] for name in names]
    end = _whole_beginning([name[::-1] for name in rest])[::-1]
    return f"{start}{EVERYTHING}{end}"


def _whole_beginning(names: Sequence[str]) -> str:
    shared = common_prefix(names)
    return shared[: shared.rfind("/") + 1]
