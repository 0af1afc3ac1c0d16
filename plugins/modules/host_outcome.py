#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_outcome
version_added: "1.0.0"
short_description: Give a host the result that was worked out for it
description:
  - Fails a host, or counts it as changed, by what M(netops.flow_logs.converge) or M(netops.flow_logs.audit) worked out for it in one task
    for all hosts. Ansible's recap, callbacks and retry files then show the hosts that failed and those that changed, C(rescue) and
    C(max_fail_percentage) see the right hosts, and all other hosts go on to the next task.
  - Made for the role P(netops.flow_logs.flow_logs#role) and the playbooks. It runs in the process of Ansible on the controller, calls nobody
    and changes nothing.
author:
  - The netops.flow_logs contributors (@netops)
options:
  outcome:
    description:
      - What became of the host. C(failed) fails it, with C(msg) as the message, and C(changed) counts it as changed. All of it is in
        the result of the task.
      - An empty one is a host that is all right and unchanged.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
  idempotent:
    support: N/A
extends_documentation_fragment:
  - netops.flow_logs._attributes
seealso:
  - module: netops.flow_logs.converge
  - module: netops.flow_logs.audit
"""

EXAMPLES = r"""
- name: Converge the flow logs of all hosts
  netops.flow_logs.converge:
    argument_spec: "{{ (lookup('ansible.builtin.file', role_path ~ '/meta/argument_specs.yml') | from_yaml).argument_specs.main.options }}"
  register: result
  run_once: true

- name: Give each host its own result
  netops.flow_logs.host_outcome:
    outcome: "{{ result.hosts[inventory_hostname] | default({}) }}"
"""

RETURN = r"""
msg:
  description: Why the host failed and what to do about it; empty when it did not.
  returned: when the outcome has one
  type: str
  sample: bastion1 is not a valid id of a VPC, subnet or network interface.
"""
