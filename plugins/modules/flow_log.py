#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: flow_log
version_added: "1.0.0"
short_description: Manage VPC flow logs of VPCs, subnets and network interfaces
description:
  - Gives VPCs, subnets and network interfaces a flow log to a CloudWatch Logs log group.
  - Takes any number of resources of mixed types, and reads and creates their flow logs by as few calls as AWS allows.
  - An option that is left out is left alone on a flow log that exists, and gets AWS's default on a new one.
  - Flow logs can't be changed, but for their tags. Any other difference is a replacement. The new flow log is created first
    and the old one deleted then, so that nothing goes unrecorded. Where AWS refuses a second flow log, the old one is
    deleted first, and put back should the new one be refused.
  - Flow logs of the same resource to other destinations are never touched. The module says where they record the same traffic in
    CloudWatch Logs a second time.
  - Removes flow logs at the resource that owns them, and says who else still records a resource.
  - A resource that fails does not stop the others. The module does all it can, returns what it did and fails then.
author:
  - The netops.flow_logs contributors (@netops)
options:
  resource_ids:
    description:
      - Ids of VPCs, subnets and network interfaces, mixed as you like. The type is read from the prefix.
      - Needed, unless O(state=absent) with O(flow_log_ids). With both, flow logs of other resources are refused.
    type: list
    elements: str
  log_group_name:
    description:
      - Name of the log group, or a template for the names, with the placeholders of O(netops.flow_logs.log_group#module:log_group_name).
      - The log group need not exist for the flow log to be created, but records arrive only once it does.
      - Needed, unless O(flow_log_ids) is given.
      - Mutually exclusive with O(flow_log_ids).
    type: str
  flow_log_ids:
    description:
      - With O(state=absent), ids of the flow logs to remove, whatever their destination. Those that don't exist are fine.
      - Mutually exclusive with O(log_group_name).
    type: list
    elements: str
  role_arn:
    description:
      - ARN of the role with which records are delivered, RV(netops.flow_logs.flow_log_iam#module:role.arn).
      - Needed for new flow logs. It must belong to the account of the resources.
    type: str
  traffic_type:
    description:
      - Which traffic is recorded. New flow logs get V(ALL) when it is left out.
      - Needed with O(lookup=traffic_type).
    type: str
    choices: [ALL, ACCEPT, REJECT]
  max_aggregation_interval:
    description:
      - For how many seconds packets are collected into a record. New flow logs get V(600) when it is left out.
    type: int
    choices: [60, 600]
  log_format:
    description:
      - The fields of a record, as in V(${version} ${srcaddr} ${dstaddr} ${action}). Any white space between fields will do.
      - New flow logs get AWS's default fields when it is left out.
    type: str
  lookup:
    description:
      - Which existing flow log counts as the one that is described here.
      - With V(destination) a resource has at most one flow log to a log group, and further ones are surplus. They are deleted
        once the right one is there.
      - With V(traffic_type) it has at most one to a log group for each traffic type, so that V(ACCEPT) and V(REJECT) may share a
        log group. Needs O(traffic_type).
    type: str
    choices: [destination, traffic_type]
    default: destination
  allow_replace:
    description:
      - Whether a flow log that differs may be replaced. With V(false) the module fails for it instead, and names what differs.
    type: bool
    default: true
  take_over:
    description:
      - Whether flow logs of a CloudWatch telemetry rule, by which AWS itself makes flow logs for VPCs, may be replaced and removed like
        any other. They have the tag C(CloudWatchTelemetryRuleManaged), which the new flow log does not get.
      - With V(false) they are left as they are. The module fails for a resource that has one to the log group, with the code
        V(ManagedByTelemetryRule).
      - While the rule is there it may make another one, for a VPC without any flow log to CloudWatch Logs.
    type: bool
    default: false
  wait_timeout:
    description:
      - For how many seconds to wait for a role that can't be assumed yet, as IAM needs a while for a role that was created
        a moment ago.
    type: int
    default: 120
  state:
    description:
      - V(present) creates or replaces flow logs.
      - V(absent) removes the flow logs of O(resource_ids) to O(log_group_name), or those of O(flow_log_ids). Which ones
        belong to a resource is a matter of O(lookup) alone, other options are not looked at. With O(lookup=traffic_type) flow
        logs of other traffic types stay.
      - A flow log is removed at the resource that owns it and nowhere else. A VPC's or subnet's flow log records a network
        interface too, but is never removed through it. RV(covered_by) tells where it could be. For a resource that
        has none of its own to the log group, but is recorded there through its subnet or VPC, the module fails and says so.
      - Log groups and their records stay, see M(netops.flow_logs.log_group).
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
  - module: netops.flow_logs.flow_log_info
  - module: netops.flow_logs.flow_log_iam
  - module: netops.flow_logs.log_group
  - name: Role netops.flow_logs.flow_logs
    description: The role P(netops.flow_logs.flow_logs#role) does all of it for the hosts of an inventory.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/roles/flow_logs/README.md
  - name: Logging IP traffic using VPC Flow Logs
    description: The chapter of the VPC user guide on flow logs.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
"""

EXAMPLES = r"""
- name: How to reach AWS, said once for the modules of this collection and of amazon.aws
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: Role and policy
      netops.flow_logs.flow_log_iam:
        role_name: Flow-Logs-Role-to-cloudwatch-logs
        policy_name: Send_to_CloudWatch_Logs
      register: iam

    - name: Flow logs of a VPC and of a subnet in another VPC
      netops.flow_logs.flow_log:
        resource_ids:
          - vpc-0123456789abcdef0
          - subnet-0123456789abcdef0
        log_group_name: /aws/shop/vpc/{resource_name}/flowlogs
        role_arn: "{{ iam.role.arn }}"
        tags:
          project: shop

- name: Rejected traffic only, by the minute, with fields of one's own
  netops.flow_logs.flow_log:
    resource_ids: [eni-0123456789abcdef0]
    log_group_name: /aws/shop/vpc/rejected
    role_arn: "{{ iam.role.arn }}"
    traffic_type: REJECT
    max_aggregation_interval: 60
    log_format: ${version} ${vpc-id} ${srcaddr} ${dstaddr} ${dstport} ${action}

- name: Accepted and rejected traffic by flow logs of their own in one log group
  netops.flow_logs.flow_log:
    resource_ids: [vpc-0123456789abcdef0]
    log_group_name: /aws/shop/vpc/flowlogs
    role_arn: "{{ iam.role.arn }}"
    traffic_type: "{{ item }}"
    lookup: traffic_type
  loop: [ACCEPT, REJECT]

- name: No flow logs of this subnet to this log group any more
  netops.flow_logs.flow_log:
    resource_ids: [subnet-0123456789abcdef0]
    log_group_name: /aws/shop/vpc/{resource_name}/flowlogs
    state: absent

- name: This one flow log, wherever it delivers to
  netops.flow_logs.flow_log:
    flow_log_ids: [fl-0123456789abcdef0]
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, in check mode what would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["create a flow log of vpc-0123456789abcdef0 to /aws/shop/vpc/web/flowlogs"]
covered_by:
  description: Flow logs of a VPC or subnet that go on recording a resource which does not own them.
  returned: when O(state=absent)
  type: list
  elements: dict
  contains:
    resource_id:
      description: The resource that is still recorded.
      returned: always
      type: str
      sample: eni-0123456789abcdef0
    owner_id:
      description: The resource that owns the flow log. Only there it can be removed.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    flow_log_id:
      description: The flow log.
      returned: always
      type: str
      sample: fl-0123456789abcdef0
    log_destination_type:
      description: The kind of its destination.
      returned: always
      type: str
      sample: cloud-watch-logs
    log_group_name:
      description: The log group that it publishes to.
      returned: when it publishes to a log group
      type: str
      sample: /aws/shop/vpc/web/flowlogs
    log_destination:
      description: The ARN of its destination.
      returned: when it publishes to something else
      type: str
      sample: arn:aws:s3:::flow-logs-archive
    traffic_type:
      description: Which traffic it records.
      returned: always
      type: str
      sample: ALL
    hint:
      description: How to remove it there.
      returned: always
      type: str
      sample: To stop it for everything in vpc-0123456789abcdef0, remove fl-0123456789abcdef0 there.
recorded_twice:
  description:
    - Resources whose traffic is recorded in CloudWatch Logs by more than one flow log, and therefore ingested and paid more than once,
      whoever made the others.
    - What a resource lies in counts as far as O(log_group_name) made the module read it, with C({resource_name}) or C({vpc_id}).
  returned: when O(state=present)
  type: list
  elements: dict
  contains:
    resource_id:
      description: The resource.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    traffic:
      description: What is recorded more than once, V(ACCEPT) and V(REJECT).
      returned: always
      type: list
      elements: str
      sample: [ACCEPT, REJECT]
    flow_logs:
      description: The flow logs that record it, the one that was asked for first.
      returned: always
      type: list
      elements: dict
      contains:
        flow_log_id:
          description: Its id. Null in check mode for one that would be created.
          returned: always
          type: str
          sample: fl-0123456789abcdef0
        resource_id:
          description: The resource that owns it.
          returned: always
          type: str
          sample: vpc-0123456789abcdef0
        log_group_name:
          description: The log group that it publishes to.
          returned: always
          type: str
          sample: /aws/shop/vpc/web/flowlogs
        traffic_type:
          description: Which traffic it records.
          returned: always
          type: str
          sample: ALL
        managed_by_rule:
          description: Whether a CloudWatch telemetry rule made it.
          returned: always
          type: bool
          sample: false
    message:
      description: The same in words.
      returned: always
      type: str
      sample: its traffic is recorded, ingested and paid twice in CloudWatch Logs
    hint:
      description: What to do about it.
      returned: always
      type: str
      sample: "Remove what is not needed: netops.flow_logs.flow_log with state: absent and flow_log_ids: [fl-0fedcba9876543210]."
remaining:
  description: Other flow logs of the resources to CloudWatch Logs, which go on.
  returned: when O(state=absent) with O(log_group_name)
  type: list
  elements: dict
  contains:
    resource_id:
      description: The resource.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    flow_log_id:
      description: The flow log.
      returned: always
      type: str
      sample: fl-0fedcba9876543210
    log_group_name:
      description: The log group that it publishes to.
      returned: always
      type: str
      sample: /aws/old/vpc/web/flowlogs
    traffic_type:
      description: Which traffic it records.
      returned: always
      type: str
      sample: ALL
    managed_by_rule:
      description: Whether a CloudWatch telemetry rule made it.
      returned: always
      type: bool
      sample: false
    hint:
      description: How to remove it.
      returned: always
      type: str
      sample: "To remove it, too: state: absent with flow_log_ids: [fl-0fedcba9876543210]."
flow_logs:
  description:
    - The flow logs of the resources to the given log group, as they are afterwards.
    - With O(state=absent) those that were removed, as they were.
  returned: always
  type: list
  elements: dict
  contains:
    resource_id:
      description: The resource whose flow log it is.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    action:
      description: What was done, V(created), V(replaced), V(retagged), V(deleted) or V(unchanged).
      returned: always
      type: str
      sample: created
    flow_log_id:
      description: Its id. Missing in check mode for flow logs that would be created.
      returned: when it exists
      type: str
      sample: fl-0123456789abcdef0
    replaced_flow_log_ids:
      description: The flow logs that it replaces.
      returned: when RV(flow_logs[].action) is V(replaced)
      type: list
      elements: str
      sample: ["fl-0fedcba9876543210"]
    log_destination_type:
      description: The kind of its destination.
      returned: always
      type: str
      sample: cloud-watch-logs
    log_group_name:
      description: The log group that it publishes to.
      returned: when it publishes to a log group
      type: str
      sample: /aws/shop/vpc/web/flowlogs
    log_destination:
      description: The ARN of its destination, as AWS was given it.
      returned: when it was made by an ARN, as all are that publish to something else, which only O(flow_log_ids) can reach
      type: str
      sample: arn:aws:s3:::flow-logs-archive
    traffic_type:
      description: Which traffic it records.
      returned: always
      type: str
      sample: ALL
    max_aggregation_interval:
      description: For how many seconds packets are collected into a record.
      returned: always
      type: int
      sample: 600
    log_format:
      description: The fields of a record.
      returned: always
      type: str
      sample: ${version} ${srcaddr} ${dstaddr} ${action}
    deliver_logs_permission_arn:
      description: The role with which records are delivered.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs
    deliver_cross_account_role:
      description: The role in the account of the delivery stream, when that is another account.
      returned: when it has one
      type: str
      sample: arn:aws:iam::210987654321:role/AWSLogDeliveryFirehoseCrossAccountRole
    destination_options:
      description: How the files in the bucket are written.
      returned: when AWS names them, as it does for S3
      type: dict
      contains:
        file_format:
          description: V(plain-text) or V(parquet).
          returned: always
          type: str
          sample: parquet
        hive_compatible_partitions:
          description: Whether folders are named as Hive wants it.
          returned: always
          type: bool
          sample: false
        per_hour_partition:
          description: Whether there is a folder for each hour.
          returned: always
          type: bool
          sample: true
    tag_field_specifications:
      description: Which tags the tag fields of the format record.
      returned: when the format has tag fields
      type: list
      elements: dict
      contains:
        resource_type:
          description: Whose tags, V(network-interface), V(instance) or V(auto-scaling-group).
          returned: always
          type: str
          sample: instance
        tag_keys:
          description: The tags' keys.
          returned: always
          type: list
          elements: str
          sample: [Name]
    deliver_logs_status:
      description: What AWS says about the delivery. C(SUCCESS) right after the creation proves nothing, as nothing was delivered yet.
      returned: when it exists
      type: str
      sample: SUCCESS
    deliver_logs_error_message:
      description: Why the delivery fails.
      returned: when it does
      type: str
      sample: Access error
    flow_log_status:
      description: Always V(ACTIVE).
      returned: when it exists
      type: str
      sample: ACTIVE
    creation_time:
      description: When it was created, in ISO 8601.
      returned: when it exists
      type: str
      sample: "2026-01-01T12:00:00+00:00"
    tags:
      description: Its tags.
      returned: always
      type: dict
      sample: {project: shop}
    managed_by_rule:
      description: Whether a CloudWatch telemetry rule made it.
      returned: always
      type: bool
      sample: false
failures:
  description:
    - What could not be done. The other resources are done all the same, and RV(flow_logs) has what they have now.
    - On ansible-core before 2.21 RV(ignore:failed) is the same list. Later ones want a boolean there.
  returned: when something failed
  type: list
  elements: dict
  contains:
    resource_id:
      description: The resource.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    code:
      description: AWS's error code, or one of V(RoleArnRequired), V(ReplaceNotAllowed), V(AmbiguousFlowLogs), V(CoveredByOwner),
        V(NotTheOwner), V(ResourceGone), V(ManagedByTelemetryRule) where the module refused.
      returned: always
      type: str
      sample: UnauthorizedOperation
    message:
      description: What was wrong, in AWS's words.
      returned: always
      type: str
      sample: You are not authorized to perform this operation.
    hint:
      description: What to do about it; for a missing C(iam:PassRole) the policy to attach.
      returned: always
      type: str
      sample: The caller lacks iam:PassRole on the role.
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.removal_work import FlowLogRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.spec import ARGUMENT_SPEC
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.spec import RULES
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.work import FlowLogWork


def make_work(module: Any) -> Work:
    return FlowLogWork(module) if module.params["state"] == "present" else FlowLogRemovalWork(module)


def main() -> None:
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True, **RULES)
    run(module, lambda: make_work(module))


if __name__ == "__main__":
    main()
