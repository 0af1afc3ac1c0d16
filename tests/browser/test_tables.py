# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searching, filtering, sorting, long lists, copying."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator
from playwright.sync_api import Page
from playwright.sync_api import expect

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.tests.browser.conftest import Open
from ansible_collections.netops.flow_logs.tests.unit.support import report_model

ESTATE = report_model.estate()


def rows(page: Page, table: str = "targets") -> Locator:
    return page.locator(f"#{table}-table tbody tr:visible")


def cells(page: Page, number: int, table: str = "targets") -> list[str]:
    found: list[str] = page.evaluate(
        """([table, number]) => [...document.querySelectorAll(`#${table}-table tbody tr`)]
          .filter((row) => row.checkVisibility()).map((row) => row.cells[number].innerText.trim())""",
        [table, number],
    )
    return found


def targets(**wanted: Any) -> list[dict[str, Any]]:
    return [each for each in ESTATE["targets"] if all(each[key] == value for key, value in wanted.items())]


def test_a_long_table_begins_with_its_first_rows_and_says_how_many_there_are(estate: Page) -> None:
    assert rows(estate).count() == 100
    expect(estate.locator("#targets-table-rows")).to_have_text("126 targets")
    more = estate.locator(".rest[data-for=targets-table]")
    expect(more).to_contain_text("Show 26 more")
    more.get_by_role("button", name="Show all 126").click()
    assert rows(estate).count() == 126
    expect(more).to_be_hidden()
    # Whoever works with the keyboard goes on with the first row that came.
    assert estate.evaluate("document.activeElement === document.querySelectorAll('#targets-table tbody tr')[100]")


def test_search_finds_every_word_anywhere_in_a_row(estate: Page) -> None:
    wanted = targets(vpc_name="payments-16", resource_type="eni")
    estate.get_by_role("search", name="Targets").get_by_role("searchbox").fill("PAYMENTS-16 eni-")
    expect(estate.locator("#targets-table-rows")).to_have_text(f"{len(wanted)} of 126 targets")
    assert [text.split()[0] for text in cells(estate, 1)] == [each["resource_id"] for each in wanted]


def test_search_reaches_rows_beyond_the_first_ones(estate: Page) -> None:
    last = ESTATE["targets"][-1]["resource_id"]
    estate.get_by_role("search", name="Targets").get_by_role("searchbox").fill(last)
    expect(estate.locator("#targets-table-rows")).to_have_text("1 of 126 targets")
    expect(rows(estate)).to_contain_text(last)


def test_what_nobody_has_is_said_and_cleared_again(estate: Page) -> None:
    form = estate.get_by_role("search", name="Targets")
    form.get_by_role("searchbox").fill("no such thing")
    expect(estate.locator("#targets-table-rows")).to_have_text("0 of 126 targets")
    expect(estate.locator("#announcement")).to_have_text("0 of 126 targets")
    assert rows(estate).count() == 0
    form.get_by_role("button", name="Clear").click()
    expect(estate.locator("#targets-table-rows")).to_have_text("126 targets")


@pytest.mark.parametrize(
    ("label", "option", "wanted"),
    [
        ("Status", "not recorded", {"status": "uncovered"}),
        ("Status", "in part", {"status": "partly_covered"}),
        ("Type", "Subnet", {"resource_type": "subnet"}),
        ("Account", "broadcast", {"account": "broadcast"}),
        ("Region", "us-east-1", {"region": "us-east-1"}),
        ("Project", "search", {"project": "search"}),
        ("Project", "none", {"project": None}),
    ],
)
def test_filters(estate: Page, label: str, option: str, wanted: dict[str, Any]) -> None:
    estate.get_by_role("search", name="Targets").get_by_label(label).select_option(label=option)
    expected = targets(**wanted)
    expect(estate.locator("#targets-table-rows")).to_have_text(f"{len(expected)} of 126 targets")
    assert [
        text.split()[-3 if " in " in text else -1] for text in (" ".join(each.split()) for each in cells(estate, 1))
    ] == [each["resource_id"] for each in expected]


def test_filters_and_search_add_up(estate: Page) -> None:
    form = estate.get_by_role("search", name="Targets")
    form.get_by_label("Status").select_option(label="not recorded")
    form.get_by_label("Type").select_option(label="Interface")
    form.get_by_role("searchbox").fill("payments-16")
    wanted = [each for each in targets(status="uncovered", resource_type="eni") if each["vpc_name"] == "payments-16"]
    expect(estate.locator("#targets-table-rows")).to_have_text(f"{len(wanted)} of 126 targets")


def test_the_figures_of_the_verdict_lead_to_their_targets(estate: Page) -> None:
    estate.get_by_role("link", name="7 does not arrive").click()
    expect(estate.locator("#targets-table-rows")).to_have_text("7 of 126 targets")
    expect(estate.get_by_role("search", name="Targets").get_by_label("Status")).to_have_value("broken")
    expect(estate.get_by_role("heading", name="Targets", exact=True)).to_be_in_viewport()


# What the cells of a column are sorted by, from the first row to the last; None for a dash.
KEYS = """(number) => [...document.querySelectorAll("#targets-table tbody tr")].map((row) => row.cells[number])
  .map((cell) => cell.dataset.value ?? cell.textContent.trim().toLowerCase()).map((key) => key === "–" ? null : key)"""


def test_every_column_sorts_up_and_down_and_says_so(estate: Page) -> None:
    heads = estate.locator("#targets-table thead th")
    for number in range(heads.count()):
        head = heads.nth(number)
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "ascending")
        expect(estate.locator("#targets-table th[aria-sort]")).to_have_count(1)
        up = estate.evaluate(KEYS, number)
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "descending")
        down = estate.evaluate(KEYS, number)
        told = [key for key in up if key is not None]
        nothing = [None] * (len(up) - len(told))
        assert up == told + nothing  # what has nothing to say comes last, either way
        assert down == told[::-1] + nothing


def test_names_sort_as_people_count(estate: Page) -> None:
    estate.get_by_role("search", name="Targets").get_by_label("Type").select_option(label="VPC")
    estate.locator("#targets-table thead").get_by_role("button", name="Target").click()
    names = [text.split()[0] for text in cells(estate, 1)]
    assert names == sorted(names) and names[:3] == ["default-04", "default-09", "default-14"]


def test_numbers_sort_as_numbers_and_sizes_by_what_they_are(estate: Page) -> None:
    estate.locator("#log-groups-table thead").get_by_role("button", name="Stored").click()
    names = [text.split()[0] for text in cells(estate, 0, "log-groups")]
    sizes = {group["log_group_name"]: group["stored_bytes"] for group in ESTATE["log_groups"]}
    known = [sizes[name] for name in names if sizes[name] is not None]
    assert known == sorted(known)
    assert sizes[names[-1]] is None


def test_status_sorts_from_good_to_bad(estate: Page) -> None:
    estate.locator(".rest[data-for=targets-table]").get_by_role("button", name="Show all").click()
    estate.locator("#targets-table thead").get_by_role("button", name="Status").click()
    order = list(dict.fromkeys(" ".join(text.split()) for text in cells(estate, 0)))
    assert order == ["recorded", "in part", "in part as intended", "does not arrive", "not recorded"]


def test_sorting_keeps_what_was_chosen(estate: Page) -> None:
    form = estate.get_by_role("search", name="Targets")
    form.get_by_label("Type").select_option(label="VPC")
    expect(estate.locator("#targets-table-rows")).to_have_text("18 of 126 targets")
    estate.locator("#targets-table thead").get_by_role("button", name="Target").click()
    names = [text.split()[0] for text in cells(estate, 1)]
    assert names == sorted(names) and len(names) == 18


def test_flow_logs_have_a_search_of_their_own(estate: Page) -> None:
    form = estate.get_by_role("search", name="Flow logs")
    form.get_by_label("Delivery").select_option(label="failing")
    wanted = [each for each in ESTATE["flow_logs"] if each["delivery"]["state"] == "failing"]
    expect(estate.locator("#flow-logs-table-rows")).to_have_text(f"{len(wanted)} of 16 flow logs")
    form.get_by_role("button", name="Clear").click()
    form.get_by_role("searchbox").fill("project=search")  # a tag, folded away
    tagged = [each for each in ESTATE["flow_logs"] if each["tags"].get("project") == "search"]
    expect(estate.locator("#flow-logs-table-rows")).to_have_text(f"{len(tagged)} of 16 flow logs")


def test_a_command_is_copied_as_it_is(open_page: Open) -> None:
    page = open_page("hostile", permissions=["clipboard-read", "clipboard-write"])
    commands = [each["command"] for each in report_model.hostile()["findings"] if each["command"]]
    for number, command in enumerate(commands):
        button = page.locator(".command").nth(number).get_by_role("button")
        button.click()
        expect(button).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == printable(command)
    expect(page.locator("#announcement")).to_have_text("Command copied")


def test_a_command_is_copied_where_the_page_may_not_write_to_the_clipboard_by_itself(open_page: Open) -> None:
    page = open_page("estate")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button = page.locator(".command").first.get_by_role("button")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("getSelection().toString()") == page.locator(".command code").first.text_content()


def test_five_thousand_targets_can_be_searched_filtered_and_sorted(open_page: Open) -> None:
    page = open_page("large")
    assert rows(page).count() == 100
    form = page.get_by_role("search", name="Targets")
    last = report_model.estate(5000)["targets"][-1]
    form.get_by_role("searchbox").fill(last["resource_id"])
    expect(rows(page)).to_have_count(1)
    form.get_by_role("button", name="Clear").click()
    expect(page.locator("#targets-table-rows")).to_have_text("5\u202f000 targets")
    form.get_by_label("Status").select_option(label="not recorded")
    expect(rows(page)).to_have_count(100)
    form.get_by_role("button", name="Clear").click()
    page.locator("#targets-table thead").get_by_role("button", name="Target").click()
    page.locator("#targets-table thead").get_by_role("button", name="Target").click()
    names = [text.split()[0] for text in cells(page, 1)]
    assert len(names) == 100 and names[0].startswith("subnet") is False
    page.locator(".rest[data-for=targets-table]").get_by_role("button", name="Show all").click()
    assert rows(page).count() == 5000
