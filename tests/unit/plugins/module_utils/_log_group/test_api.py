# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group import api
from ansible_collections.netops.flow_logs.tests.unit.support.botocore_models import needs_deletion_protection
from ansible_collections.netops.flow_logs.tests.unit.support.clients import Clock
from ansible_collections.netops.flow_logs.tests.unit.support.clients import StubbedClients

ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/shop"


def page(*names: str, more: str | None = None) -> dict[str, Any]:
    return {"logGroups": [{"logGroupName": name} for name in names], **({"nextToken": more} if more else {})}


def test_no_names_cost_no_call(stubs: StubbedClients) -> None:
    assert api.find_log_groups(stubs("logs").client, []) == {}


def test_names_with_a_common_beginning_cost_one_listing(stubs: StubbedClients) -> None:
    logs = stubs("logs").expect(
        "describe_log_groups",
        page("/aws/shop/a", "/aws/shop/ab", "/aws/shop/b"),
        limit=50,
        logGroupNamePrefix="/aws/shop/",
    )

    found = api.find_log_groups(logs.client, ["/aws/shop/b", "/aws/shop/a", "/aws/shop/missing"])

    assert sorted(found) == ["/aws/shop/a", "/aws/shop/b"]


def test_names_that_share_no_beginning_are_found_in_the_listing_of_all(stubs: StubbedClients) -> None:
    logs = stubs("logs").expect("describe_log_groups", page("/aws/a", "flowlogs"), limit=50)

    assert sorted(api.find_log_groups(logs.client, ["/aws/a", "flowlogs"])) == ["/aws/a", "flowlogs"]


def test_a_name_that_others_continue_is_not_confused_with_them(stubs: StubbedClients) -> None:
    logs = stubs("logs").expect(
        "describe_log_groups", page("/vpc/ab", "/vpc/abc"), limit=50, logGroupNamePrefix="/vpc/a"
    )

    assert api.find_log_groups(logs.client, ["/vpc/a"]) == {}


def test_the_listing_goes_on_until_all_are_found_and_no_further(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    logs.expect("describe_log_groups", page("/x/a", more="2"), limit=50, logGroupNamePrefix="/x/")
    logs.expect("describe_log_groups", page("/x/c", more="3"), limit=50, logGroupNamePrefix="/x/", nextToken="2")

    assert sorted(api.find_log_groups(logs.client, ["/x/a", "/x/c"])) == ["/x/a", "/x/c"]


def test_a_throttled_page_is_asked_for_again_by_itself(stubs: StubbedClients, clock: Clock) -> None:
    logs = stubs("logs")
    logs.expect("describe_log_groups", page("/x/a", more="2"), limit=50, logGroupNamePrefix="/x/")
    logs.fail("describe_log_groups", "ThrottlingException", "Rate exceeded")
    logs.fail("describe_log_groups", "ThrottlingException", "Rate exceeded")
    logs.expect("describe_log_groups", page("/x/b"), limit=50, logGroupNamePrefix="/x/", nextToken="2")

    assert sorted(api.find_log_groups(logs.client, ["/x/a", "/x/b"])) == ["/x/a", "/x/b"]
    assert len(clock.slept) == 2


def test_among_many_strangers_the_rest_is_asked_for_by_name(stubs: StubbedClients) -> None:
    logs = stubs("logs")
    logs.expect("describe_log_groups", page("/x/a", more="2"), limit=50, logGroupNamePrefix="/x/")
    logs.expect("describe_log_groups", page("/x/b1", more="3"), limit=50, logGroupNamePrefix="/x/", nextToken="2")
    logs.expect("describe_log_groups", page("/x/z"), limit=50, logGroupNamePrefix="/x/z")

    assert sorted(api.find_log_groups(logs.client, ["/x/a", "/x/z"])) == ["/x/a", "/x/z"]


def test_a_missing_name_below_which_there_are_thousands_costs_one_call(stubs: StubbedClients) -> None:
    # AWS lists in the order of ASCII, so the name itself would come first.
    logs = stubs("logs").expect(
        "describe_log_groups", page("/aws/lambda/a", more="2"), limit=50, logGroupNamePrefix="/aws/lambda"
    )

    assert api.find_log_groups(logs.client, ["/aws/lambda"]) == {}


def test_a_listing_that_fails_says_what_was_tried(stubs: StubbedClients) -> None:
    logs = stubs("logs").fail("describe_log_groups", "AccessDeniedException", "User is not authorized")

    with pytest.raises(AwsError) as error:
        api.find_log_groups(logs.client, ["/x"])

    assert (error.value.code, error.value.reason) == ("AccessDeniedException", "User is not authorized")
    assert "list the log groups" in str(error.value)


def test_tags_are_read_by_the_arn(stubs: StubbedClients) -> None:
    logs = stubs("logs").expect("list_tags_for_resource", {"tags": {"a": "b"}}, resourceArn=ARN)

    assert api.list_tags(logs.client, ARN) == {"a": "b"}


def test_a_group_that_is_gone_has_no_tags(stubs: StubbedClients) -> None:
    logs = stubs("logs").fail("list_tags_for_resource", "ResourceNotFoundException", resourceArn=ARN)

    assert api.list_tags(logs.client, ARN) == {}


DEEDS = [
    pytest.param(
        "create_log_group",
        {
            "logGroupName": "/x",
            "kmsKeyId": "arn:aws:kms:eu-west-1:1:key/x",
            "tags": {"a": "b"},
            "logGroupClass": "STANDARD",
        },
        id="create",
    ),
    pytest.param("put_retention_policy", {"logGroupName": "/x", "retentionInDays": 1096}, id="set the retention"),
    pytest.param("delete_retention_policy", {"logGroupName": "/x"}, id="remove the retention"),
    pytest.param(
        "associate_kms_key", {"logGroupName": "/x", "kmsKeyId": "arn:aws:kms:eu-west-1:1:key/x"}, id="set the key"
    ),
    pytest.param("disassociate_kms_key", {"logGroupName": "/x"}, id="remove the key"),
    pytest.param(
        "put_log_group_deletion_protection",
        {"logGroupIdentifier": "/x", "deletionProtectionEnabled": True},
        id="protect",
        marks=needs_deletion_protection,
    ),
    pytest.param("tag_resource", {"resourceArn": ARN, "tags": {"a": "b"}}, id="tag"),
    pytest.param("untag_resource", {"resourceArn": ARN, "tagKeys": ["a"]}, id="untag"),
]


def test_there_is_no_deed_that_is_not_tried_here() -> None:
    assert set(api.DEEDS) == {deed.values[0] for deed in DEEDS}


@pytest.mark.parametrize(("kind", "request_"), DEEDS)
def test_a_deed_is_one_call_that_tries_again_while_another_writer_is_busy(
    stubs: StubbedClients, kind: str, request_: dict[str, Any]
) -> None:
    logs = stubs("logs").fail(kind, "OperationAbortedException", "A conflicting operation", **request_)
    logs.expect(kind, **request_)

    api.DEEDS[kind](logs.client, **request_)


@pytest.mark.parametrize(("kind", "request_"), DEEDS[1:])
def test_a_group_that_does_not_show_yet_is_waited_for(
    stubs: StubbedClients, kind: str, request_: dict[str, Any]
) -> None:
    logs = stubs("logs").fail(kind, "ResourceNotFoundException", "The specified log group does not exist.")
    logs.expect(kind, **request_)

    api.DEEDS[kind](logs.client, **request_)


@pytest.mark.parametrize(("kind", "request_"), DEEDS[1:2])
def test_a_group_that_never_shows_ends_in_awss_error(
    stubs: StubbedClients, clock: Clock, kind: str, request_: dict[str, Any]
) -> None:
    logs = stubs("logs")
    for _time in range(10):
        logs.fail(kind, "ResourceNotFoundException", "The specified log group does not exist.")

    with pytest.raises(AwsError) as error:
        api.DEEDS[kind](logs.client, **request_)

    assert error.value.code == "ResourceNotFoundException"
    assert sum(clock.slept) < 60


def test_a_group_that_exists_already_is_not_tried_again(stubs: StubbedClients) -> None:
    logs = stubs("logs").fail("create_log_group", "ResourceAlreadyExistsException", logGroupName="/x")

    with pytest.raises(AwsError) as error:
        api.DEEDS["create_log_group"](logs.client, logGroupName="/x")

    assert error.value.code == "ResourceAlreadyExistsException"
