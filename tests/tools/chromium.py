# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find a Chromium for the tests of the report's page, or install one; prints its path.

Looked for, in this order: $CHROMIUM, the usual names on PATH, what Playwright has downloaded. If there is none: Debian's package
(as root), then Playwright's download. Importing this file installs nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core")  # without any font a page has no letters
WHAT_TO_DO = (
    "no Chromium was found, and none could be installed; install the package chromium (Debian: apt-get install chromium "
    "fonts-dejavu-core) or Google Chrome, or name one: CHROMIUM=/path/to/chromium make browser"
)


class NoChromium(Exception):
    pass


def main() -> None:
    try:
        print(find() or install())
    except NoChromium as error:
        sys.exit(f"chromium: {error}")


def find() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if not path or not works(path):
            raise NoChromium(f"CHROMIUM is {named}, which is no program that starts")
        return path
    return next((path for path in candidates() if works(path)), None)


def candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def works(path: str) -> bool:
    """Ubuntu has a program of this name that only says that it wants to be installed in another way."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> str:
    for attempt in (install_with_apt, install_with_playwright):
        if attempt():
            path = find()
            if path:
                return path
    raise NoChromium(WHAT_TO_DO)


def install_with_apt() -> bool:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    say(f"installing {', '.join(PACKAGES)} (a minute)")
    return run("apt-get", "-q", "update") and run(
        "apt-get", "-q", "install", "--yes", "--no-install-recommends", *PACKAGES
    )


def install_with_playwright() -> bool:
    say("downloading Playwright's Chromium")
    return run(sys.executable, "-m", "playwright", "install", "chromium")


def run(*command: str) -> bool:
    """What it prints goes to the standard error, as ours has the path alone."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, stdout=sys.stderr, env=environment).returncode == 0


def say(message: str) -> None:
    print(f"chromium: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
