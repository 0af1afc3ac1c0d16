# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the code needs of an Ansible module, without a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from typing import NoReturn

from ansible_collections.amazon.aws.plugins.module_utils.retries import RetryingBotoClientWrapper
from ansible_collections.netops.flow_logs.tests.unit.support.clients import REGION
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client


class Ended(Exception):
    """The module has ended, with this result."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(result)
        self.result = result


class FakeSts:
    meta = real_client("sts").meta

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/tester"}


class FakeModule:
    def __init__(
        self,
        params: Mapping[str, Any] | None = None,
        clients: Mapping[str, Any] | None = None,
        *,
        check_mode: bool = False,
        diff: bool = False,
    ) -> None:
        self.params = dict(params or {})
        self.clients = {"sts": FakeSts(), **(clients or {})}
        self.check_mode = check_mode
        self._diff = diff
        self.region = REGION
        self.warnings: list[str] = []

    def client(self, service: str, retry_decorator: Any) -> Any:
        return RetryingBotoClientWrapper(self.clients[service], retry_decorator)

    def warn(self, warning: str) -> None:
        self.warnings.append(warning)

    def exit_json(self, **result: Any) -> NoReturn:
        raise Ended({"failed": False, **result})

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        raise Ended({**result, "failed": True, "msg": msg})
