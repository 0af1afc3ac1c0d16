# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which regions the emulated accounts have enabled. moto has all of all partitions, which costs time and proves nothing more."""

from __future__ import annotations

import pytest
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION

ELSEWHERE = "us-east-1"
ENABLED = (REGION, ELSEWHERE, "ap-southeast-1")


def enable_few_regions(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...] = ENABLED) -> None:
    """These only."""
    few = [region for region in RegionsAndZonesBackend.regions if region.name in names]
    assert len(few) == len(names)
    monkeypatch.setattr(RegionsAndZonesBackend, "regions", few)
