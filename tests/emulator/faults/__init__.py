# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong on the way to AWS, and with AWS; nothing does until a scenario says so.

A call that a test makes itself meets none of them.
"""

from . import broken_connections
from . import late_reads
from . import permissions
from . import refusals
from . import regions
from . import request_rates
from . import resurrection
from . import write_conflicts

__all__ = [
    "broken_connections",
    "late_reads",
    "permissions",
    "refusals",
    "regions",
    "request_rates",
    "resurrection",
    "write_conflicts",
]
