# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Temporary credentials of a role, as amazon.aws.sts_assume_role gets them, in the action's own process."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import StsErrors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import with_hint
from ansible_collections.netops.flow_logs.plugins.module_utils._core.regions import may_be_of_the_region

from .module_stand_in import InProcessModule

# The options of amazon.aws.sts_assume_role, so that what a play sets for that module by module_defaults holds here.
ASSUME_ROLE_SPEC: dict[str, Any] = {
    "role_arn": {"type": "str", "required": True},
    "role_session_name": {"type": "str", "required": True},
    "duration_seconds": {"type": "int"},
    "external_id": {"type": "str"},
    "policy": {"type": "json"},
    "mfa_serial_number": {"type": "str"},
    "mfa_token": {"type": "str", "no_log": True},
}
# Option -> STS's name (botocore's model of AssumeRole).
_NAMES = {
    "role_arn": "RoleArn",
    "role_session_name": "RoleSessionName",
    "duration_seconds": "DurationSeconds",
    "external_id": "ExternalId",
    "policy": "Policy",
    "mfa_serial_number": "SerialNumber",
    "mfa_token": "TokenCode",
}


@StsErrors.common_error_handler("assume the role")
def _assume(sts: Any, request: dict[str, Any]) -> dict[str, Any]:
    credentials: dict[str, Any] = sts.assume_role(aws_retry=True, **request)["Credentials"]
    return credentials


def is_of_the_region(answer: dict[str, Any]) -> bool:
    """True for a failure that asking in another region may help with."""
    return bool(answer.get("failed")) and may_be_of_the_region(str((answer.get("error") or {}).get("code") or ""))


def assume(module: InProcessModule) -> None:
    """Ends with keys: the connection options that use the role. They beat a profile and keys from anywhere else."""
    answer(module, lambda: _keys(module))


def _keys(module: InProcessModule) -> dict[str, Any]:
    request = {name: module.params[option] for option, name in _NAMES.items() if module.params.get(option) is not None}
    try:
        credentials = _assume(client(module, "sts"), request)
    except AwsError as error:
        told = {"code": error.code, "message": error.reason, "hint": error.hint}
        module.fail_json(msg=with_hint(f"Can't assume {request['RoleArn']}: {error.reason}", error.hint), error=told)
    return {
        "keys": {
            "profile": None,
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "session_token": credentials["SessionToken"],
        }
    }
