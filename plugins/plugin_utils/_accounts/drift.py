# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""IAM that differs from what the inventory asks for, told to whoever may not change it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

SETUP = "netops.flow_logs.setup"


def differing(steps: Sequence[str]) -> str:
    """What differs, and who does something about it."""
    return f"IAM differs: {'; '.join(steps)}. Whoever has the setup policy runs {SETUP}."
