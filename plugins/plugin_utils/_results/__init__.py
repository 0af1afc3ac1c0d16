# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of hosts.

Belongs here: The documented result, Ansible's recap, findings per host, and the summary.
Does not: Decisions about AWS: _accounts.

Private to this collection: may change without notice.
"""
