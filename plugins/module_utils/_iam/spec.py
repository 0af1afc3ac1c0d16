# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Options of the module flow_log_iam, which the role has too: without what carries them out."""

from __future__ import annotations

ARGUMENT_SPEC = {
    "role_name": {"type": "str", "required": True},
    "policy_name": {"type": "str", "required": True},
    "path": {"type": "str"},
    "permissions_boundary": {"type": "str"},
    "log_group_names": {"type": "list", "elements": "str"},
    "purge_log_group_names": {"type": "bool", "default": True},
    "keep_names_in_use": {"type": "bool", "default": True},
    "needed_log_group_names": {"type": "list", "elements": "str"},
    "allow_create_log_group": {"type": "bool"},
    "restrict_trust": {"type": "bool"},
    "pass_role_to": {"type": "list", "elements": "str", "no_log": False},
    "force": {"type": "bool", "default": False},
    "ignored_flow_log_ids": {"type": "list", "elements": "str"},
    "expected_account_id": {"type": "str"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
