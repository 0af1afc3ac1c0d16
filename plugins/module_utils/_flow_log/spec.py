# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Options of the module flow_log, which the role has too: without what carries them out."""

from __future__ import annotations

from .plan import BY_DESTINATION
from .plan import BY_TRAFFIC_TYPE

ARGUMENT_SPEC = {
    "resource_ids": {"type": "list", "elements": "str"},
    "log_group_name": {"type": "str"},
    "flow_log_ids": {"type": "list", "elements": "str"},
    "role_arn": {"type": "str"},
    "traffic_type": {"type": "str", "choices": ["ALL", "ACCEPT", "REJECT"]},
    "max_aggregation_interval": {"type": "int", "choices": [60, 600]},
    "log_format": {"type": "str"},
    "lookup": {"type": "str", "choices": [BY_DESTINATION, BY_TRAFFIC_TYPE], "default": BY_DESTINATION},
    "allow_replace": {"type": "bool", "default": True},
    "take_over": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 120},
    "expected_account_id": {"type": "str"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
RULES = {
    "mutually_exclusive": [("flow_log_ids", "log_group_name")],
    "required_if": [
        ("lookup", BY_TRAFFIC_TYPE, ("traffic_type",)),
        ("state", "present", ("resource_ids", "log_group_name")),
        ("state", "absent", ("resource_ids", "flow_log_ids"), True),
    ],
}
