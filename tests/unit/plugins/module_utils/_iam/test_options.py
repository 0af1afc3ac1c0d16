# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.options import wide_open
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.options import wish_from_options
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import PolicyWish
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import require_fitting

ACCOUNT = Account("123456789012", "aws")
DEFAULTS = {
    "role_name": "Flow-Logs-Role-to-cloudwatch-logs",
    "policy_name": "Send_to_CloudWatch_Logs",
    "path": None,
    "permissions_boundary": None,
    "log_group_names": None,
    "purge_log_group_names": True,
    "keep_names_in_use": True,
    "needed_log_group_names": None,
    "allow_create_log_group": None,
    "restrict_trust": None,
    "pass_role_to": None,
    "tags": None,
    "purge_tags": True,
}


def wish(**options: Any) -> Wish:
    return wish_from_options({**DEFAULTS, **options}, ACCOUNT)


def test_the_defaults_are_the_walk_throughs() -> None:
    assert wish() == Wish(ACCOUNT, "Flow-Logs-Role-to-cloudwatch-logs", "Send_to_CloudWatch_Logs")


def test_every_option_reaches_the_wish() -> None:
    made = wish(
        path="/netops/",
        permissions_boundary="",
        log_group_names=["/a"],
        needed_log_group_names=["/b/{region}"],
        purge_log_group_names=False,
        keep_names_in_use=False,
        allow_create_log_group=False,
        restrict_trust=True,
        tags={"a": 1},
        purge_tags=False,
    )

    assert made == Wish(
        ACCOUNT,
        "Flow-Logs-Role-to-cloudwatch-logs",
        "Send_to_CloudWatch_Logs",
        path="/netops/",
        permissions_boundary="",
        publishing=PolicyWish(names=("/a",), needed=("/b/*",), purge=False, in_use_stays=False, create=False),
        restrict_trust=True,
        tags=TagWish({"a": "1"}, False),
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"role_name": "x" * 65}, "role_name.*1 to 64", id="a role's name of 65 characters"),
        pytest.param({"role_name": ""}, "role_name ''", id="an empty role's name"),
        pytest.param({"role_name": "my role"}, "role_name 'my role'", id="a blank in the role's name"),
        pytest.param({"role_name": "x/y"}, "role_name 'x/y'", id="a path in the role's name"),
        pytest.param({"policy_name": "x" * 129}, "policy_name.*1 to 128", id="a policy's name of 129 characters"),
        pytest.param({"policy_name": "ä"}, "policy_name 'ä'", id="an umlaut in the policy's name"),
        pytest.param({"path": "netops"}, "path 'netops'", id="a path without slashes"),
        pytest.param({"path": "/netops"}, "path '/netops'", id="a path without its last slash"),
        pytest.param({"path": "//"}, "path '//'", id="a path with an empty part"),
        pytest.param({"path": "/net ops/"}, "path", id="a blank in the path"),
        pytest.param({"path": "/" + "x" * 511 + "/"}, "path", id="a path of 513 characters"),
        pytest.param({"permissions_boundary": "Boundary"}, "'Boundary'", id="a boundary's name in place of its ARN"),
        pytest.param(
            {"permissions_boundary": "arn:aws:iam::123456789012:role/x"},
            "permissions_boundary",
            id="a role as boundary",
        ),
        pytest.param({"log_group_names": []}, "log_group_names is empty", id="no log groups at all"),
        pytest.param({"log_group_names": ["my group"]}, "'my group'", id="a log group that can't be"),
        pytest.param({"log_group_names": ["/a", ""]}, "''", id="an empty name of a log group"),
        pytest.param({"log_group_names": ["/aws/{name}"]}, r"log_group_names.*\{name\}", id="an unknown placeholder"),
        pytest.param({"log_group_names": ["/aws/{region"]}, "log_group_names.*brace", id="a stray brace"),
        pytest.param({"pass_role_to": ["alice"]}, "'alice'", id="an operator's name in place of the ARN"),
        pytest.param({"pass_role_to": ["arn:aws:iam::123456789012:policy/x"]}, "policy/x", id="a policy as operator"),
        pytest.param(
            {"pass_role_to": ["arn:aws:sts::123456789012:assumed-role/x/y"]}, "assumed-role", id="a session as operator"
        ),
        pytest.param(
            {"pass_role_to": ["arn:aws:iam::210987654321:user/alice"]},
            "of account 210987654321",
            id="an operator of another account",
        ),
        pytest.param({"tags": {"aws:x": "y"}}, "aws:", id="a tag that belongs to AWS"),
    ],
)
def test_what_iam_would_refuse_is_refused_before_any_call(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        wish(**options)


@pytest.mark.parametrize("length", [1, 64])
def test_a_roles_name_may_have_this_length(length: int) -> None:
    assert wish(role_name="+" * length).role_name == "+" * length


@pytest.mark.parametrize("path", ["/", "/a/", "/a/b.c,d+e@f=g_h-i/"])
def test_paths_that_iam_takes(path: str) -> None:
    assert wish(path=path).path == path


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws-us-gov:iam::123456789012:policy/a/b"]
)
def test_boundaries_that_iam_takes(arn: str) -> None:
    assert wish(permissions_boundary=arn).permissions_boundary == arn


@pytest.mark.parametrize(
    ("names", "patterns"),
    [
        pytest.param(["/a", "/b"], ("/a", "/b"), id="names"),
        pytest.param(["/a", "/a"], ("/a",), id="each once"),
        pytest.param(["/aws/*/x-?"], ("/aws/*/x-?",), id="wildcards"),
        pytest.param(
            ["/aws/shop/vpc/{resource_name}/flowlogs", "/aws/shop/vpc/{vpc_name}/flowlogs"],
            ("/aws/shop/vpc/*/flowlogs",),
            id="placeholders become wildcards",
        ),
        pytest.param(["/aws/*/vpc/{resource_name}/flowlogs"], ("/aws/*/vpc/*/flowlogs",), id="both in one name"),
    ],
)
def test_log_groups_of_the_policy(names: list[str], patterns: tuple[str, ...]) -> None:
    assert wish(log_group_names=names).publishing.names == patterns


@pytest.mark.parametrize(
    ("arn", "key"),
    [
        pytest.param("arn:aws:iam::123456789012:user/alice", "user/alice", id="a user"),
        pytest.param("arn:aws:iam::123456789012:group/eu/ops/operators", "group/operators", id="a group with a path"),
        pytest.param("arn:aws-cn:iam::123456789012:role/deployer", "role/deployer", id="a role in China"),
    ],
)
def test_operators_are_known_by_kind_and_name(arn: str, key: str) -> None:
    [principal] = wish(pass_role_to=[arn]).pass_role_to

    assert (principal.arn, principal.key) == (arn, key)


def test_the_role_s_policy_must_not_bear_the_name_of_the_operators_policy() -> None:
    # Both would be one policy, and each run would overwrite one document with the other.
    with pytest.raises(InvalidInput, match="PassRole-writer"):
        wish(role_name="writer", policy_name="PassRole-Writer", pass_role_to=["arn:aws:iam::123456789012:user/alice"])


def test_a_document_that_fits_is_taken_and_one_that_does_not_is_refused_with_what_would_do() -> None:
    def names(count: int) -> list[str]:
        return [f"/aws/project-{number:03}/vpc/*/flowlogs" for number in range(count)]

    require_fitting(publishing_document(ACCOUNT, names(50), False), "p")

    with pytest.raises(InvalidInput) as refused:
        require_fitting(publishing_document(ACCOUNT, names(82), False), "p")
    told = str(refused.value)
    assert re.search(r"policy p would have \d+ characters with its 82 log groups, and IAM takes 6144", told)
    assert "log_group_names" in told and "flow_logs_policy_log_group_names" in told
    assert "['/aws/*/vpc/*/flowlogs']" in told


def test_the_account_is_filled_into_the_patterns() -> None:
    assert wish(log_group_names=["/{account_id}/{region}/x"]).publishing.names == ("/123456789012/*/x",)


@pytest.mark.parametrize("name", ["*", "/*", "**", "?hop", "{resource_name}", "/{vpc_name}/flowlogs"])
def test_a_pattern_that_begins_with_a_wildcard_is_warned_about(name: str) -> None:
    asked = wish(log_group_names=["/aws/shop/*", name])
    told = wide_open(asked)
    assert told.startswith("log_group_names has ")
    assert "fixed beginning" in told
    assert "/aws/shop/*," not in told


@pytest.mark.parametrize("names", [None, ["*"], ["/aws/shop/*"], ["flowlogs"], ["{account_id}/*"]])
def test_other_patterns_are_not(names: list[str] | None) -> None:
    assert wide_open(wish(log_group_names=names)) == ""
