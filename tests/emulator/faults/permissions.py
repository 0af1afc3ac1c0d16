# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callers who may do what a policy says, and nothing more."""

from __future__ import annotations

import json
from typing import Any

from ..behaviours import check
from ..errors import unauthorized
from ..permissions import needs
from ..request import Request
from ..roles import layers_of
from ..scenario import OWN_POLICIES
from ..scenario import matches


@check("*", cites="1.1 1.5 5.1 5.4 5.5 6.3")
def caller_is_allowed(request: Request) -> None:
    """Actions, resources, condition keys and permissions boundaries are weighed, tags and iam:PassRole of a creation too."""
    call = request.call
    found = [
        document
        for who, document in request.world.scenario.policies.items()
        if matches([who], call.caller) or matches([who], call.access_key)
    ]
    if call.by_test or not found:
        return
    layers = [[json.dumps(document) for document in found if document != OWN_POLICIES]]
    if OWN_POLICIES in found:
        own = _own_layers(request)
        layers = [[*layers[0], *own[0]], *own[1:]]
    for need in needs(request):
        resource = need.missing_in(*layers)
        if resource is not None:
            raise unauthorized(call, need.action, resource)


def _own_layers(request: Request) -> list[list[str]]:
    """What IAM has for the user or role that calls."""
    kind, _slash, name = request.call.caller.rsplit(":", 1)[1].partition("/")
    holders: dict[str, Any] = request.iam.roles if kind == "assumed-role" else request.iam.users
    name = name.split("/")[0] if kind == "assumed-role" else name.split("/")[-1]
    return next((layers_of(request.account, each) for each in holders.values() if each.name == name), [[]])
