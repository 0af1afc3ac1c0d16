# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The guard that all writing modules share."""

    DOCUMENTATION = r"""
options:
  expected_account_id:
    description:
      - The 12 digits of the account that the credentials must belong to, within quotes.
      - When they belong to another one, the module fails before it writes anything.
      - Anything else than 12 digits, an empty string too, is refused before any call.
    type: str
"""
