# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which targets, projects and settings the role reads from an inventory, and how it refuses what it can't read."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
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


def test_hosts_that_cannot_be_right_are_all_named_and_nothing_is_written(cloud: Cloud, ansible: Ansible) -> None:
    good = cloud.vpc("good")
    ids = [f"vpc-0123456789abcde{number:02x}" for number in range(12)]
    wrong: dict[str, tuple[dict[str, Any], str]] = {
        "db-server": ({}, "db-server is no id"),
        "typed": ({"flow_logs_resource_id": "i-0123456789abcdef0"}, "i-0123456789abcdef0"),
        ids[2]: ({"flow_logs_traffic_type": "SOME"}, "ALL, ACCEPT, REJECT"),
        ids[3]: ({"flow_logs_retention_in_days": 1097}, "1096"),
        ids[4]: ({"flow_logs_tags": "owner"}, "flow_logs_tags"),
        ids[5]: ({"flow_logs_project": "{{ nobody_set_this }}"}, "nobody_set_this"),
        ids[6]: ({"flow_logs_max_aggregation_interval": "often"}, "flow_logs_max_aggregation_interval"),
        ids[7]: ({"flow_logs_least_privilege": "perhaps"}, "flow_logs_least_privilege"),
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
    run = ansible.run(PLAY, inventory).failed()
    assert run.calls == []
    message = run.registered("netops.flow_logs.flow_logs : Converge the flow logs of all hosts")["msg"]
    for host, (_variables, text) in wrong.items():
        assert any(f"host {host}: " in line and text in line for line in message.splitlines()), (host, text, message)
    assert f"host {ids[9]}: its project is not known" in message and "set flow_logs_project" in message
    assert good not in message


def test_values_that_only_the_modules_could_refuse_are_refused_before_anything_is_written(
    cloud: Cloud, ansible: Ansible
) -> None:
    wrong = {
        cloud.vpc("one"): ({"flow_logs_log_group_name": "/aws/{resource_nam}"}, "{resource_nam}"),
        cloud.vpc("two"): ({"flow_logs_log_format": "version srcaddr"}, "log_format"),
        cloud.vpc("three"): ({"flow_logs_tags": {"aws:owner": "me"}}, "aws:owner"),
        cloud.vpc("four"): ({"flow_logs_project": "Größe"}, "legal"),
    }
    inventory = {
        "all": {"children": {"shop": {"hosts": {host: variables for host, (variables, _text) in wrong.items()}}}}
    }
    run = ansible.run(PLAY, inventory).failed()
    assert run.calls.mutating == []
    for host, (_variables, text) in wrong.items():
        assert any(host in line and text in line for line in run.output.splitlines()), (host, text)


def test_one_target_with_two_settings_is_refused(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    name = {"flow_logs_resource_id": vpc, "flow_logs_log_group_name": "/aws/web"}
    inventory = {
        "all": {
            "hosts": {
                "one": {**name, "flow_logs_traffic_type": "ACCEPT"},
                "other": {**name, "flow_logs_traffic_type": "REJECT"},
                "third": {**name, "flow_logs_traffic_type": "REJECT", "flow_logs_least_privilege": True},
            }
        }
    }
    run = ansible.run(PLAY, inventory).failed()
    assert run.calls == []
    for text in (vpc, "one", "other", "flow_logs_traffic_type", "flow_logs_least_privilege"):
        assert text in run.output


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
    message = run.registered("netops.flow_logs.flow_logs : Say what failed")["msg"]
    assert f"missing ({gone}): InvalidVpcID.NotFound" in message
    assert spaced in message and "has blanks" in message
    assert good not in message and other not in message
    assert "flow_logs_retention_in_days meant" in run.output
    again = ansible.run(PLAY, inventory).failed()
    assert again.calls.mutating == []
