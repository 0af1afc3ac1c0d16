# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pattern of tags that CloudWatch Logs and IAM share; EC2 takes any character (docs/aws-behaviour.md 10)."""

from __future__ import annotations

import unicodedata

KEY_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
VALUE_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"
MOST = 50


def fits_pattern(text: str) -> bool:
    """Whether all characters are letters, separators or numbers, in Unicode's sense, or one of the signs."""
    return all(sign in "_.:/=+-@" or unicodedata.category(sign)[0] in "LZN" for sign in text)


def is_reserved(key: str) -> bool:
    """Keys that only AWS itself sets."""
    return key.lower().startswith("aws:")
