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
  - name: Role netops.flow_logs.flow_logs
    description: Does all of it for the hosts of an inventory.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/roles/flow_logs/README.md
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
    connection:
      description: Options that say how to reach it, for all modules.
      returned: always
      type: dict
      sample: {region: eu-west-1}
    assume_role_arn:
      description: The role to assume first.
      returned: when there is one
      type: str
      sample: arn:aws:iam::123456789012:role/NetworkOperations
    iam:
      description: Options of M(netops.flow_logs.flow_log_iam).
      returned: always
      type: dict
      sample: {role_name: Flow-Logs-Role-to-cloudwatch-logs, policy_name: Send_to_CloudWatch_Logs}
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
        connection:
          description: Options that say how to reach its account and region.
          returned: always
          type: dict
          sample: {region: eu-west-1}
        log_group:
          description: Options of M(netops.flow_logs.log_group).
          returned: always
          type: dict
          sample: {log_group_name: /aws/shop/vpc/flowlogs, resource_ids: [vpc-0123456789abcdef0]}
        flow_log:
          description: Options of M(netops.flow_logs.flow_log).
          returned: always
          type: dict
          sample: {log_group_name: /aws/shop/vpc/flowlogs, resource_ids: [vpc-0123456789abcdef0]}
        hosts:
          description: For each target the inventory host that asked for it.
          returned: always
          type: dict
          sample: {vpc-0123456789abcdef0: vpc-0123456789abcdef0}
"""
