# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Deleting flow logs by their ids: some are gone already, some AWS refuses, and none stops the others."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import hint_for
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import chunks
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side

from . import api
from .confirm import LOOKS
from .confirm import NOT_CONFIRMED
from .confirm import Answered
from .confirm import Unsuccessful
from .create import is_callers_problem
from .create import is_unanswered

_NOT_FOUND = "invalidflowlogid.notfound"
_PERMISSION = "ec2:DeleteFlowLogs"


def delete_flow_logs(client: Any, owners: Mapping[str, str]) -> dict[str, Failure]:
    """Deletes flow logs (id -> its resource); returns the failures by id. Those that are gone already are fine."""
    answers: list[list[Unsuccessful]] = side_by_side(lambda ids: _delete_some(client, ids), chunks(sorted(owners), api.DELETE_AT_ONCE))
    return {
        entry.resource_id: Failure(
            owners.get(entry.resource_id, entry.resource_id),
            entry.code,
            entry.message,
            hint_for(entry.code, entry.message, [_PERMISSION]),
        )
        for answer in answers
        for entry in answer
        if entry.code.lower() != _NOT_FOUND
    }


def _delete_some(client: Any, flow_log_ids: list[str]) -> list[Unsuccessful]:
    try:
        answer: Answered = api.delete_flow_logs(client, flow_log_ids)
        unsure = [flow_log_id for flow_log_id in flow_log_ids if flow_log_id not in answer.refused] if answer.strays else []
        return [*answer.refused.values(), *_still_there(client, unsure, answer)]
    except AwsError as error:
        if len(flow_log_ids) == 1 or is_callers_problem(error):
            # Without an answer of AWS's it may have been done all the same.
            left = _listed(client, flow_log_ids) if is_unanswered(error) else flow_log_ids
            return [Unsuccessful(flow_log_id, error.code or "NoAnswer", error.reason) for flow_log_id in left]
    # One that is gone may have failed the call for all of them: each by itself.
    return [entry for flow_log_id in flow_log_ids for entry in _delete_some(client, [flow_log_id])]


def _still_there(client: Any, flow_log_ids: list[str], answer: Answered) -> list[Unsuccessful]:
    """Those of which AWS does not confirm that they were deleted, and which it lists as before."""
    left = _listed(client, flow_log_ids)
    message = f"AWS did not confirm that the flow log was deleted: its answer has {len(flow_log_ids)} without a refusal"
    return [Unsuccessful(flow_log_id, NOT_CONFIRMED, message + answer.of_strays()) for flow_log_id in left]


def _listed(client: Any, flow_log_ids: list[str]) -> list[str]:
    """Those that AWS goes on listing, or of which it does not say."""
    left = flow_log_ids
    for pause in LOOKS:
        if not left:
            break
        time.sleep(pause)
        try:
            left = [log.flow_log_id for log in api.describe_flow_logs_by_id(client, left)]
        except AwsError:
            break
    return left
