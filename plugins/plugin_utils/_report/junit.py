# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""A report as JUnit XML: a suite for each account and region, a case for each target and whatever else has findings.

Jenkins and GitLab read only the first failure of a case. A thing with more of them therefore has a case for each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_throughout

from .kinds import kind_of
from .kinds import named
from .kinds import place_of

_FAILING = ("error", "warning")
# Jenkins and GitLab attach the file that such a mark in a test's output names.
_ATTACHMENT = re.compile(r"\[\[(?=\s*ATTACHMENT)", re.IGNORECASE)

# An account and region, and a thing in it: what suites and cases are told apart by.
_Place = tuple[str, str, str]
_Findings = dict[str, list[Mapping[str, Any]]]


def render_junit(model: Mapping[str, Any]) -> str:
    text = printable_throughout(model)
    root = ElementTree.Element("testsuites", name=str(text["title"]))
    for place, things in sorted(_places(text).items()):
        root.append(_suite(place, things, str(text["generated_at"])[:19]))
    for counter in ("tests", "failures", "errors"):
        root.set(counter, str(sum(int(suite.get(counter, 0)) for suite in root)))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _places(model: Mapping[str, Any]) -> dict[_Place, dict[str, dict[str, Any]]]:
    """For each account and region the things in it: targets, and what else has findings."""
    places: dict[_Place, dict[str, dict[str, Any]]] = {}

    def thing(entry: Mapping[str, Any], resource_id: str, name: Any, group: str) -> dict[str, Any]:
        place = (str(entry["account"] or ""), str(entry["account_id"] or ""), str(entry["region"] or ""))
        things = places.setdefault(place, {})
        fresh = {"name": named(resource_id, name), "class": group, "place": place_of(entry), "findings": []}
        return things.setdefault(resource_id, fresh)

    for target in model["targets"]:
        thing(target, target["resource_id"], target["resource_name"], target["resource_type"])
    for finding in model["findings"]:
        found = thing(finding, finding["subject"], finding["subject_name"], finding["kind"])
        found["findings"].append(finding)
    return places


def _suite(place: _Place, things: Mapping[str, Mapping[str, Any]], timestamp: str) -> ElementTree.Element:
    name = next(iter(things.values()))["place"]
    suite = ElementTree.Element("testsuite", name=name, timestamp=timestamp, time="0")
    for thing in things.values():
        suite.extend(_cases(place, thing))
    failed = sum(case.find("failure") is not None for case in suite)
    for counter, count in (("tests", len(suite)), ("failures", failed), ("errors", 0), ("skipped", 0)):
        suite.set(counter, str(count))
    return suite


def _cases(place: _Place, thing: Mapping[str, Any]) -> list[ElementTree.Element]:
    """The thing's own case, and further ones for what else is wrong with it."""
    failures = [finding for finding in thing["findings"] if finding["severity"] in _FAILING]
    notes = [finding for finding in thing["findings"] if finding["severity"] not in _FAILING]
    # Readers take a class name for a path of packages: the account, the region and what kind of thing it is.
    where = ".".join(part.replace(".", "_") for part in (place[0] or place[1], place[2], thing["class"]) if part)
    first = _case(where, thing["name"], failures[0] if failures else None, notes)
    names = _further_names(thing["name"], failures[1:])
    return [first, *(_case(where, name, finding, ()) for name, finding in zip(names, failures[1:]))]


def _further_names(name: str, findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the further cases, which differ from each other even where the titles are the same."""
    names: list[str] = []
    for finding in findings:
        wanted = f"{name}: {kind_of(finding).title}"
        names.append(wanted if wanted not in names else f"{wanted} ({finding['id']})")
    return names


def _case(
    where: str, name: str, failure: Mapping[str, Any] | None, notes: Sequence[Mapping[str, Any]]
) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=where, name=name, time="0")
    if failure is not None:
        message = f"{kind_of(failure).title}: {failure['message']}"
        element = ElementTree.SubElement(case, "failure", type=failure["kind"], message=message)
        element.text = _told(failure)
    if notes:
        ElementTree.SubElement(case, "system-out").text = "\n\n".join(_told(note) for note in notes)
    return case


def _told(finding: Mapping[str, Any]) -> str:
    kind = kind_of(finding)
    told = (f"{kind.title}: {finding['message']}", finding["command"], finding["command_note"])
    lines = [str(line) for line in (*told, f"[{finding['severity']}, {finding['id']}]") if line]
    return _ATTACHMENT.sub("[ [", "\n".join(lines))
