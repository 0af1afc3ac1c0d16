# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The files of a report, on the controller."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import json_text

from .junit import render_junit
from .page import render_page
from .sarif import render_sarif

# Format -> name of the file.
FILES = {"html": "report.html", "json": "report.json", "junit": "report.junit.xml", "sarif": "report.sarif"}


def paths(directory: str, formats: Sequence[str]) -> list[Path]:
    """Where the files of these formats go; a relative directory is below the one that Ansible was started in."""
    return [Path(directory).expanduser().resolve() / FILES[name] for name in formats]


def write(model: Mapping[str, Any], directory: str, formats: Sequence[str], templates: str) -> list[Path]:
    """Each file is whole, the old one or the new one. Raises OSError where the directory can't be written to."""
    renderers: dict[str, Callable[[], str]] = {
        "html": lambda: render_page(model, templates),
        "json": lambda: json_text(model),
        "junit": lambda: render_junit(model),
        "sarif": lambda: render_sarif(model),
    }
    files = paths(directory, formats)
    for name, path in zip(formats, files):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, renderers[name]())
    return files


def replace(path: Path, text: str) -> None:
    """Puts a file with the text in the path's place.

    The directory is the user's choice and may be a link. What lies in it may be another's: a link is replaced, and nothing is
    written to where it leads. Whatever happens meanwhile, the old file is whole until the new one is.
    """
    # Made for this process alone, under a name that nobody can foresee.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            os.fchmod(stream.fileno(), 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    """What the user's new files must not have. It can't be read without being set."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
