# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes the picture of a report for the README: screenshot.py REPORT.html PICTURE.png"""

from __future__ import annotations

import sys
from pathlib import Path

import chromium
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# Down to the first findings: what a reader of the README should see.
SIZE = {"width": 1280, "height": 1440}


def main(report: str, picture: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find() or chromium.install(), args=FLAGS)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(Path(report).resolve().as_uri())
        page.screenshot(path=picture)
        browser.close()
    print(f"wrote {picture}")


if __name__ == "__main__":
    main(*sys.argv[1:])
