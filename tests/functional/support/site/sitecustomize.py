# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets a test ask every process of a run what it is doing: Python imports this file at its start."""

from __future__ import annotations

import faulthandler
import os
import signal

_FILE = os.environ.get("FLOW_LOGS_TEST_STACKS")

if _FILE:
    # Handler and file go on into processes that are forked.
    # A number, as nobody closes one with the object that has it.
    faulthandler.register(signal.SIGUSR2, file=os.open(_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT), all_threads=True)
