# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes a run of a module cheap, and changes nothing that it does."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.amazon.aws.plugins.module_utils import botocore as of_amazon
from ansible_collections.netops.flow_logs.plugins.module_utils._core import rates as _rates
from ansible_collections.netops.flow_logs.plugins.module_utils._core.rates import Bucket
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log import apply as _flow_log_apply
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.create import Creator
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import regions as _regions


def pretend_to_sleep(monkeypatch: pytest.MonkeyPatch, sleep: Callable[[float], None], now: Callable[[], float]) -> None:
    """Sleeping, of the modules and of the SDK, moves the emulator's clock, by which the modules hold AWS's rates, too."""
    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(_rates, "_buckets", {})
    monkeypatch.setattr(_rates, "Bucket", functools.partial(Bucket, clock=now, sleep=sleep))
    monkeypatch.setattr(_flow_log_apply, "Creator", functools.partial(Creator, clock=now, sleep=sleep))


def reuse_clients(monkeypatch: pytest.MonkeyPatch, clients: dict[str, object]) -> None:
    """amazon.aws makes a client once for the same arguments, and the clients of other regions are made once."""
    make, make_for_regions = of_amazon._boto3_conn, _regions._clients

    def remembered(**arguments: Any) -> object:
        key = repr(sorted((name, value) for name, value in arguments.items() if name != "aws_config"))
        if key not in clients:
            clients[key] = make(**arguments)
        return clients[key]

    def remembered_for_regions(module: Any, regions: list[str]) -> dict[str, Any]:
        missing = [region for region in regions if f"region {region}" not in clients]
        made = make_for_regions(module, missing) if missing else {}
        clients.update({f"region {region}": client for region, client in made.items()})
        return {region: clients[f"region {region}"] for region in regions}

    monkeypatch.setattr(of_amazon, "_boto3_conn", remembered)
    monkeypatch.setattr(_regions, "_clients", remembered_for_regions)
