# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts the emulator: python -m tests.emulator --scenario lag,throttling"""

from __future__ import annotations

import argparse
import sys

from .aws_like import AwsLike
from .named_scenarios import SCENARIOS
from .named_scenarios import scenario_named


def main() -> int:
    """Prints the address and serves until it is interrupted."""
    listing = "\n".join(f"  {name:18} {text}" for name, (text, _make) in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulator",
        description="An AWS emulator on 127.0.0.1. It prints its address.",
        epilog=f"scenarios:\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--scenario", default="plain", help="a name, names joined by commas, or JSON")
    parser.add_argument("--delay-ms", type=float, default=None, help="added to each call")
    parser.add_argument("--while-stdin-open", action="store_true", help="stop when standard input closes")
    options = parser.parse_args()
    try:
        scenario = scenario_named(options.scenario)
    except ValueError as error:
        parser.error(str(error))
    if options.delay_ms is not None:
        scenario.delay_ms = options.delay_ms
    with AwsLike(scenario, port=options.port) as aws:
        print(aws.url, flush=True)
        try:
            if options.while_stdin_open:
                sys.stdin.read()
            else:
                aws.wait()
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
