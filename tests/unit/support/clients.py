# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients for tests: botocore's own with scripted answers, wrapped for retries just as amazon.aws does."""

from __future__ import annotations

import functools
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.exceptions import StubResponseError
from botocore.stub import ANY
from botocore.stub import Stubber

from ansible_collections.amazon.aws.plugins.module_utils.retries import RetryingBotoClientWrapper
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import RETRY

REGION = "eu-west-1"


class Clock:
    """A clock that only sleeping moves, and that remembers the sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@functools.cache
def real_client(service: str) -> Any:
    """One client for all tests: loading a service's model is what costs time."""
    session = botocore.session.Session()
    return session.create_client(service, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")


def retrying(client: Any) -> Any:
    return RetryingBotoClientWrapper(client, RETRY)


def client_error(code: str, message: str, operation: str = "CreateFlowLogs") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class StrictStubber(Stubber):
    """Remembers calls that nobody expected: botocore's complaint is an SDK error, which the code under test may handle."""

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.complaints: list[str] = []

    def _assert_expected_params(self, *args: Any, **kwargs: Any) -> None:
        try:
            super()._assert_expected_params(*args, **kwargs)
        except StubResponseError as error:
            self.complaints.append(str(error))
            raise

    def _assert_expected_call_order(self, *args: Any, **kwargs: Any) -> None:
        try:
            super()._assert_expected_call_order(*args, **kwargs)
        except StubResponseError as error:
            self.complaints.append(str(error))
            raise


class Script:
    """The calls that one service is to get, in order, with their answers. Parameters are checked by AWS's model."""

    def __init__(self, service: str) -> None:
        self.stubber = StrictStubber(real_client(service))
        self.stubber.activate()
        self.client = retrying(real_client(service))

    def expect(self, operation: str, answer: dict[str, Any] | None = None, /, **request: Any) -> Script:
        self.stubber.add_response(operation, answer or {}, request)
        return self

    def fail(self, operation: str, code: str, message: str = "", /, **request: Any) -> Script:
        self.stubber.add_client_error(operation, code, message, expected_params=request or None)
        return self


class StubbedClients:
    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}

    def __call__(self, service: str) -> Script:
        if service not in self.scripts:
            self.scripts[service] = Script(service)
        return self.scripts[service]

    def close(self) -> None:
        try:
            for script in self.scripts.values():
                assert script.stubber.complaints == []
                script.stubber.assert_no_pending_responses()
        finally:
            for script in self.scripts.values():
                script.stubber.deactivate()


__all__ = ["ANY", "REGION", "Clock", "Script", "StubbedClients", "client_error", "real_client", "retrying"]
