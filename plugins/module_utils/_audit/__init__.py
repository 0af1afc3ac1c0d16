# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is recorded, and whether it arrives.

Belongs here: Coverage, health of a delivery, newest records, roles and what uses them, and what could not be read.
Does not: Anything that writes.

Private to this collection: may change without notice.
"""
