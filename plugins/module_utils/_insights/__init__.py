# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved queries.

Belongs here: The catalogue of queries, the plan, the calls, removal, the module's options.
Does not: Which folders an inventory asks for: plugin_utils/_hosts.

Private to this collection: may change without notice.
"""
