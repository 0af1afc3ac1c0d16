#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: flow_log_iam_info
version_added: "1.0.0"
short_description: Tell which IAM roles VPC flow logs deliver through, and which nobody uses
description:
  - Lists the IAM roles that trust the VPC flow-log service, with their policies.
  - Says which flow logs deliver through them, in all enabled regions of the account, read side by side.
  - Names the roles and policies that nothing uses any more. M(netops.flow_logs.flow_log_iam) removes them.
author:
  - The netops.flow_logs contributors (@netops)
options:
  role_names:
    description:
      - Look at these roles only, whatever they trust. Those that don't exist are left out.
    type: list
    elements: str
  policy_names:
    description:
      - Look at these customer-managed policies, too. Those that are attached to the roles, and those that let operators pass
        them, are always looked at.
    type: list
    elements: str
  ignored_flow_log_ids:
    description:
      - Flow logs that do not count as users, because they are gone or about to go.
    type: list
    elements: str
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
  idempotent:
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - netops.flow_logs._attributes
  - netops.flow_logs._attributes.actiongroup_flow_logs
  - netops.flow_logs._account
seealso:
  - module: netops.flow_logs.flow_log_iam
  - module: netops.flow_logs.flow_log
  - name: IAM role for publishing flow logs to CloudWatch Logs
    description: The page of the VPC user guide on the role.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""

EXAMPLES = r"""
- name: How to reach AWS, said once for the modules of this collection and of amazon.aws
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: Which roles of the flow-log service does nothing use any more?
      netops.flow_logs.flow_log_iam_info:
      register: iam

    - name: Name them
      ansible.builtin.debug:
        var: iam.orphaned

- name: Who uses this role, and where?
  netops.flow_logs.flow_log_iam_info:
    role_names: [Flow-Logs-Role-to-cloudwatch-logs]
"""

RETURN = r"""
roles:
  description: The roles.
  returned: always
  type: list
  elements: dict
  contains:
    role_name:
      description: Its name.
      returned: always
      type: str
      sample: Flow-Logs-Role-to-cloudwatch-logs
    arn:
      description: Its ARN.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs
    path:
      description: Its path.
      returned: always
      type: str
      sample: /
    assume_role_policy_document:
      description: Its trust policy.
      returned: always
      type: dict
      sample:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: vpc-flow-logs.amazonaws.com}
            Action: sts:AssumeRole
    attached_policies:
      description: ARNs of the managed policies that are attached to it.
      returned: always
      type: list
      elements: str
      sample: ["arn:aws:iam::123456789012:policy/Send_to_CloudWatch_Logs"]
    inline_policies:
      description: Names of the policies that are part of it.
      returned: always
      type: list
      elements: str
      sample: []
    in_use_by:
      description: The flow logs that deliver through it, whatever their destination.
      returned: always
      type: list
      elements: dict
      sample:
        - region: eu-west-1
          flow_log_id: fl-0123456789abcdef0
          resource_id: vpc-0123456789abcdef0
          log_destination_type: cloud-watch-logs
          log_group_name: /aws/shop/vpc/web/flowlogs
    orphaned:
      description: Whether no flow log uses it; null while that can't be seen in some region, RV(regions_not_read).
      returned: always
      type: bool
      sample: false
policies:
  description: The customer-managed policies of these roles, the policies that let operators pass them, and O(policy_names).
  returned: always
  type: list
  elements: dict
  contains:
    policy_name:
      description: Its name.
      returned: always
      type: str
      sample: Send_to_CloudWatch_Logs
    arn:
      description: Its ARN.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:policy/Send_to_CloudWatch_Logs
    attached_to:
      description: Kinds and names of those who have it.
      returned: always
      type: list
      elements: str
      sample: ["role/Flow-Logs-Role-to-cloudwatch-logs"]
    permissions_boundary_of:
      description: Kinds and names of those whose permissions boundary it is.
      returned: always
      type: list
      elements: str
      sample: []
    orphaned:
      description: Whether nobody has it but orphaned roles, for a policy to pass a role whether that role is orphaned; null while
        that is not known.
      returned: always
      type: bool
      sample: false
orphaned:
  description: Names of the roles and policies that nothing uses.
  returned: always
  type: dict
  sample:
    roles: []
    policies: []
regions_not_read:
  description: Regions in which the flow logs could not be read.
  returned: always
  type: list
  elements: dict
  sample:
    - region: ap-southeast-3
      code: UnauthorizedOperation
      message: You are not authorized to perform this operation.
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.roles_read import read_audit
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.info_spec import ARGUMENT_SPEC


def main() -> None:
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    answer(module, lambda: read_audit(module))


if __name__ == "__main__":
    main()
