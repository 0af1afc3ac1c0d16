# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every policy in docs/policies is shown as it is, on one page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[3]
SHOWN = re.compile(r"<!-- policy: (\S+) -->\n```json\n(.*?)```", re.DOTALL)


def test_each_is_shown_as_it_is_and_once() -> None:
    pages = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
    shown = [found for page in pages for found in SHOWN.findall(page.read_text())]
    files = sorted((CHECKOUT / "docs/policies").glob("*.json"))
    assert sorted(name for name, _text in shown) == [str(path.relative_to(CHECKOUT)) for path in files]
    assert [name for name, text in shown if text != (CHECKOUT / name).read_text()] == []


def test_each_is_in_the_policy_language() -> None:
    for path in (CHECKOUT / "docs/policies").glob("*.json"):
        document = json.loads(path.read_text())
        assert document["Version"] == "2012-10-17"
        for statement in document["Statement"]:
            assert statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}
            assert statement["Effect"] == "Allow" and "*" not in "".join(statement["Action"])


# What whoever has one of these changes of IAM; all others change nothing of it.
CHANGE_IAM = {"setup", "pass-role-to", "remove-iam"}
# AWS has no resources for these.
EVERYWHERE = {"logs:PutQueryDefinition", "logs:DeleteQueryDefinition"}
READS = ("Get", "List", "Describe")
POLICIES = {path.stem: json.loads(path.read_text()) for path in (CHECKOUT / "docs/policies").glob("*.json")}


def _writes(statement: dict[str, Any]) -> set[str]:
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    return {action for action in actions if not action.split(":")[1].startswith(READS)}


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_iam_is_changed_by_policies_for_that_alone(name: str) -> None:
    written = {action for statement in POLICIES[name]["Statement"] for action in _writes(statement)}
    of_iam = {action for action in written if action.startswith("iam:")} - {"iam:PassRole"}
    assert bool(of_iam) == (name in CHANGE_IAM)
    assert name not in CHANGE_IAM or written == of_iam


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_what_writes_has_resources_of_one_account(name: str) -> None:
    for statement in POLICIES[name]["Statement"]:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if _writes(statement) - EVERYWHERE:
            assert [arn for arn in resources if arn.split(":")[4:5] not in (["123456789012"], ["210987654321"])] == []


def test_who_attaches_or_passes_is_told_what() -> None:
    told = {
        (action, json.dumps(statement.get("Condition", {})))
        for name, policy in POLICIES.items()
        if name != "pass-role"
        for statement in policy["Statement"]
        for action in _writes(statement)
        if action == "iam:PassRole" or action.startswith(("iam:Attach", "iam:Detach"))
    }
    assert [action for action, condition in told if not re.search("PolicyARN|PassedToService", condition)] == []
    assert len(told) > 6


def test_the_log_groups_are_those_of_the_default() -> None:
    """That which the role's default makes, for any project and name, and no other."""
    defaults = yaml.safe_load((CHECKOUT / "roles/flow_logs/defaults/main.yml").read_text())
    pattern = re.sub(r"{{.*?}}|{\w+}", "*", defaults["flow_logs_log_group_name"])
    found = set(re.findall(r"log-group:([^\"]+)", json.dumps([POLICIES[name] for name in POLICIES])))
    assert found == {pattern, f"{pattern}:*"}


def test_the_example_s_operator_has_the_policies_of_every_account() -> None:
    path = CHECKOUT / "docs/examples/molecule/molecule/default/operator.json"
    anywhere = re.sub("123456789012|210987654321", "*", json.dumps([POLICIES["assume-role"], POLICIES["apply"]]))
    (assume, *_none), apply = (policy["Statement"] for policy in json.loads(anywhere))
    first, *rest = json.loads(path.read_text())["Statement"]
    assert {**first, "Sid": assume["Sid"]} == assume
    assert rest == apply
