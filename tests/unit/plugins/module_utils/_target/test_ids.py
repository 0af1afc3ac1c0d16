# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import Target
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets


@pytest.mark.parametrize(
    ("resource_id", "resource_type"),
    [
        pytest.param("vpc-0123456789abcdef0", "VPC", id="a VPC"),
        pytest.param("subnet-0123456789abcdef0", "Subnet", id="a subnet"),
        pytest.param("eni-0123456789abcdef0", "NetworkInterface", id="a network interface"),
        pytest.param("vpc-1a2b3c4d", "VPC", id="a VPC from before ids became long"),
    ],
)
def test_the_type_is_read_from_the_prefix(resource_id: str, resource_type: str) -> None:
    [target] = parse_targets([resource_id])

    assert (target.resource_id, target.resource_type) == (resource_id, resource_type)


def test_types_may_be_mixed_and_each_id_counts_once_in_the_order_given() -> None:
    targets = parse_targets(["subnet-00000001", "vpc-00000001", " subnet-00000001 ", "eni-00000001"])

    assert targets == [
        Target("subnet-00000001", "subnet"),
        Target("vpc-00000001", "vpc"),
        Target("eni-00000001", "eni"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("i-0123456789abcdef0", id="an instance"),
        pytest.param("tgw-0123456789abcdef0", id="a transit gateway"),
        pytest.param("vpc-0123", id="too short"),
        pytest.param("vpc-0123456789abcdef01", id="too long"),
        pytest.param("VPC-0123456789abcdef0", id="capitals"),
        pytest.param("vpc-0123456789abcdefg", id="not hexadecimal"),
        pytest.param("vpc-00000001 vpc-00000002", id="two in one"),
        pytest.param("xvpc-00000001", id="something before the prefix"),
        pytest.param("", id="nothing"),
        pytest.param(None, id="null"),
        pytest.param(12345678, id="a number"),
    ],
)
def test_another_shape_is_refused_and_named(wrong: object) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_targets(["vpc-00000001", wrong])

    assert repr(str(wrong)) in str(error.value)
    assert "'vpc-00000001'" not in str(error.value)


def test_all_wrong_ids_are_named_at_once() -> None:
    with pytest.raises(InvalidInput, match="'web', 'db'"):
        parse_targets(["web", "vpc-00000001", "db"])
