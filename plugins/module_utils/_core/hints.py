# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What to do about an error of AWS. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from .advice import KMS_KEY
from .advice import KNOWN
from .advice import OF_THE_SDK

_DENIED = ("unauthorizedoperation", "accessdenied", "accessdeniedexception")
_PASS_ROLE = "iam:PassRole"
# IAM and CloudWatch Logs say which permission is missing; EC2 often does not.
_NAMED = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
_ENCODED = re.compile(r"\s*Encoded authorization failure message:.*", re.DOTALL)
# What denies a call, and what does not allow it, other than policies of the caller (IAM user guide, "Access denied error messages").
_DENYING = re.compile(r"with an explicit deny in an? ([\w\s-]+?(?:policy|boundary))\b", re.IGNORECASE)
_NOT_ALLOWING = re.compile(r"because no ([\w\s-]+?(?:policy|boundary)) allows", re.IGNORECASE)
_LOG_GROUP = re.compile(r"arn:(?P<partition>[\w-]+):logs:(?P<region>[\w-]+):(?P<account>\d{12}):log-group:")
_OF_THE_CALLER = "identity-based policy"


def pass_role_document(role_arn: str) -> dict[str, Any]:
    """The policy that an operator needs besides, when not an administrator: PassRole on exactly this role."""
    statement = {"Effect": "Allow", "Action": _PASS_ROLE, "Resource": role_arn}
    return {"Version": "2012-10-17", "Statement": [statement]}


def is_unassumable_role(message: str) -> bool:
    """True for AWS's answer while the flow-log service can't assume the role: missing, too new, or wrong trust."""
    return "unable to assume given iam role" in message.lower()


def key_policy_statement(partition: str, region: str, account_id: str) -> dict[str, Any]:
    """What a KMS key's policy needs, to encrypt log groups of this region and account.

    CloudWatch Logs user guide, "Encrypt log data using AWS KMS". China's service principals end in .cn.
    """
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    context = {"kms:EncryptionContext:aws:logs:arn": f"arn:{partition}:logs:{region}:{account_id}:log-group:*"}
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.{suffix}"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnLike": context},
    }


def is_denial(code: str) -> bool:
    """True for the codes by which AWS's services say that the caller lacks a permission."""
    return code.lower() in _DENIED


def named_permission(message: str) -> str:
    """The permission that AWS's words name as the missing one; empty where they name none."""
    named = _NAMED.search(message)
    return named[1] if named else ""


def with_permission(code: str, message: str, action: str) -> str:
    """AWS's words, and the permission that the call needs where they keep it to themselves.

    Without the encoded message of a denial, which is a kilobyte for sts:DecodeAuthorizationMessage.
    """
    words = _ENCODED.sub("", message)
    if not is_denial(code) or action in words:
        return words
    return f"{words.rstrip('.')}: {action}."


def hint_for(code: str, message: str, actions: Sequence[str] = (), role_arn: str | None = None) -> str:
    """What to do about this error code and message; empty when nothing better is known than AWS's words.

    actions: the permissions that the call needs, such as ec2:CreateFlowLogs. role_arn: the role that it passes.
    Codes are compared without regard to case: AWS spells some in two ways (its list of EC2 error codes).
    """
    low_code, low_message = code.lower(), message.lower()
    if low_code in ("", "noanswer"):
        return _of_the_sdk((), low_message)
    hint = next((each.hint for each in KNOWN if each.code in low_code and each.words in low_message), "")
    if hint == KMS_KEY:
        return hint + _statement_for(message)
    return _denied(message, actions, role_arn) if is_denial(code) and not hint else hint


def hint_of(exception: BaseException | None, actions: Sequence[str] = (), role_arn: str | None = None) -> str:
    """What to do about an exception of the SDK: by AWS's answer, or by its class when there was none."""
    reported = (getattr(exception, "response", None) or {}).get("Error") or {}
    if reported.get("Code"):
        return hint_for(str(reported["Code"]), str(reported.get("Message") or ""), actions, role_arn)
    return _of_the_sdk([kind.__name__ for kind in type(exception).__mro__], str(exception).lower())


def _of_the_sdk(classes: Sequence[str], message: str) -> str:
    """By the nearest class that is known; by the text where only that is left of the exception."""
    for name in classes:
        for each in OF_THE_SDK:
            if name in each.errors:
                return each.hint
    return next((each.hint for each in OF_THE_SDK if any(words in message for words in each.words)), "")


def _statement_for(message: str) -> str:
    """The statement that a key's policy may lack, where the message says of which log group."""
    group = _LOG_GROUP.search(message)
    if not group:
        return ""
    statement = json.dumps(key_policy_statement(group["partition"], group["region"], group["account"]))
    return f" If the statement is missing in the key's policy, add it: {statement}."


def _denied(message: str, actions: Sequence[str], role_arn: str | None) -> str:
    named = named_permission(message)
    lacking = [named] if named else list(actions)
    what, denying, closed = " or ".join(lacking) or "the call", _DENYING.search(message), _NOT_ALLOWING.search(message)
    if denying:
        return f"The {denying[1]} denies {what}: whoever is responsible for it has to change that."
    if closed and closed[1] != _OF_THE_CALLER:
        return f"The {closed[1]} does not allow {what}: whoever is responsible for it has to change that."
    if named == "sts:AssumeRole":
        return "The role has to exist and to trust the caller, and the caller needs the permission sts:AssumeRole on it."
    if role_arn and named in ("", _PASS_ROLE):
        return _denied_with_role(lacking, role_arn)
    which = " or ".join(lacking) or "for this call"
    return f"The caller lacks the permission {which}: the collection's README lists what each playbook needs."


def _denied_with_role(lacking: Sequence[str], role_arn: str) -> str:
    document = json.dumps(pass_role_document(role_arn))
    if lacking == [_PASS_ROLE]:
        return f"The caller lacks iam:PassRole on the role. Attach this policy to the caller: {document}."
    call = " or ".join(lacking) or "for the call itself"
    return (
        f"The caller lacks iam:PassRole on the role, or the permission {call}. For the first, attach this"
        f" policy to the caller: {document}. An encoded message tells which:"
        " aws sts decode-authorization-message --encoded-message MESSAGE."
    )
