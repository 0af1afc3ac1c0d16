# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The delivery role.

Belongs here: Role, policies and trust: documents, the plan, the calls, removal, and which flow logs use the role.
Does not: What an audit says of roles: _audit.

Private to this collection: may change without notice.
"""
