# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what every task returned to the file that FLOW_LOGS_TEST_RECORD names, a line of JSON each."""

from __future__ import annotations

DOCUMENTATION = """
name: record
type: aggregate
short_description: Results of tasks as lines of JSON
description: For tests.
"""

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, **line: Any) -> None:
        with open(os.environ["FLOW_LOGS_TEST_RECORD"], "a", encoding="utf-8") as record:
            record.write(json.dumps(line, default=str) + "\n")

    def _task(self, status: str, result: Any) -> None:
        task = result._task
        self._write(
            status=status,
            host=result._host.get_name(),
            task=task.get_name(),
            action=task.action,
            result=dict(result._result),
        )

    def v2_runner_on_ok(self, result: Any) -> None:
        self._task("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._task("ignored" if ignore_errors else "failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._task("skipped", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write(recap={host: stats.summarize(host) for host in sorted(stats.processed)})
