# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.junit import render_junit
from ansible_collections.netops.flow_logs.tests.unit.support import report_model

# What Jenkins' schema of JUnit files allows, as far as it is used.
CHILDREN = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "system-out"}}
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "disabled", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "package"},
    "testcase": {"name", "classname", "time", "status", "assertions"},
    "failure": {"type", "message"},
    "system-out": set(),
}
ALL_MODELS = {
    "estate": report_model.estate(),
    "perfect": report_model.perfect(),
    "empty": report_model.empty(),
    "unread": report_model.unread(),
    "hostile": report_model.hostile(),
    "hostile everywhere": report_model.hostile(everywhere=True),
}


def parsed(model: dict[str, Any]) -> Element:
    return ElementTree.fromstring(render_junit(model).encode())


def suite(root: Element, name: str) -> Element:
    return next(each for each in root if each.get("name") == name)


@pytest.mark.parametrize("model", ALL_MODELS.values(), ids=ALL_MODELS)
def test_what_readers_of_junit_files_rely_on(model: dict[str, Any]) -> None:
    root = parsed(model)
    for element in root.iter():
        assert set(element.keys()) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    for case in root.iter("testcase"):
        assert case.get("name") and case.get("classname")
        assert len(case.findall("failure")) <= 1
    for counted in (root, *root):
        assert int(counted.get("tests", "")) == len(list(counted.iter("testcase")))
        assert int(counted.get("failures", "")) == len(list(counted.iter("failure")))
        assert counted.get("errors") == "0"
    for one in root:
        cases = [(case.get("classname"), case.get("name")) for case in one]
        assert len(cases) == len(set(cases))


@pytest.mark.parametrize("model", ALL_MODELS.values(), ids=ALL_MODELS)
def test_every_finding_stands_in_it_once(model: dict[str, Any]) -> None:
    text = "\n".join(f"{element.text}\n" for element in parsed(model).iter() if element.text)
    for finding in model["findings"]:
        assert text.count(printable(f"[{finding['severity']}, {finding['id']}]")) == 1


@pytest.mark.parametrize("model", ALL_MODELS.values(), ids=ALL_MODELS)
def test_line_breaks_are_ours_and_nothing_else_is_unseen(model: dict[str, Any]) -> None:
    assert all(is_printable(line) for line in render_junit(model).split("\n"))
    for element in parsed(model).iter():
        assert all(is_printable(value) for value in element.attrib.values())


def test_a_name_attaches_no_file() -> None:
    model = report_model.estate()
    for finding in model["findings"]:
        finding["message"] = "[[ATTACHMENT|/etc/passwd]] [[attachment|x]]"
    text = render_junit(model)
    assert "[ [ATTACHMENT|/etc/passwd]] [ [attachment|x]]" in text
    assert not any("[[attachment" in (element.text or "").lower() for element in parsed(model).iter())


def test_suites_are_accounts_and_regions_with_a_case_for_every_target() -> None:
    model = report_model.estate()
    root = parsed(model)
    assert [each.get("name") for each in root][:3] == [
        "broadcast (222222222222)",
        "broadcast (222222222222), eu-west-1",
        "broadcast (222222222222), us-east-1",
    ]
    cases = {case.get("name") for case in root.iter("testcase")}
    for target in model["targets"]:
        id_and_name = f"{target['resource_name']} ({target['resource_id']})"
        assert (target["resource_id"] if target["resource_type"] == "eni" else id_and_name) in cases


def test_an_error_fails_its_target_and_says_what_to_do() -> None:
    model = report_model.estate()
    finding = next(each for each in model["findings"] if each["kind"] == "uncovered")
    name = f"{finding['subject_name']} ({finding['subject']})"
    case = next(each for each in parsed(model).iter("testcase") if each.get("name") == name)
    assert case.get("classname") == f"{finding['account']}.{finding['region']}.vpc"
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "uncovered"
    assert failure.get("message") == f"Nobody records: {finding['message']}"
    assert finding["command"] in (failure.text or "").splitlines()


def test_a_note_fails_nothing() -> None:
    root = parsed(report_model.estate())
    case = next(each for each in root.iter("testcase") if each.get("classname") == "broadcast.orphaned_role")
    assert case.find("failure") is None
    assert "Left over in IAM: No flow log uses it." in (case.findtext("system-out") or "")


def test_two_failures_of_one_target_are_two_cases_as_readers_see_only_the_first_of_one_case() -> None:
    model = report_model.estate()
    finding = next(each for each in model["findings"] if each["kind"] == "uncovered")
    model["findings"].append({**finding, "id": "other", "kind": "drift", "severity": "warning"})
    model["findings"].append({**finding, "id": "third", "kind": "drift", "severity": "warning"})
    name = f"{finding['subject_name']} ({finding['subject']})"
    names = [str(case.get("name")) for case in parsed(model).iter("testcase")]
    assert [each for each in names if each.startswith(name)] == [
        name,
        f"{name}: Differs from the inventory",
        f"{name}: Differs from the inventory (third)",
    ]


def test_an_estate_in_order_passes() -> None:
    root = parsed(report_model.perfect())
    assert (root.get("tests"), root.get("failures")) == ("42", "0")
    assert not list(root.iter("failure"))
