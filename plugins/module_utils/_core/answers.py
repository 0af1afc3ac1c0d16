# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Whether a response came from AWS, and has all that the collection reads out of it. Pure.

A proxy, the login page of a network or a wrong endpoint_url answers with any status and any text. Those who read answers rely on
NEEDED: what is listed there is there, and of the type that the SDK's model gives it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any

from .text import limited
from .text import printable

# The code by which the collection's own error goes.
NOT_FROM_AWS = "NotFromAws"

_ROLE = ("RoleName", "Arn", "Path", "AssumeRolePolicyDocument")

# Operation -> the members that are read without a further look. x[] is a list whose entries each have what follows.
NEEDED: dict[str, tuple[str, ...]] = {
    # EC2
    "DescribeFlowLogs": ("FlowLogs[].FlowLogId", "FlowLogs[].ResourceId"),
    "DescribeVpcs": ("Vpcs[].VpcId",),
    "DescribeSubnets": ("Subnets[].SubnetId",),
    "DescribeNetworkInterfaces": ("NetworkInterfaces[].NetworkInterfaceId",),
    "DescribeRegions": ("Regions[].RegionName",),
    # Who reads them takes nothing for created or deleted that the answer does not confirm.
    "CreateFlowLogs": (),
    "DeleteFlowLogs": (),
    # STS
    "AssumeRole": ("Credentials.AccessKeyId", "Credentials.SecretAccessKey", "Credentials.SessionToken"),
    "GetCallerIdentity": ("Account", "Arn"),
    # IAM
    "CreatePolicy": ("Policy.Arn",),
    "CreatePolicyVersion": ("PolicyVersion.VersionId",),
    "CreateRole": ("Role.Arn",),
    "GetAccountSummary": ("SummaryMap",),
    "GetGroup": ("Group.Arn",),
    "GetPolicy": ("Policy.PolicyName", "Policy.Arn", "Policy.DefaultVersionId"),
    "GetPolicyVersion": ("PolicyVersion.Document",),
    "GetRole": tuple(f"Role.{name}" for name in _ROLE),
    "GetUser": ("User.Arn",),
    "ListAttachedGroupPolicies": ("AttachedPolicies[].PolicyArn",),
    "ListAttachedRolePolicies": ("AttachedPolicies[].PolicyArn",),
    "ListAttachedUserPolicies": ("AttachedPolicies[].PolicyArn",),
    "ListEntitiesForPolicy": ("PolicyGroups[].GroupName", "PolicyUsers[].UserName", "PolicyRoles[].RoleName"),
    "ListInstanceProfilesForRole": ("InstanceProfiles[].InstanceProfileName",),
    "ListPolicies": ("Policies[].PolicyName", "Policies[].Arn"),
    "ListPolicyVersions": ("Versions[].VersionId", "Versions[].IsDefaultVersion"),
    "ListRolePolicies": ("PolicyNames[]",),
    "ListRoles": tuple(f"Roles[].{name}" for name in _ROLE),
    # CloudWatch Logs
    "DeleteQueryDefinition": (),
    "DescribeLogGroups": ("logGroups[].logGroupName",),
    "DescribeLogStreams": ("logStreams[].logStreamName",),
    "DescribeQueryDefinitions": ("queryDefinitions[].queryDefinitionId", "queryDefinitions[].name"),
    "GetLogEvents": ("events[].timestamp",),
    "GetQueryResults": ("status",),
    "ListTagsForResource": (),
    "PutQueryDefinition": ("queryDefinitionId",),
    "StartQuery": ("queryId",),
}

# Members whose text the SDK reads as JSON after this look, whatever it is.
_DOCUMENTS = ("AssumeRolePolicyDocument", "Document")
_PERCENT = re.compile(r"%([0-9a-fA-F]{2})")
_VERSION_ID = re.compile(r"v[0-9]+")

_XML = ("ec2", "query", "rest-xml")
_JSON = ("json",)
_BLANK = b"\xef\xbb\xbf \t\r\n"
# What may stand before the first element of a document, and that element's name without the namespace.
_ROOT = re.compile(rb"(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!doctype[^>]*>\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(rb"<title[^>]*>(.*?)(?:</title|$)", re.IGNORECASE | re.DOTALL)
# Bytes of a body that are looked at.
_BEGINNING = 16 * 1024
_LONGEST_TITLE = 120

# The SDK's names of types -> Python's, for values that it takes over as they are.
_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "integer": (int, float),
    "long": (int, float),
    "list": (list,),
    "map": (dict,),
    "string": (str,),
    "structure": (dict,),
}


@dataclass(frozen=True)
class Response:
    """An answer as it came. body: None where it is not known. unreadable: the SDK could make nothing of it."""

    status: int
    body: bytes | None
    parsed: Mapping[str, Any]
    unreadable: bool = False


def fault_of(response: Response, model: Any) -> str:
    """What shows that the response did not come from AWS; empty when nothing does. model: botocore's of the operation."""
    # What a model of several protocols names first may be another than the SDK speaks.
    protocol = str(getattr(model.service_model, "resolved_protocol", None) or model.metadata.get("protocol") or "")
    if response.status >= 300:
        return "" if _has_code(response.parsed) and not response.unreadable else "without AWS's error code"
    if response.unreadable or not _looks_right(response.body, protocol):
        return "which is not in AWS's format"
    if protocol in _JSON and _has_wrong_type(response.parsed, model.output_shape):
        return "with values of the wrong type"
    lacking = lacks(response.parsed, NEEDED.get(str(model.name), ()))
    return f"without a valid {lacking}" if lacking else ""


def described(call: str, response: Response, fault: str) -> str:
    """The sentence for people. call: operation, service, region and host."""
    reason = responses.get(response.status, "")
    status = f"HTTP {response.status} {reason}".rstrip()
    return f"The response did not come from AWS: {call} was answered with {status} and {_content(response.body)}, {fault}."


def lacks(parsed: Mapping[str, Any], paths: Iterable[str]) -> str:
    """The first of the members that is missing, empty or not what it has to be; empty when all are there."""
    return next((path for path in paths if not _is_there(parsed, path.split("."))), "")


def _is_there(value: Any, path: list[str]) -> bool:
    if not path:
        return value is not None and value != ""
    name, rest = path[0], path[1:]
    if not isinstance(value, Mapping):
        return False
    if name.endswith("[]"):
        entries = value.get(name[:-2])
        return isinstance(entries, list) and all(_is_there(entry, rest) for entry in entries)
    inner = value.get(name)
    if name in _DOCUMENTS:
        return _is_document(inner)
    if name.endswith("VersionId"):
        return isinstance(inner, str) and _VERSION_ID.fullmatch(inner) is not None
    return _is_there(inner, rest)


def _is_document(text: Any) -> bool:
    """True for the JSON of an object, as IAM sends it, and for the object."""
    if not isinstance(text, str):
        return isinstance(text, dict)
    try:
        return isinstance(json.loads(_PERCENT.sub(lambda match: chr(int(match[1], 16)), text)), dict)
    except ValueError:
        return False


def _has_code(parsed: Mapping[str, Any]) -> bool:
    """AWS's codes are words; the SDK puts the status there when it finds none."""
    error = parsed.get("Error")
    code = error.get("Code") if isinstance(error, Mapping) else None
    return isinstance(code, str) and code.strip() != "" and not code.strip().isdigit()


def _looks_right(body: bytes | None, protocol: str) -> bool:
    if body is None:
        return True
    text = body[:_BEGINNING].lstrip(_BLANK)
    if protocol in _XML:
        root = _ROOT.match(text)
        return root is not None and root[1].endswith(b"Response")
    return not text or text.startswith(b"{") if protocol in _JSON else not _is_page(text)


def _has_wrong_type(value: Any, shape: Any) -> bool:
    """Of JSON the SDK takes what is there; nothing at all (null) counts as left out."""
    if value is None or shape is None:
        return False
    expected = _TYPES.get(shape.type_name)
    if expected is None:
        return False
    if not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        return True
    if isinstance(value, list):
        return any(entry is None or _has_wrong_type(entry, shape.member) for entry in value)
    if isinstance(value, dict) and shape.type_name == "map":
        return any(entry is None or _has_wrong_type(entry, shape.value) for entry in value.values())
    if isinstance(value, dict):
        return any(_has_wrong_type(value.get(name), member) for name, member in shape.members.items())
    return False


def _is_page(text: bytes) -> bool:
    root = _ROOT.match(text)
    return text[:9].lower() == b"<!doctype" or (root is not None and root[1].lower() in (b"html", b"head", b"body"))


def _content(body: bytes | None) -> str:
    text = (body or b"")[:_BEGINNING].lstrip(_BLANK)
    if not text:
        return "an empty body"
    if not _is_page(text):
        kind = "XML" if text.startswith(b"<") else "JSON" if text[:1] in (b"{", b"[") else "text"
        return kind
    title = _TITLE.search(text)
    words = " ".join(html.unescape(title[1].decode("utf-8", "replace")).split()) if title else ""
    return f'an HTML page titled "{limited(printable(words), _LONGEST_TITLE)}"' if words else "an HTML page"
