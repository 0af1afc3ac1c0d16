#!/usr/bin/python
# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: insights_queries
version_added: "1.0.0"
short_description: Manage saved CloudWatch Logs Insights queries for flow logs
description:
  - Saves queries for the log groups of flow logs, which tell who talks most, what is rejected, which ports are busiest and so on.
    The console of CloudWatch Logs Insights has them among its saved queries, ready to be run.
  - The queries are in a folder of their own. A query is recognised by its name, which is its folder and one of the choices of
    O(queries). Other queries, in the same folder or elsewhere, are never touched.
  - Where there are several of one name, as after runs side by side, one is kept and the others are deleted.
  - Saved queries cost nothing; running one costs what it reads.
author:
  - The netops.flow_logs contributors (@netops)
options:
  log_group_name:
    description:
      - Name of the log group, or a template for the names, with the placeholders of O(netops.flow_logs.log_group#module:log_group_name).
      - The log groups need not exist.
    type: str
    required: true
  resource_ids:
    description:
      - Ids of VPCs, subnets and network interfaces, mixed as you like, for which the template is filled in.
      - Needed only when O(log_group_name) speaks of the resource.
    type: list
    elements: str
  log_format:
    description:
      - The format of the records, as O(netops.flow_logs.flow_log#module:log_format). Left out, it is AWS's default format.
      - CloudWatch Logs Insights knows the fields of the default format. For any other, the queries take the records apart.
    type: str
  queries:
    description:
      - The queries that are dealt with. Left out, these are all that O(log_format) can answer; those that it no longer can are deleted.
      - V(top_talkers), the pairs of addresses with the most traffic, needs the fields C(srcaddr), C(dstaddr) and C(bytes).
      - V(rejected_traffic), what security groups and network ACLs reject most often, needs C(srcaddr), C(dstaddr),
        C(dstport) and C(action).
      - V(busiest_ports), the destination ports with the most traffic, needs C(dstport), C(protocol) and C(bytes).
      - V(traffic_by_interface), the network interfaces with the most traffic, needs C(interface-id) and C(bytes).
      - V(traffic_by_log_group), the traffic of each log group, needs C(bytes). Unless asked for, it is there for several log groups
        only.
      - V(traffic_over_time), the traffic of every five minutes, needs C(bytes).
      - V(skipped_records), where AWS skipped records, needs C(log-status).
    type: list
    elements: str
    choices: [top_talkers, rejected_traffic, busiest_ports, traffic_by_interface, traffic_by_log_group, traffic_over_time, skipped_records]
  query_folder:
    description:
      - Folder of the queries. Slashes make folders in folders.
      - Left out, it is V(flow-logs) and what the names of all log groups begin with,
        so that C(/aws/shop/vpc/{resource_name}/flowlogs) gives C(flow-logs/aws/shop/vpc).
    type: str
  purge_log_group_names:
    description:
      - Whether log groups that the queries name and this task does not are taken out of them. With V(false) they stay as long as
        they exist, so that several tasks can share the queries.
      - With O(state=absent) and V(false), only the log groups of this task are taken out of the queries, and a query goes when it has
        none left.
    type: bool
    default: true
  state:
    description:
      - V(present) saves or corrects the queries.
      - V(absent) deletes them.
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
  - amazon.aws.boto3
  - netops.flow_logs._attributes
  - netops.flow_logs._attributes.actiongroup_flow_logs
  - netops.flow_logs._account
notes:
  - Saved queries have no tags, as AWS takes tags for log groups and destinations only. So this module has neither C(tags) nor C(purge_tags).
  - A query can name 50 log groups. Where there are more, the queries name none, and a warning says by which beginning to choose them in
    the console. With O(purge_log_group_names=false) they stay so, until they are deleted or purged.
seealso:
  - module: netops.flow_logs.flow_log
  - module: netops.flow_logs.log_group
  - name: Role netops.flow_logs.flow_logs
    description: The role P(netops.flow_logs.flow_logs#role) does all of it for the hosts of an inventory.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/roles/flow_logs/README.md
  - name: Save and re-run CloudWatch Logs Insights queries
    description: The page of the CloudWatch Logs user guide on saved queries and their folders.
    link: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
"""

EXAMPLES = r"""
- name: All queries, for a log group of flow logs in AWS's default format
  netops.flow_logs.insights_queries:
    log_group_name: /aws/shop/vpc/flowlogs

- name: How to reach AWS, said once for the modules of this collection and of amazon.aws
  module_defaults:
    group/netops.flow_logs.aws:
      profile: network-operations
      region: eu-west-1
  block:
    - name: Two of them, for a log group of each resource, in a folder of my own
      netops.flow_logs.insights_queries:
        log_group_name: /aws/shop/vpc/{resource_name}/flowlogs
        resource_ids:
          - vpc-0123456789abcdef0
          - subnet-0123456789abcdef0
        queries: [top_talkers, rejected_traffic]
        query_folder: shop/network

    - name: For flow logs of another format
      netops.flow_logs.insights_queries:
        log_group_name: /aws/shop/vpc/flowlogs
        log_format: ${version} ${interface-id} ${srcaddr} ${dstaddr} ${dstport} ${protocol} ${bytes} ${action} ${log-status}

- name: The queries are no longer needed
  netops.flow_logs.insights_queries:
    log_group_name: /aws/shop/vpc/flowlogs
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, in check mode what would be done, one sentence for each call that writes.
  returned: always
  type: list
  elements: str
  sample: ["create query flow-logs/aws/shop/vpc/flowlogs/top_talkers"]
queries:
  description: The queries as they are afterwards, with those that were deleted.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Its name, folder included.
      returned: always
      type: str
      sample: flow-logs/aws/shop/vpc/flowlogs/top_talkers
    action:
      description: What was done to it, V(created), V(updated), V(deleted), V(unchanged) or V(failed).
      returned: always
      type: str
      sample: created
    query_definition_id:
      description: Its id.
      returned: when it exists
      type: str
      sample: 01234567-89ab-cdef-0123-456789abcdef
    query_string:
      description: Its text.
      returned: always
      type: str
      sample: |-
        # Pairs of addresses with the most traffic.
        filter logStatus = "OK"
        | stats sum(bytes) as totalBytes, count(*) as records by srcAddr, dstAddr
        | sort totalBytes desc
        | limit 20
    log_group_names:
      description: The log groups that it reads. Empty when there are more than a query can name.
      returned: always
      type: list
      elements: str
      sample: [/aws/shop/vpc/flowlogs]
left_out:
  description: Queries that O(log_format) can't answer.
  returned: when O(state=present)
  type: list
  elements: dict
  contains:
    query:
      description: Which one.
      returned: always
      type: str
      sample: skipped_records
    missing_fields:
      description: The fields that the format lacks.
      returned: always
      type: list
      elements: str
      sample: [log-status]
failures:
  description:
    - What could not be done. The other queries are done all the same.
    - On ansible-core before 2.21 RV(ignore:failed) is the same list. Later ones want a boolean there.
  returned: when something failed
  type: list
  elements: dict
  contains:
    resource_id:
      description: The resource, the name of the query or its id.
      returned: always
      type: str
      sample: flow-logs/aws/shop/vpc/flowlogs/top_talkers
    code:
      description: AWS's error code.
      returned: always
      type: str
      sample: LimitExceededException
    message:
      description: What was wrong.
      returned: always
      type: str
      sample: "Failed to save the query: The maximum number of query definitions has been reached."
    hint:
      description: What to do about it.
      returned: always
      type: str
      sample: A quota of the account is used up, so remove what is no longer needed, or ask AWS for a higher quota.
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import Work
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import run
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.spec import ARGUMENT_SPEC
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.work import InsightsQueriesRemovalWork
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.work import InsightsQueriesWork


def make_work(module: Any) -> Work:
    return InsightsQueriesWork(module) if module.params["state"] == "present" else InsightsQueriesRemovalWork(module)


def main() -> None:
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    run(module, lambda: make_work(module))


if __name__ == "__main__":
    main()
