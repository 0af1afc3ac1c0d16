# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What every client of the AWS SDK gets: the bounds of a call, errors without secrets and of readable length, and no answers but AWS's.

By the SDK's events, which are public, but for the sockets and the parser: botocore has no public way to them. Where its private ones
are gone, an answer that drips or never ends is noticed only between tries, and one that the parser fails at is not sent for again.
"""

from __future__ import annotations

import io
import selectors
import socket
import time
from collections.abc import Iterator
from collections.abc import Mapping
from http.client import BadStatusLine
from http.client import HTTPResponse
from http.client import RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

try:
    from botocore.awsrequest import AWSHTTPConnection
    from botocore.awsrequest import AWSHTTPConnectionPool
    from botocore.awsrequest import AWSHTTPSConnection
    from botocore.awsrequest import AWSHTTPSConnectionPool
    from botocore.parsers import ResponseParserError

    _OF_THE_PARSER: tuple[type[Exception], ...] = (ResponseParserError,)
except ImportError:
    # AnsibleAWSModule says that the SDK is missing.
    _OF_THE_PARSER = ()
    AWSHTTPConnection = AWSHTTPSConnection = AWSHTTPConnectionPool = AWSHTTPSConnectionPool = object

from . import bounds
from . import patience
from .answers import NOT_FROM_AWS
from .answers import Response
from .answers import described
from .answers import fault_of
from .secrets import remember
from .secrets import remember_surroundings
from .secrets import without_secrets
from .text import LONGEST_ERROR
from .text import limited

_ID = "netops-flow-logs"
# Seconds between two looks at whether an answer is still waited for.
_LOOK = 1.0
# An element or a value where the model has another type ends in any of these.
_PARSER_FAILS: tuple[type[Exception], ...] = (
    *_OF_THE_PARSER,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class _Reader(io.RawIOBase):
    """What comes in from a socket, until the call's time is over or the answer is too large."""

    def __init__(self, sock: Any, call: bounds.Call) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._call = call
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._call.check()
        _await_data(self._sock, self._call)
        usual, left = self._sock.gettimeout(), self._call.left()
        if usual is None or left < usual:
            self._sock.settimeout(max(left, 0.001))
        try:
            received: int = self._raw.readinto(buffer)
        finally:
            if self._sock.gettimeout() != usual:
                self._sock.settimeout(usual)
        self._received += received
        if self._received > bounds.LARGEST_ANSWER:
            raise self._call.too_large()
        return received

    def close(self) -> None:
        self._raw.close()
        super().close()


def _await_data(sock: Any, call: bounds.Call) -> None:
    """Until something has come, or nothing has in the time of a read. Raises OutOfBounds when nobody waits for it any more."""
    if not isinstance(sock, socket.socket):
        # What stands in for a socket may have read ahead.
        return
    usual = sock.gettimeout()
    end = time.monotonic() + (float("inf") if usual is None else usual)
    pending = getattr(sock, "pending", int)
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        while not pending() and not selector.select(max(0.0, min(_LOOK, call.left(), end - time.monotonic()))):
            call.check()
            patience.check()
            if time.monotonic() >= end:
                raise socket.timeout("timed out")


class _Socket:
    """What http.client asks of a socket for an answer."""

    def __init__(self, sock: Any, call: bounds.Call) -> None:
        self._sock = sock
        self._call = call

    def makefile(self, *_mode: Any, **_more: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._call), 64 * 1024)


def _response(sock: Any, *arguments: Any, **more: Any) -> HTTPResponse:
    answer: Any = _Socket(sock, bounds.current_call() or bounds.Call(bounds.call_timeout()))
    return HTTPResponse(answer, *arguments, **more)


class _Connection(AWSHTTPConnection):
    response_class = staticmethod(_response)


class _SecureConnection(AWSHTTPSConnection):
    response_class = staticmethod(_response)


class _Pool(AWSHTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(AWSHTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


def guarded(client: Any) -> Any:
    """The client, whose calls from now on are bounded and whose errors are fit to be shown."""
    events = client.meta.events
    service = client.meta.service_model.service_id.hyphenize()
    guard = _Guard(client.meta)
    events.register_first(f"before-call.{service}", guard.before_call, unique_id=f"{_ID}-before-call")
    events.register_last(f"before-send.{service}", guard.before_send, unique_id=f"{_ID}-before-send")
    events.register_first(f"needs-retry.{service}", guard.needs_retry, unique_id=f"{_ID}-needs-retry")
    events.register_first(f"after-call.{service}", guard.after_call, unique_id=f"{_ID}-after-call")
    events.register_first(f"after-call-error.{service}", guard.after_error, unique_id=f"{_ID}-after-error")
    _bound_sockets(client)
    _survive_parsing(client)
    return client


def _bound_sockets(client: Any) -> bool:
    """False where this botocore keeps its connections elsewhere."""
    try:
        session = client._endpoint.http_session
        managers = [session._manager, *session._proxy_managers.values()]
        kept = session._pool_classes_by_scheme
    except AttributeError:
        return False
    if kept is not _POOLS:
        # The session's own is for the managers of proxies, which are made later.
        session._pool_classes_by_scheme = _POOLS
        for manager in managers:
            manager.pool_classes_by_scheme = _POOLS
    return True


class NotFromAws(bounds.OutOfBounds):
    """A response that AWS did not give."""

    code = NOT_FROM_AWS


class _Unreadable(dict[str, Any]):
    """What the parser failed at, as an answer: the SDK sends for it again as for any other of its status."""


class _Parser:
    def __init__(self, parser: Any) -> None:
        self._parser = parser

    def parse(self, response: dict[str, Any], shape: Any) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = self._parser.parse(response, shape)
            return parsed
        except _PARSER_FAILS:
            # The parser takes for granted that members have the types of the model.
            metadata = {"HTTPStatusCode": response["status_code"], "HTTPHeaders": dict(response["headers"])}
            return _Unreadable(Error={"Code": "", "Message": ""}, ResponseMetadata=metadata)


class _Parsers:
    """Stands in for the SDK's factory of parsers."""

    def __init__(self, factory: Any) -> None:
        self._factory = factory

    def create_parser(self, protocol: str) -> _Parser:
        return _Parser(self._factory.create_parser(protocol))


def _survive_parsing(client: Any) -> bool:
    """False where this botocore keeps its parsers elsewhere."""
    try:
        endpoint = client._endpoint
        factory = endpoint._response_parser_factory
    except AttributeError:
        return False
    if not isinstance(factory, _Parsers):
        endpoint._response_parser_factory = _Parsers(factory)
    return True


class _Guard:
    """The handlers of one client's events."""

    def __init__(self, meta: Any) -> None:
        self._place = f"{meta.service_model.service_name} in {meta.region_name}"
        self._host = _host_of(meta.endpoint_url)

    def before_call(self, **_event: Any) -> None:
        """For calls without retries of ours: those have begun the call themselves."""
        if bounds.begin_call():
            call = bounds.current_call()
            if call is not None:
                call.ends_with_its_try = True

    def before_send(self, event_name: str, request: Any, **_event: Any) -> None:
        patience.check()
        _remember_sent(request.headers)
        call = bounds.current_call()
        if call is None:
            return
        if not call.was_sent:
            call.was_sent = True
            call.name = self._name(event_name.rsplit(".", 1)[-1], _host_of(request.url))
        call.check()
        waiting = patience.current()
        if waiting is not None:
            waiting.sent(call.name)

    def needs_retry(self, caught_exception: Exception | None = None, **_event: Any) -> None:
        """Raises OutOfBounds in place of the error that giving up has led to."""
        waiting = patience.current()
        if waiting is not None and caught_exception is None:
            waiting.answered()
        if caught_exception is None:
            return
        _clean_exception(caught_exception)
        call = bounds.current_call()
        if call is not None:
            call.check()
            if _is_no_http(caught_exception):
                raise NotFromAws(f"The response did not come from AWS: what answered {call.name} does not speak HTTP.")
        patience.check()

    def _name(self, operation: str, host: str) -> str:
        return f"{operation} of {self._place} ({host})"

    def after_call(self, parsed: Any, model: Any, http_response: Any, **_event: Any) -> None:
        """Raises NotFromAws. What passes has what its readers need."""
        _end_try()
        response = Response(http_response.status_code, _body_of(http_response), parsed, isinstance(parsed, _Unreadable))
        fault = fault_of(response, model)
        if fault:
            call = self._name(str(model.name), _host_of(http_response.url) or self._host)
            raise NotFromAws(_cleaned(described(call, response, fault)))
        if isinstance(parsed, dict):
            for error in _errors_in(parsed):
                _clean_error(error)

    def after_error(self, exception: Any = None, **_event: Any) -> None:
        _end_try()
        if isinstance(exception, Exception):
            _clean_exception(exception)


def unreadable(call: str, reason: str) -> NotFromAws:
    """For an answer that the SDK's parser failed at, where _Parser is not in its way."""
    what = reason.split("\n", maxsplit=1)[0]
    return NotFromAws(_cleaned(f"The response did not come from AWS: {call} was answered with something else. {what}"))


def _is_no_http(error: Exception) -> bool:
    """True for an answer that does not begin as one of HTTP, other than for a connection that was closed."""
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, BadStatusLine):
            return not isinstance(reason, RemoteDisconnected)
        reason = reason.__cause__ or reason.__context__
    return False


def _host_of(url: Any) -> str:
    return urlsplit(str(url or "")).netloc.rpartition("@")[2]


def _body_of(http_response: Any) -> bytes | None:
    """None for the answers of botocore's Stubber, which have none."""
    body = None if http_response.raw is None else http_response.content
    return body if isinstance(body, bytes) else None


def _end_try() -> None:
    waiting = patience.current()
    if waiting is not None:
        waiting.ended()
    call = bounds.current_call()
    if call is not None and call.ends_with_its_try:
        bounds.end_call()


def _remember_sent(headers: Mapping[str, Any]) -> None:
    """The session token, wherever the SDK got it from. The secret key signs, and is never sent."""
    token = headers.get("X-Amz-Security-Token")
    if token:
        remember([token.decode("ascii", "replace") if isinstance(token, bytes) else token])


def _errors_in(parsed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The error of an answer, and those of the single resources that EC2 lists as unsuccessful."""
    yield parsed
    if isinstance(parsed.get("Error"), dict):
        yield parsed["Error"]
    for entry in parsed.get("Unsuccessful") or parsed.get("unsuccessful") or ():
        if isinstance(entry, dict) and isinstance(entry.get("Error"), dict):
            yield entry["Error"]


def _clean_error(error: dict[str, Any]) -> None:
    for name in ("Code", "Message", "message"):
        if isinstance(error.get(name), str):
            error[name] = _cleaned(error[name])


def _cleaned(text: str) -> str:
    remember_surroundings()
    return limited(without_secrets(text), LONGEST_ERROR)


def _clean_exception(error: Exception) -> None:
    """In place: it is shown with all that it is the cause of."""
    arguments: tuple[Any, ...] = error.args
    error.args = tuple(_cleaned(each) if isinstance(each, str) else each for each in arguments)
