# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which targets, projects and settings the role reads from an inventory, and how it refuses what it can't read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.estate import hosts
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible


def test_hosts_may_stand_for_one_resource_or_for_several(cloud: Cloud, ansible: Ansible) -> None:
    vpcs = [cloud.vpc(f"net-{number}") for number in range(5)]
    there = cloud.elsewhere(region="us-east-2")
    far = there.vpc("far")
    inventory = {
        "all": {
            "children": {
                "europe": {
                    "children": {
                        # The innermost group is the project.
                        "shop": {
                            "hosts": {
                                "web": {"flow_logs_resource_id": vpcs[0]},
                                "pair": {"flow_logs_resource_ids": [vpcs[1], vpcs[2]]},
                                "none": {"flow_logs_resource_ids": []},
                                vpcs[3]: {},
                            }
                        },
                    }
                },
                "america": {
                    "hosts": {
                        "far": {
                            "flow_logs_resource_id": far,
                            "flow_logs_region": "us-east-2",
                            "flow_logs_project": "overseas",
                        }
                    }
                },
            },
            "hosts": {
                # In no group: the project has to come from elsewhere, or not to matter.
                vpcs[4]: {"flow_logs_log_group_name": "/aws/lonely/{resource_id}"},
                # Asked for twice by the same wish.
                "twin": {"flow_logs_resource_id": vpcs[4], "flow_logs_log_group_name": "/aws/lonely/{resource_id}"},
            },
        }
    }
    run = ansible.run(PLAY, inventory).succeeded()
    assert set(cloud.log_groups()) == {
        *(f"/aws/shop/vpc/net-{number}/flowlogs" for number in range(4)),
        f"/aws/lonely/{vpcs[4]}",
    }
    assert len(cloud.flow_logs()) == 5
    assert set(there.log_groups()) == {"/aws/overseas/vpc/far/flowlogs"}
    assert there.flow_log_of(far)["LogGroupName"] == "/aws/overseas/vpc/far/flowlogs"
    assert len(run.of("flow_log_iam")) == 1
    assert f"web ({vpcs[0]})" in run.output
    again = ansible.run(PLAY, inventory).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])


CONVERGE = "netops.flow_logs.flow_logs : Converge the flow logs of all hosts"


def test_hosts_that_cannot_be_right_fail_alone_and_are_named(cloud: Cloud, ansible: Ansible) -> None:
    good = cloud.vpc("good")
    ids = [cloud.vpc(f"vpc{number}") for number in range(12)]
    wrong: dict[str, tuple[dict[str, Any], str]] = {
        "db-server": ({}, "db-server is not a valid id"),
        "vpc-123": ({}, "vpc-123 is not a valid id"),
        "tgw-0a1b2c3d4e5f60718": ({}, "tgw-0a1b2c3d4e5f60718 is not a valid id"),
        "typed": ({"flow_logs_resource_id": "i-0123456789abcdef0"}, "i-0123456789abcdef0"),
        ids[0]: ({"flow_logs_log_group_name": "/aws/{resource_nam}"}, "{resource_nam}"),
        ids[1]: ({"flow_logs_log_format": "version srcaddr"}, "log_format"),
        ids[2]: ({"flow_logs_traffic_type": "SOME"}, "ALL, ACCEPT, REJECT"),
        ids[3]: ({"flow_logs_retention_in_days": 1097}, "1096"),
        ids[4]: ({"flow_logs_tags": "owner"}, "flow_logs_tags"),
        ids[5]: ({"flow_logs_project": "{{ nobody_set_this }}"}, "nobody_set_this"),
        ids[6]: ({"flow_logs_max_aggregation_interval": "often"}, "flow_logs_max_aggregation_interval"),
        ids[7]: ({"flow_logs_least_privilege": "perhaps"}, "flow_logs_least_privilege"),
        ids[8]: ({"flow_logs_project": "R&D"}, "its project 'R&D'"),
        ids[10]: ({"flow_logs_tags": {"aws:owner": "me"}}, "aws:owner"),
        ids[11]: ({"flow_logs_expected_account_id": 1402433619}, "quote"),
    }
    inventory: dict[str, Any] = {
        "all": {
            "children": {
                "shop": {
                    "hosts": {good: {}, ids[9]: {}, **{host: variables for host, (variables, _text) in wrong.items()}}
                },
                "bank": {"hosts": {ids[9]: {}}},
            }
        }
    }
    for arguments in (["--check"], []):
        run = ansible.run(PLAY, inventory, arguments).failed()
        failed = run.registered(CONVERGE)["failed_hosts"]
        assert set(failed) == {*wrong, ids[9]}
        for host, (_variables, text) in wrong.items():
            assert text in failed[host], (host, text)
        assert "its project is not known" in failed[ids[9]] and "set flow_logs_project" in failed[ids[9]]
        # Ansible's own results say the same, each host its own.
        assert sorted(run.failed_hosts) == sorted(failed)
        assert all(run.failures_of(host) == reason for host, reason in failed.items())
        assert f"  {good}: " in run.output
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [good]
    assert set(cloud.log_groups()) == {"/aws/shop/vpc/good/flowlogs"}


def test_the_report_and_the_removal_go_on_past_hosts_that_cannot_be_right(
    cloud: Cloud, ansible: Ansible, tmp_path: Path
) -> None:
    good, research = cloud.vpc("good"), cloud.vpc("research")
    spaced = cloud.vpc("Web VPC (prod)")
    inventory = {
        "all": {
            "children": {
                "shop": {
                    "hosts": {good: {}, spaced: {}, "bastion1": {}, research: {"flow_logs_project": "R&D"}}
                }
            }
        }
    }
    assert ansible.run("netops.flow_logs.apply", inventory).failed().registered(CONVERGE)["any_changed"]

    run = ansible.run("netops.flow_logs.report", inventory, ["-e", f"flow_logs_report_directory={tmp_path}/report"])
    run.failed()
    report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    unread = {entry["what"]: entry["message"] for entry in report["not_read"]}
    assert "is not a valid id" in unread["host bastion1"]
    assert "its project 'R&D'" in unread[f"host {research}"]
    assert {entry["subject"] for entry in report["findings"] if entry["kind"] == "not_read"} == set(unread)
    assert any(entry["subject"] == spaced and "not a valid log group name" in entry["message"] for entry in report["findings"])
    assert {target["resource_id"]: target["status"] for target in report["targets"]}[good] == "covered"
    assert "bastion1" in (tmp_path / "report" / "report.html").read_text("utf-8")

    for arguments in (["--check"], []):
        run = ansible.run("netops.flow_logs.remove", inventory, arguments).failed()
        assert set(run.registered(CONVERGE)["failed_hosts"]) == {"bastion1", research}
        assert f"{spaced}: InvalidLogGroupName" in run.output
    assert cloud.flow_logs() == []


def test_one_host_in_two_projects_stops_no_other_group(cloud: Cloud, ansible: Ansible) -> None:
    shop, both, bank = cloud.vpc("shop"), cloud.vpc("both"), cloud.vpc("bank")
    inventory = {
        "all": {"children": {"shop": {"hosts": {shop: {}, both: {}}}, "bank": {"hosts": {bank: {}, both: {}}}}}
    }
    run = ansible.run("netops.flow_logs.apply", inventory, ["--limit", "bank"]).failed()
    assert list(run.registered(CONVERGE)["failed_hosts"]) == [both]
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [bank]
    run = ansible.run("netops.flow_logs.apply", inventory, ["--limit", shop]).succeeded()
    assert {log["ResourceId"] for log in cloud.flow_logs()} == {bank, shop}


def test_with_any_errors_fatal_nothing_is_written_when_a_problem_is_known_before(
    cloud: Cloud, ansible: Ansible
) -> None:
    inventory = hosts("shop", [cloud.vpc("good"), "bastion1"])
    run = ansible.run([{**PLAY[0], "any_errors_fatal": True}], inventory).failed()
    assert run.calls.mutating == []
    assert run.failed_hosts == ["bastion1"]
    assert "bastion1 is not a valid id" in run.failures_of("bastion1")
    assert "Nothing was written, as any_errors_fatal is set." in run.output
    assert ansible.run(PLAY, inventory).failed().calls.mutating


def test_what_is_left_empty_counts_as_left_out(cloud: Cloud, ansible: Ansible) -> None:
    """In YAML "flow_logs_project:" without a value is null."""
    shop, bank, other = cloud.vpc("web"), cloud.vpc("web"), cloud.vpc("web")
    empty = {"flow_logs_project": None, "flow_logs_log_group_name": None, "flow_logs_role_name": None}
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {shop: {}}, "vars": empty},
                "bank": {"hosts": {bank: {}}, "vars": {"flow_logs_project": "{{ nothing | default('') }}"}},
            },
            "hosts": {other: {"flow_logs_project": "  "}},
        }
    }
    run = ansible.run(PLAY, inventory).failed()
    assert list(run.registered(CONVERGE)["failed_hosts"]) == [other]
    assert "its project is not known" in run.output
    assert set(cloud.log_groups()) == {"/aws/shop/vpc/web/flowlogs", "/aws/bank/vpc/web/flowlogs"}


@pytest.mark.parametrize(
    ("guard", "said"),
    [
        ("999999999999", "expected_account_id is 999999999999"),
        ("", "quote"),
        (None, "quote"),
        ("{{ lookup('env', 'NOT_SET_ANYWHERE') }}", "quote"),
    ],
)
def test_the_safety_catch_is_the_users_alone(cloud: Cloud, ansible: Ansible, guard: Any, said: str) -> None:
    cloud.vpc("web")
    source = ansible.write("estate.network.yml", {"plugin": "netops.flow_logs.network", "regions": ["eu-west-1"]})
    ansible.write("group_vars/all.yml", {"flow_logs_expected_account_id": guard, "flow_logs_project": "shop"})
    for playbook in ("netops.flow_logs.apply", "netops.flow_logs.remove"):
        run = ansible.run(playbook, None, ["-i", str(source)]).failed()
        assert said in run.output
        assert run.calls.mutating == []
    assert cloud.flow_logs() == []


def test_a_tag_is_no_template_of_this_collection_either(cloud: Cloud, ansible: Ansible) -> None:
    """{region} in a tag is data, though the same text in group_vars is a placeholder."""
    bad, good = cloud.vpc("web"), cloud.vpc("db")
    for vpc, project in ((bad, "{region}"), (good, "shop")):
        cloud.client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "project", "Value": project}])
    inventory = {
        "plugin": "netops.flow_logs.network",
        "regions": ["eu-west-1"],
        "project_tag": "project",
        "filters": {"tag-key": "project"},
    }
    source = ansible.write("estate.network.yml", inventory)
    run = ansible.run("netops.flow_logs.apply", None, ["-i", str(source)]).failed()
    assert set(cloud.log_groups()) == {"/aws/shop/vpc/db/flowlogs"}
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [good]
    assert "{region} out of flow_logs_project" in run.output


@pytest.mark.parametrize("first", ["user's", "tag's"])
def test_the_letters_of_another_hosts_template_are_data_in_a_tag(cloud: Cloud, ansible: Ansible, first: str) -> None:
    """Whichever host is read first: neither does the tag become a template nor the template a tag."""
    users, tagged = cloud.vpc("web"), cloud.vpc("evil")
    cloud.client("ec2").create_tags(Resources=[tagged], Tags=[{"Key": "project", "Value": "{{ team }}"}])
    listed = {users: {"flow_logs_project": "{{ team }}"}, tagged: {"reads": True}}
    order = list(listed) if first == "user's" else list(listed)[::-1]
    inventory = {"all": {"vars": {"team": "red"}, "hosts": {name: listed[name] for name in order}}}
    tasks = [
        {"amazon.aws.ec2_vpc_net_info": {"vpc_ids": [tagged]}, "register": "found", "when": "reads is defined", "delegate_to": "localhost"},
        {"set_fact": {"flow_logs_project": "{{ found.vpcs[0].tags.project }}"}, "when": "reads is defined"},
        {"include_role": {"name": "netops.flow_logs.flow_logs"}},
    ]
    run = ansible.run([{"hosts": "all", "gather_facts": False, "tasks": tasks}], inventory).failed()
    assert list(run.registered(CONVERGE)["failed_hosts"]) == [tagged]
    assert [log["LogGroupName"] for log in cloud.flow_logs()] == ["/aws/red/vpc/web/flowlogs"]


def test_a_tag_in_a_registered_result_is_no_template_either(cloud: Cloud, ansible: Ansible) -> None:
    bad, good = cloud.vpc("web"), cloud.vpc("db")
    for vpc, project in ((bad, "{region}"), (good, "shop")):
        cloud.client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "project", "Value": project}])
    read = {"amazon.aws.ec2_vpc_net_info": {"filters": {"tag-key": "project"}}, "register": "found", "run_once": True}
    role = {
        "include_role": {"name": "netops.flow_logs.flow_logs"},
        "vars": {
            "prefix": "/aws/{region}",
            "mine": "{{ found.vpcs | selectattr('vpc_id', 'eq', inventory_hostname) | first }}",
            "flow_logs_log_group_name": "{{ prefix }}/{{ mine.tags.project }}",
        },
    }
    play = {"hosts": "all", "gather_facts": False, "tasks": [{**read, "delegate_to": "localhost"}, role]}
    run = ansible.run([play], hosts("shop", [bad, good])).failed()
    # The result has everybody's tags: whose log group gets the text decides.
    assert list(run.registered(CONVERGE)["failed_hosts"]) == [bad]
    assert "{region} out of found" in run.output
    assert set(cloud.log_groups()) == {"/aws/eu-west-1/shop"}


def test_one_target_with_two_settings_fails_all_that_ask_for_it(cloud: Cloud, ansible: Ansible) -> None:
    vpc, other = cloud.vpc("web"), cloud.vpc("db")
    name = {"flow_logs_resource_id": vpc, "flow_logs_log_group_name": "/aws/web"}
    inventory = {
        "all": {
            "hosts": {
                "one": {**name, "flow_logs_traffic_type": "ACCEPT"},
                "other": {**name, "flow_logs_traffic_type": "REJECT"},
                other: {"flow_logs_log_group_name": "/aws/db"},
            }
        }
    }
    run = ansible.run(PLAY, inventory).failed()
    assert set(run.registered(CONVERGE)["failed_hosts"]) == {"one", "other"}
    for text in (vpc, "one", "other", "flow_logs_traffic_type"):
        assert text in run.output
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [other]


def test_hosts_that_share_a_role_and_disagree_about_it_all_fail(cloud: Cloud, ansible: Ansible) -> None:
    inventory = {
        "all": {
            "vars": {"flow_logs_log_group_name": "/aws/shop"},
            "hosts": {
                cloud.vpc("web"): {"flow_logs_least_privilege": False},
                cloud.vpc("db"): {"flow_logs_least_privilege": True},
            },
        }
    }
    run = ansible.run(PLAY, inventory).failed()
    assert run.calls == []
    assert "flow_logs_least_privilege" in run.output


def test_targets_whose_tags_make_one_group_with_two_settings_fail_and_no_other(cloud: Cloud, ansible: Ansible) -> None:
    """By the slash in a tag, another project's group can be named: its retention is not whoever tags' to change."""
    shop, forged, other = cloud.vpc("a/vpc/b"), cloud.vpc("b"), cloud.vpc("c")
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {shop: {}, other: {}}, "vars": {"flow_logs_retention_in_days": 365}},
                "forgery": {
                    "hosts": {forged: {}},
                    "vars": {"flow_logs_project": "shop/vpc/a", "flow_logs_retention_in_days": 1},
                },
            }
        }
    }
    for arguments in (["--check"], []):
        run = ansible.run(PLAY, inventory, arguments).failed()
        assert f"{forged}: ContradictingSettings" in run.output or f"{shop}, {forged}" in run.output
        assert "flow_logs_retention_in_days" in run.output
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [other]
    assert set(cloud.log_groups()) == {"/aws/shop/vpc/c/flowlogs"}
    # What a group leaves out agrees with what another says.
    del inventory["all"]["children"]["forgery"]["vars"]["flow_logs_retention_in_days"]
    ansible.run(PLAY, inventory).succeeded()
    again = ansible.run(PLAY, inventory).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])
    assert cloud.log_groups()["/aws/shop/vpc/a/vpc/b/flowlogs"]["retentionInDays"] == 365


def test_a_target_that_fails_does_not_stop_the_others_and_the_next_run_goes_on(cloud: Cloud, ansible: Ansible) -> None:
    good, other = cloud.vpc("good"), cloud.vpc("other")
    gone = "vpc-0123456789abcdef0"
    spaced = cloud.vpc("has blanks")
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {good: {}, "missing": {"flow_logs_resource_id": gone}}},
                "bank": {"hosts": {spaced: {}}},
                "last": {"hosts": {other: {}}, "vars": {"flow_logs_misspelt": 1, "flow_logs_retention_days": 3}},
            }
        }
    }
    run = ansible.run(PLAY, inventory).failed()
    assert {log["ResourceId"] for log in cloud.flow_logs()} == {good, other}
    assert set(cloud.log_groups()) == {"/aws/shop/vpc/good/flowlogs", "/aws/last/vpc/other/flowlogs"}
    assert "1 created, 1 failed" in run.output
    assert sorted(run.failed_hosts) == sorted(["missing", spaced])
    assert gone in run.failures_of("missing") and "has blanks" in run.failures_of(spaced)
    assert "flow_logs_retention_in_days meant" in run.output
    again = ansible.run(PLAY, inventory).failed()
    assert again.calls.mutating == []
