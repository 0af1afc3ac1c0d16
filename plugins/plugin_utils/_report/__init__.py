# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report and its formats.

Belongs here: Kinds of findings, estate, drift, IAM, the model, commands, and the formats.
Does not: Reading AWS: _accounts/audit and module_utils/_audit.

Private to this collection: may change without notice.
"""
