# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays in which some hosts fail, and what comes after them."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import hosts
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Run

# Valid ids that AWS has never heard of: one of them is the first host, as hosts are sorted.
UNKNOWN = ["vpc-00000000", "vpc-ffffffff"]
ROLE = "netops.flow_logs.flow_logs"
LATER = {
    "name": "Later",
    "hosts": "all",
    "gather_facts": False,
    "tasks": [{"name": "Still here", "ansible.builtin.debug": {"msg": "here"}}],
}
FORMS: dict[str, dict[str, Any]] = {
    "roles": {"roles": [ROLE]},
    "import_role": {"tasks": [{"ansible.builtin.import_role": {"name": ROLE}}]},
    "include_role": {"tasks": [{"ansible.builtin.include_role": {"name": ROLE}}]},
}


def play(form: str = "roles", **more: Any) -> dict[str, Any]:
    own = dict(FORMS[form])
    own["post_tasks"] = [{"name": "Next task", "ansible.builtin.debug": {"msg": "next"}}]
    return {"hosts": "all", "gather_facts": False, **own, **more}


def partly_unknown(cloud: Cloud, count: int = 6) -> tuple[list[str], dict[str, Any]]:
    good = [cloud.vpc(f"net-{number}") for number in range(count)]
    return good, hosts("shop", [UNKNOWN[0], *good, UNKNOWN[1]])


def went_on(run: Run, task: str = "Still here") -> set[str]:
    return {each["host"] for each in run.tasks if each["task"] == task}
