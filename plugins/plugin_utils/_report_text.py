# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Text from tags and inventories, in which anything may stand, as HTML, XML and JSON can hold it."""

from __future__ import annotations

import re
from typing import Any

# What XML 1.0 can't hold in any form: control characters but tab and line ends, halves of surrogate pairs, non-characters.
# HTML and strict readers of JSON don't take them either.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(value: Any) -> str:
    """The value as text, without the characters that no file format takes."""
    return _ILLEGAL.sub("", str(value))


def legal_throughout(value: Any) -> Any:
    """Lists and dictionaries with legal text only; numbers, truth values and None as they are."""
    if isinstance(value, dict):
        return {legal(key): legal_throughout(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [legal_throughout(inner) for inner in value]
    return legal(value) if isinstance(value, str) else value
