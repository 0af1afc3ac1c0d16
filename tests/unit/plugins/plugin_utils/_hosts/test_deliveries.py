# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts import deliveries as _deliveries
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.deliveries import HostWish
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.problems import Problems
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.ways import Way

FIRST, SECOND, THIRD = "vpc-00000001", "vpc-00000002", "subnet-00000003"
SETTINGS = {
    "flow_logs_state": "present",
    "flow_logs_project": "shop",
    "flow_logs_log_group_name": "/aws/shop/vpc/{resource_name}/flowlogs",
    "flow_logs_role_name": "Flow-Logs-Role-to-cloudwatch-logs",
    "flow_logs_policy_name": "Send_to_CloudWatch_Logs",
    "flow_logs_least_privilege": None,
}
BANK = {"flow_logs_project": "bank", "flow_logs_log_group_name": "/aws/bank/vpc/{resource_name}/flowlogs"}


def host(name: str, **settings: Any) -> HostWish:
    return HostWish(name, {**SETTINGS, **{f"flow_logs_{key}": value for key, value in settings.items()}})


def of(name: str, settings: dict[str, Any]) -> HostWish:
    return HostWish(name, {**SETTINGS, **settings})


def gather(wishes: list[HostWish]) -> list[dict[str, Any]]:
    """The accounts of wishes with which nothing is wrong."""
    gathered = _deliveries.gather(wishes)
    assert gathered.problems.as_result() == {}
    return gathered.accounts


def failing(wishes: list[HostWish]) -> tuple[dict[str, str], list[str]]:
    """(host -> what is wrong with it, the targets that are served), whatever the order of the hosts."""
    one, other = _deliveries.gather(wishes), _deliveries.gather(wishes[::-1])
    assert one.problems.as_result() == other.problems.as_result()
    assert one.accounts == other.accounts
    return one.problems.as_result(), sorted(target for made in deliveries(one.accounts) for target in made)


def deliveries(accounts: list[dict[str, Any]]) -> list[list[str]]:
    """The targets of each delivery, which both modules get alike."""
    made = [delivery for account in accounts for delivery in account["deliveries"]]
    for delivery in made:
        assert delivery["log_group"]["resource_ids"] == delivery["flow_log"]["resource_ids"]
        assert set(delivery["hosts"]) == set(delivery["flow_log"]["resource_ids"])
    return [delivery["flow_log"]["resource_ids"] for delivery in made]


# Which ids a host stands for.


@pytest.mark.parametrize(
    ("wish", "ids"),
    [
        pytest.param(host(FIRST), [FIRST], id="its name"),
        pytest.param(host("web", resource_id=FIRST), [FIRST], id="one id"),
        pytest.param(host("web", resource_ids=[FIRST, SECOND]), [FIRST, SECOND], id="a list of ids"),
        pytest.param(host("web", resource_id=THIRD, resource_ids=[FIRST]), [FIRST], id="the list before the one"),
        pytest.param(host(SECOND, resource_id=FIRST), [FIRST], id="one id before its name"),
    ],
)
def test_a_host_stands_for(wish: HostWish, ids: list[str]) -> None:
    accounts = gather([wish])

    assert deliveries(accounts) == [ids]
    assert accounts[0]["deliveries"][0]["hosts"] == dict.fromkeys(ids, wish.host)


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        pytest.param(host("web1"), "web1 is not a valid id", id="by its name"),
        pytest.param(host("web1", resource_id="i-00000001"), "i-00000001 is not a valid id", id="by its id"),
        pytest.param(host("web1", resource_ids=[FIRST, "x"]), "x is not a valid id", id="by its list"),
        pytest.param(host("tgw-0a1b2c3d4e5f60718"), "tgw-0a1b2c3d4e5f60718 is not a valid id", id="a gateway"),
    ],
)
def test_a_host_that_stands_for_nothing_fails_alone(wish: HostWish, named: str) -> None:
    problems, served = failing([host(SECOND), wish])

    assert list(problems) == [wish.host]
    assert problems[wish.host].startswith(named)
    assert served == [SECOND]


def test_of_many_ids_the_first_wrong_one_is_named_and_the_others_are_counted() -> None:
    problems, _served = failing([host("web1", resource_ids=[FIRST, "x" * 5000, "y", SECOND])])

    assert problems["web1"].startswith("x" * 100)
    assert "(and 1 more of its 4 ids)" in problems["web1"]
    assert FIRST not in problems["web1"] and len(problems["web1"]) < 500


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"region": "bad region!"}, "flow_logs_region 'bad region!'", id="region"),
        pytest.param({"region": "eu-west-1.example.org/"}, "flow_logs_region", id="region with an address"),
        pytest.param({"kms_key_id": "alias/mine"}, "kms_key_id 'alias/mine'", id="key"),
        pytest.param({"permissions_boundary": "junk"}, "permissions_boundary 'junk'", id="boundary"),
        pytest.param({"pass_role_to": ["alice"]}, "pass_role_to has 'alice'", id="operator"),
        pytest.param({"pass_role_to": ["arn:aws:iam::999999999999:user/eve"]}, "of account 999999999999", id="operator elsewhere"),
        pytest.param({"role_name": "a role"}, "role_name 'a role'", id="role"),
    ],
)
def test_what_no_module_would_take_fails_the_host_that_has_it_and_not_its_account(
    settings: dict[str, Any], said: str
) -> None:
    wishes = [host(FIRST, **settings), host(SECOND)]
    for ordered in (wishes, wishes[::-1]):
        gathered = _deliveries.gather(ordered, None, lambda ways: dict.fromkeys(ways, RETAIL))

        [(name, reason)] = gathered.problems.as_result().items()
        assert name == FIRST
        assert said in reason
        assert deliveries(gathered.accounts) == [[SECOND]]
        assert not {"pass_role_to", "permissions_boundary"} & set(gathered.accounts[0]["iam"])


# Deliveries.


def test_hosts_with_equal_settings_are_one_delivery() -> None:
    assert deliveries(gather([host(FIRST), host(SECOND), host("app", resource_ids=[THIRD])])) == [
        [THIRD, FIRST, SECOND]
    ]


def test_the_order_of_the_hosts_makes_no_difference() -> None:
    wishes = [host(FIRST), of(SECOND, BANK), host(THIRD), host("vpc-00000004", profile="p")]

    assert gather(wishes) == gather(wishes[::-1])


def test_settings_become_options_of_the_modules_and_what_is_not_set_no_option_at_all() -> None:
    settings = {
        "region": "eu-west-1",
        "expected_account_id": "123456789012",
        "retention_in_days": "90",
        "kms_key_id": "",
        "tags": {},
        "traffic_type": "REJECT",
        "max_aggregation_interval": 60,
        "log_format": "${version}",
    }

    [account] = gather([host(FIRST, **settings)])
    [delivery] = account["deliveries"]

    both = {
        "log_group_name": "/aws/shop/vpc/{resource_name}/flowlogs",
        "resource_ids": [FIRST],
        "expected_account_id": "123456789012",
        "tags": {},
    }
    assert delivery["connection"] == {"region": "eu-west-1"}
    assert delivery["log_group"] == {**both, "retention_in_days": "90", "kms_key_id": ""}
    assert delivery["flow_log"] == {
        **both,
        "traffic_type": "REJECT",
        "max_aggregation_interval": 60,
        "log_format": "${version}",
    }

    [account] = gather([host(FIRST)])
    [delivery] = account["deliveries"]
    assert (account["ways"][0]["connection"], delivery["connection"]) == ({}, {})
    assert set(delivery["log_group"]) == set(delivery["flow_log"]) == {"log_group_name", "resource_ids"}


def test_a_profile_rules_out_keys_from_anywhere_else() -> None:
    [account] = gather([host(FIRST, profile="p")])

    expected = {"profile": "p", "access_key": "", "secret_key": "", "session_token": ""}
    assert account["ways"][0]["connection"] == account["deliveries"][0]["connection"] == expected


def test_a_role_to_assume_is_handed_on() -> None:
    [account] = gather([host(FIRST, assume_role_arn="arn:aws:iam::210987654321:role/x")])

    assert account["ways"][0]["assume_role_arn"] == "arn:aws:iam::210987654321:role/x"
    assert gather([host(FIRST)])[0]["ways"][0]["assume_role_arn"] is None


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(BANK, id="another project"),
        pytest.param({"flow_logs_region": "us-east-1"}, id="another region"),
        pytest.param({"flow_logs_traffic_type": "REJECT"}, id="another traffic type"),
        pytest.param({"flow_logs_tags": {"a": "b"}}, id="other tags"),
        pytest.param({"flow_logs_retention_in_days": "90"}, id="another retention"),
    ],
)
def test_in_one_account_a_delivery_of_its_own_is_needed_for(settings: dict[str, Any]) -> None:
    [account] = gather([host(FIRST), of(SECOND, settings), host(THIRD)])

    assert sorted(deliveries([account])) == [[THIRD, FIRST], [SECOND]]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"flow_logs_profile": "other"}, id="another profile"),
        pytest.param({"flow_logs_assume_role_arn": "arn:aws:iam::210987654321:role/x"}, id="another role to assume"),
        pytest.param({"flow_logs_endpoint_url": "http://127.0.0.1:5000"}, id="another endpoint"),
        pytest.param({"flow_logs_expected_account_id": "210987654321"}, id="another account id"),
        pytest.param({"flow_logs_role_name": "other"}, id="another delivery role"),
        pytest.param({"flow_logs_policy_name": "other"}, id="another policy"),
    ],
)
def test_an_account_of_its_own_is_needed_for(settings: dict[str, Any]) -> None:
    accounts = gather([host(FIRST), of(SECOND, settings), host(THIRD)])

    assert sorted(deliveries([account]) for account in accounts) == [[[THIRD, FIRST]], [[SECOND]]]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"flow_logs_region": None}, id="a variable that is null"),
        pytest.param({"flow_logs_pass_role_to": ["arn:aws:iam::123456789012:user/alice"]}, id="operators"),
        pytest.param({"flow_logs_resource_id": SECOND}, id="its id"),
        pytest.param({"flow_logs_resource_ids": [SECOND]}, id="its ids"),
    ],
)
def test_a_host_is_in_the_same_delivery_in_spite_of(settings: dict[str, Any]) -> None:
    assert deliveries(gather([host(FIRST), of(SECOND, settings)])) == [[FIRST, SECOND]]


def test_the_order_of_a_dictionary_makes_no_difference() -> None:
    wishes = [host(FIRST, tags={"a": "1", "b": "2"}), host(SECOND, tags={"b": "2", "a": "1"})]

    assert deliveries(gather(wishes)) == [[FIRST, SECOND]]


def test_a_target_of_two_hosts_with_equal_settings_counts_once_for_the_first_by_name() -> None:
    wishes = [host("b", resource_id=FIRST), host("a", resource_id=FIRST)]

    for [account] in (gather(wishes), gather(wishes[::-1])):
        assert account["deliveries"][0]["hosts"] == {FIRST: "a"}


def test_a_target_may_go_to_two_log_groups() -> None:
    assert deliveries(gather([host("a", resource_id=FIRST), of("b", {**BANK, "flow_logs_resource_id": FIRST})])) == [
        [FIRST],
        [FIRST],
    ]


def test_all_hosts_that_contradict_each_other_fail_and_nobody_else() -> None:
    wishes = [
        host("a", resource_id=FIRST, traffic_type="ALL"),
        host("b", resource_id=FIRST, traffic_type="REJECT", tags={"x": "y"}),
        host(SECOND),
        host("same", resource_id=SECOND),
    ]

    problems, served = failing(wishes)

    reason = f"{FIRST} is asked for by hosts a and b with different flow_logs_tags, flow_logs_traffic_type."
    assert problems == {"a": reason, "b": reason}
    assert served == [SECOND]


def test_a_host_that_fails_for_itself_contradicts_nobody() -> None:
    wishes = [host("a", resource_id=FIRST), host("b", resource_id=FIRST, traffic_type="REJECT", log_format="nonsense")]

    problems, served = failing(wishes)

    assert list(problems) == ["b"]
    assert served == [FIRST]


def test_the_same_id_in_two_regions_is_no_contradiction() -> None:
    wishes = [host("a", resource_id=FIRST, region="eu-west-1"), host("b", resource_id=FIRST, region="eu-west-2")]

    assert deliveries(gather(wishes)) == [[FIRST], [FIRST]]


# What an account's deliveries share.


def test_iam_that_nobody_speaks_of_is_left_alone_but_for_what_the_deliveries_need() -> None:
    [account] = gather([host(FIRST, expected_account_id="123456789012", iam_tags={"a": "b"}, tags={"c": "d"})])

    assert account["iam"] == {
        "role_name": "Flow-Logs-Role-to-cloudwatch-logs",
        "policy_name": "Send_to_CloudWatch_Logs",
        "tags": {"a": "b"},
        "purge_tags": False,
        "needed_log_group_names": ["/aws/shop/vpc/*/flowlogs"],
        "purge_log_group_names": False,
    }


@pytest.mark.parametrize(
    ("least", "names"),
    [(True, ["/aws/bank/vpc/*/flowlogs", "/aws/shop/vpc/*/flowlogs"]), (False, ["*"])],
)
def test_least_privilege_is_one_switch_for_scope_creation_and_trust(least: bool, names: list[str]) -> None:
    wishes = [
        host(FIRST, least_privilege=least),
        of(SECOND, {**BANK, "flow_logs_least_privilege": least}),
        host(THIRD, least_privilege=least, region="us-east-1"),
    ]

    [account] = gather(wishes)

    iam = account["iam"]
    assert iam["log_group_names"] == names
    assert (iam["allow_create_log_group"], iam["restrict_trust"]) == (not least, least)
    assert (iam["purge_log_group_names"], iam["keep_names_in_use"]) == (True, True)


def test_patterns_of_the_users_own_stand_in_the_policy_for_eighty_projects() -> None:
    patterns = {"flow_logs_policy_log_group_names": ["/aws/*/vpc/*/flowlogs"], "flow_logs_least_privilege": True}
    wishes = [
        of(f"vpc-{number:08}", {"flow_logs_log_group_name": f"/aws/p{number}/vpc/{{vpc_name}}/flowlogs", **patterns})
        for number in range(82)
    ]

    [account] = gather(wishes)

    assert account["iam"]["log_group_names"] == ["/aws/*/vpc/*/flowlogs"]


@pytest.mark.parametrize("patterns", [["/aws/bank/*"], ["/aws/shop/vpc/?/flowlogs"], []])
def test_patterns_that_leave_out_the_log_groups_fail_the_host_before_any_call(patterns: list[str]) -> None:
    problems, served = failing([host(FIRST, policy_log_group_names=patterns), of(SECOND, BANK)])

    assert list(problems) == [FIRST] and served == [SECOND]
    assert "does not take in /aws/shop/vpc/*/flowlogs" in problems[FIRST]


def test_operators_of_all_hosts_add_up_each_once_in_their_order() -> None:
    wishes = [
        host(FIRST, pass_role_to=["b", "a"]),
        host(SECOND),
        of(THIRD, {**BANK, "flow_logs_pass_role_to": ["a", "c"]}),
    ]

    [account] = gather(wishes)

    assert account["iam"]["pass_role_to"] == ["a", "b", "c"]
    assert "pass_role_to" not in gather([host(FIRST)])[0]["iam"]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"flow_logs_least_privilege": True}, id="flow_logs_least_privilege"),
        pytest.param({"flow_logs_iam_tags": {"a": "b"}}, id="flow_logs_iam_tags"),
        pytest.param({"flow_logs_manage_iam": False}, id="flow_logs_manage_iam"),
        pytest.param({"flow_logs_permissions_boundary": "arn"}, id="flow_logs_permissions_boundary"),
        pytest.param({"flow_logs_state": "absent"}, id="flow_logs_state"),
        pytest.param({"flow_logs_remove_iam": True}, id="flow_logs_remove_iam"),
        pytest.param({"flow_logs_removal_wait": 5}, id="flow_logs_removal_wait"),
        pytest.param({"flow_logs_permissions_boundary": "x"}, id="flow_logs_permissions_boundary"),
    ],
)
def test_hosts_that_share_a_role_have_to_agree_on(settings: dict[str, Any]) -> None:
    [name] = settings
    said = {"flow_logs_iam_tags": {}, "flow_logs_remove_iam": False, "flow_logs_removal_wait": 60}
    said |= {"flow_logs_manage_iam": True, "flow_logs_permissions_boundary": "", "flow_logs_least_privilege": False}
    elsewhere = host("vpc-00000009", profile="another")

    problems, served = failing([of(FIRST, said), of(SECOND, said), of(THIRD, {**BANK, **said, **settings}), elsewhere])

    assert sorted(problems) == sorted([FIRST, SECOND, THIRD])
    for reason in problems.values():
        assert f"Hosts {THIRD} and {FIRST} share the IAM role" in reason
        assert name in reason
    assert served == ["vpc-00000009"]


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        pytest.param({"policy_name": "A"}, {"policy_name": "B"}, "IAM role Flow-Logs-Role-to-cloudwatch-logs", id="a role"),
        pytest.param({"role_name": "A"}, {"role_name": "B"}, "IAM policy Send_to_CloudWatch_Logs", id="a policy"),
    ],
)
@pytest.mark.parametrize(
    ("variable", "values"),
    [("least_privilege", (True, False)), ("iam_tags", ({"a": "b"}, {"a": "c"}))],
)
def test_pairs_that_have_half_in_common_have_to_agree_on_it(
    one: dict[str, Any], other: dict[str, Any], what: str, variable: str, values: tuple[Any, Any]
) -> None:
    """Each would undo in every run what the other did."""
    wishes = [host(FIRST, **one, **{variable: values[0]}), host(SECOND, **other, **{variable: values[1]})]

    problems, served = failing(wishes)

    assert set(problems) == {FIRST, SECOND} and served == []
    assert all(f"share the {what} but not the value of flow_logs_{variable}" in each for each in problems.values())
    gather([host(FIRST, **one, **{variable: values[0]}), host(SECOND, **other)])


@pytest.mark.parametrize(
    ("variable", "values"),
    [("retention_in_days", ("7", "30")), ("kms_key_id", ("", "arn:aws:kms:eu-west-1:123456789012:key/1")), ("tags", ({}, {"a": "b"}))],
)
def test_hosts_that_share_a_log_group_have_to_agree_on(variable: str, values: tuple[Any, Any]) -> None:
    """The same group of two projects would be changed to and fro by every run."""
    name = "/central/{region}"
    one, other = (host(id_, log_group_name=name, **{variable: value}) for id_, value in zip((FIRST, SECOND), values, strict=True))
    elsewhere = host(THIRD, log_group_name=name, region="eu-west-1", **{variable: values[1]})

    problems, served = failing([one, other, elsewhere])

    assert set(problems) == {FIRST, SECOND} and served == [THIRD]
    assert all(f"share the log group {name} but not the value of flow_logs_{variable}" in each for each in problems.values())
    gather([one, host(SECOND, log_group_name=name)])
    gather([one, host(SECOND, log_group_name="/{resource_name}", **{variable: values[1]})])


def test_a_host_that_says_nothing_agrees_with_everybody() -> None:
    [account] = gather([host(FIRST), of(SECOND, {**BANK, "flow_logs_iam_tags": {"a": "b"}})])

    assert account["iam"]["tags"] == {"a": "b"}


def test_hosts_with_roles_of_their_own_need_not_agree() -> None:
    gather([host(FIRST), host(SECOND, role_name="r", policy_name="p", least_privilege=True)])


# Labels and messages.


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        pytest.param({"expected_account_id": "123456789012", "profile": "p"}, "123456789012", id="its number"),
        pytest.param(
            {"assume_role_arn": "arn:aws:iam::210987654321:role/x", "profile": "p"},
            "arn:aws:iam::210987654321:role/x",
            id="the role to assume",
        ),
        pytest.param({"profile": "p"}, "p", id="the profile"),
        pytest.param({}, "the caller's account", id="the caller's account"),
    ],
)
def test_an_account_is_called_by(settings: dict[str, Any], label: str) -> None:
    [account] = gather([host(FIRST, **settings)])

    assert account["label"] == label


@pytest.mark.parametrize(
    ("wish", "label"),
    [
        pytest.param(host(FIRST), "shop, 1 target", id="one target"),
        pytest.param(host("a", resource_ids=[FIRST, SECOND]), "shop, 2 targets", id="two targets"),
        pytest.param(host(FIRST, region="eu-west-1"), "shop in eu-west-1, 1 target", id="with its region"),
        pytest.param(host(FIRST, project=None, log_group_name="/x"), "/x, 1 target", id="without a project"),
    ],
)
def test_a_delivery_is_called_by_its_project_or_log_group(wish: HostWish, label: str) -> None:
    [account] = gather([wish])

    assert account["deliveries"][0]["label"] == label


def test_problems_that_are_known_already_are_kept() -> None:
    problems = Problems()
    problems.add(["db1"], "it has no project")

    gathered = _deliveries.gather([host("web1"), host(FIRST)], problems)

    assert list(gathered.problems.as_result()) == ["db1", "web1"]
    assert deliveries(gathered.accounts) == [[FIRST]]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        pytest.param({"log_group_name": "/aws/{name}"}, "{name}", id="a template"),
        pytest.param({"log_format": "version"}, "'version'", id="a format"),
        pytest.param({"tags": {"aws:x": "y"}}, "'aws:x'", id="a tag of the flow logs"),
        pytest.param({"iam_tags": {"aws:x": "y"}}, "'aws:x'", id="a tag of the role"),
        pytest.param({"insights_queries": True, "insights_query_folder": "x" * 300}, "xxx", id="a folder of queries"),
    ],
)
def test_what_a_module_would_refuse_fails_the_hosts_that_have_it(settings: dict[str, Any], complaint: str) -> None:
    wrong = [host(each, role_name="r", **settings) for each in (SECOND, THIRD)]

    problems, served = failing([host(FIRST), *wrong])

    assert sorted(problems) == sorted([SECOND, THIRD])
    assert all(complaint in reason for reason in problems.values())
    assert served == [FIRST]


@pytest.mark.parametrize("project", ["R&D", "Shop & Co", "café", "{region", "a\nb"])
def test_a_project_that_makes_no_name_fails_its_hosts_and_is_named(project: str) -> None:
    settings = {"flow_logs_project": project, "flow_logs_log_group_name": f"/aws/{project}/vpc/flowlogs"}

    problems, served = failing([host(FIRST), of(SECOND, settings)])

    assert f"its project {project!r} can't be part of a log group name" in problems[SECOND]
    assert "Set flow_logs_project" in problems[SECOND]
    assert served == [FIRST]


def test_a_project_that_is_in_no_name_may_have_any_characters() -> None:
    assert deliveries(gather([of(FIRST, {"flow_logs_project": "R&D", "flow_logs_log_group_name": "/aws/rnd"})])) == [
        [FIRST]
    ]


# Accounts.


def test_the_same_id_in_two_accounts_is_no_contradiction() -> None:
    accounts = gather([host(FIRST, profile="a"), host("other", resource_id=FIRST, profile="b", traffic_type="REJECT")])

    assert [account["label"] for account in accounts] == ["a", "b"]


def test_accounts_come_in_the_order_of_their_names_and_then_of_the_ways_into_them() -> None:
    number = "123456789012"
    wishes = [
        host(FIRST, expected_account_id=number, profile="z"),
        host(SECOND, expected_account_id=number, profile="a"),
        host(THIRD, profile="9"),
        host("vpc-00000004", expected_account_id="000000000000", profile="zz"),
    ]

    told = [(account["label"], account["ways"][0]["connection"]["profile"]) for account in gather(wishes)]

    assert told == [("000000000000", "zz"), (number, "a"), (number, "z"), ("9", "9")]


@pytest.mark.parametrize(("settings", "seconds"), [({}, 0), ({"removal_wait": None}, 0), ({"removal_wait": 30}, 30)])
def test_how_long_a_removal_waits(settings: dict[str, Any], seconds: int) -> None:
    assert gather([host(FIRST, **settings)])[0]["removal_wait"] == seconds


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        ({"verify_timeout": 60}, None),
        ({"verify_timeout": 60, "verify_delivery": False}, None),
        ({"verify_timeout": 60, "verify_delivery": True}, 60),
    ],
)
def test_how_long_records_are_waited_for(settings: dict[str, Any], seconds: int | None) -> None:
    assert gather([host(FIRST, **settings)])[0]["deliveries"][0]["verify_timeout"] == seconds


def test_queries_are_saved_on_request_for_all_targets_of_a_folder() -> None:
    """A run for some of the hosts takes no log groups of the others out of them."""
    wishes = [host(name, insights_queries=True, region="eu-west-1") for name in (SECOND, FIRST)]

    [folder] = gather(wishes)[0]["queries"]

    assert folder["label"].startswith("queries in ") and folder["label"].endswith(" in eu-west-1")
    assert folder["options"]["resource_ids"] == [FIRST, SECOND]
    assert folder["options"]["purge_log_group_names"] is False
    assert folder["connection"] == {"region": "eu-west-1"}
    assert gather([host(FIRST)])[0]["queries"] == []


def test_no_hosts_are_no_accounts() -> None:
    assert gather([]) == []


# Several ways into one account.

RETAIL = Account("123456789012", "aws")
ROLES = [f"arn:aws:iam::123456789012:role/{name}" for name in ("shop", "bank")]


def into_retail(ways: Mapping[Way, Sequence[str]]) -> dict[Way, Account]:
    return dict.fromkeys(ways, RETAIL)


def joined(wishes: list[HostWish]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Accounts and problems where every way leads into the same account, whatever the order of the hosts."""
    one, other = (_deliveries.gather(each, None, into_retail) for each in (wishes, wishes[::-1]))
    assert one.accounts == other.accounts
    assert one.problems.as_result() == other.problems.as_result()
    return one.accounts, one.problems.as_result()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"expected_account_id": "123456789012"}, {}, id="a guard in one group and none in another"),
        pytest.param({"assume_role_arn": ROLES[0]}, {"assume_role_arn": ROLES[1]}, id="two roles to assume"),
        pytest.param({"profile": "a"}, {"profile": "b"}, id="two profiles"),
        pytest.param({"profile": "a"}, {}, id="a profile and the environment"),
    ],
)
def test_two_ways_into_one_account_are_one_account_with_one_iam(first: Any, second: Any) -> None:
    accounts, problems = joined([host(FIRST, iam_tags={"a": "b"}, **first), host(SECOND, **second)])

    [account] = accounts
    assert problems == {}
    assert account["label"] == "123456789012"
    assert account["iam"]["tags"] == {"a": "b"}
    ways = [account["ways"][delivery["way"]] for delivery in account["deliveries"]]
    assert len({str(way["way"]) for way in ways}) == len(account["ways"])
    assert {way["account"] for way in ways} == {("123456789012", "aws")}


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ({"least_privilege": True}, {"least_privilege": False}, "flow_logs_least_privilege"),
        ({"iam_tags": {"a": "b"}}, {"iam_tags": {"a": "c"}}, "flow_logs_iam_tags"),
    ],
)
def test_ways_into_one_account_that_disagree_are_refused(first: Any, second: Any, name: str) -> None:
    accounts, problems = joined([host(FIRST, profile="a", **first), host(SECOND, profile="b", **second)])

    assert accounts == []
    assert sorted(problems) == [FIRST, SECOND]
    assert all(name in reason for reason in problems.values())


def test_one_target_by_two_ways_is_done_once() -> None:
    accounts, problems = joined([host("a", resource_id=FIRST, profile="x"), host("b", resource_id=FIRST, profile="y")])

    assert (deliveries(accounts), problems) == ([[FIRST]], {})


def test_one_target_by_two_ways_with_two_settings_fails_both() -> None:
    accounts, problems = joined(
        [host("a", resource_id=FIRST, profile="x"), host("b", resource_id=FIRST, profile="y", traffic_type="REJECT")]
    )

    assert accounts == []
    assert sorted(problems) == ["a", "b"]


def test_a_guard_that_does_not_hold_fails_its_hosts_before_anything_is_planned() -> None:
    accounts, problems = joined([host(FIRST, expected_account_id="999999999999"), host(SECOND)])

    assert list(problems) == [FIRST]
    assert "123456789012, but expected_account_id is 999999999999" in problems[FIRST]
    assert deliveries(accounts) == [[SECOND]]


def test_a_way_is_asked_in_the_regions_of_its_hosts_and_iam_takes_none_of_a_delivery() -> None:
    asked: list[Mapping[Way, Sequence[str | None]]] = []

    def identify(ways: Mapping[Way, Sequence[str | None]]) -> dict[Way, Account]:
        asked.append(ways)
        return dict.fromkeys(ways, RETAIL)

    wishes = [host(FIRST, region="us-east-1"), host(SECOND, region="ap-east-1"), host(THIRD)]
    [account] = _deliveries.gather(wishes, None, identify).accounts

    # The last one is the environment's, which a host without a region has.
    assert asked == [{Way(): ["ap-east-1", "us-east-1", None]}]
    assert account["ways"][0]["regions"] == ["ap-east-1", "us-east-1", None]
    assert "region" not in {**account["iam"], **account["ways"][0]["connection"]}


def test_nobody_is_asked_for_hosts_with_which_something_is_wrong() -> None:
    asked: list[Any] = []

    _deliveries.gather([host("web1"), host(FIRST, log_format="x", profile="a")], None, lambda ways: asked.append(ways) or {})

    assert asked == [{}]


# Whose IAM is.


@pytest.mark.parametrize(
    ("settings", "managed"), [({}, True), ({"manage_iam": True}, True), ({"manage_iam": False}, False)]
)
def test_iam_is_managed_unless_a_variable_says_otherwise(settings: dict[str, Any], managed: bool) -> None:
    (account,) = gather([host(FIRST, **settings)])

    assert account["manage_iam"] is managed


def test_a_boundary_that_is_left_out_is_no_option() -> None:
    boundary = "arn:aws:iam::123456789012:policy/boundary"

    assert "permissions_boundary" not in gather([host(FIRST)])[0]["iam"]
    assert gather([host(FIRST, permissions_boundary=boundary)])[0]["iam"]["permissions_boundary"] == boundary
    assert gather([host(FIRST, permissions_boundary="")])[0]["iam"]["permissions_boundary"] == ""


@pytest.mark.parametrize("template", ["{resource_name}", "/{vpc_name}/x", "{region}/x"])
def test_least_privilege_with_a_template_that_scopes_nothing_fails_its_host_before_any_call(template: str) -> None:
    found = _deliveries.gather([host(FIRST, least_privilege=True, log_group_name=template)])
    assert found.accounts == []
    assert "fixed beginning before the placeholder" in str(found.problems.lines())


def test_the_region_and_the_account_are_no_wildcards_where_they_are_known() -> None:
    settings = {"least_privilege": True, "log_group_name": "{region}/{account_id}/{vpc_id}", "region": "eu-west-1"}
    (account,) = gather([host(FIRST, **settings)])
    assert account["iam"]["log_group_names"] == ["eu-west-1/{account_id}/*"]


@pytest.mark.parametrize("settings", [{}, {"least_privilege": True, "state": "absent"}])
def test_a_template_that_scopes_nothing_is_taken_where_nothing_is_scoped(settings: dict[str, Any]) -> None:
    assert len(gather([host(FIRST, log_group_name="{resource_name}", **settings)])) == 1
