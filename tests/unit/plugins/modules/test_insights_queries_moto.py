# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""insights_queries, step by step on an emulated account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import QUERY_NAMES
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result

NAME = "/aws/shop/vpc/web/flowlogs"
FOLDER = "flow-logs/aws/shop/vpc/web/flowlogs"
EACH = "/aws/shop/vpc/{resource_name}/flowlogs"
OF_EACH = "flow-logs/aws/shop/vpc"
# Of one log group, the comparison of log groups says nothing.
OF_ONE = sorted(set(QUERY_NAMES) - {"traffic_by_log_group"})


@pytest.fixture(scope="module")
def emulator() -> Iterator[AwsLike]:
    """moto alone has no saved queries."""
    with AwsLike() as aws:
        yield aws


def kinds(cloud: Cloud, folder: str = FOLDER) -> list[str]:
    """Names of the saved queries without their folder."""
    return sorted(name.removeprefix(f"{folder}/") for name in cloud.queries(f"{folder}/"))


def groups(cloud: Cloud, folder: str = OF_EACH) -> set[tuple[str, ...]]:
    """What the queries of a folder name, as one entry where all name the same."""
    return {tuple(query.get("logGroupNames", ())) for query in cloud.queries(f"{folder}/").values()}


def actions(result: Result) -> dict[str, str]:
    return {entry["name"].rpartition("/")[2]: entry["action"] for entry in result["queries"]}


def named(*names: str) -> tuple[str, ...]:
    return tuple(f"/aws/shop/vpc/{name}/flowlogs" for name in names)


def make_groups(cloud: Cloud, *names: str) -> None:
    for name in names:
        cloud.client("logs").create_log_group(logGroupName=name)


def test_saved_changed_and_deleted(cloud: Cloud, modules: Modules) -> None:
    made = modules.change("insights_queries", log_group_name=NAME)
    assert kinds(cloud) == OF_ONE
    assert groups(cloud, FOLDER) == {(NAME,)}
    assert set(actions(made).values()) == {"created"}
    ids = {name: entry["queryDefinitionId"] for name, entry in cloud.queries().items()}
    assert {entry["name"]: entry["query_definition_id"] for entry in made["queries"]} == ids
    assert (made["left_out"], made["diff"]["before"]["queries"]) == ([], [])

    log_format = "${interface-id} ${bytes} ${action}"
    changed = modules.change("insights_queries", log_group_name=NAME, log_format=log_format)
    assert kinds(cloud) == ["traffic_by_interface", "traffic_over_time"]
    assert actions(changed)["traffic_over_time"] == "updated"
    assert actions(changed)["top_talkers"] == "deleted"
    left = cloud.queries()
    assert all(entry["queryDefinitionId"] == ids[name] for name, entry in left.items())
    assert 'parse @message "* * *" as interfaceId, bytes, action' in left[f"{FOLDER}/traffic_over_time"]["queryString"]
    assert {"query": "skipped_records", "missing_fields": ["log-status"]} in changed["left_out"]

    gone = modules.change("insights_queries", log_group_name=NAME, state="absent")
    assert set(actions(gone).values()) == {"deleted"}
    assert cloud.queries() == {}


def test_only_those_that_are_asked_for(cloud: Cloud, modules: Modules) -> None:
    options = {"log_group_name": NAME, "query_folder": "mine/network/"}
    modules.change("insights_queries", **options, queries=["top_talkers", "skipped_records"])
    modules.change("insights_queries", **options, queries=["traffic_by_log_group"])
    assert kinds(cloud, "mine/network") == ["skipped_records", "top_talkers", "traffic_by_log_group"]
    modules.change("insights_queries", **options, queries=["top_talkers"], state="absent")
    assert kinds(cloud, "mine/network") == ["skipped_records", "traffic_by_log_group"]
    modules.rest("insights_queries", **options, queries=[])


def test_what_others_have_saved_is_never_touched(cloud: Cloud, modules: Modules) -> None:
    logs = cloud.client("logs")
    theirs = [
        f"{FOLDER}/mine",
        f"{FOLDER}/top_talkers/2",
        f"{FOLDER}2/top_talkers",
        "top_talkers",
        f"other/{FOLDER}/top_talkers",
    ]
    for name in theirs:
        logs.put_query_definition(name=name, queryString="fields @message", logGroupNames=[NAME])
    before = {name: cloud.queries()[name] for name in theirs}
    modules.change("insights_queries", log_group_name=NAME)
    modules.change("insights_queries", log_group_name=NAME, state="absent")
    assert cloud.queries() == before


def test_by_hand_it_was_changed_and_is_put_right(cloud: Cloud, modules: Modules) -> None:
    modules.run("insights_queries", log_group_name=NAME)
    logs, right = cloud.client("logs"), cloud.queries()
    one, other = right[f"{FOLDER}/top_talkers"], right[f"{FOLDER}/busiest_ports"]
    logs.put_query_definition(
        name=one["name"],
        queryDefinitionId=one["queryDefinitionId"],
        queryString="fields @message",
        logGroupNames=[NAME],
    )
    logs.put_query_definition(
        name=other["name"], queryDefinitionId=other["queryDefinitionId"], queryString=other["queryString"]
    )
    made = modules.change("insights_queries", log_group_name=NAME)
    assert made["actions"] == [
        f"correct query {FOLDER}/top_talkers: its text",
        f"correct query {FOLDER}/busiest_ports: its log groups",
    ]
    strip = [{**entry, "lastModified": 0} for entry in cloud.queries().values()]
    assert strip == [{**entry, "lastModified": 0} for entry in right.values()]


def test_of_several_of_one_name_the_lowest_id_stays(cloud: Cloud, modules: Modules) -> None:
    logs = cloud.client("logs")
    for _time in range(3):
        logs.put_query_definition(name=f"{FOLDER}/top_talkers", queryString="fields @message")
    ids = sorted(entry["queryDefinitionId"] for entry in cloud.all_queries())
    made = modules.change("insights_queries", log_group_name=NAME)
    assert cloud.queries()[f"{FOLDER}/top_talkers"]["queryDefinitionId"] == ids[0]
    assert made.calls.counted()["logs:DeleteQueryDefinition"] == 2
    modules.rest("insights_queries", log_group_name=NAME)


def test_a_removal_takes_all_of_one_name(cloud: Cloud, modules: Modules) -> None:
    for _time in range(3):
        cloud.client("logs").put_query_definition(name=f"{FOLDER}/top_talkers", queryString="fields @message")
    modules.change("insights_queries", log_group_name=NAME, state="absent")
    assert cloud.all_queries() == []


def test_a_log_group_for_each_resource(cloud: Cloud, modules: Modules) -> None:
    vpcs = [cloud.vpc("web"), cloud.vpc("api")]
    modules.change("insights_queries", log_group_name=EACH, resource_ids=vpcs)
    assert kinds(cloud, OF_EACH) == sorted(QUERY_NAMES)
    assert groups(cloud) == {named("api", "web")}
    modules.change("insights_queries", log_group_name=EACH, resource_ids=vpcs[:1])
    assert groups(cloud) == {named("web")}
    assert kinds(cloud, OF_EACH) == OF_ONE


def test_names_add_up_as_long_as_the_log_groups_exist(cloud: Cloud, modules: Modules) -> None:
    web, api = cloud.vpc("web"), cloud.vpc("api")
    make_groups(cloud, *named("web", "api"))
    options = {"log_group_name": EACH, "purge_log_group_names": False}
    modules.change("insights_queries", **options, resource_ids=[web])
    assert kinds(cloud, OF_EACH) == OF_ONE
    modules.change("insights_queries", **options, resource_ids=[api])
    assert groups(cloud) == {named("api", "web")}
    assert kinds(cloud, OF_EACH) == sorted(QUERY_NAMES)
    modules.rest("insights_queries", **options, resource_ids=[web])
    cloud.client("logs").delete_log_group(logGroupName=named("web")[0])
    modules.change("insights_queries", **options, resource_ids=[api])
    assert groups(cloud) == {named("api")}


def test_names_are_taken_out_and_a_query_goes_with_the_last(cloud: Cloud, modules: Modules) -> None:
    vpcs = [cloud.vpc("web"), cloud.vpc("api"), cloud.vpc("db")]
    make_groups(cloud, *named("web", "api", "db"))
    options = {"log_group_name": EACH, "purge_log_group_names": False}
    modules.run("insights_queries", **options, resource_ids=vpcs)
    first = modules.change("insights_queries", **options, resource_ids=vpcs[:1], state="absent")
    assert set(actions(first).values()) == {"updated"}
    assert groups(cloud) == {named("api", "db")}
    cloud.client("logs").delete_log_group(logGroupName=named("db")[0])
    last = modules.change("insights_queries", **options, resource_ids=vpcs[1:2], state="absent")
    assert set(actions(last).values()) == {"deleted"}
    assert cloud.queries() == {}


def test_more_log_groups_than_a_query_can_name(cloud: Cloud, modules: Modules) -> None:
    vpcs = cloud.vpcs(51, "net")
    options: dict[str, Any] = {"log_group_name": EACH, "resource_ids": vpcs}
    make_groups(cloud, *named(*(f"net-{number}" for number in range(51))))
    made = modules.change("insights_queries", **options)
    assert groups(cloud) == {()}
    assert "50 at most" in str(made["warnings"]) and "begin with /aws/shop/vpc/" in str(made["warnings"])
    remark = "# For all log groups that begin with /aws/shop/vpc/"
    assert all(remark in entry["queryString"] for entry in cloud.queries().values())
    # A part of them, as with --limit, makes no smaller queries of it, nor does it remove what the others need.
    few = {**options, "resource_ids": vpcs[:2], "purge_log_group_names": False}
    modules.rest("insights_queries", **few)
    modules.rest("insights_queries", **few, state="absent")
    modules.change("insights_queries", **{**options, "resource_ids": vpcs[:50]})
    assert [len(names) for names in groups(cloud)] == [50]
    modules.run("insights_queries", **options)
    modules.change("insights_queries", **{**options, "purge_log_group_names": False}, state="absent")
    assert cloud.queries() == {}


def test_resources_that_do_not_exist_do_not_stop_the_others(cloud: Cloud, modules: Modules) -> None:
    gone = "vpc-0123456789abcdef0"
    options = {"log_group_name": EACH, "resource_ids": [gone, cloud.vpc("web")]}
    for check in (True, False):
        failed = modules.fail("insights_queries", check=check, **options)
        (failure,) = failed["failures"]
        assert (failure["resource_id"], failure["code"]) == (gone, "InvalidVpcID.NotFound")
    assert groups(cloud) == {named("web")}


def test_with_no_resource_left_the_queries_stay_as_they_are(cloud: Cloud, modules: Modules) -> None:
    modules.run("insights_queries", log_group_name=EACH, resource_ids=[cloud.vpc("web")])
    before = cloud.queries()
    failed = modules.fail("insights_queries", log_group_name=EACH, resource_ids=["vpc-0123456789abcdef0"])
    assert (failed["changed"], failed.calls.mutating) == (False, [])
    assert cloud.queries() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(
            {"queries": ["top_talkers"], "log_format": "${srcaddr} ${action}"},
            "top_talkers needs ${dstaddr} and ${bytes}",
            id="a query without its fields",
        ),
        pytest.param({"queries": ["everything"]}, "queries", id="no such query"),
        pytest.param({"log_format": "srcaddr"}, "'srcaddr'", id="a format that is none"),
        pytest.param({"log_format": " "}, "empty", id="an empty format"),
        pytest.param({"log_format": "${srcaddr} " * 1000}, "so many fields", id="a format without end"),
        pytest.param({"query_folder": "/"}, "empty", id="an empty folder"),
        pytest.param({"query_folder": "x" * 240}, "too long", id="a long folder"),
        pytest.param({"log_group_name": f"/{'x' * 300}"}, "too long", id="a long name of a log group"),
        pytest.param({"log_group_name": EACH}, "resource_ids", id="a template without resources"),
        pytest.param({"log_group_name": "a b"}, "not a valid log group name", id="an illegal name"),
        pytest.param({"expected_account_id": "210987654321"}, "210987654321", id="another account"),
    ],
)
def test_wrong_options_write_nothing(cloud: Cloud, modules: Modules, options: dict[str, Any], words: str) -> None:
    refused = modules.refuse("insights_queries", **{"log_group_name": NAME, **options})
    assert words in refused.msg
    assert cloud.queries() == {}


def test_a_quota_that_is_used_up_stops_only_what_is_new(cloud: Cloud, modules: Modules) -> None:
    modules.run("insights_queries", log_group_name=NAME, queries=["top_talkers"])
    cloud.emulator.refuse("logs:PutQueryDefinition", "LimitExceededException", "No more.", times=None)
    failed = modules.fail("insights_queries", log_group_name=NAME)
    assert {failure["code"] for failure in failed["failures"]} == {"LimitExceededException"}
    assert len(failed["failures"]) == len(OF_ONE) - 1
    assert "quota" in failed["failures"][0]["hint"]
    assert actions(failed) == {"top_talkers": "unchanged"}


def test_a_deletion_that_aws_did_not_do(cloud: Cloud, modules: Modules) -> None:
    modules.run("insights_queries", log_group_name=NAME)
    cloud.emulator.refuse("logs:DeleteQueryDefinition", "InvalidParameterException", "Not this one.")
    failed = modules.fail("insights_queries", log_group_name=NAME, state="absent")
    assert sorted(actions(failed).values()) == ["deleted"] * (len(OF_ONE) - 1) + ["failed"]
    assert len(cloud.queries()) == 1
    modules.change("insights_queries", log_group_name=NAME, state="absent")


def test_pages_are_read_to_the_end(cloud: Cloud, modules: Modules) -> None:
    cloud.emulator.scenario.page_size = 2
    modules.change("insights_queries", log_group_name=NAME)
    modules.change("insights_queries", log_group_name=NAME, state="absent")
    assert cloud.all_queries() == []


def test_account_and_region_in_the_name(cloud: Cloud, modules: Modules) -> None:
    modules.change("insights_queries", log_group_name="/{account_id}/{region}/flowlogs")
    assert kinds(cloud, f"flow-logs/{ACCOUNT}/{REGION}/flowlogs") == OF_ONE


def test_a_converged_folder_costs_one_call(cloud: Cloud, modules: Modules) -> None:
    modules.run("insights_queries", log_group_name=NAME)
    again = modules.rest("insights_queries", log_group_name=NAME)
    assert [name for name in again.calls.names if name.startswith("logs:")] == ["logs:DescribeQueryDefinitions"]
