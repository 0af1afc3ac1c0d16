# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AWS emulator of the tests on loopback, in a process of its own that cannot outlive the demo."""

import contextlib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from checks import DemoFailed

CHECKOUT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running_emulator(log: Path) -> Iterator[str]:
    """Yields the emulator's address. Its log has a line for each call."""
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator", "--while-stdin-open"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops the emulator
        )
    with process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise DemoFailed(f"the emulator did not start, see {log}")
            _repeat_ids(url)
            yield url
        finally:
            process.terminate()


def let_traffic_flow(url: str) -> None:
    """Each flow log delivers a record, as far as its role may."""
    _post(f"{url}/emulator/deliver")


def _repeat_ids(url: str) -> None:
    """Gives the estate the same ids in every demo."""
    _post(f"{url}/moto-api/seed?a=1")


def _post(url: str) -> None:
    request = urllib.request.Request(url, data=b"", method="POST")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
