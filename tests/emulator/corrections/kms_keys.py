# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which KMS keys CloudWatch Logs can use: those of moto's KMS, by their state and policy."""

from __future__ import annotations

import re
from typing import Any

from moto.kms.models import kms_backends

from ..behaviours import check
from ..errors import AwsError
from ..log_group_names import group_meant
from ..policy_language import lets_service
from ..request import Request

_ARN = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):key/(?P<id>[A-Za-z0-9-]+)")
# The least of what the user guide's key policy allows CloudWatch Logs, "Encrypt log data using AWS KMS".
_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


@check("logs:CreateLogGroup", "logs:AssociateKmsKey", cites="6.3")
def key_can_be_used(request: Request) -> None:
    """The key is given by its ARN, is of the region, exists, is enabled and symmetric, and its policy lets CloudWatch Logs use it."""
    wanted = request.arguments.get("kmsKeyId")
    if wanted is None and request.call.operation == "CreateLogGroup":
        return
    name = group_meant(request.arguments)
    found = _ARN.fullmatch(wanted or "")
    if not found:
        raise AwsError("InvalidParameterException", f"The specified KMS Key Id could not be found. '{name}'")
    group = f"arn:{request.partition}:logs:{request.region}:{request.account}:log-group:{name}"
    key = kms_backends[found["account"]][request.region].keys.get(found["id"])
    if found["region"] != request.region or key is None or not _is_allowed(request, key, group):
        message = f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"
        raise AwsError("AccessDeniedException", message)
    if key.key_state != "Enabled" or key.key_spec != "SYMMETRIC_DEFAULT":
        raise AwsError("InvalidParameterException", f"The specified KMS key {wanted} is disabled or not symmetric.")


def _is_allowed(request: Request, key: Any, group: str) -> bool:
    suffix = "amazonaws.com.cn" if request.partition == "aws-cn" else "amazonaws.com"
    service = f"logs.{request.region}.{suffix}"
    context = {"kms:EncryptionContext:aws:logs:arn": group, "aws:SourceAccount": request.account, "aws:SourceArn": group}
    return all(lets_service(key.policy, service, action, context) for action in _ACTIONS)
