# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API calls as they come in, and the list of them that tests read."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from urllib.parse import parse_qsl

READS = ("Describe", "Get", "List", "AssumeRole", "DecodeAuthorizationMessage", "FilterLogEvents", "StartQuery")

# Header of the calls that tests make themselves: neither recorded, nor delayed, nor struck by a fault.
NOT_RECORDED = "x-not-recorded"


@dataclass(eq=False)
class Call:
    """One API call.

    parameters are the form's fields for EC2, IAM and STS (lists as Name.1, Name.2), the JSON body for CloudWatch Logs.
    outcome is "ok", AWS's error code, "dropped", or empty while the call is being answered. time is in seconds of the
    emulator's clock.
    """

    service: str
    operation: str
    region: str
    parameters: dict[str, Any] = field(default_factory=dict)
    account: str = ""
    caller: str = ""
    access_key: str = ""
    time: float = 0.0
    outcome: str = ""
    by_test: bool = False
    is_json: bool = False

    @property
    def name(self) -> str:
        """Such as ec2:CreateFlowLogs."""
        return f"{self.service}:{self.operation}"

    @property
    def mutates(self) -> bool:
        """True for a call that changes something."""
        return not self.operation.startswith(READS)

    def values(self, prefix: str) -> list[str]:
        """The items of a list parameter, which the form spells Prefix.1, Prefix.2, ..."""
        return [value for key, value in self.parameters.items() if key.startswith(f"{prefix}.")]

    def as_dict(self) -> dict[str, Any]:
        """What the control interface answers."""
        return {**dataclasses.asdict(self), "name": self.name, "mutates": self.mutates}


class Calls(list[Call]):
    """Calls in the order in which they came."""

    @property
    def names(self) -> list[str]:
        """service:operation of each."""
        return [call.name for call in self]

    @property
    def mutating(self) -> list[str]:
        """service:operation of those that change something."""
        return [call.name for call in self if call.mutates]

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """(operation, outcome) of each."""
        return [(call.operation, call.outcome) for call in self]

    def of(self, operation: str) -> list[Call]:
        """Those of one operation."""
        return [call for call in self if call.operation == operation]

    def counted(self) -> Counter[str]:
        """How many of each service:operation."""
        return Counter(self.names)


def read_call(environ: dict[str, Any]) -> Call | None:
    """The signed API call in a request; None for anything else. The request's body stays readable."""
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    if "Credential=" not in authorization:
        return None
    scope = authorization.split("Credential=", 1)[1].split(",", 1)[0]
    access_key, _day, region, service, _end = scope.split("/")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        operation, parameters = target.rsplit(".", 1)[1], json.loads(body or b"{}")
    else:
        parameters = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        operation = parameters.get("Action", environ.get("PATH_INFO", "?"))
    by_test = "HTTP_X_NOT_RECORDED" in environ
    return Call(service, operation, region, parameters, access_key=access_key, by_test=by_test, is_json=bool(target))


def error_code(body: bytes) -> str:
    """The error code in the body of an answer, in any of the protocols."""
    text = body.decode(errors="replace")
    found = re.search(r"<Code>([^<]+)</Code>", text) or re.search(r'"__type":\s*"(?:[^"]*#)?([^"]+)"', text)
    return found.group(1) if found else "Error"
