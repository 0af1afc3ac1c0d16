# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as AWS puts them on the wire: EC2's XML, IAM's and STS's query XML, CloudWatch Logs' JSON."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

from .calls import Call

Answer = tuple[int, dict[str, Any], str | bytes]


class AwsError(Exception):
    """A call that AWS refuses. The status is AWS's HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class ConnectionDropped(Exception):
    """The client gets no answer: its connection is closed."""


def on_the_wire(call: Call, error: AwsError) -> Answer:
    """Status, headers and body of the error in the protocol of the call's service."""
    request_id = str(uuid.uuid4())
    code, message = escape(error.code), escape(error.message)
    if call.is_json:
        body = json.dumps({"__type": error.code, "message": error.message})
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code}
    elif call.service == "ec2":
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>{code}</Code>'
            f"<Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
        headers = {"Content-Type": "text/xml;charset=UTF-8"}
    else:
        kind = "Receiver" if error.status >= 500 else "Sender"
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        headers = {"Content-Type": "text/xml"}
    return error.status, {**headers, "x-amzn-RequestId": request_id}, body


def unauthorized(call: Call, action: str, resource: str) -> AwsError:
    """A missing permission in the words of the call's service. EC2 hides in a write's message which one it is."""
    if call.service == "ec2":
        message = "You are not authorized to perform this operation."
        if call.mutates:
            reason = {"allowed": False, "action": action, "resource": resource, "principal": call.caller}
            encoded = base64.urlsafe_b64encode(json.dumps(reason).encode()).decode()
            message += f" Encoded authorization failure message: {encoded}"
        return AwsError("UnauthorizedOperation", message, 403)
    message = (
        f"User: {call.caller} is not authorized to perform: {action} on resource: {resource}"
        f" because no identity-based policy allows the {action} action"
    )
    if call.service == "logs":
        return AwsError("AccessDeniedException", message)
    return AwsError("AccessDenied", message, 403)


def throttled(service: str) -> AwsError:
    """What each service answers when calls come too fast (docs/aws-behaviour.md 7.1, 7.2)."""
    if service == "ec2":
        return AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)
    return AwsError("ThrottlingException" if service == "logs" else "Throttling", "Rate exceeded")


def broken(service: str) -> AwsError:
    """What each service answers when it fails itself (botocore's models, EC2's list of error codes)."""
    if service == "ec2":
        return AwsError("InternalError", "An internal error has occurred.", 500)
    if service == "logs":
        return AwsError("ServiceUnavailableException", "The service cannot complete the request.", 500)
    return AwsError("ServiceFailure", "The request processing has failed because of an unknown error.", 500)
