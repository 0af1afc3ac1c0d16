# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/bench.md, from the results."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from functools import partial

from .contestants import CONTESTANTS
from .estate import Size
from .measure import Figures
from .results import FIRST
from .results import SECOND
from .results import Results
from .results import Take

TITLES = {contestant.name: contestant.title for contestant in CONTESTANTS}
FLOOR = ("floor", "empty")
# What the others are compared with.
OURS = ("apply", "role")
# Calls are told by kind for the estate of this size, or the largest below it.
_BY_KIND = 1000


def page(results: Results) -> str:
    """The whole page."""
    parts = [_HEAD.format(delay=f"{results.delay_ms:g}", cores=results.machine["cores"])]
    parts += ["## How many times as long the others take\n", *_ratios(results)]
    parts += ["## Figures\n", _FIGURES, *(_figures(results, size) for size in _all_sizes(results))]
    parts += ["## Calls by kind\n", *_calls(results)]
    parts += [_COMPARED, "## Measured on\n", measured_on(results, lambda run: run.without_emulator), _AGAIN]
    return "\n".join(parts)


def _all_sizes(results: Results) -> list[Size]:
    return [*results.sizes(2), *results.sizes(1)]


def name_of(size: Size) -> str:
    """Such as 1,000 in two accounts."""
    return f"{size.targets:,} in {'two accounts' if size.accounts == 2 else 'one account'}"


def both(cell: Callable[[int], str]) -> str:
    """A cell of the first and the second run."""
    first, second = cell(FIRST), cell(SECOND)
    return first if first == second else f"{first} / {second}"


def measured_on(results: Results, take: Take) -> str:
    """The commit, the machine, and how much runs of the same thing differed in what is compared."""
    about = dict(results.machine)
    commit, cores, system, load = (about.pop(name) for name in ("commit", "cores", "system", "load"))
    versions = ", ".join(f"{name} {version}" for name, version in about.items())
    return (
        f"Commit {commit}, {cores} cores, {system}; {versions}. The emulator ran on the same machine, whose load average was {load}"
        f" to begin with.{_spread(results, take)}\n"
    )


def _spread(results: Results, take: Take) -> str:
    shares = [
        abs(take(run) - middle) / middle
        for size, contestants in results.rounds.items()
        for name in contestants
        for phase in (FIRST, SECOND)
        if (middle := results.median(size, name, phase, take))
        for run in results.of(size, name, phase)
    ]
    return f" Runs of the same thing differed by up to {max(shares):.0%} from their median." if any(shares) else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column is text, the others are numbers."""
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _ratios(results: Results) -> Iterable[str]:
    sizes = _all_sizes(results)
    rivals = [name for name in TITLES if name not in (*OURS, *FLOOR)]
    lines: list[tuple[str, tuple[str, ...]]] = [(TITLES[name], (name,)) for name in rivals]
    lines.append(("floor: bare boto3 and an empty play together", FLOOR))
    for ours in OURS:
        yield f"Beside {TITLES[ours]}, first run / second run:\n"
        header = ["", *(name_of(size) for size in sizes)]
        rows = []
        for title, others in lines:
            cells = [both(partial(_ratio, results, size, ours, others)) for size in sizes]
            rows.append([title, *cells])
        yield table(header, rows)


def _ratio(results: Results, size: Size, ours: str, others: Sequence[str], phase: int) -> str:
    ratio = results.ratio(size, ours, others, phase, lambda run: run.without_emulator)
    if ratio is None:
        reasons = [results.absent[name] for name in others if name in results.absent]
        return reasons[0] if reasons else ""
    return f"{ratio:.2f}" if ratio < 9.95 else f"{ratio:.0f}"


def _figures(results: Results, size: Size) -> str:
    header = ["", "first run", "calls", "second run", "calls", "CPU", "memory", "covered"]
    rows = []
    for name, title in TITLES.items():
        runs = results.of(size, name, FIRST)
        if not runs:
            if name in results.absent:
                rows.append([title, results.absent[name], *[""] * 6])
            continue
        again = name not in FLOOR[1:]
        covered = results.median(size, name, SECOND, lambda run: run.covered) or 0
        rows.append(
            [
                title,
                _seconds(results, size, name, FIRST),
                _number(results, size, name, FIRST, lambda run: run.number_of_calls),
                _seconds(results, size, name, SECOND) if again else "",
                _number(results, size, name, SECOND, lambda run: run.number_of_calls) if again else "",
                both(partial(_cpu, results, size, name)),
                f"{max(run.memory_mb for phase in (FIRST, SECOND) for run in results.of(size, name, phase)):.0f} MB",
                f"{covered:,.0f}" if name not in FLOOR[1:] else "",
            ]
        )
    count = max(len(results.of(size, name, FIRST)) for name in TITLES)
    told = f"Medians of {count} runs." if count > 1 else "One run."
    return f"### {name_of(size)}\n\n{told}\n\n{table(header, rows)}"


def _seconds(results: Results, size: Size, name: str, phase: int) -> str:
    without = results.median(size, name, phase, lambda run: run.without_emulator)
    emulator = results.median(size, name, phase, lambda run: run.emulator)
    return f"{without:.2f} s + {emulator:.2f} s"


def _cpu(results: Results, size: Size, name: str, phase: int) -> str:
    return f"{results.median(size, name, phase, lambda run: run.cpu):.1f} s"


def _number(results: Results, size: Size, name: str, phase: int, take: Callable[[Figures], float]) -> str:
    return f"{results.median(size, name, phase, take):,.0f}"


def _calls(results: Results) -> Iterable[str]:
    sizes = [size for size in results.sizes(2) if size.targets <= _BY_KIND]
    if not sizes:
        return
    size = sizes[-1]
    names = [name for name in TITLES if name != "empty" and results.of(size, name, FIRST)]
    kinds = sorted(
        {kind for name in names for phase in (FIRST, SECOND) for kind in results.of(size, name, phase)[0].calls}
    )
    yield f"{name_of(size)}, first run / second run, in the first round:\n"
    rows = [[f"`{kind}`", *(both(partial(_count, results, size, name, kind)) for name in names)] for kind in kinds]
    yield table(["", *(TITLES[name] for name in names)], rows)


def _count(results: Results, size: Size, name: str, kind: str, phase: int) -> str:
    return str(results.of(size, name, phase)[0].calls.get(kind, 0) or "-")


_HEAD = """# How long it takes

<!-- Written by "make bench": change tests/bench/page.py, not this file. -->

VPCs in four projects get flow logs to one log group per project, kept for 30 days: once from nothing, then again with nothing left to do.
AWS is [the emulator of the tests](emulator.md), with {delay} ms added to every call, as that is what one waits for in reality.

![Seconds by number of VPCs, for each way to the same flow logs](bench.svg)
"""

_FIGURES = """`+` tells apart the emulator's own processor time, which AWS would not take. CPU is the processor time of everything that was
started, memory that of the largest process, covered the VPCs that have a flow log in the end.
"""

_COMPARED = """## What is compared

All begin with the same credentials and enter each of the two accounts by a role. Where there is one account, it is the caller's own.

- **The role** runs in a play of three lines (`hosts: all`, `gather_facts: false`, `roles: [netops.flow_logs.flow_logs]`), **the playbook** is
  `netops.flow_logs.apply`; both on an INI inventory whose hosts are the VPCs and whose groups are projects and accounts. They make policy
  and role, correct log groups, retention and flow logs that differ from what is wished, and read back what they did.
- **Cloud Custodian** has a policy per project: VPCs of the project by tag, filter `flow-logs`, action `set-flow-log`. It finds its
  VPCs itself instead of being given an inventory.
- **Terraform** has a resource per VPC, in one state with a provider per account. `terraform init` is not measured.
- **`amazon.aws` and the aws CLI**: `amazon.aws` has no module for flow logs. One playbook does everything for each host; the
  other does for an account and a project once what they need once. Both are in `tests/bench/playbooks/`.
- **The floor** is what no program can do without: the calls, in bare boto3 with nothing around them (`tests/bench/floor.py`), and Ansible with
  the same inventory and nothing to do. Together they are what a playbook can come down to.

Ratios are medians of the ratios of single rounds, in which each of them ran once, one after the other, with the emulator's processor time taken off.

What favours others:

- Cloud Custodian makes no IAM: the role is there before it begins. It sets no retention, and its `enabled: false` asks only whether there
  is a flow log, not which.
- Cloud Custodian sends all VPCs of a project in one `CreateFlowLogs`. AWS takes 300; from there on AWS refuses the call and the
  policy fails. For Cloud Custodian alone the emulator takes any number, so that there is a figure at all.
- `custodian run` without a Lambda, metrics or a log group of its own, which installations usually have.
- The floor looks at nothing closer than whether it is there.

What favours the collection:

- `custodian run` is for one account, so the accounts come one after the other; `c7n-org` goes through them side by side. The figures for one account
  have no such difference.
- Terraform and the aws CLI per host make a call per VPC. That is how they are used, and AWS's request rates, which would slow
  that down (`CreateFlowLogs` has its own bucket), are switched off here.
- The emulator answers one call at a time, which hardly matters with 50 ms between them; taking off all of its processor time favours those
  whose calls go side by side, by a little.

Everybody's Python has its bytecode cached, and ran once before. Nothing is installed or downloaded while measuring.
"""

_AGAIN = """## Measure again

```shell
make bench                                  # everything on this page but the earlier commit, about 45 minutes
make bench ONLY=organisation                # that section, about ten minutes; the rest of the page stays as it is
make bench ONLY=commits BENCH="--against COMMIT"   # and this working tree, in turn, about ten minutes
make bench ONLY=estates BENCH="--targets 10,100 --runs 1 --one-account ''"
make bench ONLY=estates BENCH="--amazon 100"   # the amazon.aws playbooks with 100 VPCs, too
```

It needs nothing beyond what `make demo` does; Cloud Custodian and the aws CLI get environments of their own in `.cache`. Terraform takes part where it is
installed; `--terraform-plugins` names a directory with its AWS provider where the registry can't be reached. No test asserts a time.
"""
