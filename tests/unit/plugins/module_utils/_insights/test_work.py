# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module insights_queries from options to result, on scripted calls: these and no others."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import DEFAULT_LOG_FORMAT
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import QUERIES
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import query_text
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.work import InsightsQueriesRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.work import InsightsQueriesWork
from ansible_collections.netops.flow_logs.tests.unit.support.clients import ANY
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Script
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client
from ansible_collections.netops.flow_logs.tests.unit.support.module import Ended
from ansible_collections.netops.flow_logs.tests.unit.support.module import FakeModule

NAME = "flow-logs/a/top_talkers"
TEXT = query_text(QUERIES[0], DEFAULT_LOG_FORMAT)
REQUEST = {"name": NAME, "queryString": TEXT, "logGroupNames": ["/a"]}
OPTIONS = {
    "log_group_name": "/a",
    "resource_ids": None,
    "log_format": None,
    "queries": ["top_talkers"],
    "query_folder": None,
    "purge_log_group_names": True,
    "expected_account_id": None,
    "state": "present",
}


def module(check_mode: bool = False, **options: Any) -> dict[str, Any]:
    clients = {"logs": real_client("logs"), "ec2": real_client("ec2")}
    fake = FakeModule({**OPTIONS, **options}, clients, check_mode=check_mode)
    work = InsightsQueriesWork if fake.params["state"] == "present" else InsightsQueriesRemovalWork
    with pytest.raises(Ended) as ended:
        run(fake, lambda: work(fake))
    return ended.value.result


def listed(logs: Script, *ids: str, text: str = TEXT, names: str = "/a") -> None:
    entries = [
        {"queryDefinitionId": each, "name": NAME, "queryString": text, "logGroupNames": names.split()} for each in ids
    ]
    request = {"queryDefinitionNamePrefix": "flow-logs/a/", "maxResults": 1000}
    logs.expect("describe_query_definitions", {"queryDefinitions": entries}, **request)


def saved(logs: Script, given: str, **more: Any) -> None:
    logs.expect("put_query_definition", {"queryDefinitionId": given}, **REQUEST, **more, clientToken=ANY)


def shown(answer: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(each.get("query_definition_id"), each["action"]) for each in answer["queries"]]


def test_a_query_is_saved_and_looked_for(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs)
    saved(logs, "1")
    listed(logs, "1")

    answer = module()

    assert (answer["changed"], shown(answer), answer["actions"]) == (True, [("1", "created")], [f"create query {NAME}"])


def test_check_mode_only_looks_and_knows_no_id(stubs: StubbedClients) -> None:
    listed(stubs("logs"))

    answer = module(check_mode=True)

    assert (answer["changed"], shown(answer)) == (True, [(None, "created")])


def test_what_is_right_costs_one_call(stubs: StubbedClients) -> None:
    listed(stubs("logs"), "1")

    assert module()["changed"] is False


def test_a_correction_is_not_looked_for(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, "1", text="limit 1")
    saved(logs, "1", queryDefinitionId="1")

    assert shown(module()) == [("1", "updated")]


def test_a_query_that_does_not_show_yet_is_waited_for(stubs: StubbedClients, clock: Clock) -> None:
    logs = stubs("logs")
    listed(logs)
    saved(logs, "1")
    listed(logs)
    listed(logs)
    listed(logs, "1")

    assert shown(module()) == [("1", "created")]
    assert len(clock.slept) == 2


def test_a_query_that_never_shows_does_not_hold_up_for_ever(stubs: StubbedClients, clock: Clock) -> None:
    logs = stubs("logs")
    listed(logs)
    saved(logs, "1")
    for _time in range(5):
        listed(logs)

    assert shown(module()) == [("1", "created")]
    assert sum(clock.slept) < 10


def test_one_that_somebody_else_saved_meanwhile_is_merged(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs)
    saved(logs, "2")
    listed(logs, "1", "2")
    listed(logs, "1", "2")
    logs.expect("delete_query_definition", {"success": True}, queryDefinitionId="2")

    answer = module()

    assert (answer["failed"], answer["changed"]) == (False, True)
    assert shown(answer) == [("1", "updated")]


def test_one_that_somebody_else_deletes_meanwhile_is_saved_anew(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, "1", text="limit 1")
    logs.fail("put_query_definition", "ResourceNotFoundException", "Gone.")
    listed(logs)
    saved(logs, "2")
    listed(logs, "2")

    assert shown(module()) == [("2", "created")]


def test_a_query_that_aws_refuses_is_a_failure(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs)
    logs.fail("put_query_definition", "LimitExceededException", "No more.")
    listed(logs)

    answer = module()

    assert [(each["resource_id"], each["code"]) for each in answer["failures"]] == [(NAME, "LimitExceededException")]
    assert (answer["changed"], answer["queries"]) == (False, [])


def test_a_deletion_that_aws_denies_without_an_error(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, "1")
    logs.expect("delete_query_definition", {"success": False}, queryDefinitionId="1")

    answer = module(state="absent")

    assert [(each["resource_id"], each["code"]) for each in answer["failures"]] == [("1", "NotDeleted")]
    assert (answer["changed"], shown(answer)) == (False, [("1", "failed")])


def test_a_removal_asks_for_other_log_groups_only_where_it_matters(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, "1", names="/a /c")
    logs.expect("describe_log_groups", {"logGroups": [{"logGroupName": "/c"}]}, limit=50, logGroupNamePrefix="/c")
    request = {**REQUEST, "logGroupNames": ["/c"]}
    logs.expect("put_query_definition", {"queryDefinitionId": "1"}, **request, queryDefinitionId="1", clientToken=ANY)

    assert shown(module(state="absent", purge_log_group_names=False)) == [("1", "updated")]


def test_a_query_for_all_goes_when_no_other_log_group_begins_alike(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    listed(logs, "1", names="")
    logs.expect("describe_log_groups", {"logGroups": [{"logGroupName": "/a"}]}, limit=50, logGroupNamePrefix="/a")
    logs.expect("delete_query_definition", {"success": True}, queryDefinitionId="1")

    assert shown(module(state="absent", purge_log_group_names=False)) == [("1", "deleted")]
