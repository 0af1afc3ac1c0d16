# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.modules import log_group
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import validated
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.switches import refuse_switch


@pytest.mark.parametrize("option", [{"type": "str"}, {"type": "int"}, {"type": "float"}, {}])
@pytest.mark.parametrize("value", [True, False])
def test_a_switch_is_neither_text_nor_number(option: dict[str, Any], value: bool) -> None:
    with pytest.raises(InvalidInput, match=f"days is {value}: YAML"):
        refuse_switch("days", value, option)


@pytest.mark.parametrize(("value", "option"), [(True, {"type": "bool"}), (1, {"type": "int"}), ("yes", {"type": "str"})])
def test_what_is_meant_as_it_is_read_passes(value: Any, option: dict[str, Any]) -> None:
    refuse_switch("days", value, option)


def test_defaults_of_modules_are_looked_at_too() -> None:
    with pytest.raises(InvalidInput, match="retention_in_days is True"):
        validated(log_group.ARGUMENT_SPEC, {"log_group_name": "/x", "retention_in_days": True})
