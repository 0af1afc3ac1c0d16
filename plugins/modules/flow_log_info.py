# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: flow_log_info
version_added: "1.0.0"
short_description: Tell which VPC flow logs there are, whom they cover, and whether their records arrive
description:
  - Lists flow logs of a region, wherever they deliver to.
  - With O(coverage=true), tells for VPCs, subnets and network interfaces (ENIs) which flow logs record them and through whom, which
    of their traffic nobody records, and whether records arrive.
author:
  - The netops.flow_logs contributors (@netops)
options:
  resource_ids:
    description:
      - Ids of VPCs, subnets and network interfaces.
      - The flow logs that were created on them are listed. With O(coverage=true), those that cover them through their subnet or VPC
        are, too.
    type: list
    elements: str
  flow_log_ids:
    description:
      - Ids of flow logs. Those that don't exist are left out.
    type: list
    elements: str
  log_group_names:
    description:
      - Names of log groups. Flow logs to them are listed.
    type: list
    elements: str
  filters:
    description:
      - Filters of C(DescribeFlowLogs), such as C(traffic-type), C(log-destination-type), C(deliver-log-status) or C(tag:project). A
        value may be a list, of which any fits.
      - A flow log has to fit O(filters), O(resource_ids), O(flow_log_ids) and O(log_group_names), as far as they are given. With
        none of them, all flow logs of the region are listed.
    type: dict
  coverage:
    description:
      - Whether to look at coverage and delivery, too.
      - The targets looked at are O(resource_ids); without these, the owners of the flow logs that are listed; with no condition at
        all, every VPC, subnet and network interface of the region that the account may log.
    type: bool
    default: false
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
notes:
  - Needs C(ec2:DescribeFlowLogs), and with O(coverage=true) C(ec2:DescribeVpcs), C(ec2:DescribeSubnets),
    C(ec2:DescribeNetworkInterfaces), C(logs:DescribeLogGroups), C(logs:DescribeLogStreams) and C(logs:GetLogEvents), for log groups of the
    class C(INFREQUENT_ACCESS)
    C(logs:StartQuery) and C(logs:GetQueryResults). Without those of CloudWatch Logs, what rests on them is missing, and RV(not_read) says so.
  - AWS reports RV(flow_logs[].deliver_logs_status=SUCCESS) from the moment of creation on, before anything was delivered, and C(FAILED)
    only once there was something to deliver. RV(flow_logs[].delivery) therefore rests on the records that have arrived.
  - The time of the newest event may lag behind by an hour, because AWS's listing of log streams does.
seealso:
  - module: netops.flow_logs.flow_log
  - module: netops.flow_logs.flow_log_iam_info
  - plugin: netops.flow_logs.network
    plugin_type: inventory
  - name: Troubleshoot VPC Flow Logs
    description: The page of the VPC user guide on records that don't arrive.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-troubleshooting.html
"""

EXAMPLES = r"""
- name: How to reach AWS, said once for the modules of this collection and of amazon.aws
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: All flow logs of the region
      netops.flow_logs.flow_log_info:
      register: all

    - name: Flow logs of a VPC that record rejected traffic only
      netops.flow_logs.flow_log_info:
        resource_ids: [vpc-0123456789abcdef0]
        filters:
          traffic-type: REJECT

- name: Who records these, and do their records arrive?
  netops.flow_logs.flow_log_info:
    resource_ids: [vpc-0123456789abcdef0, eni-0123456789abcdef0]
    coverage: true
  register: audit

- name: Name those that nobody records, or only in part
  ansible.builtin.debug:
    msg: "{{ audit.coverage | rejectattr('status', 'equalto', 'covered') | map(attribute='resource_id') | list }}"

- name: Wait for the first records of a flow log
  netops.flow_logs.flow_log_info:
    resource_ids: [vpc-0123456789abcdef0]
    coverage: true
  register: proof
  until: proof.flow_logs | map(attribute='delivery.state') | unique | list == ['delivering']
  retries: 30
  delay: 30
"""

RETURN = r"""
account_id:
  description: The account that was looked at.
  returned: always
  type: str
  sample: "123456789012"
region:
  description: The region that was looked at.
  returned: always
  type: str
  sample: eu-west-1
flow_logs:
  description: The flow logs, by AWS's names in snake case.
  returned: always
  type: list
  elements: dict
  contains:
    flow_log_id:
      description: Its id.
      returned: always
      type: str
      sample: fl-0123456789abcdef0
    resource_id:
      description: Its owner, the resource that it was created on and at which alone it can be removed.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    resource_type:
      description: The kind of the owner, by the prefix of its id.
      returned: always
      type: str
      sample: vpc
    log_destination_type:
      description: C(cloud-watch-logs), C(s3) or C(kinesis-data-firehose).
      returned: always
      type: str
      sample: cloud-watch-logs
    log_group_name:
      description: The log group.
      returned: for flow logs to CloudWatch Logs
      type: str
      sample: /aws/shop/vpc/web/flowlogs
    log_destination:
      description: ARN of the bucket or the delivery stream, or that of the log group as AWS was given it.
      returned: for flow logs to S3 and Firehose, and those to CloudWatch Logs that were made by an ARN
      type: str
      sample: arn:aws:s3:::records-of-the-shop
    traffic_type:
      description: Which traffic is recorded.
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
      description: ARN of the role that it delivers through; null where there is none, as with S3.
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
    tags:
      description: Its tags.
      returned: always
      type: dict
      sample: {project: shop}
    managed_by_rule:
      description: Whether a CloudWatch telemetry rule made it and looks after it, as its tag C(CloudWatchTelemetryRuleManaged) says.
      returned: always
      type: bool
      sample: false
    creation_time:
      description: When it was created.
      returned: always
      type: str
      sample: "2026-01-31T12:00:00+00:00"
    flow_log_status:
      description: Always C(ACTIVE).
      returned: always
      type: str
      sample: ACTIVE
    deliver_logs_status:
      description: C(SUCCESS), also before anything was delivered, or C(FAILED).
      returned: always
      type: str
      sample: SUCCESS
    deliver_logs_error_message:
      description: Why delivery fails, in AWS's words.
      returned: when it fails
      type: str
      sample: Access error
    delivery:
      description: Whether its records arrive.
      returned: with O(coverage=true)
      type: dict
      contains:
        state:
          description:
            - V(delivering) when a record of the last day was seen, V(failing) when AWS says that it does not deliver, V(unproven) when no
              record has been seen, V(not_checked) for S3 and Firehose, where this module does not look.
          returned: always
          type: str
          sample: delivering
        message:
          description: The same in a sentence, and for V(failing) what to do.
          returned: always
          type: str
          sample: The newest record is of 2026-01-31T12:10:00+00:00.
        log_group_exists:
          description: Whether the log group exists; null where its name was given in a form that leads nowhere, with C(:*) at its end, and
            where log groups can't be read.
          returned: for flow logs to CloudWatch Logs
          type: bool
          sample: true
        retention_in_days:
          description: For how many days the log group keeps records; null for ever, and where there is no log group.
          returned: for flow logs to CloudWatch Logs
          type: int
          sample: 90
        newest_event_time:
          description: The time of the newest record, as far as the interfaces of the owner were looked at; null when there is none.
          returned: for flow logs to CloudWatch Logs
          type: str
          sample: "2026-01-31T12:10:00+00:00"
not_read:
  description: What could not be read. Only what rests on it is missing, each entry is a warning, too.
  returned: with O(coverage=true)
  type: list
  elements: dict
  contains:
    what:
      description: V(VPCs), V(subnets), V(network interfaces), V(log groups), V(log streams) or V(newest records).
      returned: always
      type: str
      sample: newest records
    subjects:
      description: Whose, log groups or the region.
      returned: always
      type: list
      elements: str
      sample: [/aws/shop/vpc/web/flowlogs]
    code:
      description: AWS's error code.
      returned: always
      type: str
      sample: AccessDeniedException
    message:
      description: Why, in AWS's words.
      returned: always
      type: str
      sample: Newest records of /aws/shop/vpc/web/flowlogs could not be read.
log_groups:
  description: The log groups that exist among those that the flow logs deliver to.
  returned: with O(coverage=true)
  type: list
  elements: dict
  contains:
    log_group_name:
      description: Its name.
      returned: always
      type: str
      sample: /aws/shop/vpc/web/flowlogs
    retention_in_days:
      description: For how many days records are kept; null for ever.
      returned: always
      type: int
      sample: 90
    stored_bytes:
      description: The size of the records that it has, in bytes.
      returned: always
      type: int
      sample: 123456
    kms_key_id:
      description: ARN of the KMS key; null where there is none.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012
    log_group_class:
      description: Its class; null where AWS tells none.
      returned: always
      type: str
      sample: STANDARD
coverage:
  description: The targets, and who records them.
  returned: with O(coverage=true)
  type: list
  elements: dict
  contains:
    resource_id:
      description: The id of the VPC, subnet or network interface.
      returned: always
      type: str
      sample: eni-0123456789abcdef0
    resource_type:
      description: V(vpc), V(subnet) or V(eni).
      returned: always
      type: str
      sample: eni
    resource_name:
      description: Its Name tag, or its id.
      returned: always
      type: str
      sample: web
    exists:
      description: Whether there is such a resource in the region.
      returned: always
      type: bool
      sample: true
    vpc_id:
      description: The VPC that it is or lies in; null when it does not exist.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    vpc_name:
      description: The Name tag of that VPC, or its id.
      returned: always
      type: str
      sample: shop
    subnet_id:
      description: The subnet that it is or lies in; null for a VPC.
      returned: always
      type: str
      sample: subnet-0123456789abcdef0
    status:
      description:
        - V(covered), V(partly_covered) (accepted or rejected traffic only), V(broken) (has flow logs, none of which delivers) or V(uncovered).
      returned: always
      type: str
      sample: covered
    covered:
      description: Whether flow logs record any of its traffic, delivered or not.
      returned: always
      type: bool
      sample: true
    recorded:
      description: The traffic that flow logs record, C(ACCEPT) and C(REJECT).
      returned: always
      type: list
      elements: str
      sample: [ACCEPT, REJECT]
    missing:
      description: The traffic that none records.
      returned: always
      type: list
      elements: str
      sample: []
    broken:
      description: Whether one of the flow logs does not deliver, whatever the others do.
      returned: always
      type: bool
      sample: false
    newest_event_time:
      description: The time of the newest record of the target, or of the interfaces in it; null when none was seen.
      returned: always
      type: str
      sample: "2026-01-31T12:10:00+00:00"
    flow_logs:
      description: The flow logs that record it, its own first, then its subnet's, then its VPC's.
      returned: always
      type: list
      elements: dict
      contains:
        flow_log_id:
          description: Its id.
          returned: always
          type: str
          sample: fl-0123456789abcdef0
        resource_id:
          description: The owner, at which alone it can be removed.
          returned: always
          type: str
          sample: vpc-0123456789abcdef0
        through:
          description: V(own), V(subnet) or V(vpc).
          returned: always
          type: str
          sample: vpc
        log_destination_type:
          description: C(cloud-watch-logs), C(s3) or C(kinesis-data-firehose).
          returned: always
          type: str
          sample: cloud-watch-logs
        log_group_name:
          description: The log group.
          returned: for flow logs to CloudWatch Logs
          type: str
          sample: /aws/shop/vpc/web/flowlogs
        log_destination:
          description: ARN of the bucket or the delivery stream.
          returned: for flow logs to S3 and Firehose
          type: str
          sample: arn:aws:s3:::records-of-the-shop
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
        delivering:
          description: False when AWS says that it does not deliver. V(true) proves nothing, see RV(coverage[].flow_logs[].delivery).
          returned: always
          type: bool
          sample: true
        deliver_logs_status:
          description: What AWS says of the delivery.
          returned: when AWS says something
          type: str
          sample: SUCCESS
        deliver_logs_error_message:
          description: Why delivery fails.
          returned: when it fails
          type: str
          sample: Access error
        delivery:
          description: Whether records of this target arrive, see RV(flow_logs[].delivery).
          returned: always
          type: dict
          sample:
            state: delivering
            message: The newest record is of 2026-01-31T12:10:00+00:00.
            log_group_exists: true
            retention_in_days: 90
            newest_event_time: "2026-01-31T12:10:00+00:00"
        log_stream_name:
          description: The stream with the newest record of the target, or of the interfaces in it; null when none was seen.
          returned: always
          type: str
          sample: eni-0123456789abcdef0-all
        newest_event_time:
          description: The time of that record.
          returned: always
          type: str
          sample: "2026-01-31T12:10:00+00:00"
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.info_read import read_info
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer

ARGUMENT_SPEC = {
    "resource_ids": {"type": "list", "elements": "str"},
    "flow_log_ids": {"type": "list", "elements": "str"},
    "log_group_names": {"type": "list", "elements": "str"},
    "filters": {"type": "dict"},
    "coverage": {"type": "bool", "default": False},
    "expected_account_id": {"type": "str"},
}


def main() -> None:
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    answer(module, lambda: read_info(module))


if __name__ == "__main__":
    main()
