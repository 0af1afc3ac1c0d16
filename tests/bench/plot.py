# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/bench.svg: seconds by number of VPCs, both on logarithmic scales, for the first and the second run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from .results import FIRST
from .results import SECOND
from .results import Results

# name in the results (several: their sum) -> label, CSS class
_LINES: dict[tuple[str, ...], tuple[str, str]] = {
    ("apply",): ("netops.flow_logs.apply", "ours"),
    ("role",): ("the role", "role"),
    ("c7n",): ("custodian run", "c7n"),
    ("c7n-org",): ("c7n-org", "org"),
    ("terraform",): ("Terraform", "terraform"),
    ("amazon-once",): ("amazon.aws once, CLI per host", "once"),
    ("amazon-per-host",): ("amazon.aws, CLI: all per host", "host"),
    ("floor", "empty"): ("boto3 and an empty play", "floor"),
}
_STYLE = """
svg { font: 13px system-ui, sans-serif; --back: #ffffff; --text: #24292f; --quiet: #57606a; --grid: #d8dee4;
  --ours: #0969da; --role: #54aeff; --c7n: #bc4c00; --org: #e16f24; --terraform: #8250df; --once: #bf3989; --host: #cf222e; }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --text: #e6edf3; --quiet: #9198a1; --grid: #30363d;
    --ours: #58a6ff; --role: #a5d6ff; --c7n: #ffa657; --org: #f0883e; --terraform: #d2a8ff; --once: #f778ba; --host: #ff7b72; }
}
.back { fill: var(--back); } .grid, .lead { stroke: var(--grid); }
text { fill: var(--text); stroke: var(--back); stroke-width: 3; paint-order: stroke; } .quiet { fill: var(--quiet); }
path, circle { fill: none; stroke-width: 2; } path.ours { stroke-width: 3.5; }
.ours { stroke: var(--ours); } .role { stroke: var(--role); } .c7n { stroke: var(--c7n); } .org { stroke: var(--org); }
.terraform { stroke: var(--terraform); } .once { stroke: var(--once); } .host { stroke: var(--host); }
.floor { stroke: var(--quiet); } path.org { stroke-dasharray: 6 3; } path.floor { stroke-dasharray: 2 3; }
"""
_PANEL, _LABELS, _HEIGHT, _TOP, _LEFT = 300, 230, 380, 56, 54
_LINE_HEIGHT = 17

Point = tuple[float, float]


class _Scale:
    """Values to pixels, on a logarithmic scale with some room at both ends."""

    def __init__(self, values: Sequence[float], start: float, end: float, room: float = 1.0) -> None:
        self.low, self.high = min(values) / room, max(values) * room
        if self.low == self.high:
            self.low, self.high = self.low / 2, self.high * 2
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def steps(self, digits: str) -> list[float]:
        """Round numbers within the scale."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        values = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
        return [value for value in values if self.low <= value <= self.high]


def plot(results: Results) -> str:
    """Two panels, side by side."""
    width = 2 * (_LEFT + _PANEL + _LABELS)
    height = _TOP + _HEIGHT + 60
    curves = {(names, phase): _points(results, names, phase) for names in _LINES for phase in (FIRST, SECOND)}
    values = [point for points in curves.values() for point in points]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(_description(results))}</title>',
        f'<style>{_STYLE}</style><rect class="back" width="{width}" height="{height}"/>',
    ]
    for phase, heading in ((FIRST, "First run, from nothing"), (SECOND, "Second run, nothing left to do")):
        left = _LEFT + phase * (width / 2)
        across = _Scale([x for x, _y in values], left, left + _PANEL)
        up = _Scale([y for _x, y in values], _TOP + _HEIGHT, _TOP, room=1.3)
        parts += _axes(across, up, left, heading)
        parts += _curves({_LINES[names]: curves[names, phase] for names in _LINES}, across, up)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _points(results: Results, names: Sequence[str], phase: int) -> list[Point]:
    points = []
    for size in results.sizes(2):
        medians = [results.median(size, name, phase, lambda run: run.without_emulator) for name in names]
        if None not in medians:
            points.append((float(size.targets), sum(median for median in medians if median)))
    return points


def _description(results: Results) -> str:
    return f"Seconds by number of VPCs in two accounts, {results.delay_ms:g} ms added to each call, less the emulator's own time"


def _axes(across: _Scale, up: _Scale, left: float, heading: str) -> list[str]:
    bottom = _TOP + _HEIGHT
    parts = [f'<text x="{left}" y="30" font-size="16" font-weight="600">{heading}</text>']
    for value in across.steps("1"):
        x = across(value)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(f'<text class="quiet" x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{value:,.0f}</text>')
    for value in up.steps("125"):
        y = up(value)
        parts.append(f'<line class="grid" x1="{left}" y1="{y:.1f}" x2="{left + _PANEL}" y2="{y:.1f}"/>')
        parts.append(f'<text class="quiet" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g} s</text>')
    parts.append(f'<text class="quiet" x="{left + _PANEL / 2}" y="{bottom + 44}" text-anchor="middle">VPCs</text>')
    return parts


def _curves(curves: dict[tuple[str, str], list[Point]], across: _Scale, up: _Scale) -> list[str]:
    parts, ends = [], []
    # Ours are drawn last, on top.
    for (label, kind), points in reversed(curves.items()):
        if not points:
            continue
        at = [(across(x), up(y)) for x, y in points]
        parts.append(f'<path class="{kind}" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in at)}"/>')
        parts += [f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in at]
        ends.append((at[-1], f"{label}, {points[-1][1]:.3g} s", kind))
    for x in sorted({x for (x, _y), _label, _kind in ends}):
        parts += _labels([end for end in ends if end[0][0] == x])
    return parts


def _labels(ends: list[tuple[Point, str, str]]) -> list[str]:
    """Of lines that end at the same number of VPCs: right of their ends, and so far apart that they can be read."""
    ends.sort(key=lambda end: end[0][1])
    places: list[float] = []
    for (_x, y), _label, _kind in ends:
        places.append(max(y, places[-1] + _LINE_HEIGHT) if places else y)
    lowest = float(_TOP + _HEIGHT)
    for index in reversed(range(len(places))):
        places[index] = min(places[index], lowest)
        lowest = places[index] - _LINE_HEIGHT
    parts = []
    for ((x, y), label, kind), place in zip(ends, places, strict=True):
        weight = ' font-weight="600"' if kind == "ours" else ""
        parts.append(f'<line class="lead" x1="{x + 5:.1f}" y1="{y:.1f}" x2="{x + 13:.1f}" y2="{place:.1f}"/>')
        parts.append(f'<text x="{x + 15:.1f}" y="{place + 4:.1f}"{weight}>{escape(label)}</text>')
    return parts
