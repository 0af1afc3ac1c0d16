# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that are answered with an error in place of being carried out."""

from __future__ import annotations

from ..behaviours import check
from ..errors import AwsError
from ..request import Request


@check("*", cites="1.5 5.3 6.1")
def calls_are_refused(request: Request) -> None:
    """Denied operations, regions that are not enabled, aborted operations, and any other error."""
    if request.call.by_test:
        return
    for entry in request.world.scenario.refusals:
        if entry.strikes(request.call, request.world.random):
            raise AwsError(entry.code, entry.message, entry.status)
