# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import DEFAULT_LOG_FORMAT
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import QUERIES
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import query_text
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import DELETE
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import MOST_GROUPS
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import PUT
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import Current
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import Definition
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import folder_of
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import from_aws
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import plan_queries
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import require_answerable
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.plan import wish_from_options
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.removal import plan_removal

FACTS = {"account_id": "123456789012", "region": "eu-west-1"}
NAME = "f/top_talkers"
TEXT = query_text(QUERIES[0], DEFAULT_LOG_FORMAT)
FOR_ALL = f"{TEXT}\n# For all log groups that begin with /a"
WISH = Wish("f", queries=("top_talkers",), log_group_names=frozenset({"/a", "/b"}), beginning="/")


def definition(number: int = 1, names: str = "/a /b", text: str = TEXT) -> Definition:
    return Definition(f"id-{number}", NAME, text, tuple(names.split()))


def current(*definitions: Definition, there: str = "", others: bool = False) -> Current:
    known = Current({NAME: definitions} if definitions else {}, frozenset(there.split()))
    return replace(known, others=True) if others else known


def deeds(plan: Plan) -> list[tuple[str, Any, Any]]:
    """Kind, id and log groups of each step."""
    return [
        (step.kind, step.arguments.get("queryDefinitionId"), step.arguments.get("logGroupNames")) for step in plan.steps
    ]


@pytest.mark.parametrize(
    ("folder", "template", "expected"),
    [
        (None, "/aws/shop/vpc/{resource_name}/flowlogs", "flow-logs/aws/shop/vpc"),
        (None, "/aws/shop/vpc/flowlogs", "flow-logs/aws/shop/vpc/flowlogs"),
        (None, "/aws/shop-{resource_id}", "flow-logs/aws"),
        (None, "/{account_id}/{region}/{vpc_id}/x", "flow-logs/123456789012/eu-west-1"),
        (None, "/{region}", "flow-logs/eu-west-1"),
        (None, "{resource_name}", "flow-logs"),
        (None, "//a//b/{resource_id}", "flow-logs/a/b"),
        ("mine", "/a", "mine"),
        (" /mine/too// ", "/a", "/mine/too"),
    ],
)
def test_folders(folder: str | None, template: str, expected: str) -> None:
    assert folder_of(folder, template, FACTS) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(current(), [(PUT, None, ["/a", "/b"])], id="nothing is there"),
        pytest.param(current(definition()), [], id="it is right"),
        pytest.param(current(definition(text=TEXT + "\n")), [], id="a blank more at the end"),
        pytest.param(current(definition(text="x")), [(PUT, "id-1", ["/a", "/b"])], id="another text"),
        pytest.param(current(definition(names="/a")), [(PUT, "id-1", ["/a", "/b"])], id="a log group is missing"),
        pytest.param(current(definition(names="/a /b /c")), [(PUT, "id-1", ["/a", "/b"])], id="one too many"),
        pytest.param(current(definition(names="")), [(PUT, "id-1", ["/a", "/b"])], id="it names none"),
        pytest.param(
            current(definition(1), definition(2), definition(3)),
            [(DELETE, "id-2", None), (DELETE, "id-3", None)],
            id="thrice",
        ),
        pytest.param(
            current(definition(1, text="x"), definition(2)),
            [(PUT, "id-1", ["/a", "/b"]), (DELETE, "id-2", None)],
            id="the second is the right one",
        ),
    ],
)
def test_steps(now: Current, expected: list[Any]) -> None:
    assert deeds(plan_queries(WISH, now)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(current(definition(names="/a"), there=""), [(PUT, "id-1", ["/a", "/b"])], id="names are added"),
        pytest.param(current(definition(names="/a /b /c"), there="/c"), [], id="others stay"),
        pytest.param(current(definition(names="/a /b /c")), [(PUT, "id-1", ["/a", "/b"])], id="what is gone does not"),
        pytest.param(
            current(definition(names="", text=FOR_ALL)), [(PUT, "id-1", None)], id="one for all stays for all"
        ),
        pytest.param(current(definition(names="")), [(PUT, "id-1", ["/a", "/b"])], id="emptied by hand"),
    ],
)
def test_steps_when_names_add_up(now: Current, expected: list[Any]) -> None:
    assert deeds(plan_queries(replace(WISH, purge=False), now)) == expected


@pytest.mark.parametrize(("count", "named"), [(50, 50), (51, None)])
def test_a_query_names_no_more_than_it_can(count: int, named: int | None) -> None:
    wish = replace(WISH, log_group_names=frozenset(f"/aws/{number}" for number in range(count)), beginning="/aws/")
    plan = plan_queries(wish, current())
    request = plan.steps[0].arguments

    assert len(request.get("logGroupNames", [])) == (named or 0)
    assert ("# For all log groups that begin with /aws/" in request["queryString"]) == (named is None)
    assert len(plan.warnings) == (named is None)
    assert all("choose the log groups whose names begin with /aws/ before" in warning for warning in plan.warnings)


def test_log_groups_that_have_nothing_in_common_are_those_that_are_meant() -> None:
    wish = replace(WISH, log_group_names=frozenset(f"{number}" for number in range(51)), beginning="")
    plan = plan_queries(wish, current())

    assert "# For all log groups that begin with anything" in plan.steps[0].arguments["queryString"]
    assert ["choose the log groups that are meant before" in warning for warning in plan.warnings] == [True]


def test_names_that_add_up_to_too_many_are_left_out() -> None:
    there = {f"/c/{number}" for number in range(MOST_GROUPS - 1)}
    now = current(definition(names=" ".join(sorted(there))), there=" ".join(there))

    assert deeds(plan_queries(replace(WISH, purge=False), now)) == [(PUT, "id-1", None)]


def test_without_a_log_group_nothing_changes() -> None:
    plan = plan_queries(replace(WISH, log_group_names=frozenset()), current(definition(text="x")))

    assert plan.steps == ()
    assert [entry["action"] for entry in plan.after["queries"]] == ["unchanged"]


@pytest.mark.parametrize(("names", "there"), [(["/a"], False), (["/a", "/b"], True)])
def test_log_groups_are_compared_where_there_are_several(names: list[str], there: bool) -> None:
    plan = plan_queries(Wish("f", log_group_names=frozenset(names)), Current())
    made = {entry["name"] for entry in plan.after["queries"] if entry["action"] == "created"}

    assert ("f/traffic_by_log_group" in made) == there
    assert len(made) == len(QUERIES) - (not there)


def test_what_the_format_can_no_longer_answer_is_deleted_and_told() -> None:
    wish = Wish("f", log_format="${srcaddr}", log_group_names=frozenset({"/a"}))
    plan = plan_queries(wish, current(definition()))

    assert deeds(plan) == [(DELETE, "id-1", None)]
    assert {"query": "top_talkers", "missing_fields": ["dstaddr", "bytes"]} in plan.after["left_out"]
    assert len(plan.after["left_out"]) == len(QUERIES)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(current(), [], id="nothing is there"),
        pytest.param(current(definition(1), definition(2)), [(DELETE, "id-1", None), (DELETE, "id-2", None)], id="two"),
        pytest.param(current(definition(names="/x"), there="/x"), [(DELETE, "id-1", None)], id="it names others"),
    ],
)
def test_removal(now: Current, expected: list[Any]) -> None:
    assert deeds(plan_removal(WISH, now)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(current(definition()), [(DELETE, "id-1", None)], id="it names ours only"),
        pytest.param(current(definition(names="/a /c"), there="/c"), [(PUT, "id-1", ["/c"])], id="others stay"),
        pytest.param(current(definition(names="/c"), there="/c"), [], id="it names others only"),
        pytest.param(current(definition(names="/a /c")), [(DELETE, "id-1", None)], id="others are gone, too"),
        pytest.param(current(definition(names=""), others=True), [], id="one for all, and others are left"),
        pytest.param(current(definition(names="")), [(DELETE, "id-1", None)], id="one for all, and none is left"),
    ],
)
def test_removal_of_some_log_groups(now: Current, expected: list[Any]) -> None:
    assert deeds(plan_removal(replace(WISH, purge=False), now)) == expected


def test_a_removal_changes_nothing_but_log_groups() -> None:
    (step,) = plan_removal(replace(WISH, purge=False), current(definition(names="/a /c", text="x"), there="/c")).steps

    assert step.arguments == {"name": NAME, "queryString": "x", "logGroupNames": ["/c"], "queryDefinitionId": "id-1"}


def test_what_is_asked_for_by_name_has_to_be_answerable() -> None:
    require_answerable(Wish("f", log_format="${srcaddr}"))
    with pytest.raises(InvalidInput, match=r"top_talkers needs \$\{dstaddr\} and \$\{bytes\}"):
        require_answerable(Wish("f", log_format="${srcaddr}", queries=("top_talkers",)))


def test_what_is_saved_already() -> None:
    entry = {"queryDefinitionId": "id-1", "name": NAME}

    assert from_aws(entry) == Definition("id-1", NAME, "", ())
    assert from_aws({**entry, "queryString": "x", "logGroupNames": ["/b", "/a"]}) == Definition("id-1", NAME, "x", ("/a", "/b"))


def options(**given: Any) -> dict[str, Any]:
    usual = {"log_group_name": "/a", "queries": None, "query_folder": "f", "log_format": None, "purge_log_group_names": True}
    return {**usual, **given}


@pytest.mark.parametrize(("length", "fits"), [(10_000, True), (10_001, False)])
def test_the_longest_query(length: int, fits: bool) -> None:
    def longest(name: str) -> int:
        return max(len(query_text(query, format_with(name), remark)) for query in QUERIES)

    def format_with(name: str) -> str:
        return DEFAULT_LOG_FORMAT + " ${" + name + "}"

    remark = "For all log groups that begin with /a"
    each = longest("xx") - longest("x")
    rest, missing = divmod(length - longest("x"), each)
    assert missing == 0
    text = format_with("x" * (1 + rest))
    if fits:
        assert wish_from_options(options(log_format=text), FACTS).log_format == text
    else:
        with pytest.raises(InvalidInput, match="longer than the 10000 characters"):
            wish_from_options(options(log_format=text), FACTS)


@pytest.mark.parametrize(("length", "fits"), [(234, True), (235, False)])
def test_the_longest_folder(length: int, fits: bool) -> None:
    wanted = options(query_folder="x" * length)
    if fits:
        names = wish_from_options(wanted, FACTS).scope
        assert max(len(name) for name in names) == 255
    else:
        with pytest.raises(InvalidInput, match="too long"):
            wish_from_options(wanted, FACTS)
