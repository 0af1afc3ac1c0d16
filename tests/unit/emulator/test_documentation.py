# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/emulator.md names everything there is."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.netops.flow_logs.tests.emulator import SCENARIOS
from ansible_collections.netops.flow_logs.tests.emulator.behaviours import registered

PAGE = (Path(__file__).parents[3] / "docs" / "emulator.md").read_text()


def test_every_scenario() -> None:
    assert [name for name in SCENARIOS if f"`{name}`" not in PAGE] == []


def test_every_section_that_a_behaviour_cites() -> None:
    cited = {section for behaviour in registered() for section in behaviour.cites.split()}
    tables = [table for table in PAGE.split("\n\n") if "| Section |" in table]
    rows = [row.split("|") for table in tables for row in table.splitlines()]
    documented = {section for row in rows for section in row[2].replace(",", " ").split()}
    assert cited - documented == set()
