# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What to do about an error of AWS. Pure."""

from __future__ import annotations

import json
import re
from typing import Any
from typing import Dict
from typing import Optional
from typing import Sequence
from typing import Tuple

# The service that assumes the role; the same name in all partitions (VPC user guide, also in China's edition).
SERVICE = "vpc-flow-logs.amazonaws.com"

_DENIED = ("unauthorizedoperation", "accessdenied", "accessdeniedexception")
_PASS_ROLE = "iam:PassRole"
# IAM and CloudWatch Logs say which permission is missing; EC2 often does not.
_NAMED = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
_ENCODED = re.compile(r"\s*Encoded authorization failure message:.*", re.DOTALL)
_NO_ANSWER = (
    "AWS was not reached or did not answer. Check the network and the region, and run it again: it goes on from here."
)
_NO_CREDENTIALS = (
    "Give credentials: a profile, the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role of the machine."
)
_BAD_CREDENTIALS = "AWS does not take the credentials here: check the keys or the profile, and that the region is enabled for the account."

_DESTINATION = (
    "AWS does not find the destination, or may not write to it. For a log group, let netops.flow_logs.flow_log_iam correct the"
    " role's policy; a bucket's policy and KMS key have to admit delivery.logs.amazonaws.com."
)
_TAGS = "A resource takes 50 tags: give fewer, or let purge_tags remove those that are not given."
_GONE = "It does not exist, or somebody removed it meanwhile: check names and ARNs, and run it again."
_TOO_LONG = (
    "Check endpoint_url, the proxy and the network between here and AWS. A call that needs longer gets it by flow_logs_call_timeout,"
    " or by FLOW_LOGS_CALL_TIMEOUT in the environment."
)
_NOT_AWS = "AWS does not answer like that: check endpoint_url and the proxy."
_OWN_ERROR = "AWS had an error of its own for too long. Run it again: it goes on from here."


def pass_role_document(role_arn: str) -> Dict[str, Any]:
    """The policy that an operator needs besides, when not an administrator: PassRole on exactly this role."""
    statement = {"Effect": "Allow", "Action": _PASS_ROLE, "Resource": role_arn}
    return {"Version": "2012-10-17", "Statement": [statement]}


def is_unassumable_role(message: str) -> bool:
    """True for AWS's answer while the flow-log service can't assume the role: missing, too new, or wrong trust."""
    return "unable to assume given iam role" in message.lower()


# (beginning or part of the code, part of the message, hint); the first that fits is taken. Lower case.
_HINTS: Tuple[Tuple[str, str, str], ...] = (
    (
        "",
        "unable to assume given iam role",
        f"The role has to exist in this account and to trust {SERVICE}: netops.flow_logs.flow_log_iam creates or"
        " corrects it. If it was created just now, IAM may need longer: raise wait_timeout or run it again.",
    ),
    ("", "access denied for logdestination", _DESTINATION),
    ("", "logdestination: ", _DESTINATION),
    ("logdestinationnotfound", "", _DESTINATION),
    ("throttl", "", "AWS held back the calls for too long. Run it again: it goes on from here."),
    ("requestlimitexceeded", "", "AWS held back the calls for too long. Run it again: it goes on from here."),
    (".notfound", "", "Check the id, and that region and credentials are those of the resource."),
    ("invalidtagkey", "", "Check the tags: a key has 127 characters at most, and does not begin with aws:."),
    (".malformed", "", "Check the id: it is none that AWS could have given out."),
    (
        "flowlogalreadyexists",
        "",
        "Another flow log with the same configuration and destination is there, or was a moment ago. Run it again;"
        " if it stays, look at the resource's flow logs.",
    ),
    (
        "flowlogslimitexceeded",
        "",
        "The resource has as many flow logs as AWS allows: delete one that nobody needs, or ask for a higher quota.",
    ),
    ("taglimitexceeded", "", _TAGS),
    ("toomanytags", "", _TAGS),
    ("tagpolicyviolation", "", "A tag policy of the organization refuses the tags: give keys and values that it allows."),
    ("concurrenttagaccess", "", "Somebody else is changing the same tags. Run it again: it goes on from here."),
    ("filterlimitexceeded", "", "A filter takes 200 values: give fewer."),
    (
        "limitexceeded",
        "",
        "A quota of the account is used up: remove what is no longer needed, or ask AWS for a higher quota.",
    ),
    (
        "",
        "logformat",
        "AWS refuses this log_format: check the field names, and that each is allowed for this kind of resource.",
    ),
    (
        "",
        "tagfieldspecifications",
        "Tag fields in log_format need TagFieldSpecifications, which this module does not set: leave the tag fields out.",
    ),
    (
        "invalidparameterexception",
        "",
        "Check that a KMS key is enabled, symmetric and lets CloudWatch Logs of this region use it.",
    ),
    ("authfailure", "", _BAD_CREDENTIALS),
    ("unrecognizedclient", "", _BAD_CREDENTIALS),
    ("invalidclienttokenid", "", _BAD_CREDENTIALS),
    ("signaturedoesnotmatch", "", _BAD_CREDENTIALS),
    ("optinrequired", "", "The region is not enabled for this account: enable it, or leave it out."),
    ("operationaborted", "", "Somebody else is changing the same log group. Run it again: it goes on from here."),
    ("concurrentmodification", "", "Somebody else is changing the same role or policy. Run it again: it goes on from here."),
    ("entityalreadyexists", "", "Somebody else made it at the same time. Run it again: it goes on from here."),
    (
        "deleteconflict",
        "",
        "Something still hangs on it, or somebody else is changing it too: look what IAM names, and run it again.",
    ),
    ("temporarilyunmodifiable", "", "IAM has not done yet with an earlier change of it: run it again in some minutes."),
    ("unmodifiableentity", "", "The role is one that only a service of AWS can change: take another role_name."),
    (
        "malformedpolicydocument",
        "",
        "IAM refuses the policy document: check the names and ARNs that the options put into it.",
    ),
    ("nosuchentity", "", _GONE),
    ("resourcenotfound", "", _GONE),
    ("internal", "", _OWN_ERROR),
    ("servicefailure", "", _OWN_ERROR),
    ("unavailable", "", _OWN_ERROR),
    ("calltimeout", "", _TOO_LONG),
    ("answertoolarge", "", _NOT_AWS),
    ("endlesslisting", "", _NOT_AWS),
    ("expiredtoken", "", "The session's credentials have run out: get new ones and run it again."),
    ("requestexpired", "", "The session's credentials have run out: get new ones and run it again."),
)


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


def hint_for(code: str, message: str, actions: Sequence[str] = (), role_arn: Optional[str] = None) -> str:
    """What to do about this error code and message; empty when nothing better is known than AWS's words.

    actions: the permissions that the call needs, such as ec2:CreateFlowLogs. role_arn: the role that it passes.
    Codes are compared without regard to case: AWS spells some in two ways (its list of EC2 error codes).
    """
    if is_denial(code):
        return _denied(named_permission(message), actions, role_arn)
    code, message = code.lower(), message.lower()
    if code in ("", "noanswer"):
        return _NO_CREDENTIALS if "credentials" in message else _NO_ANSWER
    for part, words, hint in _HINTS:
        if part in code and words in message:
            return hint
    return ""


def _denied(named: str, actions: Sequence[str], role_arn: Optional[str]) -> str:
    lacking = [named] if named else list(actions)
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
