# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log group.

Belongs here: Retention, key, class and deletion protection: how they are compared, the plan, the calls, removal, the module's options.
Does not: Names of log groups: _target.

Private to this collection: may change without notice.
"""
