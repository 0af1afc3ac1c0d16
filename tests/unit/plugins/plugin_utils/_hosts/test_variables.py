# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.inventory.group import Group
from ansible.inventory.host import Host

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import as_template
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts import variables as _host_variables

# Group -> the groups it is in. all is above every group, as in any inventory.
GROUPS = {
    "company": [],
    "shop": ["company"],
    "shop_web": ["shop"],
    "bank": [],
    "flow_logs_uncovered": [],
    "flow_logs_partly_covered": [],
    "flow_logs_broken": [],
    "ungrouped": [],
}


def host_in(*names: str) -> Host:
    every = Group("all")
    groups = {name: Group(name) for name in GROUPS}
    for name, group in groups.items():
        every.add_child_group(group)
        for above in GROUPS[name]:
            groups[above].add_child_group(group)
    host = Host("vpc-00000001")
    for name in names:
        groups[name].add_host(host)
    return host


@pytest.mark.parametrize(
    ("host", "project"),
    [
        pytest.param(host_in("bank"), "bank", id="its only group"),
        pytest.param(host_in("shop_web"), "shop_web", id="the innermost group"),
        pytest.param(host_in("shop_web", "shop"), "shop_web", id="the innermost one of those that it is in by itself"),
        pytest.param(host_in("bank", "flow_logs_uncovered"), "bank", id="the group that is not the collection's own"),
        pytest.param(
            host_in("bank", "flow_logs_partly_covered", "flow_logs_broken"), "bank", id="nor any other of its own"
        ),
        pytest.param(host_in("bank", "shop_web"), None, id="nothing, when two groups could be it"),
        pytest.param(host_in("ungrouped"), None, id="nothing, when it is in no group"),
    ],
)
def test_the_project_of_a_host_is(host: Host, project: str | None) -> None:
    assert _host_variables._project(host) == project


SPEC = {
    "flow_logs_resource_ids": {"type": "list", "elements": "str"},
    "flow_logs_traffic_type": {"type": "str", "choices": ["ALL", "ACCEPT", "REJECT"]},
    "flow_logs_least_privilege": {"type": "bool"},
}


def test_values_get_the_types_of_the_specification_and_those_left_out_stay_out() -> None:
    values = {"flow_logs_resource_ids": "vpc-00000001,vpc-00000002", "flow_logs_least_privilege": "yes"}

    assert _host_variables._validated(SPEC, values) == {
        "flow_logs_resource_ids": ["vpc-00000001", "vpc-00000002"],
        "flow_logs_least_privilege": True,
    }


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        pytest.param({"flow_logs_traffic_type": "SOME"}, "flow_logs_traffic_type.*ALL, ACCEPT, REJECT", id="a choice"),
        pytest.param({"flow_logs_least_privilege": "perhaps"}, "flow_logs_least_privilege", id="a switch"),
    ],
)
def test_a_value_that_can_not_be_is_refused_by_its_name(values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        _host_variables._validated(SPEC, values)


def test_hosts_that_are_written_alike_have_one_fingerprint() -> None:
    names = ["flow_logs_project", "flow_logs_log_group_name", "flow_logs_tags"]
    raw = {
        "flow_logs_project": "shop",
        "flow_logs_log_group_name": as_template("/{{ flow_logs_project }}/{{ stage }}"),
        "stage": "prod",
    }

    one = _host_variables.fingerprint({**raw, "inventory_hostname": "vpc-1", "other": 1}, names)
    assert one == _host_variables.fingerprint({**raw, "inventory_hostname": "vpc-2", "other": 2}, names)
    assert one is not None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"flow_logs_project": "bank"}, id="another value"),
        pytest.param({"stage": "test"}, id="another value of a variable that a template speaks of"),
        pytest.param({"stage": as_template("{{ level }}"), "level": "prod"}, id="the same, by way of another variable"),
        pytest.param({"flow_logs_tags": {"a": "b"}}, id="one more variable"),
    ],
)
def test_hosts_that_differ_have_another(change: dict[str, Any]) -> None:
    names = ["flow_logs_project", "flow_logs_log_group_name", "flow_logs_tags"]
    raw = {
        "flow_logs_project": "shop",
        "flow_logs_log_group_name": as_template("/{{ flow_logs_project }}/{{ stage }}"),
        "stage": "prod",
    }

    assert _host_variables.fingerprint(raw, names) != _host_variables.fingerprint({**raw, **change}, names)


@pytest.mark.parametrize(
    "text", ["{{ hostvars[x].y }}", "{{ lookup('env', 'X') }}", "{{ now() }}", "{{ [1, 2] | random }}"]
)
def test_templates_that_may_give_anything_have_none(text: str) -> None:
    assert _host_variables.fingerprint({"flow_logs_project": as_template(text)}, ["flow_logs_project"]) is None


def test_a_template_that_speaks_of_the_host_tells_hosts_apart() -> None:
    def raw(host: str) -> dict[str, str]:
        return {"flow_logs_resource_id": as_template("{{ inventory_hostname }}"), "inventory_hostname": host}

    names = ["flow_logs_resource_id"]
    assert _host_variables.fingerprint(raw("vpc-1"), names) != _host_variables.fingerprint(raw("vpc-2"), names)


def test_hosts_for_which_a_condition_may_differ_are_told_apart() -> None:
    def print_of(**raw: str) -> object:
        return _host_variables.fingerprint(
            {"flow_logs_project": "shop", **raw}, ["flow_logs_project"], ["stage == 'x'"]
        )

    assert print_of(stage="x", other="1") == print_of(stage="x", other="2")
    assert print_of(stage="x") != print_of(stage="y")
    assert print_of(stage="x") != print_of()


def test_a_condition_that_may_say_anything_leaves_no_fingerprint() -> None:
    assert _host_variables.fingerprint({}, [], ["lookup('env', 'X')"]) is None
