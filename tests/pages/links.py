# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links between the project's own pages and files."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .blocks import CHECKOUT
from .blocks import GUIDES

# How pages that are shown elsewhere, and the documentation of modules, link to the checkout.
HOME = re.compile(r"https://github\.com/netops/ansible-collection-flow-logs/(?:blob|tree)/main/")


_REFERENCE = re.compile(r":ref:`(?:[^`<]*<)?ansible_collections\.netops\.flow_logs\.([\w.]+)>?`")


def problems(page: Path) -> list[str]:
    """Links of the page that lead nowhere."""
    found = _of_markdown(page) if page.suffix == ".md" else re.findall(HOME.pattern + r"[^\s>`'\")]+", page.read_text())
    return [f"{page.relative_to(CHECKOUT)}: {link}" for link in found if not _leads_somewhere(page, link)]


def wrong_references(page: Path) -> list[str]:
    """References of a guide to guides, modules, plugins or roles of the collection that don't exist."""
    known = {f"docsite.{guide.stem}" for guide in GUIDES.glob("*.rst")}
    for kind, ending in (("modules", "module"), ("inventory", "inventory")):
        known |= {f"{path.stem}_{ending}" for path in (CHECKOUT / "plugins" / kind).glob("*.py")}
    known |= {f"{path.name}_role" for path in (CHECKOUT / "roles").iterdir()}
    return [f"{page.name}: {name}" for name in _REFERENCE.findall(page.read_text("utf-8")) if name not in known]


def _leads_somewhere(page: Path, link: str) -> bool:
    if HOME.match(link):
        page, link = CHECKOUT / "README.md", HOME.sub("", link).rstrip(".,")
    elif re.match(r"[a-z]+:", link):
        return True
    path, _hash, anchor = unquote(link).partition("#")
    goal = (page.parent / path).resolve() if path else page
    if not goal.exists() or not goal.is_relative_to(CHECKOUT):
        return False
    return not anchor or goal.suffix != ".md" or anchor in anchors(goal)


def _of_markdown(page: Path) -> list[str]:
    inline = [child for token in _tokens(page) for child in token.children or []]
    links = [token.attrGet("href") or token.attrGet("src") for token in inline if token.type in ("link_open", "image")]
    return [str(link) for link in links if link]


def anchors(page: Path) -> set[str]:
    """The headings of a Markdown page, as GitHub names them in links."""
    tokens = _tokens(page)
    found: set[str] = set()
    for heading, content in pairwise(tokens):
        if heading.type == "heading_open":
            text = "".join(child.content for child in content.children or [] if child.type in ("text", "code_inline"))
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            copies = sum(1 for other in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", other))
            found.add(f"{slug}-{copies}" if copies else slug)
    return found


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))
