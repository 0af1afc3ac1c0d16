# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which findings of a report are which host's."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.plugin_utils._results.findings import host_findings

PLACE = {"account_id": "111111111111", "region": "eu-west-1"}
MODEL: dict[str, Any] = {
    "targets": [
        {**PLACE, "resource_id": "vpc-1", "hosts": ["web", "again"], "status": "broken", "flow_logs": [{"flow_log_id": "fl-1"}]},
        {**PLACE, "resource_id": "vpc-2", "hosts": [], "status": "uncovered", "flow_logs": []},
    ],
    "flow_logs": [{**PLACE, "flow_log_id": "fl-1", "resource_id": "vpc-1"}],
    "log_groups": [{**PLACE, "log_group_name": "/aws/shop", "flow_log_ids": ["fl-1"]}],
}


def found(*subjects: str, **more: Any) -> tuple[dict[str, dict[str, Any]], list[Any]]:
    entries = [{**PLACE, "id": subject, "subject": subject, **more} for subject in subjects]
    findings = host_findings(MODEL, {"bastion1": "is not a valid id"}, entries, {each["id"]: f"about {each['id']}" for each in entries})
    return findings.results, [entry["subject"] for entry in findings.of_no_host]


def test_every_host_is_there_with_its_targets() -> None:
    results, left = found()
    assert results["web"] == {
        "failed": False,
        "changed": False,
        "msg": "",
        "targets": [{**PLACE, "resource_id": "vpc-1", "status": "broken", "flow_log_ids": ["fl-1"]}],
    }
    assert results["bastion1"]["failed"] and results["bastion1"]["msg"] == "is not a valid id"
    assert left == []


def test_a_host_whose_target_aws_does_not_know_is_there_too() -> None:
    """Somebody has to stand in for what is no host's."""
    findings = host_findings(MODEL, {}, [], {}, ["gone", "web"])
    assert findings.results["gone"] == {"failed": False, "changed": False, "msg": "", "targets": []}
    assert findings.results["web"]["targets"]


def test_findings_about_a_resource_its_flow_log_and_its_log_group_are_its_hosts() -> None:
    results, left = found("vpc-1", "fl-1", "/aws/shop")
    for host in ("web", "again"):
        assert results[host]["failed"]
        assert results[host]["msg"].splitlines() == ["about vpc-1", "about fl-1", "about /aws/shop"]
    assert left == []


def test_what_no_host_asks_for_and_what_is_an_accounts_is_no_hosts() -> None:
    results, left = found("vpc-2", "Flow-Logs-Role")
    assert left == ["vpc-2", "Flow-Logs-Role"]
    assert not results["web"]["failed"]


def test_the_same_name_in_another_account_or_region_is_somebody_elses() -> None:
    for other in ({"account_id": "222222222222"}, {"region": "us-east-1"}):
        results, left = found("vpc-1", **other)
        assert left == ["vpc-1"] and not results["web"]["failed"]


def test_hosts_that_a_finding_names_are_failed() -> None:
    results, left = found("host web and 1 more", hosts=["web", "bastion1"])
    assert left == []
    assert results["web"]["failed"] and "about host web" in results["bastion1"]["msg"]
