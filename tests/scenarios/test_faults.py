# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault against every module: in check mode, for real, and again once the fault has passed."""

from __future__ import annotations

import os

import pytest

from ansible_collections.netops.flow_logs.tests.functional.support.modules import Result
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import NOT_CONCERNED
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import errors_of
from ansible_collections.netops.flow_logs.tests.scenarios.support.page import PAGE
from ansible_collections.netops.flow_logs.tests.scenarios.support.page import cells
from ansible_collections.netops.flow_logs.tests.scenarios.support.page import page
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.table import SUBJECTS
from ansible_collections.netops.flow_logs.tests.scenarios.support.table import TABLE

CELLS = cells(TABLE)


@pytest.mark.parametrize(("fault", "name"), CELLS, ids=[f"{fault.name}-{name}" for fault, name in CELLS])
def test_cell(stage: Stage, fault: Fault, name: str) -> None:
    cell, subject = fault.cell(name), SUBJECTS[name]
    module = subject.module
    scenario = fault.scenario()
    stage.use("plain")
    subject.arrange(stage)
    stage.use(scenario)
    stage.options.update(cell.options)
    cell.before(stage)
    before = subject.remember(stage)

    check = stage.run(module, check=True)
    assert cell.fails or not check.failed, check.data
    stage.use(scenario)
    cell.during(stage)
    first = stage.run(module)
    _as_the_table_says(stage, cell, check, first)
    subject.no_harm(stage, before)
    if not cell.fails:
        subject.as_wished(stage)
        subject.tells(stage, first)

    stage.aws.on_call = None
    stage.use("plain")
    cell.heal(stage)
    second = stage.run(module)
    assert not second.failed, second.data
    subject.no_harm(stage, before)
    subject.as_wished(stage)
    subject.tells(stage, second)
    if not cell.fails and cell.finished:
        assert _did(second) == (False, [])
    if cell is NOT_CONCERNED:
        assert second.calls.mutating == []
        return
    third = stage.run(module)
    assert not third.failed, third.data
    assert (*_did(third), third.calls.mutating) == (False, [], [])


def _as_the_table_says(stage: Stage, cell: Cell, check: Result, first: Result) -> None:
    assert first.failed == bool(cell.fails), first.data
    if cell.fails:
        assert _codes(first) == set(cell.fails), first.data
        assert cell.hint and cell.hint.lower() in first.msg.lower(), first.msg
        return
    errors = errors_of(first)
    if cell is NOT_CONCERNED:
        assert errors == [] and sum(stage.slept) == 0, (errors, stage.slept)
    else:
        assert cell.proof(stage, first), "the module did not meet the fault"
    if not errors and cell.foretold:
        assert _did(check) == _did(first)
    assert cell.warns in str(first.data.get("warnings", "")), first.data


def _did(result: Result) -> tuple[bool, list[str]]:
    """Modules that only look have no actions."""
    return result["changed"], result.data.get("actions", [])


def _codes(result: Result) -> set[str]:
    """AWS's codes of all that failed; NoAnswer where there was none."""
    listed = {failure["code"] for failure in result.data.get("failures", [])}
    if "error" in result:
        listed.add(result["error"]["code"])
    return listed or {"NoAnswer"}


def test_the_page_is_what_the_table_says() -> None:
    if os.environ.get("FLOW_LOGS_WRITE_PAGES"):
        PAGE.write_text(page(TABLE), "utf-8")
    assert PAGE.read_text("utf-8") == page(TABLE)


def test_no_cell_says_that_something_is_lost() -> None:
    words = [fault.cell(name).shown.lower() for fault, name in CELLS]
    assert not [text for text in words if "traceback" in text or "lost" in text or not text]


def test_rows_are_told_apart() -> None:
    """Those that are tested at all: a row without any cell would be on neither table."""
    names = [fault.name for fault in TABLE]
    assert len(set(names)) == len(names)
    assert {fault.name for fault, _name in CELLS} == set(names)
