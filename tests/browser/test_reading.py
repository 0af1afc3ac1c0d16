# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Without JavaScript, on paper, in the dark, on a small screen, with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect

from ansible_collections.netops.flow_logs.tests.browser.conftest import Open
from ansible_collections.netops.flow_logs.tests.unit.support import report_model

ESTATE = report_model.estate()
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def visible_text(page: Page) -> str:
    return page.locator("body").inner_text()


def test_without_javascript_all_of_it_can_be_read(open_page: Open) -> None:
    page = open_page("estate", java_script_enabled=False)
    assert page.locator("#targets-table tbody tr:visible").count() == len(ESTATE["targets"])
    said = visible_text(page)
    for finding in ESTATE["findings"]:
        assert finding["message"] in said
        assert (finding["command"] or "") in said
    for target in ESTATE["targets"]:
        assert target["resource_id"] in said


def test_without_javascript_nothing_is_offered_that_needs_it(open_page: Open) -> None:
    page = open_page("estate", java_script_enabled=False)
    assert page.locator("button:visible, input:visible, select:visible").count() == 0
    page.locator("#flow-logs-table summary").first.click()  # folding needs none
    assert "log-status" in visible_text(page)


def test_a_command_can_be_selected(open_page: Open) -> None:
    page = open_page("estate", java_script_enabled=False)
    page.locator(".command code").first.click(click_count=3)
    assert page.evaluate("getSelection().toString().trim()") == ESTATE["findings"][1]["command"]


def test_on_paper_everything_is_there_and_nothing_to_press(estate: Page) -> None:
    estate.emulate_media(media="print")
    assert estate.locator("#targets-table tbody tr:visible").count() == len(ESTATE["targets"])
    assert estate.locator("button.copy:visible, .rest:visible, input:visible, select:visible, nav:visible").count() == 0
    said = visible_text(estate)
    for flow_log in ESTATE["flow_logs"]:
        assert flow_log["log_format"] in said
        assert flow_log["flow_log_id"] in said
    for finding in ESTATE["findings"]:
        assert (finding["command"] or "") in said


def test_printing_unfolds_what_is_folded_and_folds_it_again(estate: Page) -> None:
    estate.evaluate(
        "addEventListener('beforeprint', () => { window.folded = document.querySelectorAll('details:not([open])').length; })"
    )
    assert estate.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert estate.evaluate("window.folded") == 0
    assert estate.locator("details[open]").count() == 0


def test_what_was_chosen_is_what_is_printed_and_the_paper_says_so(estate: Page) -> None:
    estate.get_by_role("link", name="7 does not arrive").click()
    estate.emulate_media(media="print")
    assert estate.locator("#targets-table tbody tr:visible").count() == 7
    expect(estate.locator("#targets-table-rows")).to_be_visible()
    expect(estate.locator("#targets-table-rows")).to_have_text("7 of 126 targets")


def test_light_and_dark_follow_the_reader_and_paper_is_white(estate: Page) -> None:
    estate.emulate_media(color_scheme="light")
    light = estate.evaluate(BACKGROUND)
    estate.emulate_media(color_scheme="dark")
    dark = estate.evaluate(BACKGROUND)
    estate.emulate_media(color_scheme="dark", media="print")
    paper = estate.evaluate(BACKGROUND)
    assert (light, dark, paper) == ("rgb(251, 251, 249)", "rgb(20, 23, 26)", "rgb(255, 255, 255)")


def test_nothing_moves_for_those_who_ask_for_that(open_page: Open) -> None:
    scrolling = "getComputedStyle(document.documentElement).scrollBehavior"
    assert open_page("estate", reduced_motion="reduce").evaluate(scrolling) == "auto"
    assert open_page("estate", reduced_motion="no-preference").evaluate(scrolling) == "smooth"


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1920])
@pytest.mark.parametrize("name", ["estate", "hostile"])
def test_the_page_is_never_wider_than_the_screen(open_page: Open, name: str, width: int) -> None:
    page = open_page(name, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_statuses_differ_by_more_than_colour(estate: Page) -> None:
    looks = estate.evaluate(
        """() => ["covered", "partly_covered", "broken", "uncovered"].map((status) => {
          const style = getComputedStyle(document.querySelector(`.overall rect.${status}`));
          return style.fill.startsWith("url") ? style.fill : style.fill === style.stroke ? "solid" : "hollow";
        })"""
    )
    assert looks == ["solid", 'url("#stripes")', 'url("#dots")', "hollow"]


def test_bars_are_as_long_as_what_they_count(estate: Page) -> None:
    totals = ESTATE["totals"]
    widths = estate.evaluate(
        "[...document.querySelectorAll('.overall rect')].map((rect) => rect.getBoundingClientRect().width)"
    )
    counts = [totals[status] for status in ("covered", "partly_covered", "broken", "uncovered")]
    assert [width / sum(widths) for width in widths] == pytest.approx(
        [count / totals["targets"] for count in counts], abs=0.005
    )


def test_the_keyboard_reaches_and_works_everything(estate: Page) -> None:
    estate.keyboard.press("Tab")
    expect(estate.get_by_role("link", name="To the content")).to_be_focused()
    expect(estate.get_by_role("link", name="To the content")).to_be_in_viewport()
    order = []
    for _step in range(200):
        estate.keyboard.press("Tab")
        focused = estate.evaluate(
            """() => { const e = document.activeElement; const style = getComputedStyle(e);
              return [e.tagName, e.textContent.trim() || e.type, style.outlineStyle !== "none" && style.outlineWidth !== "0px"]; }"""
        )
        order.append(focused)
        if focused[1] == "Newest record":
            break
    assert all(outlined for _tag, _text, outlined in order)
    texts = [text for _tag, text, _outlined in order]
    assert texts.index("Coverage") < texts.index("Copy") < texts.index("search") < texts.index("Newest record")
    estate.keyboard.press("Enter")
    expect(estate.locator("#targets-table thead th").last).to_have_attribute("aria-sort", "ascending")
    estate.keyboard.press("Space")
    expect(estate.locator("#targets-table thead th").last).to_have_attribute("aria-sort", "descending")


def test_an_estate_in_order_is_told_in_one_look(open_page: Open) -> None:
    page = open_page("perfect")
    expect(page.get_by_role("heading", name="All 42 targets are recorded.")).to_be_in_viewport()
    assert "There are no findings." in visible_text(page)


def test_no_targets_no_tables(open_page: Open) -> None:
    page = open_page("empty")
    expect(page.get_by_role("heading", name="There are no targets.")).to_be_visible()
    assert page.locator("table").count() == 0
