# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report makes of what was read."""

from __future__ import annotations

import json
import shlex
from datetime import UTC
from datetime import datetime
from typing import Any

import pytest
from ansible.inventory.manager import split_host_pattern

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.audit import Audit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.audit import Wished
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import AccountName
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Action
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import IamOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import QueriesOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.commands import Commands
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.model import matching
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.model import report
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.model import unknown_words
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.summary import summary_lines

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ACCOUNT, REGION = "111111111111", "eu-west-1"
GROUP = "/aws/shop/flowlogs"
BOTH = ["ACCEPT", "REJECT"]


def covers(*flow_logs: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "flow_log_id": "fl-1",
            "resource_id": "vpc-1",
            "through": "own",
            "traffic_type": "ALL",
            "delivering": True,
            **log,
        }
        for log in flow_logs
    ]


def target(resource_id: str, status: str = "covered", recorded: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """An entry of flow_log_info's coverage."""
    if recorded is None:
        recorded = [] if status == "uncovered" else BOTH
    kind = resource_id.split("-")[0]
    return {
        "resource_id": resource_id,
        "resource_type": kind,
        "resource_name": f"name of {resource_id}",
        "vpc_id": "vpc-1",
        "vpc_name": "shop",
        "subnet_id": resource_id if kind == "subnet" else "subnet-1" if kind == "eni" else None,
        "status": status,
        "recorded": recorded,
        "missing": [each for each in BOTH if each not in recorded],
        "flow_logs": [],
        "newest_event_time": None,
        **more,
    }


def log(flow_log_id: str = "fl-1", resource_id: str = "vpc-1", **more: Any) -> dict[str, Any]:
    """An entry of flow_log_info's flow_logs."""
    delivery = {"state": "unproven", "message": "m.", "log_group_exists": True, **more.pop("delivery", {})}
    return {
        "flow_log_id": flow_log_id,
        "resource_id": resource_id,
        "resource_type": resource_id.split("-")[0],
        "log_destination_type": "cloud-watch-logs",
        "log_group_name": GROUP,
        "traffic_type": "ALL",
        "max_aggregation_interval": 600,
        "log_format": "${version}",
        "deliver_logs_permission_arn": "arn:aws:iam::111111111111:role/r",
        "tags": {},
        "creation_time": "2026-01-01T00:00:00+00:00",
        "delivery": delivery,
        **more,
    }


def group(name: str = GROUP, days: int | None = 90) -> dict[str, Any]:
    return {
        "log_group_name": name,
        "retention_in_days": days,
        "stored_bytes": 1,
        "kms_key_id": None,
        "log_group_class": "STANDARD",
    }


def wished(hosts: dict[str, str], project: str | None = "shop", name: str = GROUP, **settings: Any) -> Wished:
    known = {"traffic_type": None, "retention_in_days": None, **settings}
    return Wished(f"{project} in {REGION}", REGION, project, known, hosts, dict.fromkeys(hosts, name))


def audit(
    coverage: list[dict[str, Any]],
    flow_logs: list[dict[str, Any]] | None = None,
    groups: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Audit:
    info = {"coverage": coverage, "flow_logs": flow_logs or [], "log_groups": groups or []}
    known: dict[str, Any] = {
        "connection": {},
        "iam_names": {"role_name": "Role", "policy_name": "Policy"},
        "iam": {"roles": [], "policies": [], "regions_not_read": []},
        "regions": {REGION: info},
        **more,
    }
    return Audit("retail", ACCOUNT, **known)


def told(
    *audits: Audit, inventory: tuple[str, ...] = ("inventory.yml",), groups: tuple[str, ...] = ()
) -> dict[str, Any]:
    model = report(audits, "Flow logs", NOW, Commands(inventory, groups))
    json.dumps(model)
    return model


def found(*audits: Audit) -> list[tuple[str, str]]:
    return [(entry["kind"], entry["subject"]) for entry in told(*audits)["findings"]]


# Gaps.


def test_an_estate_without_a_fault() -> None:
    model = told(audit([target("vpc-1")], [log()], [group()], wished=[wished({"vpc-1": "web"})]))

    assert model["findings"] == model["not_read"] == []
    assert model["totals"] == {
        "targets": 1,
        "covered": 1,
        "partly_covered": 0,
        "broken": 0,
        "uncovered": 0,
        "flow_logs": 1,
        "log_groups": 1,
        "findings": {"error": 0, "warning": 0, "note": 0},
    }
    assert model["generated_at"] == "2026-06-01T12:00:00+00:00"
    assert summary_lines(model, ["/x/report.html"]) == [
        "1 VPCs, subnets and network interfaces: 1 recorded.",
        "Nothing to complain about.",
        "Written: /x/report.html",
    ]


def test_nothing_at_all() -> None:
    model = told()

    assert (model["totals"]["targets"], model["findings"]) == (0, [])
    assert "none was seen" in summary_lines(model, [])[0]


def test_a_gap_is_told_at_the_outermost_and_counts_what_lies_in_it() -> None:
    names = ["vpc-1", "subnet-1", "eni-1", "eni-2"]
    (entry,) = told(audit([target(name, "uncovered") for name in names]))["findings"]

    assert (entry["kind"], entry["severity"], entry["subject"]) == ("uncovered", "error", "vpc-1")
    assert "nor that of 1 subnet and 2 network interfaces in it" in entry["message"]
    assert entry["subject_name"] == "name of vpc-1"


def test_gaps_of_different_kinds_in_one_another() -> None:
    half = {"status": "partly_covered", "recorded": ["REJECT"]}
    estate = [
        target("vpc-1", "uncovered"),
        target("subnet-1", **half),
        target("eni-1", **half),
        target("eni-2", "uncovered", subnet_id="subnet-2"),
    ]

    assert found(audit(estate)) == [("uncovered", "vpc-1"), ("partly_covered", "subnet-1")]


def test_an_interface_that_its_vpc_covers_is_no_gap() -> None:
    assert found(audit([target("vpc-1"), target("subnet-1"), target("eni-1")])) == []


@pytest.mark.parametrize(
    ("traffic_type", "recorded", "kinds"),
    [
        pytest.param("REJECT", ["REJECT"], [], id="as the inventory asks"),
        pytest.param("ALL", ["REJECT"], ["partly_covered"], id="less than the inventory asks"),
        pytest.param("ACCEPT", ["REJECT"], ["partly_covered"], id="something else than the inventory asks"),
        pytest.param(None, ["REJECT"], ["partly_covered"], id="the inventory does not say"),
    ],
)
def test_half_is_a_gap_unless_the_inventory_asks_for_half(
    traffic_type: str | None, recorded: list[str], kinds: list[str]
) -> None:
    asked = [wished({"vpc-1": "web"}, traffic_type=traffic_type)]
    model = told(
        audit([target("vpc-1", "partly_covered", recorded), target("eni-1", "partly_covered", recorded)], wished=asked)
    )

    assert [entry["kind"] for entry in model["findings"]] == kinds
    assert [entry["intended"] for entry in model["targets"]] == [not kinds] * 2
    for entry in model["findings"]:
        assert "--limit web" in entry["command"] and "flow_logs_traffic_type" in entry["command_note"]


# Projects.


def test_what_lies_in_a_target_belongs_to_its_project() -> None:
    asked = [wished({"vpc-1": "web"}, "shop"), wished({"eni-2": "card"}, "bank")]
    model = told(audit([target(name) for name in ("vpc-1", "eni-1", "eni-2")], wished=asked))

    assert [(entry["resource_id"], entry["project"], entry["hosts"]) for entry in model["targets"]] == [
        ("vpc-1", "shop", ["web"]),
        ("eni-1", "shop", []),
        ("eni-2", "bank", ["card"]),
    ]
    assert [(row["project"], row["targets"], row["covered"]) for row in model["coverage"]] == [
        ("bank", 1, 1),
        ("shop", 2, 2),
    ]


def test_what_is_in_no_inventory_is_in_no_project() -> None:
    model = told(audit([target("vpc-1", "uncovered")]))

    assert (model["coverage"][0]["project"], model["targets"][0]["hosts"]) == (None, [])
    (entry,) = model["findings"]
    words = shlex.split(entry["command"])
    assert words[:4] == ["ansible-playbook", "-i", "vpc-1,", "netops.flow_logs.apply"]
    assert json.loads(words[-1]) == {"flow_logs_project": "PROJECT", "flow_logs_region": REGION}


def test_the_way_into_the_account_goes_into_the_command() -> None:
    """And what keeps the command from giving the IAM that all hosts share other settings than the inventory does."""
    arn = "arn:aws:iam::111111111111:role/Ops"
    way = {
        "assume_role_arn": arn,
        "profile": None,
        "role_name": "Own",
        "policy_name": "Send_to_CloudWatch_Logs",
        "least_privilege": True,
    }
    (entry,) = told(audit([target("vpc-1", "uncovered")], connection=way))["findings"]

    assert json.loads(shlex.split(entry["command"])[-1]) == {
        "flow_logs_project": "PROJECT",
        "flow_logs_region": REGION,
        "flow_logs_assume_role_arn": arn,
        "flow_logs_role_name": "Own",
        "flow_logs_least_privilege": True,
    }


def test_two_ways_into_one_account_tell_its_gaps_once() -> None:
    one = audit([target("vpc-1", "uncovered")], [log(resource_id="vpc-2")], [group()], wished=[wished({"vpc-1": "a"})])
    other = audit(
        [target("vpc-1", "uncovered")], [log(resource_id="vpc-2")], [group()], wished=[wished({"vpc-2": "b"})]
    )

    model = told(one, other)

    assert [(entry["kind"], entry["subject"]) for entry in model["findings"]] == [("uncovered", "vpc-1")]
    assert (model["totals"]["targets"], model["totals"]["flow_logs"]) == (1, 1)
    # Which the other way asks for.
    assert model["flow_logs"][0]["known"]


# Flow logs and log groups.


def test_a_flow_log_that_does_not_deliver() -> None:
    failing = {"state": "failing", "message": "AWS does not deliver: Access error."}
    known, stranger = log("fl-1", delivery=failing), log("fl-2", "vpc-2", delivery=failing)
    model = told(
        audit(
            [target("vpc-1", "broken"), target("vpc-2", "broken", vpc_id="vpc-2")],
            [known, stranger],
            [group()],
            wished=[wished({"vpc-1": "web"})],
        )
    )

    first, second = model["findings"]
    assert [(entry["kind"], entry["subject"]) for entry in (first, second)] == [
        ("broken_delivery", "fl-1"),
        ("broken_delivery", "fl-2"),
    ]
    assert first["command"] == "ansible-playbook -i inventory.yml netops.flow_logs.apply --limit web"
    assert "flow_log_info" in second["command"] and "apply" not in second["command"]
    assert "Access error" in first["message"] and "vpc-1" in first["message"]


@pytest.mark.parametrize("arn", [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}", None])
def test_a_log_group_is_told_by_name_and_by_the_arn_that_it_was_given_by(arn: str | None) -> None:
    [entry] = told(audit([target("vpc-1")], [log(**({"log_destination": arn} if arn else {}))]))["flow_logs"]

    assert (entry["log_group_name"], entry["log_destination"]) == (GROUP, arn)


@pytest.mark.parametrize(
    ("hosts", "words"),
    [({}, "does not ask for it"), ({"vpc-1": "web"}, "asks for another destination")],
)
def test_a_flow_log_that_no_inventory_knows(hosts: dict[str, str], words: str) -> None:
    foreign = log(log_destination_type="s3", log_destination="arn:aws:s3:::b", delivery={"log_group_exists": None})
    del foreign["log_group_name"]
    (entry,) = told(audit([target("vpc-1")], [foreign], wished=[wished(hosts)]))["findings"]

    assert (entry["kind"], entry["severity"], entry["subject"]) == ("unknown_flow_log", "note", "fl-1")
    assert words in entry["message"] and "arn:aws:s3:::b" in entry["message"]
    assert "absent" not in entry["command"]


@pytest.mark.parametrize(
    ("days", "wanted", "kinds", "words"),
    [
        pytest.param(90, "90", [], None, id="has a retention"),
        pytest.param(None, "90", [("no_retention", "warning")], "--limit web", id="the inventory asks for one"),
        pytest.param(None, None, [("no_retention", "warning")], "retention_in_days", id="nobody asks for one"),
        pytest.param(None, "never", [("no_retention", "note")], None, id="the inventory wants it so"),
    ],
)
def test_a_log_group_without_retention(days: Any, wanted: Any, kinds: Any, words: str | None) -> None:
    asked = [wished({"vpc-1": "web"}, retention_in_days=wanted)]
    model = told(audit([target("vpc-1")], [log()], [group(days=days)], wished=asked))

    assert [(entry["kind"], entry["severity"]) for entry in model["findings"]] == kinds
    for entry in model["findings"]:
        assert words in entry["command"] if words else entry["command"] is None


def test_a_log_group_that_is_gone() -> None:
    gone = {"delivery": {"log_group_exists": False}}
    model = told(audit([target("vpc-1")], [log(**gone), log("fl-2", **gone)], wished=[wished({"vpc-1": "web"})]))

    (entry,) = model["findings"]
    assert (entry["kind"], entry["subject"]) == ("missing_log_group", GROUP)
    assert "2 flow logs deliver" in entry["message"]
    assert (model["log_groups"][0]["exists"], model["log_groups"][0]["flow_log_ids"]) == (False, ["fl-1", "fl-2"])


def test_a_name_that_leads_nowhere_is_no_missing_group() -> None:
    nowhere = {"state": "failing", "message": "':*'", "log_group_exists": None}

    assert found(audit([target("vpc-1", "broken")], [log(delivery=nowhere)])) == [("broken_delivery", "fl-1")]


# Differences from the inventory.


RETAIL = AccountName("retail")


def actions(**sentences: str) -> tuple[Action, ...]:
    """Subject, with underscores for dashes, and what is done to it."""
    return tuple(Action("kind", subject.replace("_", "-"), sentence) for subject, sentence in sentences.items())


def outcome(
    flow_logs: list[Any], steps: tuple[Action, ...] = (), groups: list[Any] | None = None, failures: Any = ()
) -> DeliveryOutcome:
    kept = (Action("put_retention_policy", GROUP, f"let log group {GROUP} keep its events 30 days"),)
    return DeliveryOutcome(
        RETAIL,
        label="shop",
        log_groups=Returned({"log_groups": groups or []}, kept),
        flow_logs=Returned({"flow_logs": flow_logs, "failures": list(failures)}, steps),
    )


def test_what_applying_would_change_is_drift() -> None:
    replaced = {"resource_id": "vpc-1", "action": "replaced", "replaced_flow_log_ids": ["fl-1"]}
    difference = outcome(
        [replaced],
        actions(vpc_1=f"replace fl-1 of vpc-1 to {GROUP}: log_format", vpc_2="create a flow log of vpc-2 as of vpc-1"),
    )
    model = told(audit([target("vpc-1")], [log()], [group()], wished=[wished({"vpc-1": "web"})], outcomes=[difference]))

    (entry,) = model["findings"]
    assert (entry["kind"], entry["subject"], entry["subject_name"]) == ("drift", "vpc-1", "web")
    assert "log_format" in entry["message"] and "vpc-2" not in entry["message"]
    assert entry["command"].endswith("--limit web")


def test_what_is_a_gap_already_is_not_told_again_as_drift() -> None:
    created = {"resource_id": "vpc-1", "action": "created"}
    made = {"log_group_name": GROUP, "action": "created", "resource_ids": ["vpc-1"]}
    difference = outcome([created], actions(vpc_1="create a flow log of vpc-1"), [made])

    assert found(audit([target("vpc-1", "uncovered")], wished=[wished({"vpc-1": "web"})], outcomes=[difference])) == [
        ("uncovered", "vpc-1")
    ]


def test_a_target_inside_a_gap_is_told_by_itself_when_the_inventory_asks_for_it() -> None:
    created = {"resource_id": "eni-1", "action": "created"}
    difference = outcome([created], actions(eni_1="create a flow log of eni-1"))
    estate = [target("vpc-1", "uncovered"), target("eni-1", "uncovered")]

    assert found(audit(estate, wished=[wished({"eni-1": "card"})], outcomes=[difference])) == [
        ("uncovered", "vpc-1"),
        ("drift", "eni-1"),
    ]


def test_a_log_group_that_differs() -> None:
    differing = {"log_group_name": GROUP, "action": "updated", "resource_ids": ["vpc-1"]}
    (entry,) = told(
        audit(
            [target("vpc-1")],
            [log()],
            [group()],
            wished=[wished({"vpc-1": "web"})],
            outcomes=[outcome([], groups=[differing])],
        )
    )["findings"]

    assert (entry["kind"], entry["subject"]) == ("drift", GROUP)
    assert "30 days" in entry["message"] and entry["command"].endswith("--limit web")


def test_a_target_that_does_not_exist() -> None:
    refused = {
        "resource_id": "vpc-9",
        "code": "InvalidVpcID.NotFound",
        "message": "vpc-9 does not exist.",
        "hint": "Check.",
    }
    difference = outcome([], failures=[refused])
    (entry,) = told(audit([target("vpc-1")], wished=[wished({"vpc-9": "old"})], outcomes=[difference]))["findings"]

    assert (entry["kind"], entry["severity"], entry["subject_name"]) == ("drift", "error", "old")
    assert "vpc-9 does not exist. Check." in entry["message"] and entry["command"] is None


def test_iam_that_differs() -> None:
    difference = IamOutcome(RETAIL, iam=Returned({}, actions(Role="let role Role trust the service")))
    (entry,) = told(audit([target("vpc-1")], wished=[wished({"vpc-1": "web"})], outcomes=[difference]))["findings"]

    assert (entry["kind"], entry["subject"], entry["region"]) == ("drift", "Role", None)


@pytest.mark.parametrize(
    ("result", "severity", "words"),
    [
        ({"queries": Returned({}, actions(a="save query a", b="save query b"))}, "warning", "save query a; save query b"),
        ({"error": Returned({"msg": "denied"})}, "error", "denied"),
    ],
)
def test_saved_queries_that_differ(result: dict[str, Any], severity: str, words: str) -> None:
    """The account's IAM comes with them, and is told by itself."""
    account = IamOutcome(RETAIL, iam=Returned({}, actions(Role="create role Role")))
    outcomes = [account, QueriesOutcome(RETAIL, label="flow-logs/shop", **result)]
    model = told(audit([target("vpc-1")], wished=[wished({"vpc-1": "web"})], outcomes=outcomes))

    found = {entry["subject"]: entry for entry in model["findings"]}
    assert set(found) == {"flow-logs/shop", "Role"}
    assert found["flow-logs/shop"]["severity"] == severity and words in found["flow-logs/shop"]["message"]
    assert model["not_read"] == []


def test_saved_queries_as_they_should_be() -> None:
    fine = QueriesOutcome(RETAIL, label="x", queries=Returned({"actions": []}))

    assert found(audit([target("vpc-1")], outcomes=[fine])) == []


# IAM.


def role(name: str, orphaned: bool | None, *policies: str) -> dict[str, Any]:
    arns = [f"arn:aws:iam::{ACCOUNT}:policy/{each}" for each in policies]
    return {"role_name": name, "arn": name, "in_use_by": [], "orphaned": orphaned, "attached_policies": arns}


def policy(name: str, orphaned: bool | None, *attached_to: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    return {"policy_name": name, "arn": arn, "attached_to": list(attached_to), "orphaned": orphaned}


def test_orphans_but_for_those_that_the_inventory_asks_for() -> None:
    left_over = {
        "roles": [role("Role", True, "Policy"), role("old", True, "old-policy"), role("used", False), role("?", None)],
        "policies": [policy("Policy", True), policy("PassRole-Role", True), policy("old-policy", True, "role/old")],
        "regions_not_read": [],
    }
    asked = [wished({"vpc-1": "web"})]
    model = told(audit([target("vpc-1")], iam=left_over, wished=asked))

    assert [(entry["kind"], entry["subject"]) for entry in model["findings"]] == [
        ("orphaned_role", "old"),
        ("orphaned_policy", "old-policy"),
    ]
    options = json.loads(shlex.split(model["findings"][0]["command"])[-1])
    assert options == {"role_name": "old", "policy_name": "old-policy", "state": "absent"}
    assert [entry["role_name"] for entry in model["iam"][0]["roles"]] == ["Role", "old", "used", "?"]


def test_no_command_deletes_policies_of_unknown_purpose() -> None:
    left_over = {"roles": [role("old", True)], "policies": [], "regions_not_read": []}
    (entry,) = told(audit([target("vpc-1")], iam=left_over))["findings"]

    assert entry["command"] is None


# What could not be read.


def test_an_account_that_can_not_be_read() -> None:
    error = {"msg": "Failed to assume the role", "error": {"code": "AccessDenied", "message": "no", "hint": ""}}
    broken = Audit(
        "retail", None, {}, {"role_name": "r", "policy_name": "p"}, wished=[wished({"vpc-1": "a"})], error=error
    )
    model = told(broken, audit([target("vpc-1")]))

    (entry,) = model["findings"]
    assert (entry["kind"], entry["severity"], entry["account"]) == ("not_read", "error", "retail")
    assert model["not_read"][0]["code"] == "AccessDenied"
    assert model["totals"]["targets"] == 1


def test_regions_that_can_not_be_read() -> None:
    denied = {"failed": True, "msg": "Failed to describe flow logs: denied"}
    unread = {"region": "ap-southeast-3", "code": "OptInRequired", "message": "not enabled"}
    model = told(
        audit(
            [],
            regions={REGION: denied},
            iam={"roles": [], "policies": [], "regions_not_read": [unread, {**unread, "region": REGION}]},
        )
    )

    assert [(entry["severity"], entry["region"]) for entry in model["findings"]] == [
        ("error", REGION),
        ("warning", "ap-southeast-3"),
    ]


# Gates.


def test_gates() -> None:
    model = told(audit([target("vpc-1", "uncovered")], [log(resource_id="vpc-2")], [group(days=None)]))

    def kinds(*words: str) -> list[str]:
        return [entry["kind"] for entry in matching(model, words)]

    assert kinds() == []
    assert kinds("uncovered") == kinds("error") == ["uncovered"]
    assert kinds("no_retention", "note") == ["no_retention", "unknown_flow_log"]
    assert unknown_words(["error", "drift", "coverage", "Error"]) == ["coverage", "Error"]


def test_commands_are_safe_in_a_shell() -> None:
    hostile = "web; rm -rf ~ '$(x)'"
    model = told(
        audit([target("vpc-1", "uncovered")], wished=[wished({"vpc-1": hostile})]), inventory=("my inventory.yml",)
    )

    words = shlex.split(model["findings"][0]["command"])
    assert words[:-1] == ["ansible-playbook", "-i", "my inventory.yml", "netops.flow_logs.apply", "--limit"]
    assert split_host_pattern(words[-1]) == [hostile]


@pytest.mark.parametrize("name", ["*", "shop", "all", "~web", "{{ 7 }}", "web\x1b[2J", "a,b"])
def test_a_host_whose_name_means_others_has_the_reason_in_place_of_a_command(name: str) -> None:
    model = told(audit([target("vpc-1", "uncovered")], wished=[wished({"vpc-1": name})]), groups=("shop",))

    (entry,) = model["findings"]
    assert entry["command"] is None
    assert entry["command_note"].startswith("No command is given here: ")
    assert printable(name) in entry["command_note"]


@pytest.mark.parametrize("project", ["{{ lookup('pipe', 'id') }}", "#jinja2:x\n[[ 1 ]]", "two\nlines"])
def test_a_project_that_can_not_be_said_safely_is_in_no_command(project: str) -> None:
    """A subnet that another account shares: the VPC is in the inventory, and not among what was read."""
    model = told(audit([target("subnet-1", "uncovered")], wished=[wished({"vpc-1": "web"}, project)]))

    entry = next(each for each in model["findings"] if each["subject"] == "subnet-1")
    assert (entry["project"], entry["command"]) == (project, None)
    note = "It is in no inventory: add it to one. No command is given here: "
    assert entry["command_note"].startswith(note) and "flow_logs_project" in entry["command_note"]


def test_a_profile_that_can_not_be_said_safely_is_in_no_command() -> None:
    connection = {"profile": "{% raw %}"}
    unknown = audit([target("vpc-1", flow_logs=covers({}))], [log()], [group(days=None)], connection=connection)

    for entry in told(unknown)["findings"]:
        assert entry["command"] is None
        assert "Ansible would run the template in profile" in entry["command_note"]


def test_the_iam_of_an_account_is_fixed_by_any_host_that_can_be_named() -> None:
    found = audit(
        [],
        wished=[wished({"vpc-1": "*", "vpc-2": "web"})],
        outcomes=[IamOutcome(RETAIL, iam=Returned({"role": {}}, actions(Role="a")))],
    )

    (entry,) = [each for each in told(found)["findings"] if each["subject"] == "Role"]
    assert entry["command"].endswith("--limit web")


def test_what_is_printed_of_a_report_is_one_line_each_whatever_names_hold() -> None:
    forged = "x\nPLAY RECAP ***\x9b2J\u202e"
    model = told(audit([target("vpc-1", "uncovered", resource_name=forged)]))

    lines = summary_lines(model, [f"/x/{forged}"])
    assert all(is_printable(line) for line in lines)
    assert any("x\\nPLAY RECAP ***\\x9b2J\\u202e (vpc-1)" in line for line in lines)
    # What programs read keeps the name.
    assert model["findings"][0]["subject_name"] == model["targets"][0]["resource_name"] == forged
