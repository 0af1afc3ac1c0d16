# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin.

Belongs here: Listings of regions, rows for targets, groups made of tags.
Does not: What the role makes of hosts: _hosts.

Private to this collection: may change without notice.
"""
