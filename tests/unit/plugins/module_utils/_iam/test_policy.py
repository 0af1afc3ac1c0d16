# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import ACTIONS
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import OF_STREAMS
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.documents import publishing_document
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import InUse
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import PolicyWish
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import WantedPolicy
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import new_policy
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.policy import wanted_policy
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Unread
from ansible_collections.netops.flow_logs.tests.emulator.policy_language import allows

NUMBER = "123456789012"
ACCOUNT = Account(NUMBER, "aws")
OPEN = publishing_document(ACCOUNT, None, True)
WITH_KEY = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
REFUSAL = {"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:*:*:log-group:/secret:*"}
TIGHTENED = {"names": ("/shop/*",), "create": False}
CLOSED = InUse(unread=(Unread("ap-east-1", "UnauthorizedOperation", "You are not authorized."),))


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def scoped(*names: str, create: bool = False) -> dict[str, Any]:
    return publishing_document(ACCOUNT, names, create)


def wanted(there: dict[str, Any], in_use: InUse | None = None, **wish: Any) -> WantedPolicy:
    return wanted_policy(ACCOUNT, "p", there, PolicyWish(**wish), in_use or InUse(), COMPARISON)


def writes(there: Any, group: str) -> bool:
    """Whether records reach the group, by the emulator's own reading of the policy."""
    stream = f"arn:aws:logs:eu-west-1:{NUMBER}:log-group:{group}:log-stream:eni-1"
    return all(allows([json.dumps(there)], action, stream) for action in OF_STREAMS)


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(OPEN, id="open"),
        pytest.param(scoped("/shop/*"), id="scoped"),
        pytest.param(scoped("/shop/*", create=True), id="scoped, may create"),
        pytest.param(document(allow("logs:*")), id="any action"),
        pytest.param(document(allow(list(ACTIONS), f"arn:aws:logs:*:{NUMBER}:*")), id="all of the account"),
        pytest.param(document(allow(list(ACTIONS), "arn:aws:logs:eu-west-1:*:*")), id="of one region"),
        pytest.param(
            document(allow(list(ACTIONS), "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), REFUSAL),
            id="with a condition and a refusal",
        ),
        pytest.param(document(allow(list(ACTIONS)), WITH_KEY), id="beside another permission"),
    ],
)
def test_nothing_is_said_so_a_policy_that_lets_records_be_written_is_left_alone(there: dict[str, Any]) -> None:
    assert wanted(there) == WantedPolicy(there)
    if writes(there, "/shop/web"):
        assert wanted(there, needed=("/shop/web",)) == WantedPolicy(there)


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(
            document(allow(["logs:PutLogEvents", "logs:CreateLogStream"]), WITH_KEY, REFUSAL), id="two actions"
        ),
        pytest.param(
            document(allow(["logs:PutLogEvents"], f"arn:aws:logs:*:{NUMBER}:log-group:/shop/web:*"), REFUSAL),
            id="one, scoped",
        ),
        pytest.param(
            document(allow(list(ACTIONS), f"arn:aws:logs:*:{NUMBER}:log-group:/shop/web"), REFUSAL),
            id="the ARN lacks its end",
        ),
    ],
)
def test_what_a_policy_lacks_is_added_and_nothing_is_taken_away(there: dict[str, Any]) -> None:
    made = wanted(there).document

    assert not writes(there, "/shop/web") and writes(made, "/shop/web")
    assert all(statement in made["Statement"] for statement in there["Statement"][1:])
    assert wanted(made) == WantedPolicy(made)


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(document(), id="nothing at all"),
        pytest.param(document({"Effect": "Deny", "Action": "logs:*", "Resource": "*"}), id="it refuses all"),
        pytest.param(document(allow("logs:DescribeLogGroups")), id="it only lists"),
    ],
)
def test_a_policy_that_lets_no_record_be_written_becomes_the_documented_one(there: dict[str, Any]) -> None:
    assert wanted(there, needed=("/shop/web",)).document == OPEN


def test_a_needed_name_is_added_to_a_scope_and_never_narrows() -> None:
    added = wanted(scoped("/shop/*"), needed=("/bank/*",))

    assert added.document == scoped("/bank/*", "/shop/*")
    assert added.changes == "lets flow logs publish to /bank/*"
    assert wanted(OPEN, needed=("/bank/*",)).document is OPEN
    assert wanted(OPEN, names=("/bank/*",), purge=False).document is OPEN


def test_a_needed_name_comes_to_a_policy_of_others_once() -> None:
    there = document(allow(list(ACTIONS), f"arn:aws:logs:*:{NUMBER}:log-group:/shop/*:*"), WITH_KEY)

    made = wanted(there, needed=("/bank/*",)).document
    more = wanted(made, needed=("/tv/*",)).document

    assert there["Statement"][0] in made["Statement"] and WITH_KEY in made["Statement"]
    assert writes(more, "/bank/web") and writes(more, "/tv/web") and writes(more, "/shop/web")
    assert len(more["Statement"]) == len(made["Statement"])


@pytest.mark.parametrize("create", [True, False])
def test_whether_log_groups_may_be_created_is_an_option_of_its_own(create: bool) -> None:
    creation = f"arn:aws:logs:eu-west-1:{NUMBER}:log-group:/shop/web"
    for there in (OPEN, scoped("/shop/*"), document(allow("logs:*"), WITH_KEY)):
        made = wanted(there, create=create).document

        assert allows([json.dumps(made)], "logs:CreateLogGroup", creation) is create
        assert writes(made, "/shop/web")
        assert wanted(made, create=create).document is made


def test_names_in_use_and_other_statements_survive_a_new_scope() -> None:
    there = document(*OPEN["Statement"], WITH_KEY, REFUSAL)

    made = wanted(there, InUse(("/bank/web", "/shop/web")), **TIGHTENED)

    assert made.document["Statement"] == [*scoped("/bank/web", "/shop/*")["Statement"], WITH_KEY, REFUSAL]
    assert "no longer lets flow logs publish to all log groups" in made.changes or "no longer to all" in made.changes
    assert "without logs:CreateLogGroup" in made.changes


def test_patterns_of_names_in_use_stay_as_they_are_and_vanished_ones_go() -> None:
    there = scoped("/bank/*", "/gone/*", "/shop/*")

    made = wanted(there, InUse(("/bank/web", "/bank/app", "/shop/web")), **TIGHTENED)

    assert made.document == scoped("/bank/*", "/shop/*")


def test_eighty_removed_projects_leave_the_policy() -> None:
    there = scoped(*(f"/aws/p{number}/vpc/*/flowlogs" for number in range(80)))

    assert wanted(there, **TIGHTENED).document == scoped("/shop/*")


def test_a_wider_name_takes_the_place_of_those_that_it_takes_in() -> None:
    there = scoped(*(f"/aws/p{number}/vpc/*/flowlogs" for number in range(80)))
    in_use = InUse(tuple(f"/aws/p{number}/vpc/web/flowlogs" for number in range(80)))

    assert wanted(there, in_use, names=("/aws/*/vpc/*/flowlogs",), create=False).document == scoped(
        "/aws/*/vpc/*/flowlogs"
    )


def test_a_condition_stays_with_a_new_scope_and_with_an_opened_one() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    there = document(allow(list(ACTIONS), "*", Condition=condition))

    made = wanted(there, **TIGHTENED).document

    assert [statement["Condition"] for statement in made["Statement"]] == [condition, condition]
    opened = wanted(made, names=("*",), create=True).document
    assert [statement["Condition"] for statement in opened["Statement"]] == [condition]


def test_conditions_that_differ_are_not_mixed_up() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    there = document(allow(list(ACTIONS), "*", Condition=condition), allow("logs:Put*"))

    with pytest.raises(InvalidInput, match="different conditions"):
        wanted(there, **TIGHTENED)


def test_an_open_policy_is_not_scoped_while_a_region_can_t_be_read() -> None:
    with pytest.raises(InvalidInput, match=r"ap-east-1 \(UnauthorizedOperation.*Nothing was written"):
        wanted(OPEN, CLOSED, **TIGHTENED)
    kept = wanted(scoped("/bank/*"), CLOSED, **TIGHTENED)
    assert kept.document == scoped("/bank/*", "/shop/*")
    assert "ap-east-1" in kept.warnings[0]


def test_opening_says_what_was_tighter() -> None:
    opened = wanted(scoped("/bank/*", "/shop/*"), names=("*",), create=True)

    assert opened.document == OPEN
    (warning,) = opened.warnings
    assert "was limited to /bank/*, /shop/*, and did not allow logs:CreateLogGroup" in warning
    assert wanted(OPEN, names=("*",), create=True) == WantedPolicy(OPEN)


def test_a_new_policy_is_scoped_by_what_is_asked_for_only() -> None:
    assert new_policy(ACCOUNT, PolicyWish(needed=("/shop/*",)), InUse()) == OPEN
    assert new_policy(ACCOUNT, PolicyWish(**TIGHTENED), InUse(("/bank/web",))) == scoped("/bank/web", "/shop/*")
    assert new_policy(ACCOUNT, PolicyWish(names=("*",)), InUse()) == OPEN


def test_what_is_allowed_by_not_naming_it_can_t_be_scoped() -> None:
    there = document({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})

    with pytest.raises(InvalidInput, match=r"NotAction.*flow_logs_least_privilege"):
        wanted(there, **TIGHTENED)

    assert wanted(there).document == there


def test_a_refusal_to_write_goes_without_what_it_refuses_besides() -> None:
    refusal = {"Effect": "Deny", "Action": ["logs:PutLogEvents", "s3:*"], "Resource": "*"}

    corrected = wanted(document(allow(list(ACTIONS)), refusal))

    assert writes(corrected.document, "/shop/web")
    assert {**refusal, "Action": ["s3:*"]} in corrected.document["Statement"]
    assert corrected.changes == "no longer refuses to write any"
