# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Wording of the plugin attributes, written once; modules only state their support."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what it would change, without changing anything.
  diff_mode:
    description: Returns what changes, or in check mode would change, when run in diff mode.
  idempotent:
    description: When run twice in a row with the same arguments and nothing else changing things, the second run changes nothing.
"""

    BYPASS_HOST_LOOP = r"""
options: {}
attributes:
  bypass_host_loop:
    description:
      - Runs once for all hosts of the batch, whether or not the task has C(run_once). C(serial) makes batches as usual.
      - Strategies that know no such tasks, such as C(free) and C(host_pinned), refuse it.
    support: full
"""

    ACTIONGROUP_FLOW_LOGS = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/netops.flow_logs.flow_logs) or C(group/netops.flow_logs.aws) in C(module_defaults) to set defaults for this module.
      - C(group/netops.flow_logs.aws) also reaches the modules of C(amazon.aws). Plain C(group/aws) does not reach this module, because
        ansible-core resolves it to a fixed list of collections that this one is not in.
    support: full
    membership:
      - netops.flow_logs.flow_logs
      - netops.flow_logs.aws
"""
