# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._insights import api
from ansible_collections.netops.flow_logs.tests.unit.support.clients import ANY
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

QUERY = {"name": "f/top_talkers", "queryString": "limit 1", "logGroupNames": ["/a"]}
LISTING = {"queryDefinitionNamePrefix": "f/", "maxResults": 1000}


def page(*ids: str, more: str | None = None) -> dict[str, Any]:
    entries = [{"queryDefinitionId": each, "name": "f/x", "queryString": "limit 1"} for each in ids]
    return {"queryDefinitions": entries, **({"nextToken": more} if more else {})}


def test_all_pages_are_read_each_tried_again_by_itself(stubs: StubbedClients) -> None:
    logs = stubs("logs").expect("describe_query_definitions", page("3", more="2"), **LISTING)
    logs.fail("describe_query_definitions", "ThrottlingException", "Rate exceeded")
    logs.expect("describe_query_definitions", page("2", "1"), **LISTING, nextToken="2")

    assert [found.definition_id for found in api.find_queries(logs.client, "f/")] == ["1", "2", "3"]


def test_a_retry_has_the_token_of_the_first_try_and_a_later_call_another(stubs: StubbedClients) -> None:
    tokens: list[str] = []

    class Token:
        def __eq__(self, other: object) -> bool:
            tokens.append(str(other))
            return True

        def __hash__(self) -> int:
            return 0

    logs = stubs("logs").fail("put_query_definition", "ServiceUnavailableException", "", **QUERY, clientToken=Token())
    for _time in range(2):
        logs.expect("put_query_definition", {"queryDefinitionId": "1"}, **QUERY, clientToken=Token())

    assert [api.put_query(logs.client, **QUERY), api.put_query(logs.client, **QUERY)] == ["1", "1"]
    first, retry, later = tokens
    assert first == retry != later


def test_a_query_that_is_refused_says_what_was_tried(stubs: StubbedClients) -> None:
    logs = stubs("logs").fail("put_query_definition", "LimitExceededException", "No more.", **QUERY, clientToken=ANY)

    with pytest.raises(AwsError) as error:
        api.put_query(logs.client, **QUERY)

    assert (error.value.code, error.value.reason) == ("LimitExceededException", "No more.")
    assert "save the query" in str(error.value)


@pytest.mark.parametrize(
    ("answer", "refused"), [({"success": True}, False), ({"success": False}, True), ({}, False)], ids=str
)
def test_a_deletion(stubs: StubbedClients, answer: dict[str, Any], refused: bool) -> None:
    logs = stubs("logs").expect("delete_query_definition", answer, queryDefinitionId="1")

    assert api.delete_query(logs.client, queryDefinitionId="1") is refused


def test_one_that_is_gone_already_is_deleted(stubs: StubbedClients) -> None:
    logs = stubs("logs").fail("delete_query_definition", "ResourceNotFoundException", queryDefinitionId="1")

    assert api.delete_query(logs.client, queryDefinitionId="1") is False


@pytest.mark.parametrize(
    ("names", "others"), [({"/a/x", "/a/y"}, False), ({"/a/x"}, True)], ids=["ours", "others, too"]
)
def test_whether_other_log_groups_begin_alike(
    stubs: StubbedClients, clock: Clock, names: set[str], others: bool
) -> None:
    logs = stubs("logs").expect(
        "describe_log_groups",
        {"logGroups": [{"logGroupName": "/a/x"}], "nextToken": "2"},
        limit=50,
        logGroupNamePrefix="/a/",
    )
    logs.expect(
        "describe_log_groups",
        {"logGroups": [{"logGroupName": "/a/y"}]},
        limit=50,
        logGroupNamePrefix="/a/",
        nextToken="2",
    )

    assert api.has_other_groups(logs.client, "/a/", names) is others


def test_a_template_that_begins_with_the_resource_has_no_beginning(stubs: StubbedClients) -> None:
    logs = stubs("logs").expect("describe_log_groups", {"logGroups": [{"logGroupName": "x"}]}, limit=50)

    assert api.has_other_groups(logs.client, "", {"y"}) is True
