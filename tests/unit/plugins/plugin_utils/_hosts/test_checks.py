# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.checks import reasons_against

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS: dict[str, Any] = {"flow_logs_log_group_name": "/aws/shop/flowlogs"}


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        pytest.param(
            {"flow_logs_tags": {"owner": "ops, network"}},
            "'owner': the value 'ops, network' has ,, but CloudWatch Logs (log groups) takes letters",
            id="a comma, which the log group's service refuses",
        ),
        pytest.param({"flow_logs_tags": {"k" * 128: "x"}}, "EC2 (flow logs) takes keys of 127", id="a long key"),
        pytest.param({"flow_logs_iam_tags": {"about": "Test #2 (of ops)"}}, "has # ( ), but IAM", id="signs for IAM"),
        pytest.param({"flow_logs_iam_tags": {"Owner": "a", "owner": "b"}}, "'Owner' and 'owner'", id="one key for IAM"),
        pytest.param({"flow_logs_iam_tags": {None: "a", "b": "c"}}, "write it in quotes", id="a key that is no text"),
        pytest.param({"flow_logs_tags": {7: "a", "b": "c"}}, "has the key 7, a number, beside", id="a number beside text"),
        pytest.param({"flow_logs_region": "us-east-1 "}, "'us-east-1 ' is not the name", id="a blank too many"),
        pytest.param({"flow_logs_region": "us_east_1"}, "Is us-east-1 meant?", id="another spelling"),
        pytest.param({"flow_logs_kms_key_id": KEY.replace("key/", "alias/")}, "is the ARN of an alias", id="an alias"),
        pytest.param({"flow_logs_kms_key_id": "1234abcd"}, "is no ARN of a KMS key", id="a bare id"),
        pytest.param(
            {"flow_logs_kms_key_id": KEY, "flow_logs_region": "us-east-1"},
            "is a key of eu-west-1, and the log groups are in us-east-1",
            id="another region's key",
        ),
        pytest.param({"flow_logs_log_group_name": "AWS/shop"}, "is not a valid log group name", id="a name of AWS's"),
    ],
)
def test_what_aws_would_refuse_is_a_reason_against_the_host(settings: dict[str, Any], complaint: str) -> None:
    (reason,) = reasons_against({**SETTINGS, **settings})
    assert complaint in reason


def test_a_tag_names_the_variable_to_change() -> None:
    (reason,) = reasons_against({**SETTINGS, "flow_logs_iam_tags": {"a": "b,c"}})
    assert reason.endswith("Change them in flow_logs_iam_tags.")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"flow_logs_tags": {"owner": "ops/network", "7": "x", "Owner": 1, "owner2": True}}, id="tags"),
        pytest.param({"flow_logs_kms_key_id": KEY, "flow_logs_region": "eu-west-1"}, id="a key of the region"),
        pytest.param({"flow_logs_kms_key_id": ""}, id="no key"),
        pytest.param({"flow_logs_kms_key_id": KEY}, id="a region that comes from elsewhere"),
        pytest.param(
            {"flow_logs_state": "absent", "flow_logs_tags": {"owner": "a,b"}, "flow_logs_iam_tags": {"a": "b,c"}},
            id="tags of what is to go",
        ),
    ],
)
def test_what_aws_takes_is_none(settings: dict[str, Any]) -> None:
    assert reasons_against({**SETTINGS, **settings}) == []


@pytest.mark.parametrize("variable", ["flow_logs_removal_wait", "flow_logs_verify_timeout"])
def test_nobody_waits_for_less_than_no_time(variable: str) -> None:
    settings = {"flow_logs_log_group_name": "/aws/shop"}

    assert reasons_against({**settings, variable: 0}) == []
    [reason] = reasons_against({**settings, variable: -1})
    assert f"{variable} is -1" in reason
