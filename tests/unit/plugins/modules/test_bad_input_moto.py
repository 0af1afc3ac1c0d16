# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that can't be right: a clear message, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE_ARN
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules

VPC = "vpc-0123456789abcdef0"
FLOW_LOG: dict[str, Any] = {"resource_ids": [VPC], "log_group_name": "/aws/shop", "role_arn": ROLE_ARN}
LOG_GROUP: dict[str, Any] = {"log_group_name": "/aws/shop"}
IAM: dict[str, Any] = {"role_name": "role", "policy_name": "policy"}
GOOD = {"flow_log": FLOW_LOG, "log_group": LOG_GROUP, "flow_log_iam": IAM}

IDS = [
    "i-0123456789abcdef0",
    "vpc-",
    "vpc-012345",
    "vpc-0123456789abcdef01",
    "vpc-0123456789ABCDEFG",
    "VPC-0123456789abcdef0",
    "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0",
    "vpc-0123456789abcdef0;vpc-1123456789abcdef0",
    "vpc-０１２３４５６７",
    "vpс-0123456789abcdef0",
    "",
    " ",
    "x" * 100_000,
]
TEMPLATES = [
    ("", "log_group_name"),
    ("/aws/my group", "not a valid"),
    ("aws/shop", "aws/"),
    ("/aws/shöp", "not a valid"),
    ("/aws/shop:*", "not a valid"),
    ("/aws/shop\n", "not a valid"),
    ("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/shop", "not a valid"),
    ("x" * 513, "512"),
    ("/aws/{resource_nam}", "{resource_nam}"),
    ("/aws/{}", "{}"),
    ("/aws/{resource_id", "brace"),
    ("/aws/resource_id}", "brace"),
    ("/aws/{{resource_id}}", "brace"),
    ("/aws/{resource_id.__class__}", "unknown"),
    ("/aws/{resource_id!r}", "unknown"),
    ("/aws/%s/{ resource_id }", "unknown"),
    ("{region}" * 100, "not a valid"),
]
TAGS: list[tuple[Any, str]] = [
    ({"aws:owner": "x"}, "aws:"),
    ({"AWS:owner": "x"}, "aws:"),
    ({f"key{number}": "x" for number in range(51)}, "50"),
    ({"owner": None}, "owner"),
    ({"": "x"}, "at least one character"),
    ({"k" * 129: "x"}, "characters at most"),
    ({"owner": "v" * 257}, "256"),
    ({"owner": ["a"]}, "list"),
    ({"owner": {"a": "b"}}, "dict"),
    ("owner", "tags"),
    (["owner"], "tags"),
]
CASES: list[tuple[str, dict[str, Any], str]] = [
    *(("flow_log", {"resource_ids": [VPC, value]}, "resource_ids") for value in IDS),
    ("flow_log", {"resource_ids": None}, "resource_ids"),
    ("flow_log", {"resource_ids": {"a": VPC}}, "resource_ids"),
    ("flow_log", {"resource_ids": [[VPC]]}, "resource_ids"),
    ("flow_log", {"resource_ids": [None]}, "resource_ids"),
    ("log_group", {"resource_ids": ["sg-0123456789abcdef0"]}, "sg-0123456789abcdef0"),
    *(("flow_log", {"log_group_name": value}, text) for value, text in TEMPLATES),
    *(("log_group", {"log_group_name": value, "resource_ids": [VPC]}, text) for value, text in TEMPLATES),
    ("log_group", {"log_group_name": "/aws/{resource_id}"}, "resource_ids"),
    *(("flow_log", {"tags": value}, text) for value, text in TAGS),
    *(("log_group", {"tags": value}, text) for value, text in TAGS),
    ("flow_log", {"tags": {"k" * 128: "x"}}, "127 characters at most"),
    ("log_group", {"tags": {"owner": "ops, network"}}, "CloudWatch Logs (log groups) takes letters"),
    ("flow_log_iam", {"tags": {"about": "Test #2 (of ops)"}}, "IAM (roles and policies) takes letters"),
    ("flow_log_iam", {"tags": {"Owner": "a", "owner": "b"}}, "one key"),
    *(("flow_log_iam", {"tags": value}, text) for value, text in TAGS),
    ("log_group", {"retention_in_days": 1097}, "1096"),
    ("log_group", {"kms_key_id": "alias/mine"}, "ARN"),
    ("log_group", {"log_group_class": "CHEAP"}, "STANDARD"),
    ("log_group", {"deletion_protection": "maybe"}, "deletion_protection"),
    ("flow_log", {"log_format": ""}, "log_format"),
    ("flow_log", {"log_format": "  \n"}, "log_format"),
    ("flow_log", {"log_format": "version srcaddr"}, "'version'"),
    ("flow_log", {"log_format": "${version},${srcaddr}"}, "blanks"),
    ("flow_log", {"log_format": "${version} ${SrcAddr}"}, "${SrcAddr}"),
    ("flow_log", {"log_format": "${version} ${srcaddr"}, "${srcaddr"),
    ("flow_log", {"traffic_type": "SOME"}, "ACCEPT"),
    ("flow_log", {"traffic_type": "all"}, "ALL"),
    ("flow_log", {"max_aggregation_interval": 61}, "600"),
    ("flow_log", {"max_aggregation_interval": "a minute"}, "max_aggregation_interval"),
    ("flow_log", {"lookup": "traffic_type"}, "traffic_type"),
    ("flow_log", {"lookup": "anything"}, "destination"),
    ("flow_log", {"wait_timeout": "long"}, "wait_timeout"),
    ("flow_log", {"allow_replace": "perhaps"}, "allow_replace"),
    ("flow_log", {"state": "gone"}, "state"),
    ("flow_log", {"role_arn": "Flow-Logs-Role"}, "role_arn"),
    ("flow_log", {"role_arn": ""}, "role_arn"),
    ("flow_log", {"role_arn": f"arn:aws:iam::{ACCOUNT}:user/alice"}, "role_arn"),
    ("flow_log", {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/"}, "role_arn"),
    ("flow_log", {"role_arn": "arn:aws:iam::1234:role/x"}, "role_arn"),
    ("flow_log", {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/x\n"}, "role_arn"),
    ("flow_log", {"role_arn": "arn:aws:iam::111111111111:role/x"}, "111111111111"),
    *(
        (name, {"expected_account_id": "999999999999"}, f"account {ACCOUNT}, but expected_account_id is 999999999999")
        for name in GOOD
    ),
    *((name, {"expected_account_id": "my account"}, "expected_account_id") for name in GOOD),
    *((name, {"expected_account_id": ""}, "within quotes") for name in GOOD),
    # 012345670123 without quotes.
    *((name, {"expected_account_id": 0o12345670123}, "within quotes") for name in GOOD),
    *((name, {"no_such_option": 1}, "no_such_option") for name in GOOD),
    ("flow_log_iam", {"role_name": ""}, "role_name"),
    ("flow_log_iam", {"role_name": "my role"}, "role_name"),
    ("flow_log_iam", {"role_name": "r" * 65}, "64"),
    ("flow_log_iam", {"role_name": "rôle"}, "role_name"),
    ("flow_log_iam", {"role_name": "role\n"}, "role_name"),
    ("flow_log_iam", {"policy_name": "p" * 129}, "128"),
    ("flow_log_iam", {"policy_name": None}, "policy_name"),
    ("flow_log_iam", {"path": "netops"}, "slash"),
    ("flow_log_iam", {"path": "/net ops/"}, "path"),
    ("flow_log_iam", {"permissions_boundary": "Boundary"}, "permissions_boundary"),
    ("flow_log_iam", {"log_group_names": []}, "log_group_names"),
    ("flow_log_iam", {"log_group_names": [""]}, "log_group_names"),
    ("flow_log_iam", {"log_group_names": ["/aws/my group"]}, "/aws/my group"),
    ("flow_log_iam", {"log_group_names": ["/aws/{nothing}"]}, "{nothing}"),
    ("flow_log_iam", {"log_group_names": [f"/aws/{'x' * 400}/{number}" for number in range(20)]}, "6144"),
    ("flow_log_iam", {"pass_role_to": ["alice"]}, "alice"),
    ("flow_log_iam", {"pass_role_to": [f"arn:aws:iam::{ACCOUNT}:root"]}, "root"),
    ("flow_log_iam", {"pass_role_to": [f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b"]}, "assumed-role"),
    ("flow_log_iam", {"pass_role_to": ["arn:aws:iam::111111111111:user/alice"]}, "111111111111"),
    ("flow_log_iam", {"pass_role_to": [""]}, "pass_role_to"),
]


def _title(case: tuple[str, dict[str, Any], str]) -> str:
    name, options, _text = case
    return f"{name} {str(options)[:60].encode('ascii', 'replace').decode()}"


@pytest.mark.parametrize("case", CASES, ids=_title)
def test_it_is_refused(cloud_once: Cloud, modules: Modules, case: tuple[str, dict[str, Any], str]) -> None:
    name, options, text = case
    given = {key: value for key, value in {**GOOD[name], **options}.items() if value is not None}
    refused = modules.refuse(name, **given)
    assert text in refused.msg
    assert len(refused.msg) < 120_000


@pytest.fixture(scope="module")
def cloud_once(emulator: Any) -> Cloud:
    """Nothing is ever written, so one empty account will do for all."""
    emulator.reset()
    return Cloud(emulator)


def test_nothing_was_written(cloud_once: Cloud) -> None:
    assert (cloud_once.roles(), cloud_once.policies(), cloud_once.log_groups(), cloud_once.flow_logs()) == (
        [],
        [],
        {},
        [],
    )


@pytest.mark.parametrize("name", ["/aws/shop", "/aws/{resource_name}"])
def test_no_resources_are_nothing_to_do(cloud_once: Cloud, modules: Modules, name: str) -> None:
    nothing = modules.rest("flow_log", resource_ids=[], log_group_name=name, role_arn=ROLE_ARN)
    assert nothing["flow_logs"] == []
    assert modules.rest("log_group", resource_ids=[], log_group_name="/aws/{resource_name}")["log_groups"] == []


def test_ids_may_be_a_string_with_commas_and_blanks(cloud: Cloud, modules: Modules) -> None:
    one, two = cloud.vpcs(2)
    made = modules.run("flow_log", check=True, **{**FLOW_LOG, "resource_ids": f"{one}, {two}"})
    assert [log["resource_id"] for log in made["flow_logs"]] == [one, two]


def test_unicode_in_tags_arrives(cloud: Cloud, modules: Modules) -> None:
    vpc = cloud.vpc()
    tags = {"Eigentümer": "Zoë & 山田 <tag>", "k" * 127: "v" * 256, "yes": True}
    modules.change("flow_log", **{**FLOW_LOG, "resource_ids": [vpc], "tags": tags})
    assert cloud.flow_log_of(vpc)["Tags"] == {**tags, "yes": "True"}
