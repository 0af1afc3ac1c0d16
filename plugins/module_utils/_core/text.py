# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Text that others wrote (tags, names, messages from AWS), made safe to show. Pure.

Everything that a person reads in a terminal or in a report goes through printable(): a line break in a tag must not forge a
line of Ansible's output, and an escape sequence must not reach the terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from typing import Callable

# Characters of a message that are shown before the rest is only counted: AWS's longest have a few hundred.
MESSAGE_LIMIT = 2000
# Of an error of AWS's as a whole. An encoded message for sts:DecodeAuthorizationMessage, which is of no use when it is cut, has two
# thousand or so.
LONGEST_ERROR = 8000

# What moves the cursor, ends the line, or reorders or hides what stands around it: the Unicode categories Cc, Zl, Zp, Cs
# and Cf (Unicode 15, chapter 23), but for the two joiners that Persian and Indic texts and emoji need (U+200C, U+200D). Also
# U+FFFE and U+FFFF, which XML can't hold in any form.
_UNPRINTABLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SURROGATES = re.compile("[\ud800-\udfff]")


def printable(value: Any) -> str:
    """The value as one line of visible text: each control, line-breaking, bidirectional or invisible character as an escape.

    A newline becomes the two characters \\n, an escape becomes \\x1b, a right-to-left override becomes \\u202e.
    """
    return _UNPRINTABLE.sub(_escape, str(value))


def printable_lines(lines: Iterable[Any]) -> list[str]:
    """Each of the lines by itself: line breaks are only where the list has them."""
    return [printable(line) for line in lines]


def printable_throughout(value: Any) -> Any:
    """Lists and dictionaries with printable text only, keys too; numbers, truth values and None as they are."""
    return _throughout(value, printable)


def json_text(value: Any) -> str:
    """JSON with the data as they are, without a raw unprintable character: \\u escapes stand for them.

    Halves of surrogate pairs, which are not text and which strict readers refuse in any form, become visible escapes.
    """
    text = json.dumps(_throughout(value, _without_surrogates), indent=2, ensure_ascii=False)
    return _UNPRINTABLE.sub(_json_escape, text) + "\n"


def is_printable(value: Any) -> bool:
    """True when printable() leaves the value as it is."""
    return _UNPRINTABLE.search(str(value)) is None


def limited(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """The text, cut after limit characters with the number of those that are left out."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit} more characters)"


def _throughout(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {change(str(key)): _throughout(inner, change) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_throughout(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def _without_surrogates(text: str) -> str:
    return _SURROGATES.sub(_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    """Line breaks are json.dumps' own: those of the data are escaped already."""
    return "\n" if match.group() == "\n" else json.dumps(match.group())[1:-1]


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}")
