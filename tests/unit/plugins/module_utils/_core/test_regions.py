# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from botocore.session import Session

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.regions import require_region_name
from ansible_collections.netops.flow_logs.plugins.module_utils._core.regions import similar

SESSION = Session()
REGIONS = [name for part in SESSION.get_available_partitions() for name in SESSION.get_available_regions("ec2", part)]


@pytest.mark.parametrize("region", [*REGIONS, "xx-somewhere-9", "local", "RegionOne"])
def test_names_that_can_be_right_are_taken(region: str) -> None:
    assert require_region_name(region) == region


@pytest.mark.parametrize(
    ("region", "meant"),
    [
        pytest.param("us-east-1 ", "Is us-east-1 meant?", id="a blank at the end"),
        pytest.param("us_east_1", "Is us-east-1 meant?", id="underscores"),
        pytest.param("US-EAST-1", "Is us-east-1 meant?", id="capitals"),
        pytest.param("eu-west-1\n", "'eu-west-1\\n' is not", id="a line break"),
        pytest.param("Ireland (eu-west-1)", "such as eu-west-1", id="a description"),
        pytest.param(7, "7 is not the name", id="a number"),
        pytest.param("-", "'-' is not the name", id="a dash"),
        pytest.param("a" * 64, "is not the name", id="a long one"),
    ],
)
def test_names_that_are_none_are_refused_with_what_may_be_meant(region: object, meant: str) -> None:
    with pytest.raises(InvalidInput, match=r"^flow_logs_region ") as refused:
        require_region_name(region, "flow_logs_region")
    assert meant in str(refused.value)


def test_similar_names() -> None:
    assert "us-east-1" in similar("us-esat-1", REGIONS)
    assert "us-gov-west-1" in similar("us-gov-wset-1", REGIONS)
    assert similar("nowhere", REGIONS) == []
