# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import gather

FIRST, SECOND = "vpc-00000001", "vpc-00000002"
TEMPLATE = "/aws/shop/vpc/{resource_name}/flowlogs"
FOLDER = "flow-logs/aws/shop/vpc"


def host(name: str, **settings: Any) -> HostWish:
    given = {
        "state": "present",
        "log_group_name": TEMPLATE,
        "role_name": "r",
        "policy_name": "p",
        "insights_queries": True,
        **settings,
    }
    return HostWish(name, {f"flow_logs_{key}": value for key, value in given.items()})


def folders(*wishes: HostWish) -> list[tuple[str, list[str]]]:
    """What each folder is called, and for whom it is."""
    made = [folder for account in gather(wishes).accounts for folder in account["queries"]]
    return [(folder["label"], folder["options"]["resource_ids"]) for folder in made]


def test_deliveries_of_one_template_share_a_folder() -> None:
    shared = folders(host(SECOND, retention_in_days="30"), host(FIRST))

    assert shared == [(f"queries in {FOLDER}", [FIRST, SECOND])]


def test_the_options_of_the_module() -> None:
    wish = host(FIRST, region="eu-west-1", profile="ops", log_format="${bytes}", expected_account_id="123456789012")
    (account,) = gather([wish]).accounts
    (folder,) = account["queries"]

    assert folder["options"] == {
        "log_group_name": TEMPLATE,
        "log_format": "${bytes}",
        "expected_account_id": "123456789012",
        "resource_ids": [FIRST],
        "purge_log_group_names": False,
    }
    assert (folder["connection"]["region"], folder["connection"]["profile"]) == ("eu-west-1", "ops")


@pytest.mark.parametrize(
    ("wish", "label"),
    [
        pytest.param(host(FIRST, insights_query_folder="mine/"), "queries in mine", id="of the user's own"),
        pytest.param(host(FIRST, region="eu-west-1"), f"queries in {FOLDER} in eu-west-1", id="of a region"),
        pytest.param(
            host(FIRST, log_group_name="/{account_id}/{region}/x"),
            "queries in flow-logs/{account_id}/{region}/x",
            id="by account and region",
        ),
    ],
)
def test_what_a_folder_is_called(wish: HostWish, label: str) -> None:
    assert folders(wish) == [(label, [FIRST])]


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param(host(FIRST, insights_queries=False), id="not wanted"),
        pytest.param(host(FIRST, state="absent"), id="log groups stay"),
        pytest.param(host(FIRST, state="absent", insights_queries=False, remove_log_groups=True), id="none were saved"),
    ],
)
def test_no_queries(wish: HostWish) -> None:
    assert folders(wish) == []


def test_queries_go_with_the_log_groups() -> None:
    assert folders(host(FIRST, state="absent", remove_log_groups=True)) == [(f"queries in {FOLDER}", [FIRST])]


def test_regions_and_accounts_have_folders_of_their_own() -> None:
    made = folders(
        host(FIRST, region="eu-west-1"),
        host(SECOND, region="eu-central-1"),
        host(FIRST, region="eu-west-1", profile="other"),
    )

    assert len(made) == 3


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        pytest.param({"log_format": "${bytes}"}, "flow_logs_log_format", id="two formats"),
        pytest.param({"log_group_name": "/aws/shop/vpc/{resource_id}"}, "flow_logs_log_group_name", id="two templates"),
    ],
)
def test_a_folder_that_would_serve_two_ends_fails_all_its_hosts(settings: dict[str, Any], named: str) -> None:
    other = host("vpc-00000009", insights_query_folder="other")

    gathered = gather([host(FIRST), host(SECOND, **settings), other])

    problems = gathered.problems.as_result()
    assert sorted(problems) == sorted([FIRST, SECOND])
    for reason in problems.values():
        assert f"Hosts {FIRST} and {SECOND} share the folder {FOLDER}" in reason
        assert named in reason and "flow_logs_insights_query_folder" in reason
    assert [folder["label"] for account in gathered.accounts for folder in account["queries"]] == ["queries in other"]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"log_format": "${bytes}", "insights_query_folder": "mine"}, id="with another folder"),
        pytest.param({"log_format": "${bytes}", "insights_queries": False}, id="when one wants none"),
        pytest.param({"log_format": None}, id="with the same format"),
    ],
)
def test_a_folder_is_not_refused(settings: dict[str, Any]) -> None:
    assert folders(host(FIRST), host(SECOND, **settings))


def test_blanks_make_no_other_format() -> None:
    one, other = host(FIRST, log_format="${bytes} ${action}"), host(SECOND, log_format="${bytes}\n${action}\n")

    assert len(folders(one, other)) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"insights_query_folder": "x" * 250}, "too long"),
        ({"insights_query_folder": "/"}, "empty"),
        ({"log_format": "${bytes} " * 5000}, "so many fields"),
    ],
)
def test_what_the_module_would_refuse_fails_the_host(settings: dict[str, Any], words: str) -> None:
    assert words in gather([host(FIRST, **settings)]).problems.as_result()[FIRST]
