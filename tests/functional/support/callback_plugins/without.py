# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes what ansible-core keeps private away from the collection, while a play runs whose name is "without" and the names."""

from __future__ import annotations

DOCUMENTATION = """
name: without
type: aggregate
short_description: takes private names of ansible-core away from the collection
description: See the module.
author: The netops.flow_logs contributors
"""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.playbook.role import Role
from ansible.playbook.task import Task
from ansible.plugins.callback import CallbackBase
from ansible.vars.manager import VariableManager

AWAY: set[str] = set()


class Functions(ModuleType):
    """A module with functions that go."""


def asked_by_the_collection(frames: int) -> bool:
    return "/flow_logs/plugins/" in sys._getframe(frames + 1).f_code.co_filename


def hide_attributes(owner: type) -> None:
    own: Callable[[Any, str], Any] = owner.__getattribute__

    def getattribute(self: Any, name: str) -> Any:
        if name in AWAY and asked_by_the_collection(1):
            raise AttributeError(name)
        return own(self, name)

    setattr(owner, own.__name__, getattribute)


def refuse_arguments() -> None:
    own = VariableManager.get_vars

    def get_vars(self: VariableManager, *positional: Any, **named: Any) -> Any:
        unknown = AWAY & set(named)
        if unknown and asked_by_the_collection(1):
            raise TypeError(f"get_vars() got an unexpected keyword argument {unknown.pop()!r}")
        return own(self, *positional, **named)

    setattr(VariableManager, own.__name__, get_vars)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "without"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        importlib.import_module("ansible.vars.plugins").__class__ = Functions
        for owner in (VariableManager, InventoryManager, Play, Role, Block, Task, Functions):
            hide_attributes(owner)
        refuse_arguments()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        AWAY.clear()
        words = play.get_name().split()
        AWAY.update(words[1:] if words[:1] == ["without"] else [])
