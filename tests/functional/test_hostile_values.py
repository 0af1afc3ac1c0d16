# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags that want to run, forge or stop something, on their way through the plugin, the modules, the role and the report.

"make cores" runs this file with the oldest and the newest ansible-core, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import cast

import pytest
from ansible.release import __version__ as CORE
from moto.ec2.models import ec2_backends

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator
from ansible_collections.netops.flow_logs.tests.functional.support.inventory import PLUGIN
from ansible_collections.netops.flow_logs.tests.functional.support.inventory import Shown
from ansible_collections.netops.flow_logs.tests.functional.support.inventory import show
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run
from ansible_collections.netops.flow_logs.tests.support import hostile

BEFORE_2_19 = tuple(map(int, CORE.split(".")[:2])) < (2, 19)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
# Expressions of an operator, which do run, on what others wrote.
CONSTRUCTED = f"""\
plugin: {PLUGIN}
regions: [{REGION}]
project_tag: project
filters: {{is-default: "false"}}
compose:
  all_tags: tags | to_json
  all_keys: tags.keys() | list
  owner: tags.owner
  owner_and_more: "'<' ~ tags.owner ~ '>' ~ (1 + 1)"
  owners: "[[tags.owner], {{'owner': tags.owner}}]"
groups:
  owned: tags.owner | length > 0
keyed_groups:
  - key: tags.owner
    separator: ""
  - key: tags
    prefix: tag
  - key: tags.values() | list
    separator: ""
  - key: "'child'"
    parent_group: "{{{{ tags.owner }}}}"
    separator: ""
"""
CACHE = "cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {}\n"


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsLike]:
    with AwsLike() as aws:
        yield aws


@pytest.fixture
def emulator(aws: AwsLike) -> Emulator:
    """The one that is like AWS, in place of the usual one."""
    return cast(Any, aws)


@dataclass(frozen=True)
class Network:
    """A VPC for each hostile value, and two whose tags have all the hostile keys."""

    canary: Path
    values: dict[str, str]
    vpcs: dict[str, str]
    keys: dict[str, list[str]]

    @property
    def everything(self) -> set[str]:
        return {*self.vpcs.values(), *self.keys}

    def tags_of(self, name: str) -> dict[str, str]:
        text = self.values[name]
        return {"project": text, "owner": text, "Name": text}

    def nothing_ran(self) -> None:
        assert not self.canary.exists(), f"{len(self.canary.read_text().splitlines())} times"


@pytest.fixture
def network(cloud: Cloud, tmp_path: Path) -> Network:
    canary = tmp_path / "canary"
    values = hostile.values(canary, in_xml=True)
    # Past the API's own checks of tags: whatever AWS let through is to be harmless.
    backend = ec2_backends[ACCOUNT][REGION]
    keys = list(hostile.keys(canary, in_xml=True).values())
    # A resource has 50 tags at most.
    halves = {vpc: keys[half::2] for half, vpc in enumerate(cloud.vpcs(2))}
    found = Network(canary, values, dict(zip(values, cloud.vpcs(len(values)), strict=True)), halves)
    for name, vpc in found.vpcs.items():
        backend.create_tags([vpc], found.tags_of(name))
    for vpc, half in halves.items():
        backend.create_tags([vpc], {"project": "keys", "owner": "somebody", **dict.fromkeys(half, "x")})
    return found


def _kept(text: str) -> str:
    """As EC2's XML brings it: an XML parser makes one line break of each kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_found(network: Network, shown: Shown) -> None:
    """All hosts are there, with their tags as they are, in groups that tags may make."""
    for name, vpc in network.vpcs.items():
        variables, text = shown.vars(vpc), network.values[name]
        assert variables["resource_tags"] == network.tags_of(name), name
        assert variables["flow_logs_project"] == (text.strip() or "untagged"), name
        assert json.loads(variables["all_tags"]) == network.tags_of(name), name
        assert variables["owner_and_more"] == f"<{text}>2", name
    for vpc, keys in network.keys.items():
        assert set(shown.vars(vpc)["resource_tags"]) == {"project", "owner", *keys}
        assert json.loads(shown.vars(vpc)["all_tags"]) == shown.vars(vpc)["resource_tags"]

    everything = network.everything
    assert shown.group("flow_logs_uncovered") == everything
    assert shown.group("flow_logs_broken") | shown.group("flow_logs_partly_covered") == set()
    assert shown.group("owned") == everything
    assert shown.group("ungrouped") | shown.group("localhost") == set()
    assert all(re.fullmatch(r"\w+", group) for group in shown.listing)
    assert {each for group in shown.listing.values() for each in group.get("hosts", [])} == everything


def test_the_inventory_has_tags_as_they_are_and_runs_none(network: Network, ansible: Ansible) -> None:
    estate = ansible.write("estate.network.yml", CONSTRUCTED + CACHE.format(ansible.directory / "cache"))

    fresh = show(ansible, estate)
    network.nothing_ran()
    assert fresh.code == 0
    assert "Failed to parse" not in fresh.messages, fresh.messages
    _is_found(network, fresh)
    assert "The group 'flow_logs_uncovered' is filled by the plugin alone" in fresh.messages
    for name in ("the plugin's group", "the plugin's group, nearly", "all", "localhost"):
        vpc, text = network.vpcs[name], network.values[name]
        assert f"{vpc} (tag 'project' = {text!r}" in fresh.messages, name

    cached, as_yaml, graph = (
        show(ansible, estate),
        show(ansible, estate, "--list", "--yaml"),
        show(ansible, estate, "--graph"),
    )
    network.nothing_ran()
    assert cached.calls == as_yaml.calls == []
    assert cached.listing == fresh.listing
    assert (as_yaml.code, graph.code) == (0, 0), as_yaml.messages
    assert all(vpc in graph.output and vpc in as_yaml.output for vpc in network.vpcs.values())


def _debugged(*expressions: str) -> list[dict[str, Any]]:
    return [{"ansible.builtin.debug": {"msg": f"{{{{ {each} }}}}"}} for each in expressions]


def test_plays_show_variables_and_results_of_modules_and_run_none(
    network: Network, cloud: Cloud, ansible: Ansible
) -> None:
    """In an operator's own plays: variables, facts made of them, and what the modules found."""
    vpc = network.vpcs["a placeholder"]
    cloud.role(trust=TRUST)
    for number, text in enumerate(network.values.values()):
        flow_log = cloud.flow_log(vpc, LogGroupName=f"/aws/{number}")
        ec2_backends[ACCOUNT][REGION].create_tags([flow_log], {"note": text, text or "-": "x"})
    estate = ansible.write("estate.network.yml", CONSTRUCTED)
    play = {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            *_debugged("[resource_tags, flow_logs_project, owner, owners, all_tags, all_keys, group_names]"),
            {"ansible.builtin.set_fact": {"again": "{{ resource_tags | to_json }}", "same": "{{ resource_tags }}"}},
            *_debugged("[again, same]"),
        ],
    }
    found = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "tasks": [
            {"netops.flow_logs.flow_log_info": {"coverage": True}, "register": "found"},
            *_debugged("found", "found | to_json", "found.flow_logs | map(attribute='tags') | list", "groups.keys()"),
            {"ansible.builtin.set_fact": {"again": "{{ found.flow_logs | to_json }}"}},
            *_debugged("again"),
        ],
    }

    run = ansible.run([play, found], None, ["-i", str(estate), "-f", "2"]).succeeded()
    network.nothing_ran()
    assert {host for host, counts in run.recap.items() if counts["ok"]} == {*network.everything, "localhost"}


# Names that do not depend on the project, and tags that are made of what others wrote, as far as AWS takes it.
LEGAL = "regex_replace('[^a-zA-Z0-9]', '_') | truncate(100, true, '', 0)"
SETTINGS = {
    "flow_logs_log_group_name": "/aws/all/{resource_id}",
    "flow_logs_tags": {"owner": f"{{{{ resource_tags.owner | {LEGAL} }}}}", "keys": f"{{{{ all_tags | {LEGAL} }}}}"},
}


def _run_role(ansible: Ansible, playbook: str, *arguments: str) -> Run:
    ansible.write("estate/group_vars/all.yml", SETTINGS)
    estate = ansible.write("estate/estate.network.yml", CONSTRUCTED)
    return ansible.run(f"netops.flow_logs.{playbook}", None, ["-i", str(estate), *arguments])


def test_the_role_records_whoever_has_such_tags_and_runs_none(network: Network, cloud: Cloud, ansible: Ansible) -> None:
    limit = ",".join(network.vpcs[value.name] for value in hostile.VALUES if value.runs)
    checked = _run_role(ansible, "apply", "--check", "--diff", "--limit", limit)
    network.nothing_ran()
    assert checked.calls.mutating == []

    _run_role(ansible, "apply").succeeded()
    network.nothing_ran()
    logs = {log["ResourceId"]: log for log in cloud.flow_logs()}
    assert set(logs) == network.everything
    for name, vpc in network.vpcs.items():
        tags = {tag["Key"]: tag["Value"] for tag in logs[vpc]["Tags"]}
        assert tags["owner"] == re.sub(r"[^a-zA-Z0-9]", "_", network.values[name])[:100], name


def test_the_report_shows_such_tags_and_runs_none(network: Network, ansible: Ansible) -> None:
    into = ansible.directory / "report"
    formats = {"flow_logs_report_formats": ["html", "json", "junit", "sarif"], "flow_logs_report_path": str(into)}

    run = _run_role(ansible, "report", "-e", json.dumps(formats))

    network.nothing_ran()
    assert "Traceback" not in run.output


def test_what_is_not_kept_as_data_does_run_and_is_noticed(ansible: Ansible, tmp_path: Path) -> None:
    """The other tests could fail: the same values as an operator's own variables, which Ansible trusts."""
    canaries = {value.name: tmp_path / f"canary{number}" for number, value in enumerate(hostile.VALUES)}
    hosts = {f"host{number}": {"value": value.at(canaries[value.name])} for number, value in enumerate(hostile.VALUES)}
    play = {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.debug": {"var": "value"}, "ignore_errors": True}],
    }

    ansible.run([play], {"all": {"hosts": hosts}}, ["-f", "2"])

    ran = {name for name, canary in canaries.items() if canary.exists()}
    assert ran == {value.name for value in hostile.VALUES if value.runs and (BEFORE_2_19 or not value.only_before_2_19)}
