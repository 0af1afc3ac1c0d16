# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environment of everything under test: the emulator, credentials that are none, and nothing of the user's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import REGION
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import SECRET

CHECKOUT = Path(__file__).resolve().parents[3]
SUPPORT = Path(__file__).resolve().parent
# Programs of the Python that runs the tests.
BIN = Path(sys.executable).parent
_FOREIGN = ("AWS_", "ANSIBLE_", "BOTO", "EC2_", "MOTO_")


def collections_path() -> str:
    """Where netops.flow_logs and amazon.aws are."""
    return os.environ.get("ANSIBLE_COLLECTIONS_PATH") or str(CHECKOUT / ".cache")


def aws_environment(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def foreign() -> list[str]:
    """Names of the user's variables that would change what is tested."""
    return [name for name in os.environ if name.startswith(_FOREIGN)]


def environment(url: str) -> dict[str, str]:
    """For a process of its own."""
    inherited = {name: value for name, value in os.environ.items() if name not in foreign()}
    return {
        **inherited,
        **aws_environment(url),
        "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "ANSIBLE_COLLECTIONS_PATH": collections_path(),
        "ANSIBLE_CALLBACK_PLUGINS": str(SUPPORT / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }
