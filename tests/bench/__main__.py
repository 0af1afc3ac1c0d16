# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures, and writes docs/bench.md and docs/bench.svg: python -m tests.bench"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import page
from . import plot
from . import sections
from .contestants import CONTESTANTS
from .estate import Size
from .measure import CHECKOUT
from .results import Results
from .rounds import measure
from .rounds import results_of
from .scenarios import SCENARIOS


def main() -> None:
    """Without options, all that the page has but the comparison of commits, for which there has to be a commit."""
    options = _options()
    if not options.page_only:
        for name in options.only:
            measure(SCENARIOS[name](options), options.delay_ms)
    _write(Path(options.directory))
    for name, section in sections.SECTIONS.items():
        if name in options.only and results_of(name).exists():
            print(f"\n{section(Results.load(results_of(name)))}")


def _write(directory: Path) -> None:
    """The page; what was never measured here stays on it as it was."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "bench.md"
    last = {name: Results.load(results_of(name)) for name in SCENARIOS if results_of(name).exists()}
    text = path.read_text() if path.exists() else ""
    if "estates" in last:
        old = text
        text = page.page(last["estates"])
        for title in sections.TITLES:
            if kept := sections.taken_from(old, title):
                text = sections.put(text, kept)
        (directory / "bench.svg").write_text(plot.plot(last["estates"]))
    for name, section in sections.SECTIONS.items():
        if name in last:
            text = sections.put(text, section(last[name]))
    path.write_text(text)
    print(f"wrote {path}")


def _options() -> argparse.Namespace:
    names = [contestant.name for contestant in CONTESTANTS]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", metavar="SCENARIOS", help=f"of {', '.join(SCENARIOS)}; the last one with --against only"
    )
    parser.add_argument("--runs", type=int, default=0, help="default: estates 5 up to 100 targets, else 3; commits 10")
    parser.add_argument("--delay-ms", type=float, default=50, help="added to each call, default: %(default)s")
    parser.add_argument("--page-only", action="store_true", help="write the page from the last measurements")
    parser.add_argument("--directory", default=str(CHECKOUT / "docs"), help="where the page goes")
    estates = parser.add_argument_group("estates")
    estates.add_argument("--targets", default="10,100,1000,10000", help="numbers of VPCs, default: %(default)s")
    estates.add_argument("--one-account", default="1000", help="numbers of VPCs in one account, default: %(default)s")
    estates.add_argument("--contestants", default=",".join(names), help="default: %(default)s")
    estates.add_argument(
        "--amazon",
        type=int,
        default=10,
        help="most targets for the amazon.aws playbooks, default: %(default)s; above 10 they run once",
    )
    estates.add_argument(
        "--terraform-plugins", metavar="DIRECTORY", help="where its AWS provider lies, if not in a usual place"
    )
    organisation = parser.add_argument_group("organisation")
    organisation.add_argument(
        "--organisation",
        metavar="ACCOUNTSxREGIONSxVPCS",
        type=Size.of_organisation,
        default="20x10x5",
        help="VPCs in each region of each account, default: %(default)s",
    )
    commits = parser.add_argument_group("commits")
    commits.add_argument("--against", metavar="COMMIT", help="measure it and this working tree, in turn")
    commits.add_argument("--hosts", type=int, default=1000, help="numbers of VPCs, default: %(default)s")
    options = parser.parse_args()
    options.contestants = options.contestants.split(",")
    if unknown := set(options.contestants) - set(names):
        parser.error(f"no contestant: {', '.join(sorted(unknown))}")
    options.only = (
        options.only.split(",") if options.only else [n for n in SCENARIOS if n != "commits" or options.against]
    )
    if unknown := set(options.only) - set(SCENARIOS):
        parser.error(f"no scenario: {', '.join(sorted(unknown))}")
    if "commits" in options.only and not options.against:
        parser.error("commits: --against says which one to compare with")
    return options


if __name__ == "__main__":
    main()
