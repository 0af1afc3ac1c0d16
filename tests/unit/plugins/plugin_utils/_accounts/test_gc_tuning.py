# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gc
import weakref

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.gc_tuning import patient_collector


class Node:
    """Part of a cycle."""

    def __init__(self) -> None:
        self.other = self


def test_garbage_is_still_collected_but_later() -> None:
    with patient_collector():
        seen = weakref.ref(Node())
        some = [[] for _number in range(20_000)]
        assert seen() is not None
        more = [[] for _number in range(200_000)]
        assert seen() is None
    assert len(some) + len(more) == 220_000


def test_afterwards_the_collector_is_as_before() -> None:
    before = (gc.get_threshold(), gc.get_freeze_count())
    with pytest.raises(ValueError, match="broke"), patient_collector():
        assert gc.get_threshold() != before[0]
        raise ValueError("broke")
    assert (gc.get_threshold(), gc.get_freeze_count()) == before
