# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import RETENTION_DAYS
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import LogGroup
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import from_aws
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import plan_groups
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import require_key_arn
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import to_result
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import wish_from_options
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client

NAME = "/aws/shop/vpc/flowlogs"
ARN = f"arn:aws:logs:eu-west-1:123456789012:log-group:{NAME}"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234abcd", "ffffffff")


def wish(**options: Any) -> Wish:
    return Wish(names={NAME: ()}, **options)


def plan(a_wish: Wish, group: LogGroup | None) -> Plan:
    return plan_groups(a_wish, {} if group is None else {NAME: group}, {NAME: ARN}, COMPARISON)


def calls(a_plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(step.kind, dict(step.arguments)) for step in a_plan.steps]


def test_the_retention_periods_are_those_of_botocores_documentation() -> None:
    shape = real_client("logs").meta.service_model.operation_model("PutRetentionPolicy").input_shape
    sentence = re.search(r"Possible values are: ([\d, and]+)\.", shape.members["retentionInDays"].documentation)

    assert tuple(map(int, re.findall(r"\d+", sentence[1]))) == RETENTION_DAYS


@pytest.mark.parametrize(
    ("a_wish", "expected"),
    [
        pytest.param(wish(), [("create_log_group", {"logGroupName": NAME})], id="nothing asked for sends nothing"),
        pytest.param(
            wish(retention_in_days="1096"),
            [
                ("create_log_group", {"logGroupName": NAME}),
                ("put_retention_policy", {"logGroupName": NAME, "retentionInDays": 1096}),
            ],
            id="the retention is a call of its own, 1096 days too",
        ),
        pytest.param(
            wish(retention_in_days="never"),
            [("create_log_group", {"logGroupName": NAME})],
            id="never is what AWS gives",
        ),
        pytest.param(
            wish(
                kms_key_id=KEY,
                log_group_class="INFREQUENT_ACCESS",
                deletion_protection=True,
                tags=TagWish({"owner": "network"}),
            ),
            [
                (
                    "create_log_group",
                    {
                        "logGroupName": NAME,
                        "kmsKeyId": KEY,
                        "tags": {"owner": "network"},
                        "logGroupClass": "INFREQUENT_ACCESS",
                        "deletionProtectionEnabled": True,
                    },
                )
            ],
            id="everything else goes with the creation",
        ),
        pytest.param(
            wish(kms_key_id="", deletion_protection=False, tags=TagWish({})),
            [("create_log_group", {"logGroupName": NAME})],
            id="no key, no protection and no tags are not sent, as AWS refuses them empty",
        ),
    ],
)
def test_a_new_group(a_wish: Wish, expected: list[tuple[str, dict[str, Any]]]) -> None:
    a_plan = plan(a_wish, None)

    assert calls(a_plan) == expected
    assert a_plan.before == {"log_groups": []}
    assert [entry["action"] for entry in a_plan.after["log_groups"]] == ["created"]


@pytest.mark.parametrize(
    ("a_wish", "group", "expected"),
    [
        pytest.param(
            wish(retention_in_days="1096"),
            LogGroup(NAME, retention_in_days=90),
            [("put_retention_policy", {"logGroupName": NAME, "retentionInDays": 1096})],
            id="another retention is set, and the group never deleted",
        ),
        pytest.param(
            wish(retention_in_days="90"),
            LogGroup(NAME),
            [("put_retention_policy", {"logGroupName": NAME, "retentionInDays": 90})],
            id="a retention where there is none",
        ),
        pytest.param(
            wish(retention_in_days="never"),
            LogGroup(NAME, retention_in_days=90),
            [("delete_retention_policy", {"logGroupName": NAME})],
            id="never removes the retention",
        ),
        pytest.param(
            wish(kms_key_id=KEY),
            LogGroup(NAME),
            [("associate_kms_key", {"logGroupName": NAME, "kmsKeyId": KEY})],
            id="a key where there is none",
        ),
        pytest.param(
            wish(kms_key_id=KEY),
            LogGroup(NAME, kms_key_id=OTHER_KEY),
            [("associate_kms_key", {"logGroupName": NAME, "kmsKeyId": KEY})],
            id="another key",
        ),
        pytest.param(
            wish(kms_key_id=""),
            LogGroup(NAME, kms_key_id=KEY),
            [("disassociate_kms_key", {"logGroupName": NAME})],
            id="an empty key removes the key",
        ),
        pytest.param(
            wish(deletion_protection=True),
            LogGroup(NAME),
            [
                (
                    "put_log_group_deletion_protection",
                    {"logGroupIdentifier": NAME, "deletionProtectionEnabled": True},
                )
            ],
            id="protection is switched on",
        ),
        pytest.param(
            wish(deletion_protection=False),
            LogGroup(NAME, deletion_protection=True),
            [
                (
                    "put_log_group_deletion_protection",
                    {"logGroupIdentifier": NAME, "deletionProtectionEnabled": False},
                )
            ],
            id="protection is switched off",
        ),
        pytest.param(
            wish(tags=TagWish({"owner": "me"})),
            LogGroup(NAME, tags={"owner": "network", "old": "1", "aws:x": "y"}),
            [
                ("untag_resource", {"resourceArn": ARN, "tagKeys": ["old"]}),
                ("tag_resource", {"resourceArn": ARN, "tags": {"owner": "me"}}),
            ],
            id="tags are purged and set, by the ARN without ':*'",
        ),
        pytest.param(
            wish(tags=TagWish({"owner": "me"}, purge=False)),
            LogGroup(NAME, tags={"old": "1"}),
            [("tag_resource", {"resourceArn": ARN, "tags": {"owner": "me"}})],
            id="without purging, other tags stay",
        ),
    ],
)
def test_a_group_that_exists_is_corrected(
    a_wish: Wish, group: LogGroup, expected: list[tuple[str, dict[str, Any]]]
) -> None:
    a_plan = plan(a_wish, group)

    assert calls(a_plan) == expected
    assert [entry["action"] for entry in a_plan.after["log_groups"]] == ["updated"]


@pytest.mark.parametrize(
    ("a_wish", "group"),
    [
        pytest.param(
            wish(),
            LogGroup(NAME, 90, KEY, "INFREQUENT_ACCESS", True, {"a": "b"}),
            id="options that are left out leave everything alone",
        ),
        pytest.param(wish(retention_in_days="90"), LogGroup(NAME, 90), id="the same retention"),
        pytest.param(wish(retention_in_days="never"), LogGroup(NAME), id="no retention already"),
        pytest.param(wish(kms_key_id=KEY), LogGroup(NAME, kms_key_id=KEY), id="the same key"),
        pytest.param(wish(kms_key_id=""), LogGroup(NAME), id="no key already"),
        pytest.param(wish(log_group_class="STANDARD"), LogGroup(NAME), id="the same class"),
        pytest.param(wish(deletion_protection=False), LogGroup(NAME), id="no protection already"),
        pytest.param(wish(tags=TagWish({"a": "b"})), LogGroup(NAME, tags={"a": "b", "aws:x": "y"}), id="the same tags"),
        pytest.param(wish(tags=TagWish({}, purge=False)), LogGroup(NAME, tags={"a": "b"}), id="no tags, no purging"),
    ],
)
def test_a_group_that_is_right_stays_as_it_is(a_wish: Wish, group: LogGroup) -> None:
    a_plan = plan(a_wish, group)

    assert a_plan.steps == ()
    assert a_plan.before == a_plan.after
    assert [entry["action"] for entry in a_plan.after["log_groups"]] == ["unchanged"]


@pytest.mark.parametrize(
    ("a_wish", "group", "sentence"),
    [
        pytest.param(
            wish(deletion_protection=True), LogGroup(NAME), f"protect {NAME} from deletion", id="protection on"
        ),
        pytest.param(
            wish(deletion_protection=False),
            LogGroup(NAME, deletion_protection=True),
            f"stop protecting {NAME} from deletion",
            id="protection off",
        ),
        pytest.param(
            wish(retention_in_days="90"),
            LogGroup(NAME),
            f"let log group {NAME} keep its events 90 days (now for ever)",
            id="a retention",
        ),
        pytest.param(
            wish(retention_in_days="90"),
            LogGroup(NAME, retention_in_days=30),
            f"let log group {NAME} keep its events 90 days (now 30)",
            id="another retention",
        ),
        pytest.param(
            wish(retention_in_days="never"),
            LogGroup(NAME, retention_in_days=30),
            f"let log group {NAME} keep its events for ever (now 30 days)",
            id="no retention",
        ),
    ],
)
def test_the_sentence_says_what_becomes_of_what(a_wish: Wish, group: LogGroup, sentence: str) -> None:
    assert [step.sentence for step in plan(a_wish, group).steps] == [sentence]


def test_a_retention_that_the_accounts_policy_decides_is_left_alone_with_a_warning() -> None:
    a_plan = plan(wish(retention_in_days="90"), LogGroup(NAME, 365, retention_policy_name="keep-a-year"))

    assert a_plan.steps == ()
    [warning] = a_plan.warnings
    assert "keep-a-year" in warning
    assert NAME in warning
    assert a_plan.after["log_groups"][0]["retention_policy_name"] == "keep-a-year"
    assert a_plan.after["log_groups"][0]["retention_in_days"] == 365


def test_the_accounts_policy_is_no_matter_when_no_retention_is_asked_for() -> None:
    assert plan(wish(), LogGroup(NAME, 365, retention_policy_name="keep-a-year")).warnings == ()


def test_another_class_is_refused_before_anything_is_planned_and_all_groups_are_named() -> None:
    a_wish = Wish(names={"/a": (), "/b": (), "/c": ()}, log_group_class="STANDARD")
    current = {name: LogGroup(name, log_group_class="INFREQUENT_ACCESS") for name in ("/a", "/b")}

    with pytest.raises(InvalidInput, match=r"/a \(INFREQUENT_ACCESS\), /b \(INFREQUENT_ACCESS\)"):
        plan_groups(a_wish, current, dict.fromkeys(a_wish.names, ARN), COMPARISON)


@pytest.mark.parametrize("key", ["alias/flow-logs", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:s3:::bucket"])
def test_a_key_that_is_no_arn_of_a_key_is_refused(key: str) -> None:
    options = {"kms_key_id": key, "retention_in_days": None, "log_group_class": None, "deletion_protection": None}

    with pytest.raises(InvalidInput, match=re.escape(repr(key))):
        wish_from_options(options, {}, TagWish())


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        pytest.param("arn:aws:kms:eu-west-1:123456789012:alias/mine", "describe-key", id="an alias"),
        pytest.param("arn:aws:kms:us-east-1:123456789012:key/1234abcd", "a key of us-east-1", id="another region"),
        pytest.param("arn:aws-cn:kms:eu-west-1:123456789012:key/1234abcd", "partition aws-cn", id="another partition"),
        pytest.param(f"{KEY}\n", "no ARN", id="a line break"),
        pytest.param(f"{KEY}{'x' * 256}", "no ARN", id="a long one"),
    ],
)
def test_a_key_that_the_log_groups_cannot_use_is_refused(key: str, complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        require_key_arn(key, "eu-west-1", "aws")


@pytest.mark.parametrize("key", [KEY, "arn:aws:kms:eu-west-1:210987654321:key/mrk-1234abcd12ab34cd56ef1234567890ab"])
def test_keys_of_other_accounts_and_of_several_regions_are_taken(key: str) -> None:
    require_key_arn(key, "eu-west-1", "aws")


def test_the_options_become_the_wish() -> None:
    options = {
        "kms_key_id": KEY,
        "retention_in_days": "never",
        "log_group_class": "STANDARD",
        "deletion_protection": False,
    }

    assert wish_from_options(options, {NAME: ("vpc-1",)}, TagWish({"a": "b"})) == Wish(
        {NAME: ("vpc-1",)}, "never", KEY, "STANDARD", False, TagWish({"a": "b"})
    )


def test_what_aws_says_becomes_the_result() -> None:
    group = from_aws(
        {
            "logGroupName": NAME,
            "arn": f"{ARN}:*",
            "logGroupArn": ARN,
            "creationTime": 1767225600000,
            "storedBytes": 0,
            "retentionInDays": 90,
            "kmsKeyId": KEY,
            "logGroupClass": "STANDARD",
            "deletionProtectionEnabled": True,
        },
        {"a": "b"},
    )

    assert to_result(group, "unchanged", ("vpc-1",)) == {
        "log_group_name": NAME,
        "action": "unchanged",
        "retention_in_days": 90,
        "kms_key_id": KEY,
        "log_group_class": "STANDARD",
        "deletion_protection_enabled": True,
        "resource_ids": ["vpc-1"],
        "arn": f"{ARN}:*",
        "log_group_arn": ARN,
        "creation_time": 1767225600000,
        "stored_bytes": 0,
        "tags": {"a": "b"},
    }


def test_an_older_answer_gets_the_defaults_and_tags_that_were_not_read_are_not_shown() -> None:
    result = to_result(from_aws({"logGroupName": NAME, "arn": f"{ARN}:*"}), "unchanged", ())

    assert result["log_group_arn"] == ARN
    assert result["log_group_class"] == "STANDARD"
    assert result["retention_in_days"] is None
    assert "tags" not in result


# Whatever is wished for, doing it once is enough.


def apply(a_plan: Plan, groups: dict[str, LogGroup]) -> dict[str, LogGroup]:
    """What CloudWatch Logs makes of the calls."""
    groups = dict(groups)
    for step in a_plan.steps:
        if step.kind == "create_log_group":
            assert step.subject not in groups
            groups[step.subject] = created(step.arguments)
        else:
            groups[step.subject] = changed(groups[step.subject], step.kind, step.arguments)
    return groups


def created(request: Mapping[str, Any]) -> LogGroup:
    return LogGroup(
        request["logGroupName"],
        kms_key_id=request.get("kmsKeyId"),
        log_group_class=request.get("logGroupClass", "STANDARD"),
        deletion_protection=request.get("deletionProtectionEnabled", False),
        tags=dict(request.get("tags", {})),
        facts={"log_group_arn": ARN},
    )


def changed(group: LogGroup, kind: str, request: Mapping[str, Any]) -> LogGroup:
    tags = {key: value for key, value in (group.tags or {}).items() if key not in request.get("tagKeys", ())}
    return {
        "put_retention_policy": lambda: replace(group, retention_in_days=request["retentionInDays"]),
        "delete_retention_policy": lambda: replace(group, retention_in_days=None),
        "associate_kms_key": lambda: replace(group, kms_key_id=request["kmsKeyId"]),
        "disassociate_kms_key": lambda: replace(group, kms_key_id=None),
        "put_log_group_deletion_protection": lambda: replace(
            group, deletion_protection=request["deletionProtectionEnabled"]
        ),
        "tag_resource": lambda: replace(group, tags={**tags, **request["tags"]}),
        "untag_resource": lambda: replace(group, tags=tags),
    }[kind]()


tags = st.dictionaries(st.sampled_from(["owner", "project", "env"]), st.sampled_from(["a", "b"]))
wishes = st.builds(
    Wish,
    names=st.just({NAME: ("vpc-1",)}),
    retention_in_days=st.sampled_from([None, "never", "1", "1096"]),
    kms_key_id=st.sampled_from([None, "", KEY, OTHER_KEY]),
    deletion_protection=st.sampled_from([None, True, False]),
    tags=st.builds(TagWish, st.none() | tags, st.booleans()),
)
groups = st.none() | st.builds(
    LogGroup,
    st.just(NAME),
    retention_in_days=st.sampled_from([None, 1, 90]),
    kms_key_id=st.sampled_from([None, KEY]),
    deletion_protection=st.booleans(),
    tags=tags,
    retention_policy_name=st.sampled_from([None, "keep-a-year"]),
    facts=st.just({"log_group_arn": ARN}),
)


@given(a_wish=wishes, group=groups)
def test_the_second_run_has_nothing_to_do_and_finds_what_the_first_one_foretold(
    a_wish: Wish, group: LogGroup | None
) -> None:
    current = {} if group is None else {NAME: group}
    first = plan_groups(a_wish, current, {NAME: ARN}, COMPARISON)
    second = plan_groups(a_wish, apply(first, current), {NAME: ARN}, COMPARISON)

    def without_action(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in entry.items() if key != "action"} for entry in entries]

    assert second.steps == ()
    assert without_action(second.after["log_groups"]) == without_action(first.after["log_groups"])
