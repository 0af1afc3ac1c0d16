# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/rooms.svg: the rooms of plugins/, each above those that it imports from, drawn from the imports."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.rooms import ENTRANCES
from tests.support.rooms import FILES
from tests.support.rooms import FLOORS
from tests.support.rooms import arrows
from tests.support.rooms import name_of
from tests.support.rooms import purpose
from tests.support.rooms import room_of

KINDS = ("modules", "inventory", "action")
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 218, 62, 34, 46, 24
# Beyond these columns a floor would be wider than a page of text.
COLUMNS = 4


def floors() -> list[list[str]]:
    """Rooms from the ground up: each as low as what it imports from lets it be. Entrances have the highest floor."""
    below = {room: {there for here, there in arrows() if here == room} for room in FLOORS}
    level: dict[str, int] = {}
    for room in FLOORS:
        level[room] = max((level[there] + 1 for there in below[room]), default=0)
    rows: list[list[str]] = [[] for _number in range(max(level.values()) + 1)]
    for room in FLOORS:
        rows[level[room]].append(room)
    return [row[start : start + COLUMNS] for row in [*rows, list(KINDS)] for start in range(0, len(row), COLUMNS)]


def main(target: Path) -> None:
    rows = floors()
    width = MARGIN * 2 + max(len(row) for row in rows) * (WIDTH + GAP_X) - GAP_X
    height = MARGIN * 2 + len(rows) * (HEIGHT + GAP_Y) - GAP_Y
    places: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows):
        left = (width - len(row) * (WIDTH + GAP_X) + GAP_X) / 2
        top = height - MARGIN - HEIGHT - number * (HEIGHT + GAP_Y)
        for column, room in enumerate(row):
            places[room] = (left + column * (WIDTH + GAP_X), top)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="system-ui, sans-serif" role="img">',
        "<title>The rooms of plugins/: each imports from those below it only</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(_arrow(places[here], places[there], count) for (here, there), count in sorted(arrows().items())),
        *(_room(room, *place) for room, place in sorted(places.items())),
        "</svg>",
    ]
    target.write_text("\n".join(lines) + "\n", "utf-8")


def _arrow(upper: tuple[float, float], lower: tuple[float, float], count: int) -> str:
    x1, y1 = upper[0] + WIDTH / 2, upper[1] + HEIGHT
    x2, y2 = lower[0] + WIDTH / 2, lower[1]
    middle = (y1 + y2) / 2
    thick = min(1 + count / 12, 5)
    return (
        f'<path d="M{x1:g} {y1:g}C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {y2:g}" fill="none" stroke="#8aa4c8" stroke-opacity="0.55"'
        f' stroke-width="{thick:.1f}"/>'
    )


def _room(room: str, left: float, top: float) -> str:
    base, _dot, name = room.rpartition(".")
    if room in KINDS:
        count, title, text, colour = sum(path.parent.name == room for path in ENTRANCES), room, "Found by Ansible", "#fdf3d7"
    else:
        count = sum(room_of(name_of(path)) == room for path in FILES)
        title, text = name, purpose(room)
        colour = "#e3eefc" if base == "module_utils" else "#e4f5e8"
    shown = text if len(text) <= 32 else text[:31].rstrip(" ,:") + "…"
    return (
        f'<g><rect x="{left:g}" y="{top:g}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{colour}" stroke="#51657f"/>'
        f'<text x="{left + 12:g}" y="{top + 25:g}" font-size="15" font-weight="600" fill="#16202c">{escape(title)}</text>'
        f'<text x="{left + WIDTH - 12:g}" y="{top + 25:g}" font-size="11" text-anchor="end" fill="#51657f">'
        f"{escape(base or 'plugins')}, {count}</text>"
        f'<text x="{left + 12:g}" y="{top + 47:g}" font-size="11.5" fill="#2c3a4b">{escape(shown)}</text></g>'
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "rooms.svg")
