# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Options of the module flow_log_iam_info, which the role has too: without what carries them out."""

from __future__ import annotations

ARGUMENT_SPEC = {
    "role_names": {"type": "list", "elements": "str"},
    "policy_names": {"type": "list", "elements": "str"},
    "ignored_flow_log_ids": {"type": "list", "elements": "str"},
    "expected_account_id": {"type": "str"},
}
