# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Options of the module log_group, which the role has too: without what carries them out."""

from __future__ import annotations

from .plan import NEVER
from .plan import RETENTION_DAYS

ARGUMENT_SPEC = {
    "log_group_name": {"type": "str", "required": True},
    "resource_ids": {"type": "list", "elements": "str"},
    "retention_in_days": {"type": "str", "choices": [NEVER, *map(str, RETENTION_DAYS)]},
    "kms_key_id": {"type": "str", "no_log": False},
    "log_group_class": {"type": "str", "choices": ["STANDARD", "INFREQUENT_ACCESS", "ESSENTIALS"]},
    "deletion_protection": {"type": "bool"},
    "ignored_flow_log_ids": {"type": "list", "elements": "str"},
    "expected_account_id": {"type": "str"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
