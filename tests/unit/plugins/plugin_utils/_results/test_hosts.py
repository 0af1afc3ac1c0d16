# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import AccountName
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Action
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import IamOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Outcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import QueriesOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import RemovalOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import flow_log_entries
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import AccountPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import DeliveryPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import QueriesPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import WayPlan
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.plans import failed_account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.hosts import host_results

NUMBER = "123456789012"
ACCOUNT = AccountName("prod", NUMBER)
ROLE, POLICY = f"arn:aws:iam::{NUMBER}:role/r", f"arn:aws:iam::{NUMBER}:policy/p"
IAM = {"role": {"arn": ROLE}, "policy": {"arn": POLICY}}
ALICE = f"arn:aws:iam::{NUMBER}:user/alice"


def delivery(number: int, hosts: dict[str, list[str]], **more: Any) -> DeliveryPlan:
    owners = {target: host for host, targets in hosts.items() for target in targets}
    settings = {"label": f"d{number}", "flow_log": {"region": "eu-west-1"}, "log_group": {}, "project": "shop", **more}
    return DeliveryPlan(hosts=owners, number=number, asking=hosts, **settings)


def plan(*deliveries: DeliveryPlan, **more: Any) -> AccountPlan:
    return AccountPlan("prod", "present", [WayPlan({}, {}, account=(NUMBER, "aws"))], list(deliveries), **more)


PLAN = plan(delivery(0, {"web": ["vpc-1", "vpc-2"], "db": ["vpc-3"]}), delivery(1, {"bank": ["vpc-4"]}, project=None))


def log(resource_id: str, action: str = "unchanged", **more: Any) -> dict[str, Any]:
    return {"resource_id": resource_id, "action": action, "log_group_name": f"/{resource_id}", **more}


def failure(resource_id: str, message: str = "Words.") -> dict[str, str]:
    return {"resource_id": resource_id, "code": "Code", "message": message, "hint": "Do."}


def delivered(*logs: dict[str, Any], number: int = 0, failures: Any = (), groups: Any = (), **more: Any) -> DeliveryOutcome:
    whole = Returned({"flow_logs": list(logs), "failures": list(failures)})
    hosts = PLAN.deliveries[number].hosts
    parts: dict[str, Any] = {"log_groups": Returned({"log_groups": list(groups)}), "entries": flow_log_entries(whole)}
    return DeliveryOutcome(
        ACCOUNT,
        **{"label": f"d{number}", "number": number, "region": "eu-west-1", "hosts": hosts, "flow_logs": whole.in_short(), **parts, **more},
    )


def results(*outcomes: Outcome, of: AccountPlan = PLAN, problems: Any = None, hosts: Any = ()) -> dict[str, Any]:
    return host_results([(of, outcomes)], problems or {}, hosts)


def failed(found: dict[str, Any]) -> dict[str, str]:
    return {host: entry["msg"] for host, entry in found["hosts"].items() if entry["failed"]}


def changed(found: dict[str, Any]) -> list[str]:
    return [host for host, entry in found["hosts"].items() if entry["changed"]]


IAM_DONE = IamOutcome(ACCOUNT, iam=Returned(IAM))
ALL_SAME = delivered(*(log(f"vpc-{number}", flow_log_id=f"fl-{number}") for number in (1, 2, 3)))


def test_every_host_has_its_flow_logs_also_those_that_stayed_as_they_were() -> None:
    created = delivered(log("vpc-4", "created", flow_log_id="fl-4"), number=1)
    found = results(IAM_DONE, ALL_SAME, created, hosts=["web", "db", "bank", "idle"])

    assert found["hosts"]["web"] == {
        "failed": False,
        "changed": False,
        "msg": "",
        "account_id": NUMBER,
        "region": "eu-west-1",
        "project": "shop",
        "flow_logs": [
            {"resource_id": "vpc-1", "flow_log_id": "fl-1", "log_group_name": "/vpc-1", "action": "unchanged"},
            {"resource_id": "vpc-2", "flow_log_id": "fl-2", "log_group_name": "/vpc-2", "action": "unchanged"},
        ],
    }
    assert list(found["hosts"]) == ["web", "db", "bank", "idle"]
    assert changed(found) == ["bank"] and failed(found) == {}
    assert found["hosts"]["idle"]["flow_logs"] == [] and found["hosts"]["idle"]["account_id"] is None
    assert found["totals"] == {"created": 1, "replaced": 0, "retagged": 0, "deleted": 0, "unchanged": 3, "failed": 0}
    assert found["deliveries"][0]["hosts"] == ["db", "web"] and found["deliveries"][0]["unchanged"] == 3
    assert found["accounts"] == [
        {
            "account_id": NUMBER,
            "role_arn": ROLE,
            "policy_arn": POLICY,
            "actions": [],
            "changed": False,
            "failed": False,
            "msg": "",
        }
    ]


def test_a_target_fails_its_hosts_and_no_other() -> None:
    found = results(IAM_DONE, delivered(log("vpc-1"), log("vpc-3"), failures=[failure("vpc-2")]))

    assert failed(found) == {"web": "vpc-2: Code: Words. Do."}
    assert found["totals"]["failed"] == 1 and found["totals"]["unchanged"] == 2


def test_two_hosts_that_ask_for_one_target_both_have_it_and_both_fail() -> None:
    both = plan(delivery(0, {"a": ["vpc-1"], "b": ["vpc-1"]}))

    assert set(failed(results(delivered(failures=[failure("vpc-1")]), of=both))) == {"a", "b"}
    found = results(delivered(log("vpc-1", "created")), of=both)
    assert changed(found) == ["a", "b"] and found["totals"]["created"] == 1


def test_a_log_group_that_is_not_deleted_fails_the_hosts_that_log_to_it() -> None:
    kept = {"log_group_name": "/shop", "action": "unchanged", "resource_ids": ["vpc-3"]}
    groups = Returned({"log_groups": [kept], "failures": [failure("/shop")]})

    assert set(failed(results(delivered(log_groups=groups.in_short())))) == {"db"}


def test_a_log_group_that_changed_changes_its_hosts() -> None:
    group = {"log_group_name": "/shop", "action": "updated", "resource_ids": ["vpc-2"]}

    assert changed(results(delivered(log("vpc-1"), log("vpc-2"), log("vpc-3"), groups=[group]))) == ["web"]


def test_records_that_do_not_arrive_fail_the_hosts_of_the_flow_log() -> None:
    proof = Returned({"delivering": ["fl-1"], "failures": [failure("vpc-3")]})

    assert set(failed(results(replace(ALL_SAME, proof=proof)))) == {"db"}


def test_records_that_could_not_be_looked_for_fail_the_delivery() -> None:
    proof = Returned({"failed": True, "msg": "denied"})

    assert set(failed(results(replace(ALL_SAME, proof=proof), delivered(log("vpc-4"), number=1)))) == {"web", "db"}


def test_a_delivery_that_broke_fails_its_hosts_and_says_which_it_is() -> None:
    broken = DeliveryOutcome(ACCOUNT, Returned({"msg": "No."}), label="d0", hosts=PLAN.deliveries[0].hosts)
    found = results(IAM_DONE, broken, delivered(log("vpc-4"), number=1))

    assert failed(found) == {"web": f"d0 ({NUMBER}): No.", "db": f"d0 ({NUMBER}): No."}
    assert (found["totals"]["failed"], found["totals"]["unchanged"]) == (3, 1)


def test_an_account_that_broke_fails_all_its_hosts() -> None:
    found = results(failed_account(PLAN, Returned({"msg": "No."})))

    assert failed(found) == dict.fromkeys(["web", "db", "bank"], f"{NUMBER}: No.")
    assert found["totals"]["failed"] == 4
    assert found["accounts"][0]["failed"] and found["accounts"][0]["msg"] == f"{NUMBER}: No."


def test_an_operator_fails_the_hosts_that_name_it() -> None:
    refused = IamOutcome(ACCOUNT, iam=Returned({**IAM, "failures": [failure(ALICE)]}))
    found = results(refused, ALL_SAME, of=replace(PLAN, operators={ALICE: ["db"]}))

    assert failed(found) == {"db": f"{NUMBER}: {ALICE}: Code: Words. Do."}


def test_iam_that_differs_fails_the_hosts_of_the_account_and_counts_as_nothing_done() -> None:
    differs = Returned({**IAM, "differs": ["create policy p"]}, (Action("create_policy", "p", "create policy p"),))
    found = results(IamOutcome(ACCOUNT, iam=differs), ALL_SAME)

    assert set(failed(found)) == {"web", "db", "bank"} and "create policy p" in failed(found)["db"]
    assert found["accounts"][0]["actions"] == [] and not found["accounts"][0]["changed"]


def test_a_refused_removal_of_iam_fails_the_hosts_of_the_account_unless_it_is_in_use() -> None:
    def refused(code: str) -> dict[str, Any]:
        entry = {**failure("r"), "code": code}
        return results(RemovalOutcome(ACCOUNT, iam_removal=Returned({"failures": [entry]})), ALL_SAME)

    assert set(failed(refused("HasOthersPolicies"))) == {"web", "db", "bank"}
    assert failed(refused("RoleInUse")) == {}


def test_a_folder_of_queries_fails_the_hosts_in_it() -> None:
    of = replace(PLAN, queries=[QueriesPlan("f", {}, asking=["db"])])
    broken = QueriesOutcome(ACCOUNT, None, "f", queries=Returned({"queries": [], "failures": [failure("f/1")]}))

    assert failed(results(ALL_SAME, broken, of=of)) == {"db": f"f ({NUMBER}): f/1: Code: Words. Do."}


def test_what_hosts_share_counts_as_changed_for_the_first_of_them() -> None:
    made = IamOutcome(ACCOUNT, iam=Returned({**IAM, "changed": True}, (Action("create_role", "r", "create role r"),)))
    found = results(made, ALL_SAME)

    assert changed(found) == ["bank"]
    assert found["accounts"][0]["changed"] and found["accounts"][0]["actions"] == ["create role r"]


def test_hosts_with_problems_of_their_own_are_in_it_with_all_reasons() -> None:
    found = results(ALL_SAME, problems={"bad": "No id. No project."}, hosts=["web", "db", "bank", "bad"])

    assert failed(found) == {"bad": "No id. No project."}


def test_the_work_grows_with_the_hosts_and_no_faster() -> None:
    def calls(number: int) -> int:
        hosts = {f"host-{each}": [f"vpc-{each}"] for each in range(number)}
        big = plan(delivery(0, hosts))
        done = delivered(*(log(f"vpc-{each}", flow_log_id="fl") for each in range(number)))
        outcome = replace(done, hosts=big.deliveries[0].hosts)
        counted = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            found = host_results([(big, [IAM_DONE, outcome])], {}, list(hosts))
        finally:
            sys.setprofile(before)
        assert len(found["hosts"]) == number
        return counted

    assert calls(2_000) < 2.2 * calls(1_000)
