# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/report.md has every key of the JSON, and the exit codes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.functional.audit.estate import Estate
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible
from ansible_collections.netops.flow_logs.tests.pages.blocks import CHECKOUT

PAGE = (CHECKOUT / "docs" / "report.md").read_text("utf-8")
REPORT = "netops.flow_logs.report"
ONE_HOST = {"shop": {"hosts": {"vpc-0a1b2c3d4e5f60718": None}}}


def documented(section: str) -> set[str]:
    """What stands in backticks in the section of the JSON that describes this key."""
    (text,) = re.findall(rf"^\*\*`{section}`\*\*(.*?)(?=^\*\*`|^## )", PAGE, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`(\w+)`", text))


def keys(value: Any) -> set[str]:
    """Of all dictionaries in it, but for those whose keys are data, and for what flow_log_iam_info documents."""
    if isinstance(value, list):
        return {key for entry in value for key in keys(entry)}
    if not isinstance(value, dict):
        return set()
    inner = {name: entry for name, entry in value.items() if name not in ("tags", "in_use_by")}
    return {*value, *(key for entry in inner.values() for key in keys(entry))}


def test_keys(ansible: Ansible, cloud: Cloud, emulator: AwsLike) -> None:
    estate = Estate(cloud, ansible, emulator)
    ansible.run(REPORT, estate.inventory).succeeded()
    model = json.loads((ansible.directory / "flow-logs-report" / "report.json").read_text("utf-8"))

    sections = set(re.findall(r"^\| `(\w+)` \| (?:see below|.*) \|$", PAGE.split("## JSON")[1], re.MULTILINE))
    assert set(model) <= sections
    for name in ("totals", "coverage", "targets", "flow_logs", "log_groups", "iam", "findings"):
        assert model[name], name
        assert keys(model[name]) - documented(name) == set(), name


@pytest.mark.parametrize(
    ("inventory", "arguments", "code"),
    [
        pytest.param(ONE_HOST, [], 0, id="written"),
        pytest.param(ONE_HOST, ["-e", '{"flow_logs_report_fail_on": ["uncovered"]}'], 2, id="found"),
        pytest.param(ONE_HOST, ["-e", '{"flow_logs_report_fail_on": ["nonsense"]}'], 2, id="wrong variables"),
        pytest.param(ONE_HOST, ["-e", "flow_logs_report_directory=/dev/null/reports"], 2, id="can't be written"),
        pytest.param(ONE_HOST, ["--limit", "nobody"], 1, id="no host"),
    ],
)
def test_exit_codes(ansible: Ansible, cloud: Cloud, inventory: Any, arguments: list[str], code: int) -> None:
    assert f"\n| {code} |" in PAGE
    done = ansible.run(REPORT, inventory, arguments)
    assert done.code == code, done.output
    written = "Written" in done.output
    assert (ansible.directory / "flow-logs-report" / "report.json").exists() == written
