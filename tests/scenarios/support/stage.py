# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account on the emulator, and runs of modules in it."""

from __future__ import annotations

import json
from typing import Any
from typing import cast

from ansible.module_utils.common import warnings
from moto.ec2.models import ec2_backends

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator import ManualClock
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Modules
from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result

# Each call takes so long on the emulator's clock: writes of one thread on one log group are apart, as they are in life.
DELAY_MS = 30


class Stage:
    """aws is the emulator, cloud what tests put in and read out; slept are the seconds slept in the last run."""

    def __init__(self, aws: AwsLike) -> None:
        # Both emulators are told and read alike.
        emulator = cast(Any, aws)
        self.aws = aws
        self.cloud = Cloud(emulator)
        self.slept: list[float] = []
        self.options: dict[str, Any] = {}
        self.targets: list[str] = []
        self._modules = Modules(emulator)
        assert isinstance(aws.world.clock, ManualClock)
        self.clock = aws.world.clock

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)

    def use(self, scenario: Scenario | str) -> None:
        """The weather from here on."""
        found = scenario_named(scenario) if isinstance(scenario, str) else scenario.fresh()
        found.delay_ms = DELAY_MS
        self.aws.use(found)

    def run(self, module: str, check: bool = False, **options: Any) -> Result:
        """A run with the stage's options, changed by those given; a run in check mode has to write nothing."""
        self.slept.clear()
        # Warnings are the process's, and a module's process ends with it.
        warnings._global_warnings.clear()
        result = self._modules.try_(module, {**self.options, **options}, check)
        assert "Traceback" not in json.dumps(result.data), result.data
        if check:
            assert result.calls.mutating == []
        return result

    def flow_logs(self) -> list[dict[str, Any]]:
        """All flow logs, however small the pages are."""
        pages = self.cloud.client("ec2").get_paginator("describe_flow_logs").paginate()
        return [entry for page in pages for entry in page["FlowLogs"]]

    def flow_logs_now(self) -> dict[str, Any]:
        """moto's own flow logs, without a call."""
        return dict(ec2_backends[ACCOUNT][REGION].flow_logs)
