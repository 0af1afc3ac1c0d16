# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be measured: estates in one or two accounts, an organisation, and an earlier commit beside this working tree."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from . import commits
from .contestants import CONTESTANTS
from .contestants import OF_AN_ORGANISATION
from .contestants import OURS
from .contestants import Copy
from .contestants.custodian import PARALLEL
from .estate import Size
from .rounds import STATE
from .rounds import Scenario

BEFORE, NOW = "before", "now"
# Differences of a few hundredths show in many pairs only.
_PAIRS = 10


def _estates(options: argparse.Namespace) -> Scenario:
    sizes = [
        Size(int(targets), accounts)
        for accounts, listed in ((2, options.targets), (1, options.one_account))
        for targets in filter(None, listed.split(","))
    ]
    contestants = [each(options) for each in CONTESTANTS if each.name in options.contestants]
    return Scenario("estates", contestants, sizes, lambda size: options.runs or (5 if size.targets <= 100 else 3))


def _organisation(options: argparse.Namespace) -> Scenario:
    processes = max(2, os.cpu_count() or 1)
    return Scenario(
        "organisation",
        [each(options) for each in OF_AN_ORGANISATION],
        [options.organisation],
        lambda _size: options.runs or 3,
        processes=processes,
        facts={"processes": str(processes), "parallel": str(PARALLEL)},
    )


def _commits(options: argparse.Namespace) -> Scenario:
    directory = STATE / "commits"
    before, now = commits.of_commit(options.against, directory), commits.of_working_tree(directory)
    contestants = [
        Copy(each(options), when, collections) for each in OURS for when, collections in ((BEFORE, before), (NOW, now))
    ]
    sizes = [Size(options.hosts, 2), Size(options.hosts, 1)]
    return Scenario("commits", contestants, sizes, lambda _size: options.runs or _PAIRS, facts={"before": before.name})


SCENARIOS: dict[str, Callable[[argparse.Namespace], Scenario]] = {
    "estates": _estates,
    "organisation": _organisation,
    "commits": _commits,
}
