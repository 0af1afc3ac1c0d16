# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every policy in docs/policies is shown as it is, on one page."""

from __future__ import annotations

import json
import re
from pathlib import Path

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
