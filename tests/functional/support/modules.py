# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules in this process, arguments parsed as Ansible has them parsed."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common import warnings

from ansible_collections.netops.flow_logs.tests.functional.support.arguments import module_arguments
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Calls
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator

# What only AWS knows, and only once it is done.
AWS_ONLY = frozenset(
    {
        "flow_log_id",
        # Its sentences name the flow logs by their ids.
        "recorded_twice",
        "query_definition_id",
        "creation_time",
        "deliver_logs_status",
        "deliver_logs_error_message",
        "flow_log_status",
        "arn",
        "stored_bytes",
        "default_version_id",
    }
)
_OF_ANSIBLE = frozenset({"invocation", "warnings", "deprecations", "resource_actions"})


@dataclass(frozen=True)
class Result:
    """What a module returned, and the calls that it made."""

    data: dict[str, Any]
    calls: Calls

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __contains__(self, key: str) -> bool:
        return key in self.data

    @property
    def failed(self) -> bool:
        return bool(self.data.get("failed"))

    @property
    def msg(self) -> str:
        return str(self.data["msg"])


class Modules:
    """The collection's modules, by name."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def try_(self, name: str, options: Mapping[str, Any], check: bool = False) -> Result:
        """The result, whether it failed or not."""
        module = importlib.import_module(f"ansible_collections.netops.flow_logs.plugins.modules.{name}")
        self.emulator.forget()
        # Ansible keeps them for the process, which here runs many modules.
        warnings._global_warnings.clear()
        output = io.StringIO()
        arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
        with module_arguments(arguments), contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            module.main()
        return Result(json.loads(output.getvalue()), self.emulator.calls)

    def run(self, name: str, check: bool = False, **options: Any) -> Result:
        """The result of a module that succeeds."""
        result = self.try_(name, options, check)
        assert not result.failed, result.data
        if check:
            assert result.calls.mutating == []
        return result

    def fail(self, name: str, check: bool = False, **options: Any) -> Result:
        """The result of a module that fails."""
        result = self.try_(name, options, check)
        assert result.failed, result.data
        # Deprecations are of older releases of amazon.aws, and have where they come from.
        assert "Traceback" not in json.dumps(_without(result.data, _OF_ANSIBLE)), result.data
        if check:
            assert result.calls.mutating == []
        return result

    def refuse(self, name: str, **options: Any) -> Result:
        """The result of a module that fails in check mode and for real with the same words, and writes nothing."""
        check = self.fail(name, check=True, **options)
        real = self.fail(name, **options)
        assert real.calls.mutating == []
        assert check.msg == real.msg
        assert not real["changed"] if "changed" in real else True
        return real

    def change(self, name: str, **options: Any) -> Result:
        """The result of a module that changes something.

        Before it, a run in check mode has to predict the result. After it, runs in check mode and for real have to find
        nothing left to do.
        """
        check = self.run(name, check=True, **options)
        real = self.run(name, **options)
        assert real["changed"] and real["actions"], real.data
        assert real.calls.mutating
        assert predictable(check.data) == predictable(real.data)
        assert real["diff"]["before"] != real["diff"]["after"]
        self.rest(name, **options)
        return real

    def rest(self, name: str, **options: Any) -> Result:
        """The result of a module that finds nothing to do, neither in check mode nor for real."""
        check = self.run(name, check=True, **options)
        real = self.run(name, **options)
        assert (real["changed"], real["actions"]) == (False, [])
        assert real.calls.mutating == []
        assert _without(check.data, _OF_ANSIBLE) == _without(real.data, _OF_ANSIBLE)
        assert real["diff"]["before"] == real["diff"]["after"]
        return real


def predictable(data: Any) -> Any:
    """All that check mode can know."""
    return _without(data, AWS_ONLY | _OF_ANSIBLE)


def _without(data: Any, keys: frozenset[str]) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, keys) for key, value in data.items() if key not in keys}
    if isinstance(data, list):
        return [_without(value, keys) for value in data]
    return data
