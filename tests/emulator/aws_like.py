# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator: moto's own WSGI application on loopback, with the behaviours in front of it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any
from typing import Self
from wsgiref.types import StartResponse

from moto.iam.models import get_account_id_from
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.moto_server.werkzeug_app import create_backend_app
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition
from werkzeug.serving import make_server

from . import corrections
from . import faults
from . import moto_hook
from .calls import Call
from .calls import Calls
from .calls import error_code
from .calls import read_call
from .clock import Clock
from .control import PREFIX
from .control import control
from .delivery import deliver_records
from .errors import ConnectionDropped
from .named_scenarios import scenario_named
from .scenario import Refusal
from .scenario import Scenario
from .world import World

# Both register what they do when they are imported.
REGISTERED = (faults, corrections)

OnCall = Callable[[Call, str], None]


class _Quiet(MotoRequestHandler):
    def log(self, *_args: Any, **_kwargs: Any) -> None:
        pass


class AwsLike:
    """An AWS emulator on a free port of 127.0.0.1; use it in a with statement, or stop() it.

    on_call(call, when) is called, outside of any lock, "before" a call is looked at and, with its outcome set, "after"
    it took effect but before the client hears of it. It may raise ConnectionDropped, so that the client never does.
    moto's state is the process's: one emulator per process.
    """

    def __init__(self, scenario: Scenario | str = "plain", port: int = 0, clock: Clock | None = None) -> None:
        moto_hook.install()
        self.calls = Calls()
        self.on_call: OnCall | None = None
        self.world = World(clock or Clock())
        self._first = scenario_named(scenario) if isinstance(scenario, str) else scenario
        self.use(self._first)
        self._lock = threading.Lock()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", port, self._answer, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """What clients take as their endpoint_url."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def scenario(self) -> Scenario:
        """The scenario in force; may be changed in place."""
        return self.world.scenario

    def use(self, scenario: Scenario | str) -> None:
        """Goes by this scenario from here on: an object, names joined by commas, or JSON."""
        self.world.use(scenario_named(scenario) if isinstance(scenario, str) else scenario)

    def refuse(self, name: str, code: str, message: str, times: int | None = 1, status: int = 400) -> None:
        """The next calls of this name, such as ec2:CreateFlowLogs, get this error."""
        self.scenario.refusals.append(Refusal([name], code=code, message=message, times=times, status=status))

    def deliver(self) -> None:
        """Traffic flows: every flow log delivers a record, or learns that it can't."""
        with self._lock:
            self.world.catch_up()
            deliver_records(self.world)

    def forget(self) -> None:
        """From here on only new calls count."""
        with self._lock:
            self.calls = Calls()

    def reset(self) -> None:
        """Empties all accounts, forgets the calls, and goes back to the scenario of the start."""
        # Tests that clear their environment clear moto's settings with it.
        moto_hook.spare_images()
        with self._lock:
            moto_api_backend.reset()
            self.world.reset()
            self.calls = Calls()
        self.use(self._first)

    def stop(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self) -> None:
        """Serves until somebody stops it."""
        self._thread.join()

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            return control(self, environ, start_response)
        call = read_call(environ)
        if call is None:
            with self._lock:
                return list(self._moto(environ, start_response))
        try:
            return self._answer_call(call, environ, start_response)
        except ConnectionDropped:
            call.outcome = "dropped"
            _hang_up(environ)
            raise ConnectionAbortedError("the emulator closed the connection") from None

    def _answer_call(self, call: Call, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self._arrived(call, environ)
        if self.scenario.delay_ms and not call.by_test:
            self.world.clock.sleep(self.scenario.delay_ms / 1000)
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def remember(status: str, headers: list[tuple[str, str]], *_rest: Any) -> Callable[[bytes], object]:
            started.append((status, headers))
            return lambda _data: None

        with self._lock, moto_hook.passage(call, self.world) as passage:
            self.world.catch_up()
            body = b"".join(self._moto(environ, remember))
        status, headers = started[-1]
        call.outcome = "dropped" if passage.dropped else "ok" if int(status[:3]) < 400 else error_code(body)
        self._tell(call, "after")
        if passage.dropped:
            raise ConnectionDropped
        start_response(status, headers)
        return [body]

    def _arrived(self, call: Call, environ: dict[str, Any]) -> None:
        with self._lock:
            call.account = environ.get("HTTP_X_MOTO_ACCOUNT_ID") or get_account_id_from(call.access_key)
            sts = sts_backends[call.account][get_partition(call.region)]
            call.caller = sts.get_caller_identity(call.access_key, call.region)[1]
            call.time = self.world.clock.now()
            if not call.by_test:
                self.calls.append(call)
        self._tell(call, "before")

    def _tell(self, call: Call, when: str) -> None:
        if self.on_call is not None and not call.by_test:
            self.on_call(call, when)


def _hang_up(environ: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
