# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callers who may do what a policy says, and nothing more."""

from __future__ import annotations

import json

from ..behaviours import check
from ..errors import unauthorized
from ..permissions import needs
from ..request import Request
from ..scenario import matches


@check("*", cites="1.1 1.5 5.1 6.3")
def caller_is_allowed(request: Request) -> None:
    """Actions, resources and condition keys are weighed, tags and iam:PassRole of a creation too."""
    call = request.call
    documents = [
        json.dumps(document)
        for who, document in request.world.scenario.policies.items()
        if matches([who], call.caller) or matches([who], call.access_key)
    ]
    if call.by_test or not documents:
        return
    for need in needs(request):
        resource = need.missing_in(documents)
        if resource is not None:
            raise unauthorized(call, need.action, resource)
