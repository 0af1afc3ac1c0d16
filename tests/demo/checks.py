# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demo promises, and the error when it is not so."""

import screen


class DemoFailed(Exception):
    """Something is not as the demo promises."""


def check(holds: bool, promise: str) -> None:
    """Shows a promise that holds. Raises DemoFailed for one that does not."""
    if not holds:
        raise DemoFailed(f"it is not true that {promise}")
    screen.good(promise)
