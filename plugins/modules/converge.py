#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: converge
version_added: "1.0.0"
short_description: Give the play's hosts flow logs, or remove them, all hosts and accounts at once
description:
  - Reads the variables of the role P(netops.flow_logs.flow_logs#role) for every host of the batch, checks them against the
    role's argument specification, and gathers hosts with identical settings into deliveries, and these by account.
  - Does then for each account what M(netops.flow_logs.flow_log_iam), M(netops.flow_logs.log_group),
    M(netops.flow_logs.flow_log) and, on request, M(netops.flow_logs.insights_queries) do, deliveries and accounts side by side, and
    tells how far it is.
  - Takes the defaults that a play sets for these modules and for M(amazon.aws.sts_assume_role) by C(module_defaults).
  - Made for the role, which runs it once for all hosts. It runs in the process of Ansible on the controller, so boto3 and
    botocore have to be installed there. As many accounts as there are forks are worked on at the same time.
author:
  - The netops.flow_logs contributors (@netops)
options:
  argument_spec:
    description:
      - The options of the role's argument specification.
    type: dict
    required: true
  whole_play:
    description:
      - Whether to do it for all hosts of the play instead of those of the batch. Hosts that failed before are left out in either case.
      - For plays with a first batch of one host, at the end of which the play ends.
    type: bool
    default: false
  state:
    description:
      - The state that hosts have to ask for. One that asks for the other fails, so that a playbook does what its name says.
      - If left out, either will do.
    type: str
    choices: [present, absent]
  iam_only:
    description:
      - Whether to do only what M(netops.flow_logs.flow_log_iam) does, and nothing else, for the accounts of all hosts.
    type: bool
    default: false
  call_timeout:
    description:
      - Seconds that a call to AWS may take in all, its retries included.
      - If left out, it is the largest value that O(netops.flow_logs.flow_logs#role:main:flow_logs_call_timeout) has for a host.
    type: float
  fail_each_host:
    description:
      - Whether RV(recap) gives each host that failed a failure of its own. With V(false) it is one for all.
      - If left out, it is the largest value that O(netops.flow_logs.flow_logs#role:main:flow_logs_fail_each_host) has for a host.
    type: bool
  count_changed_hosts:
    description:
      - Up to how many hosts RV(recap) counts each that changed by itself. They are the hosts that changed for O(whole_play=true), and the
        hosts of the batch otherwise. With more, the task counts as changed.
      - If left out, it is the largest value that O(netops.flow_logs.flow_logs#role:main:flow_logs_count_changed_hosts) has for a host.
    type: int
  account_timeout:
    description:
      - Seconds that calls for an account may wait without any answer from AWS, all of them together.
      - If left out, it is the largest value that O(netops.flow_logs.flow_logs#role:main:flow_logs_account_timeout) has for a host.
    type: float
  progress:
    description:
      - Whether to show how far the work is, on the standard error of a terminal. Otherwise it is only in Ansible's log.
      - If left out, it is the largest value that O(netops.flow_logs.flow_logs#role:main:flow_logs_progress) has for a host.
    type: bool
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
extends_documentation_fragment:
  - amazon.aws.boto3
  - netops.flow_logs._attributes
  - netops.flow_logs._attributes.bypass_host_loop
seealso:
  - module: netops.flow_logs.flow_log_iam
  - module: netops.flow_logs.log_group
  - module: netops.flow_logs.flow_log
  - module: netops.flow_logs.insights_queries
  - module: netops.flow_logs.audit
  - name: Role netops.flow_logs.flow_logs
    description: The role P(netops.flow_logs.flow_logs#role) does all of it for the hosts of an inventory.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/roles/flow_logs/README.md
"""

EXAMPLES = r"""
- name: How to reach AWS, said once for all that is done in it
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: Converge the flow logs of all hosts
      netops.flow_logs.converge:
        argument_spec: "{{ (lookup('ansible.builtin.file', role_path ~ '/meta/argument_specs.yml') | from_yaml).argument_specs.main.options }}"
      run_once: true
      register: result

    - name: Changes
      ansible.builtin.debug:
        msg: "{{ result.summary }}"
      run_once: true
"""

RETURN = r"""
targets:
  description: How many VPCs, subnets and network interfaces there are.
  returned: success
  type: int
  sample: 12
summary:
  description: What was done, or in check mode would be, in lines by account and delivery; the last is the plan or the total of the run.
  returned: success
  type: list
  elements: str
  sample: ["shop in eu-west-1, 12 targets (123456789012): 12 created"]
any_changed:
  description: Whether anything changed. C(changed) of the task is true only where the change does not count for a host, see RV(recap).
  returned: success
  type: bool
  sample: true
recap:
  description: What M(netops.flow_logs.host_outcome) has to be given for each host, so that Ansible's own results show who failed and who changed.
  returned: success
  type: dict
  contains:
    hosts:
      description: The hosts that have something to show. Entries are those of RV(hosts).
      returned: always
      type: dict
      sample: {}
    others:
      description: What all other hosts show. Empty unless one failure stands for all.
      returned: always
      type: dict
      sample: {}
    run_once:
      description: Whether it is enough to do it once for all hosts.
      returned: always
      type: bool
      sample: true
    pattern:
      description: What C(hosts) of a play says to take in the hosts that have something to show.
      returned: always
      type: list
      elements: str
      sample: []
failed_hosts:
  description: Hosts for which nothing was done, as their own variables can't be right, and what is wrong with them. The others were served.
  returned: success
  type: dict
  sample: {bastion1: "bastion1 is not a valid id of a VPC, subnet or network interface."}
failures:
  description: What failed for whom and what to do about it, in lines; empty when all went well.
  returned: success
  type: list
  elements: str
  sample: []
hosts:
  description:
    - What became of each host that was looked at, also of those that stayed as they were; the same in check mode, with what would be.
    - A host fails for what it asked for. That is its targets, what is wrong with its own variables, its delivery or its account as a
      whole, the operators that its variables name, and the folder of saved queries that its log groups are in.
  returned: success
  type: dict
  contains:
    failed:
      description: Whether anything that the host asked for failed.
      returned: always
      type: bool
      sample: false
    changed:
      description:
        - Whether a flow log or log group of the host changed, or in check mode would.
        - IAM and saved queries, which hosts share, count for the first of these hosts by name.
      returned: always
      type: bool
      sample: true
    msg:
      description: Why it failed, all reasons with what to do; empty when it did not.
      returned: always
      type: str
      sample: ""
    account_id:
      description: The account's number; none while it is not known.
      returned: always
      type: str
      sample: "123456789012"
    region:
      description: The region of its targets; none while it is not known.
      returned: always
      type: str
      sample: eu-west-1
    project:
      description: The host's project; none where it has none.
      returned: always
      type: str
      sample: shop
    flow_logs:
      description: The flow logs of its targets.
      returned: always
      type: list
      elements: dict
      contains:
        resource_id:
          description: The VPC, subnet or network interface.
          returned: always
          type: str
          sample: vpc-0123456789abcdef0
        flow_log_id:
          description: The flow log's id; none for one that is not there yet, as in check mode.
          returned: always
          type: str
          sample: fl-0123456789abcdef0
        log_group_name:
          description: The log group that it publishes to.
          returned: always
          type: str
          sample: /aws/shop/vpc/web/flowlogs
        action:
          description: What became of it. One of C(created), C(replaced), C(retagged), C(deleted) and C(unchanged).
          returned: always
          type: str
          sample: created
deliveries:
  description: Each delivery with its hosts, and how many of its flow logs were created, and so on.
  returned: success
  type: list
  elements: dict
  sample:
    - label: shop in eu-west-1, 1 target
      account_id: "123456789012"
      region: eu-west-1
      project: shop
      hosts: [web]
      created: 1
      replaced: 0
      retagged: 0
      deleted: 0
      unchanged: 0
      failed: 0
accounts:
  description: What hosts share in each account, which is its IAM and saved queries. What was done, what failed, and the ARNs of role and policy.
  returned: success
  type: list
  elements: dict
  sample:
    - account_id: "123456789012"
      role_arn: arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs
      policy_arn: arn:aws:iam::123456789012:policy/Send_to_CloudWatch_Logs
      actions: []
      changed: false
      failed: false
      msg: ""
totals:
  description: How many flow logs of all deliveries were created, and so on, or in check mode would be. Flow logs of hosts in RV(failed_hosts) are not counted.
  returned: success
  type: dict
  sample: {created: 1, replaced: 0, retagged: 0, deleted: 0, unchanged: 0, failed: 0}
outcomes:
  description: What the modules returned, for each account and each delivery.
  returned: success
  type: list
  elements: dict
  contains:
    account:
      description: The account, by what it is called and by its number.
      returned: always
      type: dict
      sample: {label: "123456789012", account_id: "123456789012"}
    delivery:
      description: The delivery, by what it is called. RV(deliveries) and RV(hosts) say whose it is.
      returned: for deliveries
      type: dict
      sample:
        label: shop in eu-west-1, 1 target
    folder:
      description: The folder of saved queries, by what it is called.
      returned: for saved queries
      type: dict
      sample: {label: queries in flow-logs/aws/shop/vpc in eu-west-1}
    iam:
      description: >-
        What M(netops.flow_logs.flow_log_iam) returned. With O(netops.flow_logs.flow_logs#role:main:flow_logs_manage_iam=false) what there
        is, and in C(differs) what the module would do. Nothing of it was done, and C(failures) has a line about it.
      returned: when flow logs are given
      type: dict
      sample:
        changed: true
        actions: [create role Flow-Logs-Role-to-cloudwatch-logs]
        role:
          role_name: Flow-Logs-Role-to-cloudwatch-logs
          arn: arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs
    iam_removal:
      description: What M(netops.flow_logs.flow_log_iam) returned.
      returned: when the role and policies are to be removed
      type: dict
      sample:
        changed: true
        actions: [delete role Flow-Logs-Role-to-cloudwatch-logs]
        role: {}
        in_use_by: []
    iam_info:
      description: What M(netops.flow_logs.flow_log_iam_info) returned.
      returned: when flow logs are removed and the role and policies are not
      type: dict
      sample:
        changed: false
        orphaned:
          roles: [Flow-Logs-Role-to-cloudwatch-logs]
          policies: [Send_to_CloudWatch_Logs]
        regions_not_read: []
    log_groups:
      description: What M(netops.flow_logs.log_group) returned. Log groups that stayed as they were are counted as C(unchanged), not listed.
      returned: for deliveries
      type: dict
      sample:
        changed: true
        actions: [create log group /aws/shop/vpc/web/flowlogs]
        log_groups:
          - log_group_name: /aws/shop/vpc/web/flowlogs
            action: created
        unchanged: 0
    flow_logs:
      description: What M(netops.flow_logs.flow_log) returned. Flow logs that stayed as they were are counted as C(unchanged), not listed.
      returned: for deliveries
      type: dict
      sample:
        changed: true
        actions: [create a flow log of vpc-0123456789abcdef0 to /aws/shop/vpc/web/flowlogs]
        flow_logs:
          - resource_id: vpc-0123456789abcdef0
            action: created
            flow_log_id: fl-0123456789abcdef0
        unchanged: 0
    proof:
      description: Ids of the flow logs that deliver, and why others count as not delivering.
      returned: for deliveries whose records were waited for
      type: dict
      sample: {delivering: [fl-0123456789abcdef0], failures: []}
    insights_queries:
      description: What M(netops.flow_logs.insights_queries) returned. Queries that stayed as they were are counted as C(unchanged), not listed.
      returned: for saved queries
      type: dict
      sample:
        changed: true
        actions: [create query flow-logs/aws/shop/vpc/flowlogs/top_talkers]
        queries:
          - name: flow-logs/aws/shop/vpc/flowlogs/top_talkers
            action: created
        unchanged: 0
    error:
      description: What a module returned that could do nothing.
      returned: when it failed
      type: dict
      sample:
        failed: true
        msg: >-
          The credentials belong to account 210987654321, but expected_account_id is 123456789012. Nothing was written. Use the
          profile, role or keys of the expected account.
"""
