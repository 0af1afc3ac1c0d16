# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module in this process gets its arguments, on every ansible-core that is supported."""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from ansible.module_utils import basic


@contextlib.contextmanager
def module_arguments(arguments: Mapping[str, Any]) -> Iterator[None]:
    try:
        patch: Any = importlib.import_module("ansible.module_utils.testing").patch_module_args
    except ModuleNotFoundError:  # ansible-core 2.18
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = None
    else:
        with patch(arguments):
            yield
