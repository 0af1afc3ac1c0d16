# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import COMPARISON
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import Destination
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import Change
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import Wish
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.plan import plan_flow_logs
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import creatable_tags
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import create_request
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target

VPC = Target("vpc-00000001", "vpc")
SUBNET = Target("subnet-00000001", "subnet")
GROUP = log_group("/aws/shop/vpc/web/flowlogs")
ROLE = "arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs"
NO_TAGS = TagWish()
LOG = FlowLog(
    VPC.resource_id, GROUP, "ACCEPT", 60, "${version}", ROLE, {"owner": "me"}, "fl-1", {"CreationTime": "2026-01-01"}
)


def wish(*, tags: TagWish = NO_TAGS, lookup: str = "destination", allow_replace: bool = True, **settings: Any) -> Wish:
    return Wish(settings, tags, lookup, allow_replace)


def plan(a_wish: Wish, *current: FlowLog, destinations: dict[Target, Destination] | None = None) -> Plan:
    return plan_flow_logs(a_wish, destinations or {VPC: GROUP}, current, COMPARISON)


def change_of(a_plan: Plan) -> Change:
    [step] = a_plan.steps
    return step.arguments["change"]


def kinds(a_plan: Plan) -> list[str]:
    return [step.kind for step in a_plan.steps]


def refusal_of(a_plan: Plan) -> Failure:
    assert a_plan.steps == ()
    [failure] = a_plan.refusals
    return failure


# Creating.


def test_a_resource_without_a_flow_log_gets_one_with_awss_defaults() -> None:
    a_plan = plan(wish(role_arn=ROLE))

    assert kinds(a_plan) == ["create"]
    assert change_of(a_plan).wanted == FlowLog(VPC.resource_id, GROUP, role_arn=ROLE)
    assert a_plan.before == {"flow_logs": []}
    [entry] = a_plan.after["flow_logs"]
    assert (entry["action"], entry["traffic_type"], entry["max_aggregation_interval"]) == ("created", "ALL", 600)
    assert "flow_log_id" not in entry


def test_a_new_flow_log_gets_the_wished_settings_and_tags() -> None:
    settings = {"traffic_type": "REJECT", "max_aggregation_interval": 60, "log_format": "${action}", "role_arn": ROLE}

    wanted = change_of(plan(wish(tags=TagWish({"a": "b"}), **settings))).wanted

    assert wanted.settings() == settings
    assert wanted.tags == {"a": "b"}


def test_a_new_flow_log_needs_a_role_and_the_others_go_on_without_it() -> None:
    a_plan = plan_flow_logs(wish(), {VPC: GROUP, SUBNET: GROUP}, [LOG], COMPARISON)

    failure = refusal_of(a_plan)
    assert (failure.resource_id, failure.code) == (SUBNET.resource_id, "RoleArnRequired")
    assert [entry["resource_id"] for entry in a_plan.after["flow_logs"]] == [VPC.resource_id]


# Leaving alone.


@pytest.mark.parametrize(
    "a_wish",
    [
        pytest.param(wish(), id="nothing is asked for"),
        pytest.param(wish(role_arn=ROLE), id="only the role is given"),
        pytest.param(wish(**LOG.settings()), id="all settings are the same"),
        pytest.param(wish(tags=TagWish({"owner": "me"})), id="the tags are the same"),
        pytest.param(wish(tags=TagWish({}, purge=False)), id="no tags are asked for and none are purged"),
        pytest.param(wish(allow_replace=False, **LOG.settings()), id="nothing differs and nothing may be replaced"),
    ],
)
def test_a_flow_log_stays_as_it_is_when(a_wish: Wish) -> None:
    a_plan = plan(a_wish, LOG)

    assert a_plan.steps == ()
    assert a_plan.before == a_plan.after
    assert [entry["action"] for entry in a_plan.after["flow_logs"]] == ["unchanged"]


OTHERS = [
    pytest.param(replace(LOG, destination=log_group("/other")), id="to another log group"),
    pytest.param(replace(LOG, destination=Destination("s3", GROUP.name)), id="to a bucket"),
    pytest.param(replace(LOG, resource_id="vpc-00000002"), id="of another resource"),
]


@pytest.mark.parametrize("other", OTHERS)
def test_somebody_elses_flow_log_is_neither_touched_nor_shown(other: FlowLog) -> None:
    a_plan = plan(wish(role_arn=ROLE, traffic_type="ALL"), other)

    assert kinds(a_plan) == ["create"]
    assert change_of(a_plan).surplus == ()
    assert a_plan.before == {"flow_logs": []}


def test_each_target_has_a_log_group_of_its_own() -> None:
    logs = [LOG, replace(LOG, resource_id=SUBNET.resource_id, destination=log_group("/b"), flow_log_id="fl-2")]

    a_plan = plan_flow_logs(wish(), {VPC: GROUP, SUBNET: log_group("/b")}, logs, COMPARISON)

    assert a_plan.steps == ()
    assert [entry["flow_log_id"] for entry in a_plan.after["flow_logs"]] == ["fl-1", "fl-2"]


# Replacing.

DIFFERENCES = [
    pytest.param("traffic_type", "ALL", id="traffic type"),
    pytest.param("max_aggregation_interval", 600, id="interval"),
    pytest.param("log_format", "${version} ${action}", id="format"),
    pytest.param("role_arn", ROLE + "-2", id="role"),
]


@pytest.mark.parametrize(("name", "value"), DIFFERENCES)
def test_another_setting_is_a_replacement_that_carries_everything_else_over(name: str, value: Any) -> None:
    carried = {
        "DestinationOptions": {"FileFormat": "parquet"},
        "DeliverCrossAccountRole": ROLE,
        "TagFieldSpecifications": [{"ResourceType": "instance", "TagKeys": ["Name"]}],
    }
    told = {"DeliverLogsStatus": "FAILED", "LogDestination": "arn:aws:logs:eu-west-1:123456789012:log-group:/x"}
    shown = {"destination_options": {"file_format": "parquet"}}
    current = replace(LOG, facts={**LOG.facts, **told, **carried}, carried=shown)

    a_plan = plan(wish(**{name: value}), current)

    assert kinds(a_plan) == ["replace"]
    change = change_of(a_plan)
    assert change.wanted.settings() == {**LOG.settings(), name: value}
    assert change.wanted.tags == LOG.tags
    assert change.wanted.facts == carried
    assert change.wanted.flow_log_id == ""
    assert change.surplus == (current,)
    [entry] = a_plan.after["flow_logs"]
    assert (entry["action"], entry["replaced_flow_log_ids"]) == ("replaced", ["fl-1"])
    assert "flow_log_id" not in entry
    # The new one goes to the same log group by its name.
    assert "log_destination" not in entry
    assert entry["destination_options"] == shown["destination_options"]


def test_the_sentence_of_a_replacement_says_what_changes_from_what_to_what() -> None:
    [step] = plan(wish(traffic_type="ALL", max_aggregation_interval=600), LOG).steps

    assert "fl-1" in step.sentence
    assert "traffic_type from ACCEPT to ALL, max_aggregation_interval from 60 to 600" in step.sentence


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(TagWish(), {"owner": "me"}, id="the old ones, when none are asked for"),
        pytest.param(TagWish({"a": "b"}), {"a": "b"}, id="the wished ones alone, when purging"),
        pytest.param(TagWish({"a": "b"}, purge=False), {"owner": "me", "a": "b"}, id="both, when not purging"),
    ],
)
def test_the_tags_of_a_replacement_are(tags: TagWish, expected: dict[str, str]) -> None:
    assert change_of(plan(wish(tags=tags, traffic_type="ALL"), LOG)).wanted.tags == expected


def test_the_result_of_a_replacement_does_not_promise_tags_that_only_aws_can_set() -> None:
    current = replace(LOG, tags={"owner": "me", "aws:cloudformation:stack-name": "s"})

    [entry] = plan(wish(traffic_type="ALL"), current).after["flow_logs"]

    assert entry["tags"] == {"owner": "me"}


def test_where_nothing_may_be_replaced_the_differing_fields_are_named() -> None:
    settings = {"traffic_type": "ALL", "log_format": "${action}", "role_arn": ROLE}

    a_plan = plan(wish(allow_replace=False, **settings), LOG)

    failure = refusal_of(a_plan)
    assert failure.code == "ReplaceNotAllowed"
    assert "fl-1 of vpc-00000001 differs in traffic_type, log_format" in failure.message
    assert "role_arn" not in failure.message
    assert a_plan.after == a_plan.before


def test_where_nothing_may_be_replaced_tags_still_change() -> None:
    assert kinds(plan(wish(allow_replace=False, tags=TagWish({"a": "b"})), LOG)) == ["retag"]


def test_one_that_may_not_be_replaced_does_not_stop_the_others() -> None:
    a_wish = wish(allow_replace=False, traffic_type="ALL", role_arn=ROLE)

    a_plan = plan_flow_logs(a_wish, {VPC: GROUP, SUBNET: GROUP}, [LOG], COMPARISON)

    assert [(step.kind, step.subject) for step in a_plan.steps] == [("create", SUBNET.resource_id)]
    assert [failure.resource_id for failure in a_plan.refusals] == [VPC.resource_id]


# Retagging.


@pytest.mark.parametrize(
    ("tags", "to_set", "to_unset"),
    [
        pytest.param(TagWish({"owner": "you"}), {"owner": "you"}, (), id="another value"),
        pytest.param(TagWish({"a": "b"}), {"a": "b"}, ("owner",), id="a new one for the old one"),
        pytest.param(TagWish({"a": "b"}, purge=False), {"a": "b"}, (), id="a further one"),
        pytest.param(TagWish({}), {}, ("owner",), id="none any more"),
    ],
)
def test_tags_alone_are_no_replacement(tags: TagWish, to_set: dict[str, str], to_unset: tuple[str, ...]) -> None:
    a_plan = plan(wish(tags=tags), LOG)

    assert kinds(a_plan) == ["retag"]
    change = change_of(a_plan)
    assert (change.tags_to_set, change.tags_to_unset) == (to_set, to_unset)
    assert change.wanted.flow_log_id == "fl-1"
    assert [entry["action"] for entry in a_plan.after["flow_logs"]] == ["retagged"]


# Identity.

REJECT = replace(LOG, traffic_type="REJECT", flow_log_id="fl-2")


def test_by_traffic_type_accept_and_reject_share_a_log_group() -> None:
    a_wish = wish(lookup="traffic_type", traffic_type="REJECT", role_arn=ROLE)

    assert kinds(plan(a_wish, LOG)) == ["create"]
    assert plan(a_wish, LOG, REJECT).steps == ()


def test_by_traffic_type_only_the_one_of_that_type_is_replaced_or_shown() -> None:
    a_plan = plan(wish(lookup="traffic_type", traffic_type="REJECT", max_aggregation_interval=600), LOG, REJECT)

    assert change_of(a_plan).surplus_ids == ("fl-2",)
    assert [entry["flow_log_id"] for entry in a_plan.before["flow_logs"]] == ["fl-2"]


def test_by_destination_the_traffic_type_is_a_setting_like_any_other() -> None:
    assert kinds(plan(wish(traffic_type="REJECT"), LOG)) == ["replace"]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"role_arn": ROLE}, id="only what they have in common"),
    ],
)
def test_which_of_several_is_meant_is_not_guessed_from(settings: dict[str, Any]) -> None:
    failure = refusal_of(plan(wish(**settings), LOG, REJECT))

    assert failure.code == "AmbiguousFlowLogs"
    assert "fl-1 (traffic_type ACCEPT), fl-2 (traffic_type REJECT)" in failure.message
    assert "traffic_type" in failure.hint


# A replacement that was interrupted: the new one is there and so is the old one.

OLD = replace(LOG, flow_log_id="fl-0", facts={"CreationTime": "2025-01-01"})
NEW = replace(LOG, traffic_type="ALL", flow_log_id="fl-9", facts={"CreationTime": "2026-02-02"})


@pytest.mark.parametrize("current", [(OLD, NEW), (NEW, OLD)], ids=["old one first", "new one first"])
def test_an_interrupted_replacement_is_completed(current: tuple[FlowLog, ...]) -> None:
    a_plan = plan(wish(traffic_type="ALL"), *current)

    assert kinds(a_plan) == ["delete_surplus"]
    assert change_of(a_plan).wanted.flow_log_id == "fl-9"
    assert change_of(a_plan).surplus_ids == ("fl-0",)
    [entry] = a_plan.after["flow_logs"]
    assert (entry["action"], entry["flow_log_id"], entry["replaced_flow_log_ids"]) == ("replaced", "fl-9", ["fl-0"])


def test_completing_a_replacement_sets_the_tags_too() -> None:
    assert kinds(plan(wish(traffic_type="ALL", tags=TagWish({"a": "b"})), OLD, NEW)) == ["delete_surplus", "retag"]


def test_of_equal_ones_the_oldest_stays() -> None:
    twin = replace(OLD, flow_log_id="fl-7", facts={"CreationTime": "2026-03-03"})

    assert change_of(plan(wish(), twin, OLD)).surplus_ids == ("fl-7",)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("fl-9", "2026-01-01"), ("fl-2", "2026-01-02"), id="the age comes before the id"),
        pytest.param(("fl-2", "2026-01-01"), ("fl-9", "2026-01-01"), id="of one age, the order does not matter"),
    ],
)
def test_which_of_equal_ones_stays_is_the_same_in_every_run(first: tuple[str, str], second: tuple[str, str]) -> None:
    stays, goes = (
        replace(LOG, flow_log_id=flow_log_id, facts={"CreationTime": when}) for flow_log_id, when in (first, second)
    )
    for current in ([stays, goes], [goes, stays]):
        change = change_of(plan(wish(), *current))
        assert (change.wanted.flow_log_id, change.surplus_ids) == (first[0], (second[0],))


def test_one_that_publishes_to_a_name_with_the_suffix_of_an_arn_is_replaced_by_one_to_the_group() -> None:
    a_plan = plan(wish(traffic_type="ALL"), replace(LOG, to_nowhere=True))

    assert change_of(a_plan).wanted == replace(
        LOG, flow_log_id="", facts={}, traffic_type="ALL", to_nowhere=False
    )
    assert f"log_group_name from {GROUP.name}:* to {GROUP.name}" in a_plan.steps[0].sentence
    assert "traffic_type from ACCEPT to ALL" in a_plan.steps[0].sentence


def test_a_change_of_tags_names_those_that_are_set_and_those_that_go() -> None:
    (step,) = plan(wish(tags=TagWish({"b": "1", "a": "2"})), LOG).steps

    assert step.sentence == "change the tags a, b, owner of fl-1"


def test_replacing_is_allowed_unless_it_is_said_otherwise() -> None:
    assert Wish({}, NO_TAGS).allow_replace


def test_when_none_of_several_fits_all_go_for_one_new() -> None:
    a_plan = plan(wish(traffic_type="REJECT"), OLD, NEW)

    assert kinds(a_plan) == ["replace"]
    assert set(change_of(a_plan).surplus_ids) == {"fl-0", "fl-9"}


def test_where_nothing_may_be_replaced_a_surplus_is_not_deleted_but_named() -> None:
    failure = refusal_of(plan(wish(allow_replace=False, traffic_type="ALL"), OLD, NEW))

    assert (failure.code, "fl-0" in failure.message) == ("ReplaceNotAllowed", True)


# Whatever is wished for, doing it once is enough.


def apply(a_plan: Plan, current: list[FlowLog]) -> list[FlowLog]:
    """What EC2 makes of the steps: flow logs are created from requests and read back."""
    logs = {log.flow_log_id: log for log in current}
    for number, step in enumerate(a_plan.steps):
        change: Change = step.arguments["change"]
        if step.kind in ("create", "replace"):
            entry = {**create_request(change.wanted, change.target), "ResourceId": change.target.resource_id}
            entry["FlowLogId"] = f"fl-new-{number}"
            logs[entry["FlowLogId"]] = from_aws(entry, creatable_tags(change.wanted))
        if step.kind in ("replace", "delete_surplus"):
            for flow_log_id in change.surplus_ids:
                del logs[flow_log_id]
        if step.kind == "retag":
            log = logs[change.wanted.flow_log_id]
            kept = {key: value for key, value in log.tags.items() if key not in change.tags_to_unset}
            logs[log.flow_log_id] = replace(log, tags={**kept, **change.tags_to_set})
    return list(logs.values())


tags = st.dictionaries(st.sampled_from(["owner", "project"]), st.sampled_from(["a", "b"]))
settings = st.fixed_dictionaries(
    {"role_arn": st.sampled_from([ROLE, ROLE + "-2"])},
    optional={
        "traffic_type": st.sampled_from(["ALL", "ACCEPT", "REJECT"]),
        "max_aggregation_interval": st.sampled_from([60, 600]),
        "log_format": st.sampled_from(["${version}", "${action}"]),
    },
)
wishes = st.builds(
    Wish,
    settings,
    st.builds(TagWish, st.none() | tags, st.booleans()),
    st.just("destination"),
    st.booleans(),
) | st.builds(
    Wish,
    settings.map(lambda given: {"traffic_type": "REJECT", **given}),
    st.builds(TagWish, st.none() | tags, st.booleans()),
    st.just("traffic_type"),
    st.booleans(),
)
one_log = st.builds(
    FlowLog,
    st.sampled_from([VPC.resource_id, SUBNET.resource_id]),
    st.sampled_from([GROUP, log_group("/other"), Destination("s3", "arn:aws:s3:::b")]),
    st.sampled_from(["ALL", "ACCEPT", "REJECT"]),
    st.sampled_from([60, 600]),
    st.sampled_from(["${version}", "${action}"]),
    st.sampled_from([ROLE, ROLE + "-2"]),
    tags,
)
some_logs = st.lists(one_log, max_size=4).map(
    lambda logs: [replace(log, flow_log_id=f"fl-{number}") for number, log in enumerate(logs)]
)
DESTINATIONS = {VPC: GROUP, SUBNET: GROUP}


@given(a_wish=wishes, current=some_logs)
def test_the_second_run_has_nothing_to_do_and_finds_what_the_first_one_foretold(
    a_wish: Wish, current: list[FlowLog]
) -> None:
    first = plan_flow_logs(a_wish, DESTINATIONS, current, COMPARISON)
    second = plan_flow_logs(a_wish, DESTINATIONS, apply(first, current), COMPARISON)

    def lasting(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        passing = ("action", "replaced_flow_log_ids", "flow_log_id")
        return [{key: value for key, value in entry.items() if key not in passing} for entry in entries]

    assert second.steps == ()
    assert second.refusals == first.refusals
    assert lasting(second.after["flow_logs"]) == lasting(first.after["flow_logs"])


@given(a_wish=wishes, current=some_logs)
def test_flow_logs_to_other_destinations_survive_whatever_is_wished_for(a_wish: Wish, current: list[FlowLog]) -> None:
    left = apply(plan_flow_logs(a_wish, DESTINATIONS, current, COMPARISON), current)

    assert [log for log in current if log.destination != GROUP and log not in left] == []


@given(a_wish=wishes, current=some_logs)
def test_no_target_ends_without_a_flow_log_unless_it_was_refused(a_wish: Wish, current: list[FlowLog]) -> None:
    a_plan = plan_flow_logs(a_wish, DESTINATIONS, current, COMPARISON)

    covered = {log.resource_id for log in apply(a_plan, current) if log.destination == GROUP}
    refused = {failure.resource_id for failure in a_plan.refusals}

    assert covered | refused >= {target.resource_id for target in DESTINATIONS}
