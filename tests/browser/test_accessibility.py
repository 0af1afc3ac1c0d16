# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What axe-core can find by itself: none of it, in either colour scheme."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from ansible_collections.netops.flow_logs.tests.browser.conftest import Open


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["estate", "perfect", "empty", "unread", "hostile"])
def test_no_violations(open_page: Open, name: str, scheme: str) -> None:
    page = open_page(name, color_scheme=scheme)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    # It did look: at colours above all, which it passes over where it can't tell them.
    assert "color-contrast" in [rule["id"] for rule in results.response["passes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violations_on_a_small_screen_with_everything_in_use(open_page: Open, scheme: str) -> None:
    page = open_page("estate", color_scheme=scheme, viewport={"width": 390, "height": 800})
    page.get_by_role("search", name="Targets").get_by_label("Status").select_option(label="not recorded")
    page.locator("#targets-table thead").get_by_role("button", name="Target").click()
    page.locator(".command").first.get_by_role("button").click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
