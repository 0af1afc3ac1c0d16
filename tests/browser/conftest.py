# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page in headless Chromium. Whatever a test does, the page asks for nothing and complains about nothing."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import sync_playwright

from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.page import render_page
from ansible_collections.netops.flow_logs.tests.tools import chromium
from ansible_collections.netops.flow_logs.tests.unit.support import report_model

TEMPLATES = Path(__file__).parents[2] / "roles" / "flow_logs" / "templates"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
MODELS: dict[str, Callable[[], dict[str, Any]]] = {
    "estate": report_model.estate,
    "perfect": report_model.perfect,
    "empty": report_model.empty,
    "unread": report_model.unread,
    "hostile": report_model.hostile,
    "hostile-everywhere": lambda: report_model.hostile(everywhere=True),
    "large": lambda: report_model.estate(5000),
}

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if not path:
        pytest.fail(chromium.WHAT_TO_DO, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Each page is written once."""
    directory = tmp_path_factory.mktemp("reports")

    def file(name: str) -> Path:
        path = directory / f"{name}.html"
        if not path.exists():
            path.write_text(render_page(MODELS[name](), str(TEMPLATES)), encoding="utf-8")
        return path

    return file


@pytest.fixture
def open_page(browser: Browser, files: Callable[[str], Path]) -> Iterator[Open]:
    """open_page("estate", color_scheme="dark"): the page in a context of its own, with Playwright's options for it."""
    contexts = []
    requests: list[str] = []
    complaints: list[str] = []

    def open_one(name: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(files(name).as_uri())
        requests.remove(page.url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith("data:")] == []
    assert complaints == []


@pytest.fixture
def estate(open_page: Open) -> Page:
    return open_page("estate")
