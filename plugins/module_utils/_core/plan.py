# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What a module is about to do: data that can be shown, counted and applied. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Callable

from .errors import Failure
from .errors import InvalidInput
from .tags import TagRules
from .tags import same_keys
from .tags import texts_and_problems
from .telemetry_rule import RULE_TAG


@dataclass(frozen=True)
class Step:
    """One thing to do: kind picks the deed, subject is what it is done to, arguments go to the deed."""

    kind: str
    subject: str
    sentence: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """steps lead from before to after; both have the shape of the module's result.

    refusals are targets for which nothing can be planned; they do not stop the others. not_in_diff: keys of the result that
    are no part of the account's state, shown as empty.
    """

    before: dict[str, Any]
    after: dict[str, Any]
    steps: tuple[Step, ...] = ()
    refusals: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    not_in_diff: tuple[str, ...] = ()
    # What the result says besides, and no diff shows.
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """How policies and tags compare. amazon.aws brings both; planners get them handed in and stay free of imports.

    policies_differ(a, b) -> bool; tag_changes(current, wanted, purge) -> (tags to set, keys to unset).
    """

    policies_differ: Callable[[Any, Any], bool]
    tag_changes: Callable[[dict[str, str], dict[str, str], bool], tuple[dict[str, str], list[str]]]


@dataclass(frozen=True)
class TagWish:
    """tags None leaves all tags alone; purge removes those that are not named."""

    tags: Mapping[str, str] | None = None
    purge: bool = True

    def changes(
        self, current: Mapping[str, str], compare: Comparison, ignores_case: bool = False
    ) -> tuple[dict[str, str], list[str]]:
        """Tags to set and keys to unset on a resource that has the current ones.

        ignores_case: a key that is set takes the place of one in another case, as on IAM roles. To unset that one would
        remove what was set.
        """
        if self.tags is None:
            return {}, []
        to_set, to_unset = compare.tag_changes(dict(current), dict(self.tags), self.purge)
        kept = (key for key in to_unset if not (ignores_case and same_keys(key, to_set)))
        # A telemetry rule would lose what it has to look after.
        return to_set, sorted(key for key in kept if key != RULE_TAG)

    def merged(self, current: Mapping[str, str], compare: Comparison, ignores_case: bool = False) -> dict[str, str]:
        """The tags that a resource with the current ones has afterwards."""
        to_set, to_unset = self.changes(current, compare, ignores_case)
        replaced = {other for key in to_set for other in same_keys(key, current)} if ignores_case else set()
        kept = {key: value for key, value in current.items() if key not in to_unset and key not in replaced}
        return {**kept, **to_set}


def tag_wish(tags: Mapping[Any, Any] | None, purge: bool, *rules: TagRules, option: str = "tags") -> TagWish:
    """The wish from the module's options, keys and values as text. rules: of the services that the tags go to.

    Raises InvalidInput on tags that one of the services refuses.
    """
    if tags is None:
        return TagWish(None, purge)
    if not isinstance(tags, Mapping):
        raise InvalidInput(f"{option} has to be a dictionary of tags, such as {{owner: network}}.")
    texts, problems = texts_and_problems(tags, rules)
    if problems:
        raise InvalidInput(f"These tags can't be set: {'; '.join(problems)}. Change them in {option}.")
    return TagWish(texts, purge)
