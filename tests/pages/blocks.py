# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The code blocks of the project's pages, in Markdown and reStructuredText.

A block that can't be run says why, in a comment before it that readers don't see: <!-- not run: WHY --> in Markdown,
".. not run: WHY" in reStructuredText.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

CHECKOUT = Path(__file__).resolve().parents[2]
GUIDES = CHECKOUT / "docs" / "docsite" / "rst"
_REASON = re.compile(r"(?:<!--|\.\.) not run: (?P<reason>.+?)(?: -->)?")
_DIRECTIVE = re.compile(r"(?P<indent> *)\.\. code-block:: *(?P<language>\S+)")


@dataclass(frozen=True)
class Block:
    """reason: why it can't be run; empty for one that can."""

    page: Path
    line: int
    language: str
    text: str
    reason: str = ""

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"


def pages() -> list[Path]:
    """What users and contributors read, except what ansible-doc shows."""
    markdown = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", CHECKOUT / "roles" / "flow_logs" / "README.md"]
    return [*markdown, *sorted((CHECKOUT / "docs").rglob("*.md")), *sorted(GUIDES.glob("*.rst"))]


def blocks(*languages: str) -> list[Block]:
    """All blocks in these languages, in all pages."""
    return [block for page in pages() for block in blocks_of(page) if block.language in languages]


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return _of_markdown(page, text) if page.suffix == ".md" else _of_rst(page, text)


def _of_markdown(page: Path, text: str) -> list[Block]:
    found, reason = [], ""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence":
            line = token.map[0] + 1 if token.map else 0
            found.append(Block(page, line, token.info.strip(), token.content, reason))
        stated = _REASON.fullmatch(token.content.strip()) if token.type == "html_block" else None
        reason = stated["reason"] if stated else ""
    return found


def _of_rst(page: Path, text: str) -> list[Block]:
    found, reason = [], ""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        directive = _DIRECTIVE.fullmatch(line)
        if directive:
            content = _indented(lines[number:], len(directive["indent"]))
            found.append(Block(page, number, directive["language"], content, reason))
        if line.strip():
            stated = _REASON.fullmatch(line.strip())
            reason = stated["reason"] if stated else ""
    return found


def _indented(lines: list[str], outer: int) -> str:
    """The content of a directive: what is indented deeper than the directive, without that indentation."""
    content: list[str] = []
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= outer:
            break
        content.append(line)
    while content and not content[0].strip():
        content.pop(0)
    depth = min((len(line) - len(line.lstrip()) for line in content if line.strip()), default=0)
    return "\n".join(line[depth:] for line in content).rstrip() + "\n"
