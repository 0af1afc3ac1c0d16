# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import restrictions
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import trust_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.trust import wanted_trust

NUMBER = "123456789012"
ACCOUNT = Account(NUMBER, "aws")
SERVICE = "vpc-flow-logs.amazonaws.com"
OURS: dict[str, Any] = restrictions(ACCOUNT)
IN_IRELAND = f"arn:aws:ec2:eu-west-1:{NUMBER}:vpc-flow-log/*"
OF_THE_ORGANISATION = {"StringEquals": {"aws:SourceOrgID": "o-1234567890"}}
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def trust(condition: dict[str, Any] | None = None, *more: dict[str, Any], **statement: Any) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole", **statement}
    return {"Version": "2012-10-17", "Statement": [{**made, "Condition": condition} if condition else made, *more]}


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(trust(), id="open"),
        pytest.param(trust(OURS), id="restricted"),
        pytest.param(trust({"StringEquals": {"aws:SourceAccount": NUMBER}}), id="a condition set by hand"),
        pytest.param(trust(None, EC2), id="others beside the service"),
        pytest.param(trust(Principal={"Service": [SERVICE, "ec2.amazonaws.com"]}), id="others in one statement"),
    ],
)
def test_nothing_is_said_so_a_trust_that_works_is_left_alone(there: dict[str, Any]) -> None:
    wanted = wanted_trust(ACCOUNT, "r", there, None)

    assert (wanted.document, wanted.sentence, wanted.warnings) == (there, "", ())


@pytest.mark.parametrize("restrict", [None, False, True])
def test_a_trust_without_the_service_is_corrected_and_says_who_loses_the_role(restrict: bool | None) -> None:
    refusal = {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "sts:AssumeRole"}

    wanted = wanted_trust(ACCOUNT, "r", {"Version": "2012-10-17", "Statement": [EC2, refusal]}, restrict)

    assert wanted.document["Statement"] == [*trust_document(ACCOUNT, bool(restrict))["Statement"], refusal]
    assert "no longer Service:ec2.amazonaws.com" in wanted.sentence


def test_a_refusal_on_a_condition_stays_where_a_trust_is_corrected() -> None:
    refusal = {
        "Effect": "Deny",
        "Principal": {"Service": SERVICE},
        "Action": "sts:AssumeRole",
        "Condition": {"StringNotEquals": {"aws:SourceAccount": NUMBER}},
    }

    wanted = wanted_trust(ACCOUNT, "r", {"Version": "2012-10-17", "Statement": [EC2, refusal]}, None)

    assert wanted.document["Statement"] == [*trust_document(ACCOUNT, False)["Statement"], refusal]


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        pytest.param(None, OURS, id="none"),
        pytest.param(OURS, OURS, id="ours"),
        pytest.param(
            {"StringEquals": {"AWS:SOURCEACCOUNT": NUMBER}},
            {"StringEquals": {"AWS:SOURCEACCOUNT": NUMBER}, "ArnLike": OURS["ArnLike"]},
            id="one of them, spelled otherwise",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": [IN_IRELAND]}},
            {"ArnLike": {"aws:SourceArn": [IN_IRELAND]}, "StringEquals": OURS["StringEquals"]},
            id="a stricter one stays",
        ),
        pytest.param(
            {"StringEquals": {"aws:SourceAccount": [NUMBER, "210987654321"]}},
            {"StringEquals": {"aws:SourceAccount": [NUMBER]}, "ArnLike": OURS["ArnLike"]},
            id="a wider one is narrowed",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:*:vpc-flow-log/*"}}, OURS, id="any account becomes its own"
        ),
        pytest.param(
            OF_THE_ORGANISATION,
            {"StringEquals": {"aws:SourceOrgID": "o-1234567890", **OURS["StringEquals"]}, "ArnLike": OURS["ArnLike"]},
            id="those of others stay",
        ),
    ],
)
def test_restricting_adds_our_conditions_and_keeps_what_is_stricter(there: Any, expected: dict[str, Any]) -> None:
    wanted = wanted_trust(ACCOUNT, "r", trust(there, EC2), True)

    assert wanted.document == trust(expected, EC2)
    assert bool(wanted.sentence) is (there != expected)
    assert wanted_trust(ACCOUNT, "r", wanted.document, True).sentence == ""


def test_restricting_binds_the_service_alone_where_a_statement_names_others_too() -> None:
    there = trust(Principal={"Service": ["ec2.amazonaws.com", SERVICE]}, Sid="Both")

    statements = wanted_trust(ACCOUNT, "r", there, True).document["Statement"]

    assert statements == [
        {**EC2, "Sid": "Both", "Principal": {"Service": ["ec2.amazonaws.com"]}},
        *trust(OURS)["Statement"],
    ]


@pytest.mark.parametrize(
    ("there", "left", "warnings"),
    [
        pytest.param(None, None, [], id="open already"),
        pytest.param(OURS, None, ["flow_logs_least_privilege: false"], id="ours go"),
        pytest.param(
            {"StringEquals": {"aws:SourceAccount": NUMBER}},
            {"StringEquals": {"aws:SourceAccount": NUMBER}},
            ["keeps conditions that others set"],
            id="one alone is somebody else's",
        ),
        pytest.param(
            {**OURS, "StringLike": {"aws:SourceOrgID": "o-*"}},
            {"StringLike": {"aws:SourceOrgID": "o-*"}},
            ["own account only", "aws:SourceOrgID"],
            id="ours go and those of others stay",
        ),
    ],
)
def test_opening_removes_our_conditions_and_no_other_and_says_so(there: Any, left: Any, warnings: list[str]) -> None:
    wanted = wanted_trust(ACCOUNT, "r", trust(there, EC2), False)

    assert wanted.document == trust(left, EC2)
    assert len(wanted.warnings) == len(warnings)
    assert all(words in warning for words, warning in zip(warnings, wanted.warnings, strict=True))
