# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which tags each service of AWS takes, known before it is asked. Pure.

The services differ: a tag that EC2 takes for a flow log can be refused by CloudWatch Logs for its log group. The rules are
docs/aws-behaviour.md 10. They are for tags that somebody asks for; tags that a resource has were taken by AWS, whatever they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .text import limited
from .text import printable

MOST_TAGS = 50
LONGEST_VALUE = 256
# The letters, separators and numbers of all scripts, and these: [\p{L}\p{Z}\p{N}_.:/=+\-@] in botocore's models.
_CATEGORIES = ("L", "Z", "N")
_SIGNS = "_.:/=+-@"
_ALLOWED = "letters, numbers, spaces and the characters _ . : / = + - @"
# Characters of a key or value that a message shows.
_SHOWN = 60


@dataclass(frozen=True)
class TagRules:
    """What a service takes. service: its name in messages, with what the tags go to."""

    service: str
    longest_key: int
    any_character: bool = False
    # Keys that differ only in case are one key.
    ignores_case: bool = False
    # Values must not begin with aws: either.
    reserves_values: bool = False


# CreateFlowLogs and CreateTags take 127 characters (botocore's EC2 model), though the user guide says 128 of EC2's tags in general.
# Any character: EC2 user guide, "Tag your Amazon EC2 resources".
EC2 = TagRules("EC2 (flow logs)", 127, any_character=True)
# TagKey, TagValue and Tags in botocore's model of CloudWatch Logs.
LOGS = TagRules("CloudWatch Logs (log groups)", 128)
# tagKeyType, tagValueType and tagListType in botocore's IAM model; case (of roles) and values: IAM user guide, "Tags for IAM resources".
IAM = TagRules("IAM (roles and policies)", 128, ignores_case=True, reserves_values=True)


def texts_and_problems(tags: Mapping[Any, Any], rules: Sequence[TagRules]) -> tuple[dict[str, str], list[str]]:
    """The tags as text, and what is wrong with them: nothing where all the services take them."""
    problems: list[str] = []
    texts: dict[str, str] = {}
    for key, value in tags.items():
        wrong = [*_not_a_key(key), *_not_a_value(value)]
        text = str(key)
        if not wrong and text in texts:
            wrong = ["the key is given twice, once as a number and once as text"]
        problems += [f"{_shown(text)}: {problem}" for problem in wrong]
        if not wrong:
            texts[text] = _text(value)
    problems += [f"{_shown(key)}: {problem}" for key, value in texts.items() for problem in _refusals(key, value, rules)]
    problems += _doubles(texts, rules)
    if len(tags) > MOST_TAGS:
        problems.append(f"there are {len(tags)} tags, and a resource has {MOST_TAGS} at most")
    return texts, problems


def same_keys(key: str, keys: Iterable[str]) -> list[str]:
    """Those of the keys that are the same as this one to a service that ignores case."""
    return [other for other in keys if other.lower() == key.lower()]


def _text(value: Any) -> str:
    """As amazon.aws does it, True and 12; days as YAML writes them."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _not_a_key(key: Any) -> list[str]:
    if isinstance(key, (str, int, float)) and not isinstance(key, bool):
        return []
    return ["YAML reads the key as a value of its own (no, yes, on, off, true, false, null, a day): write it in quotes"]


def _not_a_value(value: Any) -> list[str]:
    if value is None:
        return ['the value is missing: give text, or "" for an empty one']
    if isinstance(value, (dict, list, tuple, set)):
        return [f"the value has to be text, not {'a dictionary' if isinstance(value, dict) else 'a list'}"]
    return []


def _refusals(key: str, value: str, rules: Sequence[TagRules]) -> list[str]:
    found: list[str] = []
    if not key:
        found.append("a key has at least one character")
    if key.lower().startswith("aws:"):
        found.append("keys that begin with aws: belong to AWS")
    for rule in rules:
        if len(key) > rule.longest_key:
            found.append(f"{rule.service} takes keys of {rule.longest_key} characters at most, and this one has {len(key)}")
        if rule.reserves_values and value.lower().startswith("aws:"):
            found.append(f"{rule.service} takes no value that begins with aws:")
    if len(value) > LONGEST_VALUE:
        found.append(f"a value has {LONGEST_VALUE} characters at most, and this one has {len(value)}")
    strict = " and ".join(rule.service for rule in rules if not rule.any_character)
    for what, text in (("key", key), (f"value {_shown(value)}", value)):
        foreign = _foreign(text)
        if strict and foreign:
            found.append(f"the {what} has {foreign}, but {strict} takes {_ALLOWED} only")
    return found


def _foreign(text: str) -> str:
    """The characters that services with the common pattern refuse, as a message shows them."""
    foreign = dict.fromkeys(sign for sign in text if sign not in _SIGNS and unicodedata.category(sign)[0] not in _CATEGORIES)
    return limited(" ".join(printable(sign) for sign in foreign), _SHOWN)


def _doubles(texts: Mapping[str, str], rules: Sequence[TagRules]) -> list[str]:
    deaf = [rule.service for rule in rules if rule.ignores_case]
    if not deaf:
        return []
    groups = {tuple(same_keys(key, texts)) for key in texts}
    return [
        f"{' and '.join(map(_shown, keys))}: to {deaf[0]} keys that differ only in upper and lower case are one key: keep one of them"
        for keys in sorted(groups)
        if len(keys) > 1
    ]


def _shown(text: str) -> str:
    return f"'{limited(printable(text), _SHOWN)}'"
