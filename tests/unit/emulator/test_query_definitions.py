# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved queries, as docs/aws-behaviour.md section 6.5 describes them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator.corrections.query_definitions import MOST
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Lag
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code

TEXT = "fields @message"
UNKNOWN = "01234567-89ab-cdef-0123-456789abcdef"


def saved(estate: Estate, name: str = "a", **more: Any) -> str:
    answer = estate.client("logs", by_test=True).put_query_definition(name=name, queryString=TEXT, **more)
    return str(answer["queryDefinitionId"])


def listed(estate: Estate, **arguments: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = estate.logs.describe_query_definitions(**arguments)["queryDefinitions"]
    return entries


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"name": "a" * 256}, id="a long name"),
        pytest.param({"queryString": "a" * 10_001}, id="a long query"),
        pytest.param({"logGroupNames": ["a b"]}, id="a name that no log group can have"),
        pytest.param({"logGroupNames": ["a"] * 51}, id="too many log groups"),
        pytest.param({"clientToken": "a b" * 20}, id="a token with blanks"),
    ],
)
def test_what_is_saved_is_checked(estate: Estate, arguments: dict[str, Any]) -> None:
    request = {"name": "a", "queryString": TEXT, **arguments}
    assert code(lambda: estate.logs.put_query_definition(**request)) == "InvalidParameterException"
    assert listed(estate) == []


def test_names_may_be_the_same_and_ids_are_not(estate: Estate) -> None:
    ids = {saved(estate), saved(estate)}
    assert {entry["queryDefinitionId"] for entry in listed(estate)} == ids
    assert len(ids) == 2


def test_an_update_retains_nothing(estate: Estate) -> None:
    query = saved(estate, logGroupNames=["/a"])
    assert listed(estate)[0]["logGroupNames"] == ["/a"]
    answer = estate.logs.put_query_definition(queryDefinitionId=query, name="b", queryString="limit 1")
    assert answer["queryDefinitionId"] == query
    (entry,) = listed(estate)
    assert (entry["name"], entry["queryString"], "logGroupNames" in entry) == ("b", "limit 1", False)


def test_a_token_saves_nothing_twice(estate: Estate) -> None:
    token = str(uuid.uuid4())
    assert saved(estate, clientToken=token) == saved(estate, clientToken=token)
    assert len(listed(estate)) == 1


def test_ids_that_do_not_exist(estate: Estate) -> None:
    update = {"queryDefinitionId": UNKNOWN, "name": "a", "queryString": TEXT}
    assert code(lambda: estate.logs.put_query_definition(**update)) == "ResourceNotFoundException"
    assert code(lambda: estate.logs.delete_query_definition(queryDefinitionId=UNKNOWN)) == "ResourceNotFoundException"
    query = saved(estate)
    assert estate.logs.delete_query_definition(queryDefinitionId=query)["success"] is True
    assert code(lambda: estate.logs.delete_query_definition(queryDefinitionId=query)) == "ResourceNotFoundException"


def test_an_account_has_so_many_in_a_region(estate: Estate) -> None:
    first = saved(estate)
    for _number in range(MOST - 1):
        saved(estate)
    assert code(lambda: saved(estate)) == "LimitExceededException"
    saved(estate, queryDefinitionId=first)
    elsewhere = estate.client("logs", region="eu-central-1", by_test=True)
    elsewhere.put_query_definition(name="a", queryString=TEXT)


def test_listing(estate: Estate) -> None:
    for name in ("/a/one", "/a/two", "/b"):
        saved(estate, name)
    assert {entry["name"] for entry in listed(estate, queryDefinitionNamePrefix="/a/")} == {"/a/one", "/a/two"}
    first = estate.logs.describe_query_definitions(maxResults=2)
    rest = estate.logs.describe_query_definitions(maxResults=2, nextToken=first["nextToken"])
    assert (len(first["queryDefinitions"]), len(rest["queryDefinitions"])) == (2, 1)
    assert "nextToken" not in rest
    estate.aws.use("small-pages")
    assert len(listed(estate)) == 2
    assert code(lambda: listed(estate, maxResults=1001)) == "InvalidParameterException"
    assert code(lambda: listed(estate, queryDefinitionNamePrefix="a" * 256)) == "InvalidParameterException"


def test_reads_may_be_late(estate: Estate) -> None:
    estate.aws.use(Scenario(lag=Lag(seconds=2, unseen_by_writes=True)))
    query = estate.logs.put_query_definition(name="a", queryString=TEXT)["queryDefinitionId"]
    assert listed(estate) == []
    assert code(lambda: estate.logs.delete_query_definition(queryDefinitionId=query)) == "ResourceNotFoundException"
    estate.clock.advance(2)
    assert len(listed(estate)) == 1
    estate.logs.delete_query_definition(queryDefinitionId=query)
    assert len(listed(estate)) == 1
    estate.clock.advance(2)
    assert listed(estate) == []


def test_they_are_the_accounts_and_gone_after_a_reset(estate: Estate) -> None:
    saved(estate)
    assert estate.client("logs", account="210987654321").describe_query_definitions()["queryDefinitions"] == []
    estate.aws.reset()
    assert listed(estate) == []
