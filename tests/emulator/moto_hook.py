# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place where the emulator takes hold of moto: before moto carries out an action.

The hook is there for the whole process, but only acts for requests that came in through an emulator.
"""

from __future__ import annotations

import contextvars
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import BaseResponse
from werkzeug.exceptions import HTTPException

from .behaviours import carry_out
from .calls import Call
from .errors import Answer
from .errors import AwsError
from .errors import ConnectionDropped
from .errors import on_the_wire
from .request import Request
from .world import World


class Passage:
    """One request that is being carried out. dropped: the client is to get no answer."""

    def __init__(self, call: Call, world: World) -> None:
        self.call = call
        self.world = world
        self.dropped = False


_passage: contextvars.ContextVar[Passage | None] = contextvars.ContextVar("passage", default=None)
_moto_call_action = BaseResponse.call_action


@contextmanager
def passage(call: Call, world: World) -> Iterator[Passage]:
    """Inside, moto goes by the emulator's behaviours."""
    current = Passage(call, world)
    token = _passage.set(current)
    try:
        yield current
    finally:
        _passage.reset(token)


def _call_action(self: Any) -> Answer:
    current = _passage.get()
    if current is None:
        return _moto_call_action(self)
    request = Request(current.call, self, current.world)
    try:
        return carry_out(request, lambda: _moto_call_action(self))
    except AwsError as error:
        return on_the_wire(current.call, error)
    except ServiceException as error:
        return request.moto_error(error)
    except HTTPException as error:
        return int(error.code or 500), dict(error.get_headers()), error.get_body()
    except ConnectionDropped:
        current.dropped = True
        return 500, {}, ""


def spare_images() -> None:
    """Spares moto the 1,300 machine images that it makes for each region and reset: it asks the environment each time."""
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"


def install() -> None:
    """Puts the hook into moto."""
    spare_images()
    BaseResponse.call_action = _call_action
