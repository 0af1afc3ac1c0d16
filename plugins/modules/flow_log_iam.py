#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: flow_log_iam
version_added: "1.0.0"
short_description: Manage the IAM role and policy with which VPC flow logs reach CloudWatch Logs
description:
  - Creates or corrects a customer-managed policy that allows publishing to CloudWatch Logs, and a role with that policy
    that the VPC flow-log service may assume.
  - What is left out is left alone. A trust that lets the flow-log service in keeps all its statements and conditions, and a
    policy that lets records be written keeps its scope, whoever set them.
  - A role that exists with a trust that does not let the flow-log service in, for example EC2's as the console leaves it, is
    corrected. Those who could assume it no longer can, and RV(actions) names them.
  - A policy that exists and lacks an action that delivery needs gets it added; one that lets no records be written at all gets
    what AWS's own documentation has. When it has five versions already, the oldest one that is not in force is deleted to
    make room for a new one.
  - Tags, and the operators of O(pass_role_to), come after all that delivery needs. What fails there fails alone, and the
    module says so in RV(failures) when everything else is done.
  - Other policies that are attached to the role are left alone.
  - Safe to run many times at once for the same role. Those that come late find the work done.
author:
  - The netops.flow_logs contributors (@netops)
options:
  role_name:
    description:
      - Name of the role. IAM does not tell names apart by case, nor by path.
    type: str
    required: true
  policy_name:
    description:
      - Name of the customer-managed policy. IAM does not tell names apart by case, nor by path.
    type: str
    required: true
  path:
    description:
      - Path of the role and the policies.
      - New ones get V(/) when this is left out; existing ones are used where they are.
      - A path can't be changed. The module fails when an existing role or policy has another one than given here.
    type: str
  permissions_boundary:
    description:
      - ARN of the policy that is the role's permissions boundary. An empty string removes the boundary.
      - Left out, the boundary is left alone.
    type: str
  log_group_names:
    description:
      - Names of the log groups that the role may write to, in all regions of the account.
      - Left out, a policy that exists keeps the scope that it has, and a new one allows all log groups, as in AWS's own
        documentation.
      - C(*) and C(?) are wildcards, and the placeholders of a log group template such as C({resource_name}) become C(*), but
        for C({account_id}). A pattern that begins with a wildcard scopes next to nothing; the module warns about it. Names that
        another one takes in are left out of the policy.
      - V(["*"]) opens a policy that is scoped, with a warning that says what was tighter.
      - Whatever else the policy says is kept, and so are conditions of the statements that let records be written.
    type: list
    elements: str
  purge_log_group_names:
    description:
      - Whether log groups that the policy allows already, but that O(log_group_names) does not name, lose the permission.
      - With V(false) the names add up, so that several plays can share one role. A policy that allows all log groups stays as it
        is then.
    type: bool
    default: true
  keep_names_in_use:
    description:
      - Whether log groups keep the permission that flow logs deliver to through the role, in any enabled region of the
        account, though O(log_group_names) does not name them. So no other project's delivery fails.
      - Where a region can't be read, all names that the policy has stay, with a warning. A policy that allows all log groups can't
        be scoped then, and the module fails before it writes anything.
      - The flow logs are only read when the policy has other names than O(log_group_names).
    type: bool
    default: true
  needed_log_group_names:
    description:
      - Names of log groups, like those of O(log_group_names), that flow logs are about to deliver to. A policy that does not let
        them be written gets them added; they never narrow a policy, and they do not scope a new one.
      - Not looked at when O(log_group_names) is given.
    type: list
    elements: str
  allow_create_log_group:
    description:
      - Whether the role may create log groups. Left out, a policy that exists is left alone, and a new one allows it.
      - With V(false), records in flight can't bring back a log group after its deletion. The log groups then have to exist,
        see M(netops.flow_logs.log_group).
    type: bool
  restrict_trust:
    description:
      - Whether the role may be assumed for flow logs of its own account only, by the conditions C(aws:SourceAccount) and
        C(aws:SourceArn) against the confused deputy problem. They hold for all regions and any flow log of the account.
      - Left out, a trust that lets the flow-log service in is left alone, and a new one has no conditions.
      - With V(true), conditions that are there already and stricter stay.
      - With V(false), these two conditions are removed, with a warning; others stay, with another warning.
    type: bool
  pass_role_to:
    description:
      - ARNs of IAM users, groups and roles that get a policy to pass exactly this role, C(iam:PassRole). Whoever creates
        flow logs needs that.
      - The policy is called C(PassRole-) followed by the name of the role. Others to whom it is attached keep it.
      - Comes last. Who can't get it, such as a role of IAM Identity Center below C(/aws-reserved/), one who does not exist, or one
        who has as many policies as the quota allows, is in RV(failures), and everything else is done.
    type: list
    elements: str
  force:
    description:
      - With O(state=absent), whether to remove a role that is in use, of which that is not known, or that others may assume.
    type: bool
    default: false
  ignored_flow_log_ids:
    description:
      - With O(state=absent), flow logs that do not count as users, because they are gone or about to go.
      - Lets one play remove flow logs and what they used, and predict it in check mode, RV(netops.flow_logs.flow_log#module:flow_logs[].flow_log_id).
    type: list
    elements: str
  state:
    description:
      - V(present) creates or corrects role and policy.
      - V(absent) removes the role with everything that is attached to it, the policy, and the policy that O(pass_role_to) made.
      - The role is kept, and the module fails, while a flow log in any enabled region of the account delivers through it, to
        whatever destination, RV(in_use_by), while that can't be seen in some region, RV(regions_not_read), and when its trust
        names others than the flow-log service. O(force) removes it all the same.
      - A policy that users, groups or other roles have is kept with a warning, RV(policy_in_use_by), whatever O(force) says.
      - An instance profile of the role, as the console makes it for EC2's roles, is left behind empty.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - netops.flow_logs._attributes
  - netops.flow_logs._attributes.actiongroup_flow_logs
  - netops.flow_logs._account
seealso:
  - module: netops.flow_logs.flow_log_iam_info
  - module: netops.flow_logs.flow_log
  - module: netops.flow_logs.log_group
  - name: Role netops.flow_logs.flow_logs
    description: The role P(netops.flow_logs.flow_logs#role) does all of it for the hosts of an inventory.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/roles/flow_logs/README.md
  - name: IAM role for publishing flow logs to CloudWatch Logs
    description: The page of the VPC user guide that this module puts into practice.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""

EXAMPLES = r"""
- name: How to reach AWS, said once for the modules of this collection and of amazon.aws
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: Role and policy as in AWS's documentation
      netops.flow_logs.flow_log_iam:
        role_name: Flow-Logs-Role-to-cloudwatch-logs
        policy_name: Send_to_CloudWatch_Logs

    - name: The least that will do, and the operators may use it
      netops.flow_logs.flow_log_iam:
        role_name: Flow-Logs-Role-to-cloudwatch-logs
        policy_name: Send_to_CloudWatch_Logs
        log_group_names:
          - /aws/shop/vpc/{resource_name}/flowlogs
        allow_create_log_group: false
        restrict_trust: true
        pass_role_to:
          - arn:aws:iam::123456789012:group/network-operators
        expected_account_id: "123456789012"
        tags:
          owner: network

- name: Open again what was scoped, for all log groups and all flow logs that use the role
  netops.flow_logs.flow_log_iam:
    role_name: Flow-Logs-Role-to-cloudwatch-logs
    policy_name: Send_to_CloudWatch_Logs
    log_group_names: ["*"]
    allow_create_log_group: true
    restrict_trust: false

- name: Nobody needs them any more
  netops.flow_logs.flow_log_iam:
    role_name: Flow-Logs-Role-to-cloudwatch-logs
    policy_name: Send_to_CloudWatch_Logs
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, in check mode what would be done, one sentence for each call that writes.
  returned: always
  type: list
  elements: str
  sample: ["create policy Send_to_CloudWatch_Logs"]
in_use_by:
  description: The flow logs that deliver through the role, whatever their destination, in all enabled regions of the account.
  returned: when O(state=absent)
  type: list
  elements: dict
  sample:
    - region: eu-west-1
      flow_log_id: fl-0123456789abcdef0
      resource_id: vpc-0123456789abcdef0
      log_destination_type: cloud-watch-logs
      log_group_name: /aws/shop/vpc/web/flowlogs
regions_not_read:
  description: Regions in which it could not be seen whether flow logs use the role.
  returned: when O(state=absent)
  type: list
  elements: dict
  sample:
    - region: ap-southeast-3
      code: UnauthorizedOperation
      message: You are not authorized to perform this operation.
policy_in_use_by:
  description: Kinds and names of those who have the policy besides the role. It is kept for them.
  returned: when O(state=absent)
  type: list
  elements: str
  sample: ["user/alice", "role/other (permissions boundary)"]
failures:
  description:
    - What could not be done. With O(state=present) that are operators and tags, and all that delivery needs is done; with
      O(state=absent) it is why nothing was removed.
  returned: when something failed
  type: list
  elements: dict
  contains:
    resource_id:
      description: ARN of the operator, otherwise name of the role or policy.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:group/network-operators
    code:
      description: Error code of AWS, or V(RoleInUse), V(RegionsNotRead) or V(RoleOfOthers).
      returned: always
      type: str
      sample: NoSuchEntity
    message:
      description: What stands in the way.
      returned: always
      type: str
      sample: There is no group network-operators.
    hint:
      description: What to do about it.
      returned: always
      type: str
      sample: Check the ARN.
role:
  description: The role as it is afterwards, empty when there is none.
  returned: always
  type: dict
  contains:
    role_name:
      description: Its name.
      returned: always
      type: str
      sample: Flow-Logs-Role-to-cloudwatch-logs
    arn:
      description: Its ARN, in check mode also that of a role that is still to be created.
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
    permissions_boundary:
      description: ARN of its permissions boundary, or null.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:policy/boundary-of-operators
    attached_policies:
      description: ARNs of the managed policies that are attached to it.
      returned: always
      type: list
      elements: str
      sample: ["arn:aws:iam::123456789012:policy/Send_to_CloudWatch_Logs"]
    tags:
      description: Its tags.
      returned: always
      type: dict
      sample: {owner: network}
policy:
  description: The policy as it is afterwards, empty when there is none.
  returned: always
  type: dict
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
    default_version_id:
      description: The version in force; missing in check mode when a new one would be made, as AWS gives the number.
      returned: when known
      type: str
      sample: v1
    policy_document:
      description: The document in force.
      returned: always
      type: dict
      sample:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action:
              - logs:CreateLogGroup
              - logs:CreateLogStream
              - logs:PutLogEvents
              - logs:DescribeLogGroups
              - logs:DescribeLogStreams
            Resource: "*"
    tags:
      description: Its tags.
      returned: always
      type: dict
      sample: {owner: network}
pass_role_policy:
  description: The document that lets somebody pass exactly this role. Attach it to whoever creates flow logs.
  returned: always
  type: dict
  sample:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: iam:PassRole
        Resource: arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs
pass_role_attached_to:
  description: Kinds and names of those to whom that policy is attached; empty without O(pass_role_to).
  returned: always
  type: list
  elements: str
  sample: ["group/network-operators"]
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.removal_work import DeliveryRoleRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.spec import ARGUMENT_SPEC
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.work import DeliveryRoleWork


def make_work(module: Any) -> Work:
    return DeliveryRoleWork(module) if module.params["state"] == "present" else DeliveryRoleRemovalWork(module)


def main() -> None:
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    run(module, lambda: make_work(module))


if __name__ == "__main__":
    main()
