# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Saved queries of CloudWatch Logs Insights: the value, what is wished for, and the steps from one to the other. Pure.

A query's identity is its name, folder included, as AWS allows any number of queries of one name: where there are several,
the one of the lowest id stays, so that all who look choose the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import DEFAULT_LOG_FORMAT
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import normalise
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import OF_THE_RESOURCE
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import beginning
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import placeholders

from .catalogue import QUERIES
from .catalogue import QUERY_NAMES
from .catalogue import Query
from .catalogue import missing_fields
from .catalogue import query_text

PUT = "put_query_definition"
DELETE = "delete_query_definition"
# A query reads so many log groups by name, no more (StartQuery in botocore's model of CloudWatch Logs).
MOST_GROUPS = 50
# PutQueryDefinition in botocore's model.
_LONGEST_NAME = 255
_LONGEST_TEXT = 10_000
_ROOT = "flow-logs"
# How a query that names no log groups tells which ones are meant.
_FOR_ALL = "For all log groups that begin with"


@dataclass(frozen=True)
class Definition:
    """A saved query."""

    definition_id: str
    name: str
    query_string: str
    log_group_names: tuple[str, ...] = ()

    @property
    def is_for_all(self) -> bool:
        """True for one of ours that stands for more log groups than it could name."""
        return not self.log_group_names and _FOR_ALL in self.query_string


@dataclass(frozen=True)
class Wish:
    """queries None means all that the format can answer. beginning: what all names of log groups begin with.

    purge: log groups that the saved queries name besides are taken out.
    """

    folder: str
    log_format: str = DEFAULT_LOG_FORMAT
    queries: tuple[str, ...] | None = None
    log_group_names: frozenset[str] = frozenset()
    beginning: str = ""
    purge: bool = True

    @property
    def scope(self) -> dict[str, Query]:
        """Full name -> query, for those that are dealt with; all others of the folder are somebody else's."""
        return {
            f"{self.folder}/{query.name}": query
            for query in QUERIES
            if self.queries is None or query.name in self.queries
        }


@dataclass(frozen=True)
class Current:
    """definitions: full name -> the saved queries of that name, lowest id first.

    there: those that exist of the log groups which they name and the wish does not. others: whether more log groups than
    those of the wish begin alike. Both are known as far as the plan depends on them.
    """

    definitions: Mapping[str, Sequence[Definition]] = field(default_factory=dict)
    there: frozenset[str] = frozenset()
    others: bool = False

    def all(self) -> list[Definition]:
        return [definition for each in self.definitions.values() for definition in each]


def wish_from_options(options: Mapping[str, Any], facts: Mapping[str, str]) -> Wish:
    """The wish without its log groups. facts: account_id and region. Raises InvalidInput."""
    template = options["log_group_name"]
    given = options["queries"]
    wish = Wish(
        folder=folder_of(options["query_folder"], template, facts),
        log_format=normalise(options["log_format"]) or DEFAULT_LOG_FORMAT,
        queries=None if given is None else tuple(given),
        beginning=beginning(template, facts),
        purge=options["purge_log_group_names"],
    )
    _refuse_long_ones(wish)
    return wish


def folder_of(query_folder: str | None, template: str, facts: Mapping[str, str]) -> str:
    """The folder given, or one that is named by what all log groups of the template have in common."""
    if query_folder is not None:
        folder = query_folder.strip().rstrip("/")
        if not folder:
            raise InvalidInput("query_folder is empty: give a name such as flow-logs/shop, or leave the option out.")
        return folder
    common = beginning(template, facts)
    if placeholders(template) & OF_THE_RESOURCE:
        common = common.rpartition("/")[0]
    return "/".join([_ROOT, *(part for part in common.split("/") if part)])


def _refuse_long_ones(wish: Wish) -> None:
    longest = max(len(name) for name in QUERY_NAMES) + 1
    if len(wish.folder) + longest > _LONGEST_NAME:
        raise InvalidInput(
            f"The folder {wish.folder!r} is too long: with its folder, a query's name has {_LONGEST_NAME} characters at most."
            f" Give a query_folder of {_LONGEST_NAME - longest} or fewer."
        )
    remark = _remark(wish)
    if max(len(query_text(query, wish.log_format, remark)) for query in QUERIES) > _LONGEST_TEXT:
        raise InvalidInput(
            f"log_format has so many fields that a query would be longer than the {_LONGEST_TEXT} characters that AWS takes."
        )


def _remark(wish: Wish) -> str:
    return f"{_FOR_ALL} {wish.beginning}" if wish.beginning else f"{_FOR_ALL} anything"


def require_answerable(wish: Wish) -> None:
    """Raises InvalidInput for queries that were asked for by name and that the format can't answer."""
    wrong = [
        f"{query.name} needs {' and '.join('${%s}' % name for name in missing)}"
        for query in wish.scope.values()
        for missing in [missing_fields(query, wish.log_format)]
        if missing
    ]
    if wish.queries is not None and wrong:
        raise InvalidInput(
            f"log_format can't answer all of queries: {'; '.join(wrong)}. Add the fields to the flow logs' format, or leave"
            " these queries out."
        )


def from_aws(entry: Mapping[str, Any]) -> Definition:
    """The value of one entry of DescribeQueryDefinitions."""
    return Definition(
        definition_id=entry["queryDefinitionId"],
        name=entry["name"],
        query_string=entry.get("queryString", ""),
        log_group_names=tuple(sorted(entry.get("logGroupNames") or ())),
    )


def to_result(definition: Definition, action: str) -> dict[str, Any]:
    """One entry of queries; the id is missing as long as AWS has given none."""
    answer: dict[str, Any] = {
        "name": definition.name,
        "query_string": definition.query_string,
        "log_group_names": list(definition.log_group_names),
        "action": action,
    }
    if definition.definition_id:
        answer["query_definition_id"] = definition.definition_id
    return answer


def plan_queries(wish: Wish, current: Current) -> Plan:
    """The steps for all queries of the wish. Without any log group there is nothing to ask: all stays as it is."""
    names = _names_afterwards(wish, current)
    steps: list[Step] = []
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    for name, query in wish.scope.items():
        there = list(current.definitions.get(name, ()))
        before += [to_result(definition, "unchanged") for definition in there]
        target = _wanted(wish, name, query, names)
        if names is None:
            after += [to_result(definition, "unchanged") for definition in there]
        elif target is None:
            steps += [delete(definition) for definition in there]
            after += [to_result(definition, "deleted") for definition in there]
        else:
            changes = _towards(target, there)
            action = "unchanged" if not changes else "updated" if there else "created"
            after.append(to_result(replace(target, definition_id=there[0].definition_id if there else ""), action))
            steps += changes
    left_out = _left_out(wish)
    return Plan(
        {"queries": before, "left_out": left_out},
        {"queries": after, "left_out": left_out},
        tuple(steps),
        warnings=_too_many(wish) if names == () else (),
    )


def _names_afterwards(wish: Wish, current: Current) -> tuple[str, ...] | None:
    """The log groups that all queries name; none where there are too many. None: no log group is known at all."""
    if not wish.log_group_names:
        return None
    names = set(wish.log_group_names)
    if not wish.purge:
        if any(definition.is_for_all for definition in current.all()):
            return ()
        names |= current.there
    return tuple(sorted(names)) if len(names) <= MOST_GROUPS else ()


def _wanted(wish: Wish, name: str, query: Query, names: tuple[str, ...] | None) -> Definition | None:
    """The query as it is to be; None for one that is not wanted, or has no answer."""
    if names is None or missing_fields(query, wish.log_format):
        return None
    if wish.queries is None and query.of_several_groups and len(names) == 1:
        return None
    text = query_text(query, wish.log_format, "" if names else _remark(wish))
    return Definition("", name, text, names)


def _towards(target: Definition, there: Sequence[Definition]) -> list[Step]:
    """Creates the query, or corrects the one that stays and deletes the others of its name."""
    if not there:
        return [Step(PUT, target.name, f"create query {target.name}", _request(target))]
    kept, *others = there
    differences = []
    if kept.query_string.strip() != target.query_string:
        differences.append("its text")
    if kept.log_group_names != target.log_group_names:
        differences.append("its log groups")
    steps = [delete(other) for other in others]
    if differences:
        sentence = f"correct query {target.name}: {' and '.join(differences)}"
        request = {**_request(target), "queryDefinitionId": kept.definition_id}
        steps.insert(0, Step(PUT, target.name, sentence, request))
    return steps


def _request(definition: Definition) -> dict[str, Any]:
    """PutQueryDefinition; log groups that are left out are taken out of a query that has some (botocore's model)."""
    request: dict[str, Any] = {"name": definition.name, "queryString": definition.query_string}
    if definition.log_group_names:
        request["logGroupNames"] = list(definition.log_group_names)
    return request


def regroup(definition: Definition, names: tuple[str, ...]) -> Step:
    """The step that changes nothing but the log groups of a query."""
    request = {**_request(replace(definition, log_group_names=names)), "queryDefinitionId": definition.definition_id}
    return Step(PUT, definition.definition_id, f"take log groups out of query {definition.name}", request)


def delete(definition: Definition) -> Step:
    """The step that deletes a query. Several of one name are told apart by their ids."""
    sentence = f"delete query {definition.name} ({definition.definition_id})"
    return Step(DELETE, definition.definition_id, sentence, {"queryDefinitionId": definition.definition_id})


def _left_out(wish: Wish) -> list[dict[str, Any]]:
    missing = {query.name: missing_fields(query, wish.log_format) for query in wish.scope.values()}
    return [{"query": name, "missing_fields": fields} for name, fields in missing.items() if fields]


def _too_many(wish: Wish) -> tuple[str, ...]:
    which = f"whose names begin with {wish.beginning}" if wish.beginning else "that are meant"
    return (
        f"The queries in {wish.folder} name no log groups, as a query can name {MOST_GROUPS} at most. In the console, choose"
        f" the log groups {which} before you run one.",
    )
