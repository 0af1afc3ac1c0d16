# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages leave nothing out that they mean to list, and say the same in each language."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.findings import KINDS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.kinds import kind_of
from ansible_collections.netops.flow_logs.tests.pages import commands
from ansible_collections.netops.flow_logs.tests.pages.blocks import CHECKOUT
from ansible_collections.netops.flow_logs.tests.pages.blocks import GUIDES
from ansible_collections.netops.flow_logs.tests.pages.blocks import blocks_of

README = (CHECKOUT / "README.md").read_text("utf-8")
REPORT = (CHECKOUT / "docs" / "report.md").read_text("utf-8")
# Of certified collections, in their order. The README has some more, in between.
HEADINGS = [
    "Description",
    "Communication",
    "Requirements",
    "Included content",
    "Installation",
    "Use Cases",
    "Testing",
    "Contributing",
    "Support",
    "Release notes",
    "Related Information",
    "License Information",
]


def test_the_readme_lists_the_whole_content() -> None:
    playbooks = {path.stem for path in (CHECKOUT / "playbooks").glob("*.yml")}
    roles = {path.name for path in (CHECKOUT / "roles").iterdir()}
    every = playbooks | roles | commands.plugins("modules") | commands.plugins("inventory")
    listed = re.findall(r"^\| `netops\.flow_logs\.(\w+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(every)


def sections() -> dict[str, str]:
    """Of the README, by their headings."""
    parts = re.split(r"^## (.+)$", README, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_readme_has_the_headings_of_certified_collections_in_their_order() -> None:
    found = list(sections())
    assert [heading for heading in found if heading in HEADINGS] == HEADINGS
    assert found[:2] == HEADINGS[:2]
    assert found[found.index("Contributing") + 1] == "Support"


def test_the_readme_welcomes_to_the_forum_and_says_where_help_is() -> None:
    text = sections()["Communication"]
    assert "https://forum.ansible.com/" in text and "tag `aws`" in text and "welcome" in text
    assert "CODE_OF_CONDUCT.md" in text
    assert "/issues)" in sections()["Support"]


def test_every_guide_is_listed_and_has_its_anchor() -> None:
    sections = yaml.safe_load((CHECKOUT / "docs/docsite/extra-docs.yml").read_text("utf-8"))["sections"]
    listed = [page for section in sections for page in section["toctree"]]
    guides = {path.stem: path.read_text("utf-8") for path in GUIDES.glob("*.rst")}
    assert sorted(listed) == sorted(guides)
    for name, text in guides.items():
        assert f".. _ansible_collections.netops.flow_logs.docsite.{name}:" in text
        assert f"docs/docsite/rst/{name}.rst" in README


def test_the_consoles_steps_are_the_same_in_both_languages() -> None:
    english, japanese = (blocks_of(GUIDES / f"{name}.rst") for name in ("console", "console_ja"))
    assert [block.text for block in english] == [block.text for block in japanese]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_report_page_has_every_kind_of_finding(name: str) -> None:
    kind = kind_of({"kind": name, "severity": ""})
    assert f"| `{name}` | {KINDS[name]} | {kind.title} |" in REPORT


def test_the_report_page_has_every_option_of_the_report() -> None:
    specs = yaml.safe_load((CHECKOUT / "roles/flow_logs/meta/argument_specs.yml").read_text("utf-8"))
    options = specs["argument_specs"]["report"]["options"]
    assert [name for name in options if f"| `{name}` |" not in REPORT] == []
