# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Python's collector of cyclic garbage, told what an action's process is like."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

# New objects between two collections: some ten megabytes. Python's own 700 are for programs that make cycles.
_OBJECTS = 100_000


@contextlib.contextmanager
def patient_collector() -> Iterator[None]:
    """What is there is left alone, and what comes is looked through less often.

    The process has Ansible's whole inventory, and reads service models and answers, none of which ever becomes garbage: the
    collector would look through all of it again and again. Processes that are started meanwhile do the same.
    """
    known = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS, *known[1:])
    try:
        yield
    finally:
        # What came meanwhile is old then, too: as young objects, all of it would be looked through at once.
        gc.freeze()
        gc.set_threshold(*known)
        gc.unfreeze()
