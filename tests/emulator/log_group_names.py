# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which log group a CloudWatch Logs call means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ARGUMENTS = ("logGroupName", "logGroupIdentifier", "resourceIdentifier", "resourceArn")


def name_in(identifier: str) -> str:
    """The name in a log group's name or ARN, with or without ':*'."""
    return identifier.split(":log-group:", 1)[-1].removesuffix(":*")


def group_meant(arguments: Mapping[str, Any]) -> str:
    """The name of the log group that a call's arguments mean; empty when they mean none."""
    return next((name_in(str(arguments[key])) for key in _ARGUMENTS if arguments.get(key)), "")
