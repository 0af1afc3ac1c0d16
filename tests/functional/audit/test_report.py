# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report playbook, from an account's resources to the files."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import region_denied
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.audit.estate import Estate
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run

REPORT, APPLY = "netops.flow_logs.report", "netops.flow_logs.apply"
HEADINGS = {
    "not_read": "Could not be read",
    "uncovered": "Nobody records",
    "broken_delivery": "Does not arrive",
    "missing_log_group": "Log group is missing",
    "partly_covered": "Recorded in part",
    "drift": "Differs from the inventory",
    "no_retention": "Kept for ever",
    "unknown_flow_log": "In no inventory",
    "orphaned_role": "Left over in IAM",
    "orphaned_policy": "Left over in IAM",
}
ALL_FORMATS = {"flow_logs_report_formats": ["html", "json", "junit", "sarif"]}


@pytest.fixture
def estate(cloud: Cloud, ansible: Ansible, emulator: AwsLike) -> Estate:
    return Estate(cloud, ansible, emulator)


def run(ansible: Ansible, inventory: Any, *arguments: str, **variables: Any) -> Run:
    extra = ["-e", json.dumps({**ALL_FORMATS, **variables})]
    result = ansible.run(REPORT, inventory, [*extra, *arguments])
    assert result.calls.mutating == []
    return result


class Findings(HTMLParser):
    """The page's findings: the heading of each, and its subject."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._heading = ""
        self._at: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h3":
            self._heading = ""
        if tag in ("h3", "span", "code", "div"):
            self._at.append(dict(attrs).get("class") or tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h3", "span", "code", "div") and self._at:
            self._at.pop()

    def handle_data(self, data: str) -> None:
        if self._at[-1:] == ["h3"]:
            self._heading += data.strip()
        elif self._at[-2:] == ["subject", "code"]:
            self.found.append((self._heading, data))


def files(ansible: Ansible) -> Path:
    return ansible.directory / "flow-logs-report"


def model(ansible: Ansible) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files(ansible) / "report.json").read_text("utf-8"))
    return found


def test_every_gap_once_in_every_format(ansible: Ansible, estate: Estate) -> None:
    result = run(ansible, estate.inventory).succeeded()

    assert result.changed == 0
    told = model(ansible)
    assert Counter((entry["kind"], entry["subject"]) for entry in told["findings"]) == Counter(estate.findings)
    # The page has the same ones, each once and under the heading of its kind.
    page = Findings((files(ansible) / "report.html").read_text("utf-8"))
    assert Counter((heading, subject) for heading, subject in page.found) == Counter(
        (HEADINGS[entry["kind"]], entry["subject"]) for entry in told["findings"]
    )
    junit = ElementTree.fromstring((files(ansible) / "report.junit.xml").read_text("utf-8"))
    severe = [entry for entry in told["findings"] if entry["severity"] != "note"]
    assert len(list(junit.iter("failure"))) == len(severe)
    sarif = json.loads((files(ansible) / "report.sarif").read_text("utf-8"))
    assert Counter(each["ruleId"] for each in sarif["runs"][0]["results"]) == Counter(
        entry["kind"] for entry in told["findings"]
    )


def test_who_is_covered_by_whom(ansible: Ansible, estate: Estate) -> None:
    run(ansible, estate.inventory).succeeded()

    told = model(ansible)
    targets = {entry["resource_id"]: entry for entry in told["targets"]}
    assert {name: targets[name]["status"] for name in (estate.whole, estate.whole_eni, estate.naked)} == {
        estate.whole: "covered",
        estate.whole_eni: "covered",
        estate.naked: "uncovered",
    }
    assert targets[estate.half_eni]["status"] == "partly_covered"
    assert targets[estate.broken]["status"] == "broken"
    through = {(log["through"], log["resource_id"]) for log in targets[estate.whole_eni]["flow_logs"]}
    assert through == {("vpc", estate.whole)}
    assert targets[estate.whole_eni]["newest_event_time"]
    # Projects: of hosts, and of what lies in them.
    assert (targets[estate.whole]["project"], targets[estate.whole_eni]["project"]) == ("shop", "shop")
    assert (targets[estate.broken]["project"], targets[estate.broken]["hosts"]) == ("bank", ["payments"])
    assert targets[estate.naked]["project"] is None
    states = {log["flow_log_id"]: log["delivery"]["state"] for log in told["flow_logs"]}
    assert (states[estate.broken_log], states[estate.foreign_log]) == ("failing", "not_checked")
    rows = {row["project"]: row for row in told["coverage"]}
    assert (rows["shop"]["account_id"], rows["shop"]["region"]) == (ACCOUNT, REGION)
    assert rows["bank"]["broken"] == rows["bank"]["targets"]
    assert sum(row["targets"] for row in told["coverage"]) == told["totals"]["targets"] == len(told["targets"])


def test_commands_mend_what_they_are_told_for(ansible: Ansible, estate: Estate, cloud: Cloud) -> None:
    """Every command of an uncovered VPC, as it stands in the report."""
    run(ansible, estate.inventory).succeeded()
    uncovered = [entry for entry in model(ansible)["findings"] if entry["kind"] == "uncovered"]

    for entry in uncovered:
        words = shlex.split(entry["command"])
        assert words[0] == "ansible-playbook"
        assert words[1:3] == ["-i", f"{entry['subject']},"]
        ansible.run(words[3], None, words[1:3] + words[4:]).succeeded()

    run(ansible, estate.inventory).succeeded()
    assert [entry for entry in model(ansible)["findings"] if entry["kind"] == "uncovered"] == []
    assert {log["ResourceId"] for log in cloud.flow_logs()} >= {entry["subject"] for entry in uncovered}


@pytest.mark.parametrize(
    ("fail_on", "kinds"),
    [
        (["uncovered"], {"uncovered"}),
        (["error"], {"uncovered", "broken_delivery"}),
        (["orphaned_policy", "drift"], set()),
    ],
)
def test_gates(ansible: Ansible, estate: Estate, fail_on: list[str], kinds: set[str]) -> None:
    result = run(ansible, estate.inventory, flow_logs_report_fail_on=fail_on)

    assert (result.code != 0) is bool(kinds)
    assert (files(ansible) / "report.html").exists()
    failed = [task["result"]["msg"] for task in result.tasks if task["status"] == "failed"]
    lines = [line for text in failed for line in text.splitlines()]
    # What is no host's fails one that is all right, which says so.
    told = {line.split(":")[0] for line in lines if not line.startswith("Nothing is wrong with ")}
    assert told == kinds


def test_a_gate_that_does_not_exist(ansible: Ansible, cloud: Cloud) -> None:
    vpc = cloud.vpc()
    result = run(
        ansible, {"all": {"hosts": {vpc: {"flow_logs_project": "x"}}}}, flow_logs_report_fail_on=["gaps"]
    ).failed()

    assert "gaps" in result.output and "uncovered" in result.output
    assert list(result.calls) == []


def test_check_mode_writes_no_file(ansible: Ansible, cloud: Cloud) -> None:
    vpc = cloud.vpc()
    run(ansible, {"all": {"hosts": {vpc: {"flow_logs_project": "x"}}}}, "--check").succeeded()

    assert not files(ansible).exists()


def test_drift_is_what_apply_would_do(ansible: Ansible, cloud: Cloud) -> None:
    vpc = cloud.vpc("web")
    variables: dict[str, Any] = {"flow_logs_retention_in_days": 30}
    inventory: dict[str, Any] = {"all": {"children": {"shop": {"hosts": {vpc: {}}, "vars": variables}}}}
    ansible.run(APPLY, inventory).succeeded()
    run(ansible, inventory, flow_logs_hosts="shop").succeeded()
    own = [entry for entry in model(ansible)["findings"] if entry["subject"] != _default(cloud)]
    assert own == []

    variables.update({"flow_logs_retention_in_days": 60, "flow_logs_log_format": "${version} ${srcaddr}"})
    run(ansible, inventory).succeeded()

    drift = {entry["subject"]: entry["message"] for entry in model(ansible)["findings"] if entry["kind"] == "drift"}
    assert set(drift) == {vpc, "/aws/shop/vpc/web/flowlogs"}
    assert "log_format" in drift[vpc] and "60 days" in drift["/aws/shop/vpc/web/flowlogs"]
    ansible.run(APPLY, inventory).succeeded()
    run(ansible, inventory).succeeded()
    assert [entry for entry in model(ansible)["findings"] if entry["kind"] == "drift"] == []


def _default(cloud: Cloud) -> str:
    (default,) = [vpc["VpcId"] for vpc in cloud.client("ec2").describe_vpcs()["Vpcs"] if vpc["IsDefault"]]
    return str(default)


def test_what_can_not_be_read_is_told_and_the_rest_is_there(ansible: Ansible, cloud: Cloud, emulator: AwsLike) -> None:
    here, there = cloud.vpc("here"), cloud.elsewhere(region="eu-central-1").vpc("there")
    emulator.use(Scenario(refusals=region_denied("eu-central-1")))
    lost = {"flow_logs_profile": "nobody", "flow_logs_expected_account_id": "999999999999"}
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {here: {}}},
                "bank": {"hosts": {there: {"flow_logs_region": "eu-central-1"}}},
                "lost": {"hosts": {"vpc-0123456789abcdef0": lost}},
            }
        }
    }

    run(ansible, inventory).succeeded()

    told = model(ansible)
    unread = {
        (entry["account"], entry["region"]) for entry in told["not_read"] if entry["what"] != "users of the IAM roles"
    }
    assert ("999999999999", None) in unread
    assert (ACCOUNT, "eu-central-1") in unread
    assert here in {entry["resource_id"] for entry in told["targets"]}
    assert {entry["kind"] for entry in told["findings"] if entry["severity"] == "error"} == {"not_read", "uncovered"}


def test_in_bad_weather_the_same(ansible: Ansible, estate: Estate, emulator: AwsLike) -> None:
    def told() -> Any:
        run(ansible, estate.inventory).succeeded()
        # Each run of the tests has an inventory file of its own.
        text = re.sub(r"inventory\d+\.json", "inventory.json", json.dumps(model(ansible)))
        return {**json.loads(text), "generated_at": "now"}

    fair = told()
    emulator.use("small-pages,throttling,dropped")

    assert told() == fair


def test_a_network_inventory_and_its_report(ansible: Ansible, estate: Estate, cloud: Cloud) -> None:
    """No host is written down anywhere: what has no flow log is found, and mended by its own command."""
    source = ansible.write("estate.network.yml", f"plugin: netops.flow_logs.network\nregions: [{REGION}]\n")
    extra = ["-e", json.dumps({**ALL_FORMATS, "flow_logs_project": "all"})]
    result = ansible.run(REPORT, None, ["-i", str(source), *extra]).succeeded()
    assert result.calls.mutating == []

    told = model(ansible)
    uncovered = {entry["subject"]: entry for entry in told["findings"] if entry["kind"] == "uncovered"}
    assert set(uncovered) == {estate.default_vpc, estate.naked, estate.half}
    assert uncovered[estate.naked]["command"].endswith(f"{APPLY} --limit {estate.naked}")
    assert str(source) in uncovered[estate.naked]["command"]
