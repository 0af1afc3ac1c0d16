# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments of their own for what must not share the tools' one, made by uv: in seconds, where pip takes a minute."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
CONSTRAINTS = ROOT / "tests" / "constraints.txt"
# Of what other releases of ansible-core and botocore need, other releases than the pinned ones.
FREE = ("resolvelib", "s3transfer", "urllib3")


def make(directory: Path, python: str, requirements: Iterable[str], constrained: bool = True) -> Path:
    """The directory of the environment's programs. Installed anew whenever something changed, or nothing is constrained."""
    venv, stamp = directory / "venv", directory / "installed.txt"
    pinned = _constraints() if constrained else ""
    wanted = "\n".join([python, str(venv), *requirements, "", pinned])
    if not constrained or not stamp.exists() or stamp.read_text() != wanted:
        directory.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        (directory / "constraints.txt").write_text(pinned)
        _uv("venv", "--seed", "--clear", "--python", python, str(venv))  # ansible-test copies the pip
        interpreter = str(venv / "bin" / "python")
        limits = ["--constraint", str(directory / "constraints.txt")]
        _uv("pip", "install", "--upgrade", "--python", interpreter, *limits, *requirements)
        stamp.write_text(wanted)
    return venv / "bin"


def _constraints() -> str:
    lines = CONSTRAINTS.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if line.split("==")[0] not in FREE)


def settings() -> dict[str, str]:
    """The environment of uv."""
    return _package_index() | os.environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([str(uv), "--quiet", *arguments], check=True, env=settings())


def _package_index() -> dict[str, str]:
    """What the user told pip, which uv doesn't read; bootstrap.py has collected it."""
    settings = configparser.RawConfigParser()
    settings.read(CACHE / "home" / ".config" / "pip" / "pip.conf")
    told = dict(settings["global"]) if "global" in settings else {}
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    return {variable: told[name] for name, variable in names.items() if name in told}
