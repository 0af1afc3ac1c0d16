# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Options of the module insights_queries, which the role has too: without what carries them out."""

from __future__ import annotations

from .catalogue import QUERY_NAMES

ARGUMENT_SPEC = {
    "log_group_name": {"type": "str", "required": True},
    "resource_ids": {"type": "list", "elements": "str"},
    "log_format": {"type": "str"},
    "queries": {"type": "list", "elements": "str", "choices": list(QUERY_NAMES)},
    "query_folder": {"type": "str"},
    "purge_log_group_names": {"type": "bool", "default": True},
    "expected_account_id": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
