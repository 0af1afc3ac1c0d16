# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource needs.

Belongs here: Errors, plans, the way of a module (converge), AWS clients and their retries, text, tags, parallel calls.
Does not: No resource: nothing here knows what a flow log, a log group or a role is.

Private to this collection: may change without notice.
"""
