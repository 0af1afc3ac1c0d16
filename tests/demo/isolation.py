# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An environment from which nothing can reach real AWS, and in which Ansible knows this checkout only."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# What belongs to the user's own AWS accounts and Ansible.
_FORGOTTEN = ("ANSIBLE_", "AWS_", "BOTO", "EC2_", "MOTO_", "S3_")


def isolated(environ: Mapping[str, str], checkout: Path, state: Path) -> dict[str, str]:
    """The environment without the user's settings. There is no emulator in it yet, and no address of AWS works."""
    kept = {name: value for name, value in environ.items() if not name.startswith(_FORGOTTEN)}
    loopback = ",".join(filter(None, ["127.0.0.1,localhost", environ.get("NO_PROXY")]))
    return {
        **kept,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "demo-key",
        # Ansible masks the secret wherever it comes up in the output, so it has to be a rare word.
        "AWS_SECRET_ACCESS_KEY": "demo-secret-key",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": loopback,
        "no_proxy": loopback,
        "ANSIBLE_CONFIG": str(checkout / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(checkout / ".cache"),
        "ANSIBLE_HOME": str(state / "ansible"),
        "ANSIBLE_REMOTE_TEMP": str(state / "ansible" / "tmp"),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        # Ansible insists on UTF-8.
        "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
    }
