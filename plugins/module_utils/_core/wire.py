# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What every client of the AWS SDK gets: the bounds of a call, and errors without secrets and of readable length.

By the SDK's events, which are public, but for the sockets: botocore has no public way to them. Where its private one is gone, an
answer that drips or never ends is noticed only between tries.
"""

from __future__ import annotations

import io
import selectors
import socket
import time
from http.client import HTTPResponse
from typing import Any
from typing import Dict
from typing import Iterator
from typing import Mapping
from typing import Optional
from typing import Tuple
from urllib.parse import urlsplit

try:
    from botocore.awsrequest import AWSHTTPConnection
    from botocore.awsrequest import AWSHTTPConnectionPool
    from botocore.awsrequest import AWSHTTPSConnection
    from botocore.awsrequest import AWSHTTPSConnectionPool
except ImportError:
    # AnsibleAWSModule says that the SDK is missing.
    AWSHTTPConnection = AWSHTTPSConnection = AWSHTTPConnectionPool = AWSHTTPSConnectionPool = object

from ansible_collections.netops.flow_logs.plugins.module_utils._core import bounds
from ansible_collections.netops.flow_logs.plugins.module_utils._core import patience
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember_surroundings
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import without_secrets
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import LONGEST_ERROR
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited

_ID = "netops-flow-logs"
# Seconds between two looks at whether an answer is still waited for.
_LOOK = 1.0


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


class _Guard:
    """The handlers of one client's events."""

    def __init__(self, meta: Any) -> None:
        self._place = f"{meta.service_model.service_name} in {meta.region_name}"

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
            operation, host = event_name.rsplit(".", 1)[-1], urlsplit(str(request.url)).netloc.rpartition("@")[2]
            call.name = f"{operation} of {self._place} ({host})"
        call.check()
        waiting = patience.current()
        if waiting is not None:
            waiting.sent(call.name)

    def needs_retry(self, caught_exception: Optional[Exception] = None, **_event: Any) -> None:
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
        patience.check()

    def after_call(self, parsed: Any, **_event: Any) -> None:
        _end_try()
        if isinstance(parsed, dict):
            for error in _errors_in(parsed):
                _clean_error(error)

    def after_error(self, exception: Any = None, **_event: Any) -> None:
        _end_try()
        if isinstance(exception, Exception):
            _clean_exception(exception)


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


def _errors_in(parsed: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
    """The error of an answer, and those of the single resources that EC2 lists as unsuccessful."""
    yield parsed
    if isinstance(parsed.get("Error"), dict):
        yield parsed["Error"]
    for entry in parsed.get("Unsuccessful") or parsed.get("unsuccessful") or ():
        if isinstance(entry, dict) and isinstance(entry.get("Error"), dict):
            yield entry["Error"]


def _clean_error(error: Dict[str, Any]) -> None:
    for name in ("Code", "Message", "message"):
        if isinstance(error.get(name), str):
            error[name] = _cleaned(error[name])


def _cleaned(text: str) -> str:
    remember_surroundings()
    return limited(without_secrets(text), LONGEST_ERROR)


def _clean_exception(error: Exception) -> None:
    """In place: it is shown with all that it is the cause of."""
    arguments: Tuple[Any, ...] = error.args
    error.args = tuple(_cleaned(each) if isinstance(each, str) else each for each in arguments)
