# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts and their variables.

Belongs here: Reading variables of all hosts, checks, ways into accounts, and gathering hosts with equal settings into deliveries.
Does not: What became of hosts: _results.

Private to this collection: may change without notice.
"""
