# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Gives one host what was found out for it in a task for all hosts: nothing is done here."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        outcome = self._task.args.get("outcome") or {}
        if not isinstance(outcome, Mapping):
            raise AnsibleActionFail("outcome has to be a dictionary, such as an entry of hosts of netops.flow_logs.converge.")
        result.update({key: value for key, value in outcome.items() if key != "failed"})
        result["changed"] = bool(outcome.get("changed"))
        if outcome.get("failed"):
            result["failed"] = True
        return result
