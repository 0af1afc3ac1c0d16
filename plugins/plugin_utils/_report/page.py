# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""A report as one HTML page that needs nothing else and sends nothing anywhere.

Whatever stands in the model is text to the page, never markup: it is escaped, characters that are not seen as well, and should an escape be
forgotten one day, the page's own policy lets no script and no style run but the two whose hashes it names, and no address be loaded.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from datetime import timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import StrictUndefined
from markupsafe import Markup
from markupsafe import escape

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_throughout

from .figures import SEVERITIES
from .figures import STATUSES
from .figures import bar_of
from .figures import bars
from .figures import number
from .figures import share
from .figures import verdict
from .kinds import by_title
from .kinds import kind_of

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def render_page(model: Mapping[str, Any], directory: str) -> str:
    """directory is that of the role's templates."""
    templates = Path(directory)
    style = (templates / "report" / "style.css").read_text(encoding="utf-8")
    script = (templates / "report" / "script.js").read_text(encoding="utf-8")
    text = printable_throughout(model)
    return (
        _environment(directory)
        .get_template("report.html.j2")
        .render(
            **text,
            **_figures(text),
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )
    )


def _environment(directory: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(directory),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(shown=shown, kind_of=kind_of, moment=_moment, size=_size, number=number, values=_values)
    environment.globals.update(kind_of=kind_of, share=share)
    return environment


def _figures(model: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "verdict": verdict(model),
        "overall": bar_of(None, "", model["totals"]),
        "bars": bars(model["coverage"]),
        "sections": by_title(model["findings"]),
        "statuses": STATUSES,
        "severities": SEVERITIES,
    }


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, sent or run but the page's own style and script; nor may text become markup in a script."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src 'sha256-{_digest(style)}'",
            f"script-src 'sha256-{_digest(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def shown(value: Any) -> Markup:
    """Text between tags, kept apart from its surroundings' direction of writing."""
    text = escape(value)
    return text if text.isascii() else Markup(f"<bdi>{text}</bdi>")


def _moment(value: Any) -> str:
    """A time in UTC, to the minute; whatever is no time as it is."""
    try:
        time = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return str(value)
    return (time.astimezone(timezone.utc) if time.tzinfo else time).strftime("%Y-%m-%d %H:%M")


def _size(value: int) -> str:
    amount = float(value)
    for unit in _UNITS[:-1]:
        if amount < 999.5:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} {_UNITS[-1]}"


def _values(rows: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    """What a filter offers: each value that the rows have, sorted, None last."""
    return sorted({row[key] for row in rows}, key=lambda value: (value is None, str(value)))
