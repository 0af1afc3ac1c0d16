# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Failures of look-ups, remembered for the run: what AWS would not answer after all tries is not asked for again.

Several parts of the work on an account look up the same things. Each would wait for the same failure anew, minutes of tries at a time.
"""

from __future__ import annotations

import threading
from functools import wraps
from typing import Any
from typing import Callable

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

# What look-ups begin with, in the SDK's names. Writes are made as often as somebody wants them.
_LOOKUPS = ("describe_", "get_", "list_", "assume_role")


class FailedLookups:
    """Those of one account's session. is_final: whether a failure is one that tries were spent on, so that it pays to remember it."""

    def __init__(self, is_final: Callable[[Exception], bool]) -> None:
        self._is_final = is_final
        self._lock = threading.Lock()
        self._failed: dict[tuple[str, ...], Exception] = {}

    def remembering(self, retry: Decorator, place: str) -> Decorator:
        """The retry decorator for a client. place: whatever makes its answers differ from those of other clients."""

        def decorate(call: Callable[..., Any]) -> Callable[..., Any]:
            tried, name = retry(call), str(getattr(call, "__name__", ""))
            if not name.startswith(_LOOKUPS):
                return tried

            @wraps(call)
            def once(*arguments: Any, **request: Any) -> Any:
                key = (place, name, repr(arguments), repr(sorted(request.items())))
                with self._lock:
                    known = self._failed.get(key)
                if known is not None:
                    raise known
                try:
                    return tried(*arguments, **request)
                except Exception as error:
                    if self._is_final(error):
                        with self._lock:
                            self._failed[key] = error
                    raise

            return once

        return decorate
