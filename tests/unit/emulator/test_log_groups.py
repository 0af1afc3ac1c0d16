# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log groups, as docs/aws-behaviour.md section 6 describes them."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import key_policy_statement
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import ACCOUNT
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import GROUP_ARN
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import REGION
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import Estate
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import code
from ansible_collections.netops.flow_logs.tests.unit.emulator.support import refused

NO_KEY = "arn:aws:kms:eu-west-1:123456789012:key/0000"
NO_MORE: dict[str, Any] = {}


def key_for_logs(estate: Estate, region: str = REGION, statement: dict[str, Any] | None = None, **more: Any) -> str:
    """The ARN of a new KMS key whose policy lets CloudWatch Logs use it, or has another statement."""
    allowed = key_policy_statement("aws", REGION, ACCOUNT) if statement is None else statement
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed] if allowed else []})
    made = estate.client("kms", region, by_test=True).create_key(Policy=policy, **more)
    return str(made["KeyMetadata"]["Arn"])


@pytest.mark.parametrize(
    "arguments",
    [
        {"logGroupName": "a b"},
        {"logGroupName": "aws/a"},
        {"logGroupName": "AWS/a"},
        {"logGroupName": "Aws/a"},
        {"logGroupName": "a" * 513},
        {"logGroupName": "a", "logGroupClass": "CHEAP"},
        {"logGroupName": "a", "kmsKeyId": "0000"},
        {"logGroupName": "a", "tags": {"aws:a": "b"}},
        {"logGroupName": "a", "tags": {"owner": "ops, network"}},
        {"logGroupName": "a", "tags": {"a\tb": "c"}},
        {"logGroupName": "a", "tags": {"k" * 129: "c"}},
    ],
)
def test_creation_is_checked(estate: Estate, arguments: dict[str, Any]) -> None:
    assert code(lambda: estate.logs.create_log_group(**arguments)) == "InvalidParameterException"
    assert estate.groups() == {}


def test_class_protection_and_key_are_kept(estate: Estate) -> None:
    more: dict[str, Any] = {"logGroupClass": "INFREQUENT_ACCESS", "deletionProtectionEnabled": True}
    more["kmsKeyId"] = key_for_logs(estate)
    estate.logs.create_log_group(logGroupName=GROUP, **more)
    group = estate.groups()[GROUP]
    assert {key: group[key] for key in more} == more
    assert (group["arn"], group["logGroupArn"]) == (f"{GROUP_ARN}:*", GROUP_ARN)
    assert code(lambda: estate.logs.create_log_group(logGroupName=GROUP)) == "ResourceAlreadyExistsException"


def test_a_protected_group_is_not_deleted(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP)
    estate.logs.put_log_group_deletion_protection(logGroupIdentifier=GROUP_ARN, deletionProtectionEnabled=True)
    assert code(lambda: estate.logs.delete_log_group(logGroupName=GROUP)) == "ValidationException"
    estate.logs.put_log_group_deletion_protection(logGroupIdentifier=GROUP, deletionProtectionEnabled=False)
    estate.logs.delete_log_group(logGroupName=GROUP)
    assert estate.groups() == {}


def test_tags_go_with_their_group(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP, tags={"project": "shop"})
    estate.logs.delete_log_group(logGroupName=GROUP)
    estate.logs.create_log_group(logGroupName=GROUP)
    assert estate.logs.list_tags_for_resource(resourceArn=GROUP_ARN)["tags"] == {}


def test_keys(estate: Estate) -> None:
    key = key_for_logs(estate)
    estate.logs.create_log_group(logGroupName=GROUP)
    estate.logs.associate_kms_key(logGroupName=GROUP, kmsKeyId=key)
    assert estate.groups()[GROUP]["kmsKeyId"] == key
    estate.logs.disassociate_kms_key(logGroupName=GROUP)
    assert "kmsKeyId" not in estate.groups()[GROUP]
    assert code(lambda: estate.logs.disassociate_kms_key(logGroupName="other")) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(NO_MORE, id="nothing"),
        pytest.param({**key_policy_statement("aws", "eu-west-2", ACCOUNT)}, id="another region's CloudWatch Logs"),
        pytest.param({**key_policy_statement("aws", REGION, ACCOUNT), "Action": "kms:Decrypt"}, id="too little"),
        pytest.param({**key_policy_statement("aws", REGION, "210987654321"), "Action": "kms:*"}, id="others' log groups"),
        pytest.param({**key_policy_statement("aws", REGION, ACCOUNT), "Effect": "Deny"}, id="a denial"),
    ],
)
def test_a_key_whose_policy_does_not_let_cloudwatch_logs_use_it(estate: Estate, statement: dict[str, Any]) -> None:
    key = key_for_logs(estate, statement=statement)
    got, message, _status = refused(lambda: estate.logs.create_log_group(logGroupName=GROUP, kmsKeyId=key))
    assert got == "AccessDeniedException"
    assert message == f"The specified KMS key does not exist or is not allowed to be used with Arn '{GROUP_ARN}'"
    assert estate.groups() == {}


def test_keys_that_cannot_encrypt_log_groups(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP)
    off, asymmetric = key_for_logs(estate), key_for_logs(estate, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    estate.client("kms", by_test=True).disable_key(KeyId=off.rsplit("/", 1)[1])
    expected = {
        "0000": "InvalidParameterException",
        "arn:aws:kms:eu-west-1:123456789012:alias/mine": "InvalidParameterException",
        off: "InvalidParameterException",
        asymmetric: "InvalidParameterException",
        NO_KEY: "AccessDeniedException",
        key_for_logs(estate, "eu-west-2"): "AccessDeniedException",
    }
    got = {key: code(partial(estate.logs.associate_kms_key, logGroupName=GROUP, kmsKeyId=key)) for key in expected}
    assert got == expected
    assert "kmsKeyId" not in estate.groups()[GROUP]


def test_retention_is_one_of_awss_numbers(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP)
    wrong = partial(estate.logs.put_retention_policy, logGroupName=GROUP, retentionInDays=31)
    assert code(wrong) == "InvalidParameterException"
    assert "retentionInDays" not in estate.groups()[GROUP]
    estate.logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    assert estate.groups()[GROUP]["retentionInDays"] == 30
    missing = partial(estate.logs.put_retention_policy, logGroupName="other", retentionInDays=30)
    assert code(missing) == "ResourceNotFoundException"


@pytest.mark.parametrize(("mode", "old_days"), [("RETROACTIVE", 365), ("NEW_ONLY", 30)])
def test_the_accounts_retention_hides_the_groups_own(estate: Estate, mode: str, old_days: int) -> None:
    estate.logs.create_log_group(logGroupName="old")
    estate.logs.put_retention_policy(logGroupName="old", retentionInDays=30)
    document = json.dumps({"retentionInDays": 365, "enforcementMode": mode})
    which = {"policyName": "keep", "policyType": "RETENTION_POLICY"}
    estate.logs.put_account_policy(**which, policyDocument=document)
    estate.logs.create_log_group(logGroupName="new")
    estate.logs.put_retention_policy(logGroupName="new", retentionInDays=7)
    groups = estate.groups()
    assert (groups["new"]["retentionInDays"], groups["new"]["retentionPolicyName"]) == (365, "keep")
    assert groups["old"]["retentionInDays"] == old_days
    (policy,) = estate.logs.describe_account_policies(policyType="RETENTION_POLICY")["accountPolicies"]
    assert policy["policyDocument"] == document
    estate.logs.delete_account_policy(**which)
    assert estate.groups()["new"]["retentionInDays"] == 7


def test_tags_by_arn(estate: Estate) -> None:
    estate.logs.create_log_group(logGroupName=GROUP, tags={"a": "1"})
    estate.logs.tag_resource(resourceArn=GROUP_ARN, tags={"b": "2"})
    estate.logs.untag_resource(resourceArn=GROUP_ARN, tagKeys=["a"])
    assert estate.logs.list_tags_for_resource(resourceArn=GROUP_ARN)["tags"] == {"b": "2"}
    star = f"{GROUP_ARN}:*"
    assert code(lambda: estate.logs.tag_resource(resourceArn=star, tags={"b": "2"})) == "InvalidParameterException"
    assert code(lambda: estate.logs.list_tags_for_resource(resourceArn=star)) == "InvalidParameterException"
    other = f"{GROUP_ARN}x"
    assert code(lambda: estate.logs.list_tags_for_resource(resourceArn=other)) == "ResourceNotFoundException"
    many = {f"key{number}": "" for number in range(50)}
    assert code(lambda: estate.logs.tag_resource(resourceArn=GROUP_ARN, tags=many)) == "TooManyTagsException"


def test_listing(estate: Estate) -> None:
    for number in range(51):
        estate.client("logs", by_test=True).create_log_group(logGroupName=f"/a/{number:02}")
    estate.logs.create_log_group(logGroupName="/b", logGroupClass="ESSENTIALS")
    first = estate.logs.describe_log_groups(logGroupNamePrefix="/a/")
    assert len(first["logGroups"]) == 50
    second = estate.logs.describe_log_groups(logGroupNamePrefix="/a/", nextToken=first["nextToken"])
    assert [group["logGroupName"] for group in second["logGroups"]] == ["/a/50"]
    assert "nextToken" not in second
    by_class = estate.logs.describe_log_groups(logGroupClass="INFREQUENT_ACCESS")["logGroups"]
    assert [group["logGroupName"] for group in by_class] == ["/b"]
    (by_pattern,) = estate.logs.describe_log_groups(logGroupNamePattern="/17")["logGroups"]
    assert sorted(by_pattern) == ["arn", "creationTime", "logGroupName"]
    by_id = estate.logs.describe_log_groups(logGroupIdentifiers=["/a/03", "/none"])["logGroups"]
    assert [group["logGroupName"] for group in by_id] == ["/a/03"]
    both = {"logGroupNamePrefix": "/a", "logGroupNamePattern": "a"}
    assert code(lambda: estate.logs.describe_log_groups(**both)) == "InvalidParameterException"
    assert code(lambda: estate.logs.describe_log_groups(limit=51)) == "InvalidParameterException"
