# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The parts of an account that an audit can go on without, as a report names them. Pure."""

from __future__ import annotations

VPCS = "VPCs"
SUBNETS = "subnets"
INTERFACES = "network interfaces"
# Without these things are missing, without the others only facts of things.
LISTINGS = (VPCS, SUBNETS, INTERFACES)
LOG_GROUPS = "log groups"
STREAMS = "log streams"
RECORDS = "newest records"
ROLE_POLICIES = "policies of roles"
POLICY_USERS = "users of policies"
