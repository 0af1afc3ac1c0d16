# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator by HTTP, for those in another process: everything below /emulator/."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from typing import Any
from wsgiref.types import StartResponse

from .behaviours import registered
from .named_scenarios import SCENARIOS

if TYPE_CHECKING:
    from .aws_like import AwsLike

PREFIX = "/emulator/"


def control(aws: AwsLike, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answers one request below /emulator/ with JSON."""
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    what = (environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(PREFIX))
    try:
        status, answer = _answer(aws, what, sent)
    except ValueError as error:
        status, answer = "400 Bad Request", {"error": str(error)}
    body = json.dumps(answer, default=str).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _answer(aws: AwsLike, what: tuple[str, str], sent: str) -> tuple[str, Any]:
    match what:
        case ("GET", ""):
            return "200 OK", _about()
        case ("GET", "calls"):
            return "200 OK", [call.as_dict() for call in list(aws.calls)]
        case ("DELETE", "calls"):
            aws.forget()
        case ("GET", "scenario"):
            return "200 OK", aws.scenario.as_dict()
        case ("PUT" | "POST", "scenario"):
            aws.use(sent)
        case ("POST", "reset"):
            aws.reset()
        case ("POST", "deliver"):
            aws.deliver()
        case _:
            return "404 Not Found", {"error": f"no {' '.join(what)}"}
    return "200 OK", {}


def _about() -> dict[str, Any]:
    return {
        "scenarios": {name: text for name, (text, _make) in SCENARIOS.items()},
        "behaviours": [
            {"operations": entry.operations, "cites": entry.cites, "summary": entry.summary} for entry in registered()
        ],
        "cpu_seconds": time.process_time(),
    }
