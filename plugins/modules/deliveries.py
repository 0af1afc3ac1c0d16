#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deliveries
version_added: "1.0.0"
short_description: Gather the play's hosts into deliveries
description:
  - Reads the variables of the role P(netops.flow_logs.flow_logs#role) for every host of the batch, checks them against the
    role's argument specification, and gathers hosts with identical settings into deliveries, and these by account.
  - Made for the role, which runs it once for all hosts. It runs on the controller and starts no process.
author:
  - The netops.flow_logs contributors (@netops)
options:
  argument_spec:
    description:
      - The options of the role's argument specification.
    type: dict
    required: true
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: It changes nothing.
  idempotent:
    support: full
extends_documentation_fragment:
  - netops.flow_logs._attributes
seealso:
  - plugin: netops.flow_logs.flow_logs
    plugin_type: role
"""

EXAMPLES = r"""
- name: Gather the play's hosts into deliveries
  netops.flow_logs.deliveries:
    argument_spec: "{{ (lookup('ansible.builtin.file', role_path ~ '/meta/argument_specs.yml') | from_yaml).argument_specs.main.options }}"
  run_once: true
  register: gathered
"""

RETURN = r"""
targets:
  description: How many VPCs, subnets and network interfaces there are.
  returned: success
  type: int
  sample: 12
accounts:
  description: Deliveries that share credentials, and so IAM.
  returned: success
  type: list
  elements: dict
  contains:
    label:
      description: What to call it.
      returned: always
      type: str
      sample: "123456789012"
    settings:
      description: The role's variables on the connection and on IAM.
      returned: always
      type: dict
      sample: {flow_logs_role_name: Flow-Logs-Role-to-cloudwatch-logs}
    log_group_patterns:
      description: The log groups of its deliveries, placeholders as wildcards.
      returned: always
      type: list
      elements: str
      sample: ["/aws/shop/vpc/*/flowlogs"]
    deliveries:
      description: Its deliveries.
      returned: always
      type: list
      elements: dict
      contains:
        label:
          description: What to call it.
          returned: always
          type: str
          sample: shop in eu-west-1, 12 targets
        settings:
          description: The role's variables, the same for all its targets.
          returned: always
          type: dict
          sample: {flow_logs_project: shop}
        resource_ids:
          description: Its targets.
          returned: always
          type: list
          elements: str
          sample: ["vpc-0123456789abcdef0"]
        hosts:
          description: For each target the inventory host that asked for it.
          returned: always
          type: dict
          sample: {vpc-0123456789abcdef0: vpc-0123456789abcdef0}
"""
