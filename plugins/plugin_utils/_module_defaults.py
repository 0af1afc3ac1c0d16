# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What a play sets as defaults of modules, for modules that an action runs itself."""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict

from ansible.executor import module_common


def with_module_defaults(task: Any, templar: Any) -> Callable[[str, Dict[str, Any]], Dict[str, Any]]:
    """A function (module's full name, options) that adds the defaults, groups' too, to options that are not given."""
    if hasattr(module_common, "_apply_action_arg_defaults"):
        # ansible-core 2.19 and later
        return lambda name, options: dict(module_common._apply_action_arg_defaults(name, task, options, templar))
    older: Any = module_common
    groups = task._parent._play._action_groups
    return lambda name, options: dict(
        older.get_action_args_with_defaults(name, options, task.module_defaults, templar, action_groups=groups)
    )
