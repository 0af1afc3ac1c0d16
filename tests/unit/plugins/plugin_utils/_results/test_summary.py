# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import AccountName
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Action
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import IamOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import LeftOverOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import QueriesOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import flow_log_entries
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import diffs
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import failure_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import results
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import summary_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.summary import total_line

FIRST, SECOND, THIRD = "vpc-00000001", "vpc-00000002", "vpc-00000003"
SHOP = "shop in eu-west-1, 3 targets"
DELIVERY: dict[str, Any] = {"label": SHOP, "hosts": {FIRST: FIRST, SECOND: "web", THIRD: THIRD}}
ACCOUNT = AccountName("prod", "123456789012")
UNKNOWN = AccountName("prod")
IAM = {"role": {"arn": "arn:aws:iam::123456789012:role/r"}}


def actions(*sentences: str, subject: str = "") -> tuple[Action, ...]:
    return tuple(Action("kind", subject, sentence) for sentence in sentences)


def log(resource_id: str, action: str, **more: Any) -> dict[str, Any]:
    return {"resource_id": resource_id, "action": action, "log_group_name": "/x", **more}


def failed(resource_id: str, **more: Any) -> dict[str, Any]:
    return {"resource_id": resource_id, "code": "Code", "message": "Words.", "hint": "", **more}


def outcome(
    *logs: dict[str, Any], failures: Any = (), group_failures: Any = (), notes: Any = None, **more: Any
) -> DeliveryOutcome:
    flow_logs = Returned({"flow_logs": list(logs), "failures": list(failures), **(notes or {})})
    groups = Returned({"log_groups": [], "failures": list(group_failures)})
    parts = {"log_groups": groups, "flow_logs": flow_logs, "entries": flow_log_entries(flow_logs)}
    return DeliveryOutcome(ACCOUNT, **{**DELIVERY, **parts, **more})


UNCHANGED = outcome(log(FIRST, "unchanged"), log(SECOND, "unchanged"), log(THIRD, "unchanged"))
MIXED = outcome(
    log(FIRST, "unchanged"),
    log(SECOND, "created", flow_log_id="fl-2"),
    log(THIRD, "unchanged", flow_log_id="fl-3"),
    failures=[failed(THIRD, hint="Do.")],
)


def test_nothing_to_tell_but_counts_when_nothing_changed() -> None:
    assert summary_lines([UNCHANGED]) == ["shop in eu-west-1, 3 targets (123456789012): 3 unchanged"]
    assert failure_lines([UNCHANGED]) == []


def test_a_removal_with_nothing_to_do_says_what_goes_on() -> None:
    left = {"resource_id": SECOND, "flow_log_id": "fl-9", "log_group_name": "/old", "hint": "Do."}
    again = outcome(notes={"remaining": [left]})

    assert summary_lines([again]) == [
        "shop in eu-west-1, 3 targets (123456789012): nothing to remove",
        f"  web ({SECOND}): fl-9 goes on, to /old. Do.",
    ]


def test_what_changed_or_failed_has_a_line_with_host_and_id() -> None:
    assert summary_lines([MIXED]) == [
        "shop in eu-west-1, 3 targets (123456789012): 1 created, 1 unchanged, 1 failed",
        f"  web ({SECOND}): fl-2 was created, to /x",
        f"  {THIRD}: FAILED",
    ]


def test_in_check_mode_a_new_flow_log_has_no_id_yet() -> None:
    [_counts, line] = summary_lines([outcome(log(FIRST, "created"))], "would be")

    assert line == f"  {FIRST}: a flow log would be created, to /x"


def test_what_changed_on_log_groups_that_were_there_has_a_line_for_each_action() -> None:
    entries = [
        {"log_group_name": name, "action": action}
        for name, action in (("/x", "updated"), ("/x/y", "created"), ("/z", "unchanged"))
    ]
    kept = actions("let log group /x keep its events 30 days (now for ever)", subject="/x")
    made = actions("create log group /x/y for /x", subject="/x/y")
    groups = Returned({"log_groups": entries}, (*kept, *made))

    assert summary_lines([replace(UNCHANGED, log_groups=groups)]) == [
        "shop in eu-west-1, 3 targets (123456789012): 3 unchanged",
        "  let log group /x keep its events 30 days (now for ever)",
    ]


def test_what_became_of_iam_has_a_line_for_each_action() -> None:
    iam = IamOutcome(ACCOUNT, iam=Returned(IAM, actions("create policy p", "create role r")))

    assert summary_lines([iam]) == ["123456789012: create policy p", "123456789012: create role r"]
    assert failure_lines([iam]) == []


def test_failures_are_told_with_what_to_do() -> None:
    assert failure_lines([MIXED]) == [
        f"shop in eu-west-1, 3 targets (123456789012): {THIRD}: Code: Words. Do.",
    ]


def test_a_target_that_failed_twice_is_told_once() -> None:
    both = outcome(failures=[failed(FIRST)], group_failures=[failed(FIRST, message="Other words.")])

    assert "1 failed" in summary_lines([both])[0]
    assert failure_lines([both]) == [f"shop in eu-west-1, 3 targets (123456789012): {FIRST}: Code: Other words."]


def test_a_log_group_that_failed_is_told_by_its_name() -> None:
    [line] = failure_lines([outcome(group_failures=[failed("/aws/shop")])])

    assert line.endswith("/aws/shop: Code: Words.")


def test_one_cause_is_told_once_for_all_whom_it_struck() -> None:
    [line] = failure_lines([outcome(failures=[failed(FIRST), failed(SECOND)])])

    assert line.endswith(f": {FIRST}, web ({SECOND}): Code: Words.")


ERRORS = pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param({"msg": "It broke.", "rc": 1}, "It broke.", id="its message"),
        pytest.param({"stderr": "Traceback"}, "Traceback", id="what it wrote to stderr, without a message"),
        pytest.param({"rc": 3}, "{'rc': 3}", id="all of it, without either"),
    ],
)


@ERRORS
def test_a_delivery_that_broke_is_told_by(error: dict[str, Any], words: str) -> None:
    broken = DeliveryOutcome(UNKNOWN, Returned(error), **DELIVERY)

    assert summary_lines([broken]) == ["shop in eu-west-1, 3 targets (prod): FAILED"]
    assert failure_lines([broken]) == [f"shop in eu-west-1, 3 targets (prod): {words}"]


def test_an_account_that_broke_names_the_deliveries_that_were_not_done() -> None:
    broken = IamOutcome(UNKNOWN, Returned({"msg": "No credentials."}), skipped=(SHOP, "bank, 1 target"))

    assert summary_lines([broken]) == [
        "prod: FAILED",
        "  shop in eu-west-1, 3 targets: not done",
        "  bank, 1 target: not done",
    ]
    assert failure_lines([broken]) == ["prod: No credentials."]


def test_outcomes_are_told_in_their_order() -> None:
    broken = IamOutcome(AccountName("test"), Returned({"msg": "No credentials."}))

    assert [line.split(":")[0] for line in summary_lines([UNCHANGED, broken])] == [
        "shop in eu-west-1, 3 targets (123456789012)",
        "test",
    ]


def queries(*actions: str, **more: Any) -> QueriesOutcome:
    """What became of a folder of saved queries."""
    entries = [{"name": f"f/{number}", "action": action} for number, action in enumerate(actions)]
    return QueriesOutcome(ACCOUNT, None, "queries in f", queries=Returned({"queries": entries, **more}))


def test_a_folder_is_told_when_something_changed() -> None:
    assert summary_lines([queries("created", "created", "updated", "unchanged")]) == [
        "queries in f (123456789012): 2 created, 1 updated"
    ]
    assert summary_lines([queries("unchanged")]) == []
    assert failure_lines([queries("created")]) == []


def test_queries_that_failed_are_named_with_what_to_do() -> None:
    told = [queries("created", "failed", failures=[failed("f/1", hint="Do.")])]

    assert summary_lines(told) == ["queries in f (123456789012): 1 created, 1 failed"]
    assert failure_lines(told) == ["queries in f (123456789012): f/1: Code: Words. Do."]


def test_a_folder_that_could_not_be_looked_at_leaves_the_deliveries_done() -> None:
    told = [QueriesOutcome(UNKNOWN, Returned({"msg": "No."}), "queries in f")]

    assert summary_lines(told) == ["queries in f (prod): FAILED"]
    assert failure_lines(told) == ["queries in f (prod): No."]


def test_what_the_accounts_iam_did_counts_once_beside_its_folders() -> None:
    whole = IamOutcome(ACCOUNT, iam=Returned({"changed": True, **IAM}))

    assert [part.get("changed") for part in results([whole, queries("unchanged")])] == [True, None]


# What others wrote.


def left_over(**more: Any) -> LeftOverOutcome:
    names = {"role_name": "r", "policy_name": "p", "profile": None}
    info = {"regions_not_read": [], "roles": [], "orphaned": {"roles": ["r"], "policies": ["p"]}}
    return LeftOverOutcome(ACCOUNT, iam_info=Returned(info), names={**names, **more})


@pytest.mark.parametrize("profile", ["prod", "bob's", "$(id) `id` ; id", "-e"])
def test_the_command_for_what_is_left_is_right_in_a_shell(profile: str) -> None:
    (line,) = summary_lines([left_over(profile=profile)])

    _before, command = line.split(", or: ")
    words = shlex.split(command)
    assert words[:5] == ["ansible", "localhost", "-m", "netops.flow_logs.flow_log_iam", "-a"]
    assert json.loads(words[5]) == {"role_name": "r", "policy_name": "p", "profile": profile, "state": "absent"}


@pytest.mark.parametrize("profile", ["{{ lookup('pipe', 'id') }}", "#jinja2:x", "a\nb", "\x9b"])
def test_there_is_no_command_for_what_is_left_that_would_run_something(profile: str) -> None:
    (line,) = summary_lines([left_over(profile=profile)])

    assert line.endswith("run the same removal once more with -e flow_logs_remove_iam=true.")


def test_each_line_is_one_line_whatever_names_hold() -> None:
    forged = "web\nPLAY RECAP ***\x9b2J\u202e"
    label = f"{forged} in eu-west-1"
    told = outcome(
        log(FIRST, "created", log_group_name=forged),
        failures=[failed(SECOND, message=forged, hint=forged)],
        label=label,
        hosts={FIRST: forged, SECOND: forged},
    )
    broken = IamOutcome(AccountName(forged), Returned({"msg": forged}), skipped=(label,))

    lines = [*summary_lines([told, broken]), *failure_lines([told, broken])]
    assert all(is_printable(line) for line in lines)
    assert not any(line.startswith("PLAY RECAP") for line in lines)
    assert sum("web\\nPLAY RECAP" in line for line in lines) == len(lines)


# IAM that is compared only.


def test_what_differs_in_iam_is_told_and_fails_the_account_alone() -> None:
    sentences = ["create policy p", "attach policy p to role r"]
    differs = {**IAM, "changed": False, "actions": [], "differs": sentences}
    account = IamOutcome(ACCOUNT, iam=Returned(differs, actions(*sentences)))
    told = "IAM differs: create policy p; attach policy p to role r"
    outcomes = [account, UNCHANGED]

    assert summary_lines(outcomes) == [f"123456789012: {told}", *summary_lines([UNCHANGED])]
    assert failure_lines(outcomes) == [
        f"123456789012: {told}. Whoever has the setup policy runs netops.flow_logs.setup."
    ]


def test_setup_that_found_nothing_to_do_says_so() -> None:
    nothing = IamOutcome(ACCOUNT, iam=Returned({**IAM, "actions": []}))

    assert summary_lines([nothing]) == []
    assert summary_lines([replace(nothing, setup=True)]) == ["123456789012: role and policy are as they were asked for"]


def test_operators_who_could_not_be_served_have_a_line_though_all_deliveries_are_done() -> None:
    alice = "arn:aws:iam::123456789012:user/alice"
    shared = IamOutcome(ACCOUNT, iam=Returned({**IAM, "actions": [], "failures": [failed(alice, hint="Do.")]}))

    assert failure_lines([shared, UNCHANGED]) == [f"123456789012: {alice}: Code: Words. Do."]


# The whole run.


def totals(**counts: int) -> dict[str, int]:
    return {**dict.fromkeys(("created", "replaced", "retagged", "deleted", "unchanged", "failed"), 0), **counts}


@pytest.mark.parametrize(
    ("counts", "left_out", "check", "line"),
    [
        (totals(created=12, replaced=1), 0, True, "Plan: 12 to create, 1 to replace, 0 to delete"),
        (totals(retagged=2, unchanged=3), 1, True, "Plan: 0 to create, 0 to replace, 2 to retag, 0 to delete, 3 unchanged, 1 host left out"),
        (totals(created=12, failed=1), 2, False, "Flow logs: 12 created, 1 failed, 2 hosts left out"),
        (totals(), 0, False, "Flow logs: nothing to do"),
    ],
)
def test_the_total_of_the_run(counts: dict[str, int], left_out: int, check: bool, line: str) -> None:
    assert total_line(counts, check, left_out) == line


def test_three_hundred_changed_targets_stay_readable() -> None:
    lines = summary_lines([outcome(*(log(f"vpc-{number}", "created") for number in range(300)))])

    assert len(lines) == 22 and lines[-1] == "  and 280 more, see hosts"
    assert lines[0].endswith(": 300 created")


def test_the_diff_of_a_delivery_is_a_line_for_each_that_changes() -> None:
    old = {"flow_logs": [{"resource_id": SECOND, "traffic_type": "ALL"}]}
    new = {"flow_logs": [{"resource_id": SECOND, "traffic_type": "REJECT"}]}
    flow_logs = Returned({"flow_logs": [], "diff": {"before": old, "after": new}})

    place = f"{SHOP} ({ACCOUNT})"
    assert diffs([replace(UNCHANGED, flow_logs=flow_logs), UNCHANGED]) == [
        {
            "before_header": place,
            "after_header": place,
            "before": f"flow log of web ({SECOND}): traffic_type ALL\n",
            "after": f"flow log of web ({SECOND}): traffic_type REJECT\n",
        }
    ]
