# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AWS emulator (moto) on loopback that remembers every call it gets, and can be told to refuse some."""

from __future__ import annotations

import io
import json
import os
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from urllib.parse import parse_qsl

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import make_server

# Every region would load hundreds of machine images when it is first spoken to.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

READS = ("Describe", "Get", "List", "AssumeRole")
# Header of the calls that tests make themselves.
NOT_RECORDED = "x-not-recorded"


@dataclass(frozen=True)
class Call:
    """One API call; parameters are the form's fields for EC2, IAM and STS, the JSON body for CloudWatch Logs."""

    service: str
    operation: str
    region: str
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"

    @property
    def mutates(self) -> bool:
        return not self.operation.startswith(READS)

    def values(self, prefix: str) -> list[str]:
        """The items of a list parameter, which the form spells Prefix.1, Prefix.2, ..."""
        return [value for key, value in self.parameters.items() if key.startswith(f"{prefix}.")]


class Calls(list[Call]):
    """Calls in the order in which they came."""

    @property
    def names(self) -> list[str]:
        return [call.name for call in self]

    @property
    def mutating(self) -> list[str]:
        return [call.name for call in self if call.mutates]

    def of(self, operation: str) -> list[Call]:
        return [call for call in self if call.operation == operation]

    def counted(self) -> Counter[str]:
        return Counter(self.names)


@dataclass
class Refusal:
    """times calls of an operation are answered with an error in place of being carried out."""

    name: str
    code: str
    message: str
    times: int
    status: int = 400
    holding: str = ""


class _Quiet(MotoRequestHandler):
    def log(self, *_args: Any, **_kwargs: Any) -> None:
        pass


class Emulator:
    """Start it once; reset() empties it and forgets the calls."""

    def __init__(self) -> None:
        self.calls = Calls()
        self._refusals: list[Refusal] = []
        self._delays: dict[str, float] = {}
        self._lock = threading.Lock()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        request = urllib.request.Request(f"{self.url}/moto-api/reset", data=b"", method="POST")
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read()
        self.forget()
        self._refusals = []
        self._delays = {}

    def forget(self) -> None:
        """From here on only new calls count."""
        with self._lock:
            self.calls = Calls()

    def refuse(self, name: str, code: str, message: str, times: int = 1, status: int = 400, holding: str = "") -> None:
        """The next calls of this name, such as ec2:CreateFlowLogs, with a parameter that holds this text, get this error."""
        self._refusals.append(Refusal(name, code, message, times, status, holding))

    def delay(self, name: str, seconds: float) -> None:
        """From here on calls of this name, such as ec2:CreateFlowLogs, are carried out and answered so much later than they come."""
        self._delays[name] = seconds

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        call = _call(environ)
        if call is not None:
            with self._lock:
                self.calls.append(call)
                refusal = self._refusal(call)
            if refusal is not None:
                return _error(call, refusal, start_response)
            time.sleep(self._delays.get(call.name, 0))
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer

    def _refusal(self, call: Call) -> Refusal | None:
        for refusal in self._refusals:
            if refusal.name == call.name and refusal.times > 0 and refusal.holding in str(call.parameters):
                refusal.times -= 1
                return refusal
        return None


def _call(environ: dict[str, Any]) -> Call | None:
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    if "Credential=" not in authorization or "HTTP_X_NOT_RECORDED" in environ:
        return None
    _key, _day, region, service, _end = authorization.split("Credential=", 1)[1].split(",", 1)[0].split("/")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return Call(service, target.rsplit(".", 1)[1], region, json.loads(body or b"{}"))
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return Call(service, form.get("Action", environ.get("PATH_INFO", "?")), region, form)


def _error(call: Call, refusal: Refusal, start_response: Callable[..., Any]) -> list[bytes]:
    if call.service == "logs":
        text = json.dumps({"__type": refusal.code, "message": refusal.message})
    elif call.service == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error></Errors>"
            "<RequestID>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestID></Response>"
        )
    else:
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{refusal.code}</Code><Message>{refusal.message}</Message>"
            "</Error><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ErrorResponse>"
        )
    kind = "application/x-amz-json-1.1" if call.service == "logs" else "text/xml"
    start_response(f"{refusal.status} ERROR", [("Content-Type", kind), ("Content-Length", str(len(text.encode())))])
    return [text.encode()]
