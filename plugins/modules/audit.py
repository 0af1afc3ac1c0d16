# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: audit
version_added: "1.0.0"
short_description: Report on the flow logs of all hosts' accounts and regions
description:
  - Reads the variables of the role P(netops.flow_logs.flow_logs#role) for all hosts of the batch, and every VPC, subnet, network interface,
    flow log, log group and role of the flow-log service in their accounts and regions.
  - Tells who is recorded and through whom, which records don't arrive, what differs from the inventory, and what nobody uses.
  - Writes a page, JSON, JUnit XML or SARIF on the controller. Nothing in AWS is ever written.
  - Made for the playbook C(netops.flow_logs.report). It runs in the process of Ansible on the controller, so boto3 and botocore have
    to be installed there. As many accounts as there are forks are read at the same time.
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
  templates:
    description:
      - The directory with the template of the page.
    type: path
    required: true
  title:
    description:
      - The title of the report.
    type: str
    default: Flow logs
  directory:
    description:
      - Where the files go. A relative one is below the directory in which Ansible was started. It is made where it is missing.
    type: path
    default: flow-logs-report
  formats:
    description:
      - "Which files to write: C(report.html), C(report.json), C(report.junit.xml), C(report.sarif)."
    type: list
    elements: str
    choices: [html, json, junit, sarif]
    default: [html, json]
  fail_on:
    description:
      - Kinds of findings, or severities (C(error), C(warning), C(note)), that RV(failures) lists.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    support: full
    details: AWS is read all the same. No file is written.
  diff_mode:
    support: N/A
  idempotent:
    support: full
    details: Files are written anew each time; that counts for no change.
extends_documentation_fragment:
  - amazon.aws.boto3
  - netops.flow_logs._attributes
  - netops.flow_logs._attributes.bypass_host_loop
seealso:
  - module: netops.flow_logs.flow_log_info
  - module: netops.flow_logs.flow_log_iam_info
  - module: netops.flow_logs.converge
  - name: Role netops.flow_logs.flow_logs
    description: The entry point C(report) of the role P(netops.flow_logs.flow_logs#role) runs this module.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/roles/flow_logs/README.md
  - name: Guide to the report
    description: What is in it, and how to make a CI job of it.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/docs/report.md
"""

EXAMPLES = r"""
- name: Report on the hosts of the play, and fail where traffic goes unrecorded
  ansible.builtin.import_role:
    name: netops.flow_logs.flow_logs
    tasks_from: report
  vars:
    flow_logs_report_formats: [html, json, junit]
    flow_logs_report_fail_on: [uncovered, broken_delivery]

- name: How to reach AWS, said once for all that is read in it
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: Read all hosts' accounts
      netops.flow_logs.audit:
        argument_spec: "{{ (lookup('ansible.builtin.file', role_path ~ '/meta/argument_specs.yml') | from_yaml).argument_specs.main.options }}"
        templates: "{{ role_path }}/templates"
        formats: [json]
      run_once: true
      register: audit

    - name: What was found
      ansible.builtin.debug:
        msg: "{{ audit.summary }}"
      run_once: true
"""

RETURN = r"""
hosts:
  description: What the report says of each host, for later tasks.
  returned: success
  type: dict
  contains:
    failed:
      description: Whether something is wrong with the host's own data, or a finding strikes it that O(fail_on) names.
      returned: always
      type: bool
      sample: false
    changed:
      description: A report changes nothing.
      returned: always
      type: bool
      sample: false
    msg:
      description: Why the host fails, a line for each reason; empty when it does not.
      returned: always
      type: str
      sample: ""
    targets:
      description: What the host stands for, with the status of each and the flow logs that record it.
      returned: always
      type: list
      elements: dict
      sample:
        - resource_id: vpc-0123456789abcdef0
          account_id: "123456789012"
          region: eu-west-1
          status: covered
          flow_log_ids: [fl-0123456789abcdef0]
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
totals:
  description: How many targets there are, by status, and how many findings, by severity.
  returned: success
  type: dict
  sample:
    targets: 12
    covered: 10
    partly_covered: 1
    broken: 0
    uncovered: 1
    flow_logs: 4
    log_groups: 3
    findings: {error: 1, warning: 1, note: 0}
coverage:
  description: The same for each account, region and project.
  returned: success
  type: list
  elements: dict
  sample:
    - account_id: "123456789012"
      account: retail
      region: eu-west-1
      project: shop
      targets: 12
      covered: 10
      partly_covered: 1
      broken: 0
      uncovered: 1
findings:
  description: Each gap once, errors first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The same for the same finding in each run.
      returned: always
      type: str
      sample: uncovered:123456789012:eu-west-1:vpc-0123456789abcdef0
    kind:
      description:
        - C(not_read), C(uncovered), C(broken_delivery), C(missing_log_group), C(partly_covered), C(drift), C(no_retention), C(unknown_flow_log),
          C(orphaned_role) or C(orphaned_policy).
      returned: always
      type: str
      sample: uncovered
    severity:
      description: C(error), C(warning) or C(note).
      returned: always
      type: str
      sample: error
    account_id:
      description: The account; null where the credentials led nowhere.
      returned: always
      type: str
      sample: "123456789012"
    account:
      description: What the account is called.
      returned: always
      type: str
      sample: retail
    region:
      description: The region; null for what is an account's.
      returned: always
      type: str
      sample: eu-west-1
    project:
      description: The project, where there is one.
      returned: always
      type: str
      sample: shop
    subject:
      description: The resource, flow log, log group, role or policy.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    subject_name:
      description: What it is called.
      returned: always
      type: str
      sample: web
    message:
      description: What is wrong.
      returned: always
      type: str
      sample: No flow log records the traffic of this VPC.
    command:
      description: What mends it; null where that is for a person to decide.
      returned: always
      type: str
      sample: ansible-playbook -i inventory.yml netops.flow_logs.apply --limit web
    command_note:
      description: What to know before, or null.
      returned: always
      type: str
      sample: "It is in no inventory: add it to one, or run this."
not_read:
  description: Accounts, regions and IAM that could not be read, and hosts that could not be looked at.
  returned: success
  type: list
  elements: dict
  sample: []
files:
  description: The files that were written.
  returned: success
  type: list
  elements: str
  sample: [/home/ops/flow-logs-report/report.html]
summary:
  description: What was found, in lines.
  returned: success
  type: list
  elements: str
  sample: ["12 VPCs, subnets and network interfaces: 12 recorded."]
failed_hosts:
  description: Hosts that could not be looked at, as their own variables can't be right, and what is wrong with them. They are in RV(not_read) too.
  returned: success
  type: dict
  sample: {bastion1: "bastion1 is not a valid id of a VPC, subnet or network interface."}
failures:
  description: Hosts that could not be looked at, and the findings that O(fail_on) names, in lines.
  returned: success
  type: list
  elements: str
  sample: []
"""
