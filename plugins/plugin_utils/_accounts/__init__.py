# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts at work.

Belongs here: Plans of accounts, processes, the stand-in for a module, apply, remove, audit, and typed outcomes.
Does not: Sentences for people: _results and _report.

Private to this collection: may change without notice.
"""
