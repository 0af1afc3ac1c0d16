# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What the page of a report says and draws besides what stands in the model: the verdict in words, the bars. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# In the order in which a bar is filled.
STATUSES = ("covered", "partly_covered", "broken", "uncovered")
SEVERITIES = ("error", "warning", "note")
# However few targets they are, they can be seen in a bar.
_LEAST_WIDTH = 1.0


@dataclass(frozen=True)
class Segment:
    """A part of a bar, in percent of its length."""

    status: str
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A stacked bar: how the targets of an account, region or project fare. label is None for those in no project."""

    label: str | None
    note: str
    targets: int
    segments: Sequence[Segment]

    @property
    def covered(self) -> int:
        return self.count("covered")

    @property
    def open(self) -> int:
        return self.targets - self.covered

    @property
    def share(self) -> str:
        return share(self.covered, self.targets)

    def count(self, status: str) -> int:
        return sum(segment.count for segment in self.segments if segment.status == status)


@dataclass(frozen=True)
class Verdict:
    """mood: good (nothing is open), gaps, or blind (nothing to judge by)."""

    mood: str
    headline: str
    gaps: str
    facts: Sequence[str]


def share(part: int, whole: int) -> str:
    """Whole percents, but 100 only for all and 0 only for none."""
    if not whole:
        return "–"
    percent = round(100 * part / whole)
    if percent == 100 and part < whole:
        return "> 99 %"
    return "< 1 %" if percent == 0 and part else f"{percent} %"


def bar_of(label: str | None, note: str, counts: Mapping[str, int]) -> Bar:
    total = sum(counts[status] for status in STATUSES)
    widths = [max(100 * counts[status] / total, _LEAST_WIDTH) if counts[status] else 0.0 for status in STATUSES]
    scale = 100 / (sum(widths) or 1)
    segments, start = [], 0.0
    for status, width in zip(STATUSES, widths):
        if width:
            segments.append(Segment(status, counts[status], round(start, 2), round(width * scale, 2)))
            start += width * scale
    return Bar(label, note, total, segments)


def bars(coverage: Sequence[Mapping[str, Any]]) -> dict[str, list[Bar]]:
    """By account, region and project, each with what needs most work first."""
    return {
        "account": _bars(coverage, ("account", "account_id")),
        "region": _bars(coverage, ("region",)),
        "project": _bars(coverage, ("project",)),
    }


def _bars(coverage: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[Bar]:
    counts: dict[tuple[Any, ...], Counter[str]] = {}
    for row in coverage:
        sums = counts.setdefault(tuple(row[key] for key in keys), Counter())
        sums.update({status: row[status] for status in STATUSES})
    found = [bar_of(names[0], str(names[-1]) if names[0] != names[-1] else "", sums) for names, sums in counts.items()]
    return sorted(found, key=lambda each: (-each.open, each.label is None, each.label, each.note))


def verdict(model: Mapping[str, Any]) -> Verdict:
    totals = model["totals"]
    targets, covered = totals["targets"], totals["covered"]
    if not targets:
        headline = "Nothing could be read." if model["not_read"] else "There are no targets."
        return Verdict("blind", headline, "", [*_unread(model), *_findings(totals)])
    if covered == targets:
        headline = "The one target is recorded." if targets == 1 else f"All {number(targets)} targets are recorded."
    else:
        headline = f"{number(covered)} of {number(targets)} targets {_are(covered)} recorded in full."
    open_ends = covered < targets or model["findings"] or model["not_read"]
    facts = [*_deliveries(model), *_unread(model), *_findings(totals)]
    return Verdict("gaps" if open_ends else "good", headline, _gaps(model), facts)


def _gaps(model: Mapping[str, Any]) -> str:
    totals = model["totals"]
    uncovered, broken, partly = (totals[status] for status in ("uncovered", "broken", "partly_covered"))
    parts = []
    if uncovered:
        parts.append(f"{number(uncovered)} {_are(uncovered)} recorded by nobody")
    if broken:
        parts.append(f"{number(broken)} {_have(broken)} flow logs that deliver nothing")
    if partly:
        intended = sum(bool(target["intended"]) for target in model["targets"] if target["status"] == "partly_covered")
        wanted = f" ({number(intended)} as the inventory wants it)" if intended else ""
        parts.append(f"{number(partly)} {_are(partly)} recorded in part{wanted}")
    return f"{_listed(parts)}." if parts else ""


def _deliveries(model: Mapping[str, Any]) -> list[str]:
    states = Counter(flow_log["delivery"]["state"] for flow_log in model["flow_logs"])
    total = len(model["flow_logs"])
    if not total:
        return []
    proven = states["delivering"]
    if proven == total:
        return (
            ["Records of the one flow log were seen to arrive."]
            if total == 1
            else [f"Records of all {number(total)} flow logs were seen to arrive."]
        )
    return [f"Records of {number(proven)} of {number(total)} flow logs were seen to arrive."]


def _unread(model: Mapping[str, Any]) -> list[str]:
    count = len(model["not_read"])
    if not count:
        return []
    parts = "1 part of the estate" if count == 1 else f"{number(count)} parts of the estate"
    return [f"{parts} could not be read: there may be more gaps than are known."]


def _findings(totals: Mapping[str, Any]) -> list[str]:
    counts = [(totals["findings"][severity], severity) for severity in SEVERITIES]
    parts = [f"{number(count)} {severity}{'' if count == 1 else 's'}" for count, severity in counts if count]
    return [f"Findings: {_listed(parts)}."] if parts else ["There are no findings."]


def number(value: int) -> str:
    """With narrow spaces between thousands, which no language takes for a decimal point."""
    return f"{value:,}".replace(",", "\u202f")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])}, and {parts[-1]}"
