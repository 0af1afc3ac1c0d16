# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the documentation site out of the collection, in .cache/site; nothing but its own faults are complained about.

Sphinx would look up references to other projects at docs.ansible.com and elsewhere. Offline it can't, and warns; such warnings say
nothing about this collection. Any other one is a fault.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / ".cache" / "site"
WORK = ROOT / ".cache" / "site-work"
COLLECTION = "netops.flow_logs"
TITLE = "VPC flow logs"
_OWN = "ansible_collections.netops.flow_logs"
_OF_OTHERS = (
    r"^intersphinx inventory ",
    r"^WARNING: failed to reach any of the inventories",
    rf"undefined label: '(?!{re.escape(_OWN)})",
    r"'envvar' reference target not found: ANSIBLE_",
)


def main() -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    _make_template()
    # antsibull-docs wants that only its owner can write there.
    (WORK / "rst").chmod(0o755)
    _run(
        *("antsibull-docs", "--config-file", str(WORK / "antsibull-docs.cfg"), "collection", "--fail-on-error"),
        *(
            "--cleanup",
            "everything",
            "--use-current",
            "--squash-hierarchy",
            "--dest-dir",
            str(WORK / "rst"),
            COLLECTION,
        ),
    )
    faults = _build()
    print("\n".join(faults))
    if faults:
        sys.exit(f"{len(faults)} faults in the documentation")
    shutil.rmtree(SITE, ignore_errors=True)
    (WORK / "html").rename(SITE)
    print(f"{sum(1 for _page in SITE.rglob('*.html'))} pages: {SITE / 'index.html'}")


def _make_template() -> None:
    _run(
        *("antsibull-docs", "sphinx-init", "--use-current", "--squash-hierarchy", "--fail-on-error"),
        *("--sphinx-theme", "sphinx-ansible-theme", "--project", COLLECTION, "--title", TITLE),
        *("--html-short-title", TITLE, "--copyright", f"The {COLLECTION} contributors"),
        *("--dest-dir", str(WORK), COLLECTION),
    )


def _build() -> list[str]:
    """The warnings that are about this collection, one a line."""
    warnings = WORK / "warnings.txt"
    _run(
        "sphinx-build", "-q", "-b", "html", "-c", str(WORK), "-w", str(warnings), str(WORK / "rst"), str(WORK / "html")
    )
    found = re.split(r"\n(?=\S)", warnings.read_text("utf-8").strip())
    return [each for each in found if each and not any(re.search(pattern, each) for pattern in _OF_OTHERS)]


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}")


if __name__ == "__main__":
    main()
