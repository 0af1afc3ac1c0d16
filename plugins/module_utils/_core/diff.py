# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.
"""What differs between two states, and nothing of what stays. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from .text import limited
from .text import printable

# Fields that say which entry of a list it is: the first of them that an entry has.
_IDENTITY = ("resource_id", "log_group_name", "name")
# Names that a dictionary keeps beside what differs in it.
_NAMES = ("flow_log_id", "role_name", "policy_name")
# Fields that are no part of the state, or that only AWS knows and a plan can't.
_NO_STATE = (
    "action",
    "replaced_flow_log_ids",
    "resource_ids",
    "arn",
    "creation_time",
    "flow_log_status",
    "deliver_logs_status",
    "deliver_logs_error_message",
    "log_group_arn",
    "stored_bytes",
    "metric_filter_count",
    "query_definition_id",
    "last_modified",
)
_LONGEST_VALUE = 120

State = dict[str, Any]
Entries = Sequence[Any]


def differences(before: State, after: State, usual: Mapping[str, Any]) -> tuple[State, State]:
    """Both states, of each part only what differs. usual: field -> the value that goes without saying in a new entry."""
    old: State = {}
    new: State = {}
    for key in {**before, **after}:
        was, becomes = before.get(key), after.get(key)
        if isinstance(was, list) and isinstance(becomes, list):
            old[key], new[key] = _of_lists(was, [entry for entry in becomes if not _is_deleted(entry)], usual)
        elif was == becomes:
            if isinstance(was, dict):
                old[key] = new[key] = {}
        else:
            old[key], new[key] = _of_parts(was, becomes)
    return ({key: old[key] for key in before if key in old}, {key: new[key] for key in after if key in new})


def entry_lines(noun: str, entries: Entries, names: Mapping[str, str]) -> list[str]:
    """A line for each entry of a diff. names: id -> what people call it."""
    return [_line(noun, entry, names) for entry in entries if isinstance(entry, dict)]


def _line(noun: str, entry: Mapping[str, Any], names: Mapping[str, str]) -> str:
    identity = next((field for field in _IDENTITY if field in entry), "")
    own = str(entry.get(identity, ""))
    name = names.get(own, own)
    shown = own if name == own else f"{name} ({own})"
    fields = [f"{field} {_value(value)}" for field, value in entry.items() if field != identity]
    return printable(f"{noun} {shown}: {', '.join(fields)}" if fields else f"{noun} {shown}")


def _value(value: Any) -> str:
    return limited(value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str), _LONGEST_VALUE)


def _of_parts(was: Any, becomes: Any) -> tuple[Any, Any]:
    """A dictionary that is there before and after shows what differs in it; a policy's document is shown as a whole."""
    if not (isinstance(was, dict) and isinstance(becomes, dict) and was and becomes) or "Statement" in was:
        return was, becomes
    kept = {key for key in {**was, **becomes} if key in _NAMES or was.get(key) != becomes.get(key)}
    return _only(was, kept), _only(becomes, kept)


def _of_lists(was: Entries, becomes: Entries, usual: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    old, new = _without(was, _texts(becomes)), _without(becomes, _texts(was))
    waiting: dict[str, list[int]] = {}
    for number, entry in enumerate(new):
        waiting.setdefault(_identity(entry), []).append(number)
    for number, entry in enumerate(old):
        others = waiting.get(_identity(entry))
        if others and isinstance(entry, dict):
            other = others.pop(0)
            old[number], new[other] = _of_entries(entry, new[other])
        else:
            old[number] = _in_short(entry, usual)
    for left in waiting.values():
        for number in left:
            new[number] = _in_short(new[number], usual)
    return [entry for entry in old if entry != {}], [entry for entry in new if entry != {}]


def _of_entries(was: State, becomes: State) -> tuple[State, State]:
    """What differs in an entry, with what it is called; both empty where that is nothing."""
    fields = {field for field in {**was, **becomes} if field not in _NO_STATE}
    differing = {field for field in fields if was.get(field) != becomes.get(field)}
    if not differing:
        return {}, {}
    called = {next((field for field in _IDENTITY if field in was), "")}
    return _only(was, differing | called), _only(becomes, differing | called)


def _in_short(entry: Any, usual: Mapping[str, Any]) -> Any:
    """A new or a removed entry without what is empty, usual or no part of the state."""
    if not isinstance(entry, dict):
        return entry
    return {
        field: value
        for field, value in entry.items()
        if field not in _NO_STATE and value not in (None, "", [], {}, False) and usual.get(field) != value
    }


def _identity(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    return str(next((entry[field] for field in _IDENTITY if field in entry), ""))


def _only(part: State, keys: set[str]) -> State:
    return {key: value for key, value in part.items() if key in keys}


def _is_deleted(item: Any) -> bool:
    """The result tells of what was deleted, the state afterwards does not have it."""
    return isinstance(item, dict) and item.get("action") == "deleted"


def _texts(items: Entries) -> set[str]:
    return {json.dumps(item, sort_keys=True, default=str) for item in items}


def _without(items: Entries, texts: set[str]) -> list[Any]:
    return [item for item in items if json.dumps(item, sort_keys=True, default=str) not in texts]
