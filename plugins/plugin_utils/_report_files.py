# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The files of a report, on the controller."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Mapping
from typing import Sequence

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import json_text
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_junit import render_junit
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_page import render_page
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report_sarif import render_sarif

# Format -> name of the file.
FILES = {"html": "report.html", "json": "report.json", "junit": "report.junit.xml", "sarif": "report.sarif"}


def paths(directory: str, formats: Sequence[str]) -> List[Path]:
    """Where the files of these formats go; a relative directory is below the one that Ansible was started in."""
    return [Path(directory).expanduser().resolve() / FILES[name] for name in formats]


def write(model: Mapping[str, Any], directory: str, formats: Sequence[str], templates: str) -> List[Path]:
    """Raises OSError where the directory can't be written to."""
    renderers: Dict[str, Callable[[], str]] = {
        "html": lambda: render_page(model, templates),
        "json": lambda: json_text(model),
        "junit": lambda: render_junit(model),
        "sarif": lambda: render_sarif(model),
    }
    files = paths(directory, formats)
    for name, path in zip(formats, files):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(renderers[name](), encoding="utf-8")
    return files
