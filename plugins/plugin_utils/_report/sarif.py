# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The findings of a report as SARIF 2.1.0, which code scanning and many other tools read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import json_text
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_throughout

from .kinds import KINDS
from .kinds import Kind
from .kinds import kind_of
from .kinds import named
from .kinds import place_of

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://github.com/netops/ansible-collection-flow-logs"
# How code scanning calls the same severities.
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
# SARIF 2.1.0, sections 3.11.5 and 3.11.6: braces are placeholders, brackets are links.
_MESSAGE_MARKUP = re.compile(r"[\\\[\]{}]")
# Markdown takes a backslash in front of any of these (CommonMark 0.31, section 2.4).
_MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")


def render_sarif(model: Mapping[str, Any]) -> str:
    """The optional key inventory of the model lists the inventory's sources.

    The first of them is where code scanning shows the results. It refuses results that are in no file, so without an
    inventory the output is good SARIF, but not for code scanning.
    """
    text = printable_throughout(model)
    rules = list({kind.name: kind for kind in (*KINDS, *map(kind_of, text["findings"]))}.values())
    sources = [_uri(str(source)) for source in model.get("inventory") or ()]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "netops.flow_logs",
                "informationUri": _HOME,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": "netops.flow_logs.report/"},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": _utc(str(text["generated_at"]))}],
        "artifacts": [{"location": {"uri": uri}, "description": {"text": "inventory"}} for uri in sources],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, [rule.name for rule in rules], sources[:1]) for finding in text["findings"]],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(document)


def _plain(text: str) -> str:
    """The text as a plain message that shows just this."""
    return _MESSAGE_MARKUP.sub(lambda found: found[0] * 2 if found[0] in "{}" else f"\\{found[0]}", text)


def _markdown(text: str) -> str:
    """The text as a formatted message that shows just this."""
    return _MARKDOWN.sub(lambda found: found[0] * 2 if found[0] in "{}" else f"\\{found[0]}", text)


def _utc(time: str) -> str:
    return time.replace("+00:00", "Z")


def _uri(path: str) -> str:
    """Relative paths stay relative to the checkout, as code scanning wants them."""
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix().encode("utf-8", "replace"))


def _rule(kind: Kind) -> dict[str, Any]:
    help_text = f"{kind.meaning} {kind.remedy}".strip() or kind.title
    return {
        "id": kind.name,
        "name": "".join(word.capitalize() for word in kind.name.split("_")),
        "shortDescription": {"text": _plain(kind.title)},
        "fullDescription": {"text": _plain(kind.meaning or kind.title)},
        "help": {"text": _plain(help_text), "markdown": _markdown(help_text)},
        "defaultConfiguration": {"level": _level(kind.severity)},
        "properties": {
            "tags": ["aws", "vpc-flow-logs"],
            "problem.severity": _PROBLEMS[_level(kind.severity)],
            "precision": "very-high",
        },
    }


def _level(severity: str) -> str:
    return severity if severity in _PROBLEMS else "note"


def _result(finding: Mapping[str, Any], rules: Sequence[str], sources: Sequence[str]) -> dict[str, Any]:
    subject = named(str(finding["subject"]), finding["subject_name"])
    told: list[Any] = [f"{subject} in {place_of(finding)}: {finding['message']}"]
    told += [line for line in (finding["command"], finding["command_note"]) if line]
    location: dict[str, Any] = {"logicalLocations": [_logical_location(finding)]}
    if sources:
        physical = {"artifactLocation": {"uri": sources[0], "index": 0}, "region": {"startLine": 1}}
        location["physicalLocation"] = physical
    return {
        "ruleId": finding["kind"],
        "ruleIndex": list(rules).index(finding["kind"]),
        "level": _level(finding["severity"]),
        "message": {"text": "\n".join(_plain(str(line)) for line in told)},
        "locations": [location],
        "partialFingerprints": _fingerprints(str(finding["id"])),
        # The command once more as it is: readers that show a message without undoing its escapes would spoil it.
        "properties": {key: finding[key] for key in ("account_id", "account", "region", "project", "command")},
    }


def _logical_location(finding: Mapping[str, Any]) -> dict[str, Any]:
    path = [str(finding[key]) for key in ("account_id", "region", "subject") if finding[key]]
    return {
        "name": str(finding["subject"]),
        "decoratedName": named(str(finding["subject"]), finding["subject_name"]),
        "fullyQualifiedName": "/".join(path),
        "kind": "resource",
    }


def _fingerprints(finding_id: str) -> dict[str, str]:
    """Tells a finding from all others, and is the same for the same one in the next report.

    Code scanning looks at the first only. All findings are in the same line of the inventory, so that it is made here.
    """
    digest = hashlib.sha256(finding_id.encode("utf-8")).hexdigest()
    return {"primaryLocationLineHash": f"{digest[:16]}:1", "finding/v1": digest}
