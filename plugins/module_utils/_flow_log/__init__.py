# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow log.

Belongs here: Its value, destination and log format, how two are compared, the plan, the calls, removal, the module's options.
Does not: Whether its records arrive: _audit. Its log group: _log_group.

Private to this collection: may change without notice.
"""
