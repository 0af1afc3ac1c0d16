#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: log_group
version_added: "1.0.0"
short_description: Manage CloudWatch Logs log groups, thousands in one call
description:
  - Creates log groups and sets their retention, KMS key, deletion protection and tags.
  - The name may be a template that is filled in for every VPC, subnet or network interface.
  - An option that is left out is left alone on a log group that exists.
  - Deletes log groups on O(state=absent) only, and never one that is protected or that flow logs still publish to.
author:
  - The netops.flow_logs contributors (@netops)
options:
  log_group_name:
    description:
      - Name of the log group, or a template for the names.
      - Placeholders are C({resource_id}), C({resource_name}) (the Name tag, or the id where there is none),
        C({resource_type}) (C(vpc), C(subnet) or C(eni)), C({vpc_id}), C({vpc_name}), C({account_id}) and C({region}).
      - Resources are read only when the template names something that has to be read.
    type: str
    required: true
  resource_ids:
    description:
      - Ids of VPCs, subnets and network interfaces, mixed as you like, for which the template is filled in.
      - Needed only when O(log_group_name) speaks of the resource.
    type: list
    elements: str
  retention_in_days:
    description:
      - For how many days events are kept; V(never) lets them never expire.
      - Give a number or V(never). Ansible takes a switch such as C(yes) for V(1); the role refuses it.
      - Left out, the retention is left alone, and events of a new log group never expire.
      - Where an account-level policy decides on the retention, it is left alone with a warning.
    type: str
    choices: [never, "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096",
      "1827", "2192", "2557", "2922", "3288", "3653"]
  kms_key_id:
    description:
      - ARN of the KMS key that encrypts new events. An empty string stops encrypting with a key of your own.
      - It has to be a symmetric key of the log groups' region. An alias is refused.
      - The key's policy has to let CloudWatch Logs of the region use it. Where it does not, the message has the statement to add.
    type: str
  log_group_class:
    description:
      - Class of a new log group; AWS takes V(STANDARD) when it is left out.
      - A class can't be changed. The module fails when a log group exists with another one.
    type: str
    choices: [STANDARD, INFREQUENT_ACCESS, ESSENTIALS]
  deletion_protection:
    description:
      - Whether the log group is protected from deletion. Needs botocore 1.41.3 or later.
    type: bool
  ignored_flow_log_ids:
    description:
      - With O(state=absent), flow logs that do not count as users, because they are gone or about to go.
      - Lets one play remove flow logs and what they used, and predict it in check mode, RV(netops.flow_logs.flow_log#module:flow_logs[].flow_log_id).
    type: list
    elements: str
  state:
    description:
      - V(present) creates or corrects the log groups.
      - V(absent) deletes them with all their records. A log group that is protected from deletion, or that flow logs
        still publish to, is kept, and the module fails for it.
      - Records that are on their way when a flow log is removed can bring back a log group that was deleted too early, without
        retention, tags and key, as long as the role may create log groups. Wait some minutes before the deletion, or see
        O(netops.flow_logs.flow_log_iam#module:allow_create_log_group).
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
  - module: netops.flow_logs.flow_log
  - module: netops.flow_logs.flow_log_iam
  - name: Role netops.flow_logs.flow_logs
    description: The role P(netops.flow_logs.flow_logs#role) does all of it for the hosts of an inventory.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/roles/flow_logs/README.md
  - name: Working with log groups
    description: The page of the CloudWatch Logs user guide on log groups, retention and deletion protection.
    link: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
"""

EXAMPLES = r"""
- name: One log group, events kept for three years
  netops.flow_logs.log_group:
    log_group_name: /aws/shop/vpc/flowlogs
    retention_in_days: 1096

- name: How to reach AWS, said once for the modules of this collection and of amazon.aws
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: A log group for each resource, named by its Name tag
      netops.flow_logs.log_group:
        log_group_name: /aws/shop/vpc/{resource_name}/flowlogs
        resource_ids:
          - vpc-0123456789abcdef0
          - subnet-0123456789abcdef0
        retention_in_days: 90
        kms_key_id: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
        deletion_protection: true
        tags:
          project: shop

    - name: Events never expire
      netops.flow_logs.log_group:
        log_group_name: /aws/shop/vpc/flowlogs
        retention_in_days: never

- name: The log group and its records are no longer needed
  netops.flow_logs.log_group:
    log_group_name: /aws/shop/vpc/flowlogs
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, in check mode what would be done, one sentence for each call that writes.
  returned: always
  type: list
  elements: str
  sample: ["create log group /aws/shop/vpc/flowlogs"]
log_groups:
  description: The log groups as they are afterwards, with O(state=absent) those that were there.
  returned: always
  type: list
  elements: dict
  contains:
    log_group_name:
      description: Its name.
      returned: always
      type: str
      sample: /aws/shop/vpc/web/flowlogs
    action:
      description: What was done to it, V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      returned: always
      type: str
      sample: created
    resource_ids:
      description: The resources for which the template gave this name.
      returned: always
      type: list
      elements: str
      sample: ["vpc-0123456789abcdef0"]
    retention_in_days:
      description: Days after which events expire, null when they never do.
      returned: always
      type: int
      sample: 90
    retention_policy_name:
      description: The account-level policy that decides on the retention.
      returned: when there is one
      type: str
      sample: keep-a-year
    kms_key_id:
      description: ARN of the KMS key, or null.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    log_group_class:
      description: Its class.
      returned: always
      type: str
      sample: STANDARD
    deletion_protection_enabled:
      description: Whether it is protected from deletion.
      returned: always
      type: bool
      sample: false
    tags:
      description: Its tags. Reading them costs a call for each log group, so it is done only when O(tags) is given.
      returned: when O(tags) is given, and for new log groups
      type: dict
      sample: {project: shop}
    arn:
      description: Its ARN with C(:*) at the end, as policies on its streams want it.
      returned: when it exists
      type: str
      sample: arn:aws:logs:eu-west-1:123456789012:log-group:/aws/shop/vpc/web/flowlogs:*
    log_group_arn:
      description: Its ARN.
      returned: always
      type: str
      sample: arn:aws:logs:eu-west-1:123456789012:log-group:/aws/shop/vpc/web/flowlogs
    creation_time:
      description: When it was created, in milliseconds since 1970.
      returned: when it exists
      type: int
      sample: 1767225600000
    stored_bytes:
      description: How much it holds.
      returned: when AWS tells
      type: int
      sample: 0
failures:
  description:
    - What could not be done. The other log groups are done all the same.
    - On ansible-core before 2.21 RV(ignore:failed) is the same list. Later ones want a boolean there.
  returned: when something failed
  type: list
  elements: dict
  contains:
    resource_id:
      description: The resource or the log group.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    code:
      description: AWS's error code, or V(DeletionProtected) or V(LogGroupInUse) where the module refused.
      returned: always
      type: str
      sample: InvalidVpcID.NotFound
    message:
      description: What was wrong.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0 does not exist in eu-west-1 of account 123456789012.
    hint:
      description: What to do about it.
      returned: always
      type: str
      sample: Check the id, and that region and credentials are those of the resource.
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.removal_work import LogGroupRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.spec import ARGUMENT_SPEC
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.work import LogGroupWork


def make_work(module: Any) -> Work:
    return LogGroupWork(module) if module.params["state"] == "present" else LogGroupRemovalWork(module)


def main() -> None:
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    run(module, lambda: make_work(module))


if __name__ == "__main__":
    main()
