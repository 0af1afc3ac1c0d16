# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What flow logs are for.

Belongs here: Ids of VPCs, subnets and network interfaces, and the log group names that are made of their names.
Does not: What is recorded about a target: _audit.

Private to this collection: may change without notice.
"""
