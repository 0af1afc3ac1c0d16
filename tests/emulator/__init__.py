# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator of EC2, IAM, STS and CloudWatch Logs that behaves like AWS where flow logs are concerned.

moto does the work; docs/emulator.md says what is different, and how to start it.
"""

from __future__ import annotations

from .aws_like import AwsLike
from .calls import NOT_RECORDED
from .calls import Call
from .calls import Calls
from .clock import Clock
from .clock import ManualClock
from .errors import ConnectionDropped
from .named_scenarios import SCENARIOS
from .named_scenarios import aborted
from .named_scenarios import denied
from .named_scenarios import region_denied
from .named_scenarios import scenario_named
from .scenario import BadResource
from .scenario import Break
from .scenario import Lag
from .scenario import PassRoleDenied
from .scenario import Refusal
from .scenario import Resurrection
from .scenario import Scenario
from .scenario import Throttle

__all__ = [
    "NOT_RECORDED",
    "SCENARIOS",
    "AwsLike",
    "BadResource",
    "Break",
    "Call",
    "Calls",
    "Clock",
    "ConnectionDropped",
    "Lag",
    "ManualClock",
    "PassRoleDenied",
    "Refusal",
    "Resurrection",
    "Scenario",
    "Throttle",
    "aborted",
    "denied",
    "region_denied",
    "scenario_named",
]
