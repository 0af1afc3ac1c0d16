# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demo says: headlines, sentences, files and tables. In colour on a terminal only."""

import os
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

WIDTH = 100
COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ
_BOLD, _HEADLINE, _QUIET, _GOOD, _BAD = "1", "1;36", "2", "32", "1;31"


def headline(text: str) -> None:
    _print(f"\n\n{text}\n{'=' * len(text)}", _HEADLINE)


def title(text: str) -> None:
    _print("\n" + textwrap.fill(text, WIDTH), _BOLD)


def say(text: str) -> None:
    _print(textwrap.fill(text, WIDTH))


def command(*words: str) -> None:
    title(f"$ {' '.join(words)}")


def good(text: str) -> None:
    _print(f"[ok] {text}", _GOOD)


def bad(text: str) -> None:
    _print(f"\n[failed] {text}", _BAD)


def file(path: Path, name: str) -> None:
    """A YAML file under its name."""
    title(name)
    for line in path.read_text().splitlines():
        if line != "---":
            code, hash_sign, comment = line.partition("#")
            print(f"  {code}{_painted(hash_sign + comment, _QUIET)}")


def table(rows: Sequence[Sequence[str]], headings: Sequence[str] = ()) -> None:
    lines = [headings, *rows] if headings else rows
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        _print(text.rstrip(), _QUIET if line is headings else "")


def _print(text: str, code: str = "") -> None:
    print(_painted(text, code), flush=True)


def _painted(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if COLOURED and code and text else text
