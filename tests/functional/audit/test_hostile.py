# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate whose names want to be more than names: what is printed is text, and every command is pasted into a shell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.ec2.models import ec2_backends
from moto.logs.models import logs_backends

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.audit.estate import OLD_ROLE
from ansible_collections.netops.flow_logs.tests.functional.audit.estate import TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import NOTHING_ALLOWED
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import SECRET
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Calls
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment

REPORT, APPLY = "netops.flow_logs.report", "netops.flow_logs.apply"
# What EC2's XML can hold.
TAG = "shop\nPLAY RECAP *********\nall : ok=9 failed=0\x9b31m\u202e"
FORGED = f"{TAG}\x1b[2J"
TEMPLATE = "{{ lookup('pipe', 'touch CANARY') }}"
GROUP = "/aws/shop/flowlogs"
# Host names that a command can say, and those that would mean other hosts or run something.
SAYABLE = ("web $(touch CANARY)", "it's `touch CANARY`; touch CANARY", "-e")
UNSAYABLE = ("*", "shop", "~vpc", TEMPLATE)
PROFILE = "bob's $(touch CANARY)"


class Unsafe(str):
    """Data that Ansible must not template, as an inventory plugin hands over what it read."""


yaml.SafeDumper.add_representer(Unsafe, lambda dumper, data: dumper.represent_scalar("!unsafe", str(data), style='"'))


class Hostile:
    """host name -> VPC, besides VPCs, a log group and a role that no inventory knows."""

    def __init__(self, cloud: Cloud, ansible: Ansible) -> None:
        self.cloud, self.ansible = cloud, ansible
        self.canary = ansible.directory / "canary"
        self.vpcs = {self.named(name): cloud.vpc(TAG) for name in (*SAYABLE, *UNSAYABLE)}
        self.default = cloud.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        self.stray, self.recorded = cloud.vpc(f"{TEMPLATE}{TAG}"), cloud.vpc(TAG)
        self.group = f"/aws/{TEMPLATE}"
        # AWS takes no such name today; should it or another do so one day, nothing may run.
        logs_backends[ACCOUNT][REGION].create_log_group(self.group, {})
        cloud.client("logs").create_log_group(logGroupName="/plain")
        role = cloud.role(OLD_ROLE, trust=TRUST)
        cloud.role("unused", trust=TRUST)
        cloud.client("iam").attach_role_policy(RoleName="unused", PolicyArn=cloud.policy("old", NOTHING_ALLOWED))
        for name in (self.group, "/plain"):
            flow_log_id = cloud.flow_log(self.recorded, LogGroupName="/plain", DeliverLogsPermissionArn=role)
            ec2_backends[ACCOUNT][REGION].flow_logs[flow_log_id].log_group_name = name
        self.environment = self._credentials()
        self.source = self._inventory()

    def named(self, name: str) -> str:
        return name.replace("CANARY", str(self.canary))

    def _credentials(self) -> Mapping[str, str | None]:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": SECRET}
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        path = self.ansible.write("credentials", f"[{self.named(PROFILE)}]\n{lines}")
        none = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
        return {**none, "AWS_SHARED_CREDENTIALS_FILE": str(path)}

    def _inventory(self) -> Path:
        variables = {
            "flow_logs_project": Unsafe(FORGED),
            "flow_logs_log_group_name": GROUP,
            "flow_logs_profile": Unsafe(self.named(PROFILE)),
            "flow_logs_expected_account_id": ACCOUNT,
        }
        hosts = {name: {"flow_logs_resource_id": vpc} for name, vpc in self.vpcs.items()}
        inventory = {"all": {"vars": variables, "children": {"shop": {"hosts": hosts}}}}
        return self.ansible.write("my estate/-e.yml", yaml.safe_dump(inventory))

    def run(self, play: str, *arguments: str) -> Run:
        formats = json.dumps({"flow_logs_report_formats": ["html", "json", "junit", "sarif"]})
        where = ["-i", str(self.source), "-e", formats]
        return self.ansible.run(play, None, [*where, *arguments], self.environment)

    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.file("json"))["findings"]
        return found

    def file(self, ending: str) -> str:
        return (self.ansible.directory / "flow-logs-report" / f"report.{ending}").read_text("utf-8")

    def paste(self, command: str, succeeds: bool = True) -> Calls:
        """The calls of a shell that the command is pasted into."""
        self.ansible.emulator.forget()
        settings: dict[str, str | None] = {
            **environment(self.ansible.emulator.url),
            "ANSIBLE_HOME": str(self.ansible.directory / "ansible"),
            "FLOW_LOGS_TEST_RECORD": str(self.ansible.directory / "pasted.jsonl"),
            **self.environment,
        }
        done = subprocess.run(
            ["bash"],
            input=f"{command}\n",
            cwd=self.ansible.directory,
            env={name: value for name, value in settings.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode == 0) is succeeds, (command, done.stdout, done.stderr)
        return self.ansible.emulator.calls


@pytest.fixture
def hostile(cloud: Cloud, ansible: Ansible) -> Hostile:
    return Hostile(cloud, ansible)


def changed(calls: Calls) -> set[str]:
    """The resources, log groups and roles that the calls change, but for what an apply of the shop gives to all."""
    found: set[str] = set()
    for call in calls:
        if call.mutates and call.service == "ec2":
            found |= {value for value in call.parameters.values() if str(value).startswith(("vpc-", "fl-"))}
        elif call.mutates and call.service == "logs":
            found.add(str(call.parameters.get("logGroupName")))
        elif call.mutates and call.operation.startswith(("Delete", "Detach")):
            found.add(str(call.parameters.get("RoleName")))
    return found - {GROUP, "None"}


def test_every_command_does_what_it_says_and_nothing_else(hostile: Hostile, emulator: AwsLike) -> None:
    hostile.run(REPORT).succeeded()
    found = hostile.findings()
    pasted = [entry for entry in found if entry["command"]]
    said = {entry["subject"]: entry for entry in found if entry["kind"] == "uncovered"}

    sayable = {vpc: name for name, vpc in hostile.vpcs.items() if name in map(hostile.named, SAYABLE)}
    assert {entry["subject"] for entry in pasted} >= {*sayable, hostile.stray, hostile.default, "/plain", "unused"}
    for name in map(hostile.named, UNSAYABLE):
        entry = said[hostile.vpcs[name]]
        assert entry["command"] is None and printable(name)[:30] in entry["command_note"]
    (group,) = [entry for entry in found if entry["subject"] == hostile.group]
    assert group["command"] is None and "Ansible would run the template" in group["command_note"]

    for entry in pasted:
        # A Name tag that is no name for a log group is refused, and nothing is made.
        refused = entry["subject"] == hostile.stray
        touched = changed(hostile.paste(entry["command"], succeeds=not refused))
        if entry["kind"] == "uncovered" and not refused:
            assert touched - {f"/aws/PROJECT/vpc/{entry['subject']}/flowlogs"} == {entry["subject"]}
        else:
            assert touched <= {entry["subject"]}, entry
    assert not hostile.canary.exists()
    hostile.run(REPORT).succeeded()
    left = {entry["subject"] for entry in hostile.findings() if entry["kind"] == "uncovered"}
    assert left == {hostile.stray, *(hostile.vpcs[hostile.named(name)] for name in UNSAYABLE)}


def test_what_is_printed_and_written_is_text(hostile: Hostile) -> None:
    for play, arguments in ((APPLY, ["--check", "--diff"]), (APPLY, []), (REPORT, []), (APPLY, ["--limit", "nobody"])):
        output = hostile.run(play, *arguments).output
        assert [line for line in output.splitlines(keepends=False) if not is_printable(line)] == []
        assert sum(line.startswith("PLAY RECAP") for line in output.splitlines()) <= 1
        assert not any(line.startswith("all :") for line in output.splitlines())
    assert not hostile.canary.exists()

    for ending in ("html", "json", "junit.xml", "sarif"):
        assert [line for line in hostile.file(ending).split("\n") if not is_printable(line)] == []
    # Programs get the name as it is, people its escapes.
    targets = json.loads(hostile.file("json"))["targets"]
    assert TAG in {target["resource_name"] for target in targets}
    assert printable(TAG) in hostile.file("html")


def test_the_hint_after_a_removal_is_a_command_for_a_shell(hostile: Hostile) -> None:
    hostile.run(APPLY).succeeded()
    removed = hostile.run("netops.flow_logs.remove").succeeded()

    (line,) = [line for line in summary(removed) if "nothing uses" in line]
    calls = hostile.paste(line.split(", or: ")[1])

    assert "iam:DeleteRole" in calls.names
    assert not hostile.canary.exists()


def summary(run: Run) -> list[str]:
    (result,) = [task["result"] for task in run.tasks if task["action"] == "netops.flow_logs.converge"]
    lines: list[str] = result["summary"]
    return lines
