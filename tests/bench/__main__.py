# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures, and writes docs/bench.md and docs/bench.svg: python -m tests.bench"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import page
from . import plot
from .contestants import CONTESTANTS
from .measure import CHECKOUT
from .results import Results
from .rounds import RESULTS
from .rounds import measure


def main() -> None:
    """Without options, everything that the page has."""
    options = _options()
    if not options.page_only:
        measure(options)
    results = Results.load(RESULTS)
    directory = Path(options.directory)
    (directory / "bench.md").write_text(page.page(results))
    (directory / "bench.svg").write_text(plot.plot(results))
    print(f"wrote {directory / 'bench.md'} and {directory / 'bench.svg'}")


def _options() -> argparse.Namespace:
    names = [contestant.name for contestant in CONTESTANTS]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--targets", default="10,100,1000,10000", help="numbers of VPCs, default: %(default)s")
    parser.add_argument("--one-account", default="1000", help="numbers of VPCs in one account, default: %(default)s")
    parser.add_argument("--runs", type=int, default=0, help="default: 5 up to 100 targets, else 3")
    parser.add_argument("--only", default=",".join(names), help="contestants, default: %(default)s")
    parser.add_argument(
        "--amazon",
        type=int,
        default=10,
        help="most targets for the amazon.aws playbooks, default: %(default)s; above 10 they run once",
    )
    parser.add_argument("--delay-ms", type=float, default=50, help="added to each call, default: %(default)s")
    parser.add_argument(
        "--terraform-plugins", metavar="DIRECTORY", help="where its AWS provider lies, if not in a usual place"
    )
    parser.add_argument("--page-only", action="store_true", help="write the page from the last measurements")
    parser.add_argument("--directory", default=str(CHECKOUT / "docs"), help="where the page goes")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(names):
        parser.error(f"no contestant: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    main()
