# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""EC2 calls that say what a target is called and which VPC it is in. They decide nothing."""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import List
from typing import Mapping
from typing import Sequence

from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import Ec2Errors
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import chunks
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import pages
from ansible_collections.netops.flow_logs.plugins.module_utils._aws import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._target import Target

# EC2 takes 200 values in a filter. A filter, unlike a list of ids, does not fail for ids that do not exist.
FILTER_VALUES = 200

# Prefix of the id -> operation, filter, key of the answer, key of an entry's id.
_READS = {
    "vpc": ("describe_vpcs", "vpc-id", "Vpcs", "VpcId"),
    "subnet": ("describe_subnets", "subnet-id", "Subnets", "SubnetId"),
    "eni": ("describe_network_interfaces", "network-interface-id", "NetworkInterfaces", "NetworkInterfaceId"),
}


@Ec2Errors.common_error_handler("read names and VPCs of the resources")
def _describe(client: Any, prefix: str, ids: Sequence[str]) -> List[Dict[str, Any]]:
    operation, filter_name, key, _id_key = _READS[prefix]
    request = {"Filters": [{"Name": filter_name, "Values": list(ids)}]}
    return [entry for page in pages(getattr(client, operation), "NextToken", **request) for entry in page[key]]


def describe_resources(client: Any, targets: Sequence[Target]) -> Dict[str, Dict[str, str]]:
    """Resource id -> its Name tag (name), its VPC (vpc_id) and an interface's subnet (subnet_id), for those that exist."""
    requests = [
        (prefix, ids)
        for prefix in _READS
        for ids in chunks([target.resource_id for target in targets if target.prefix == prefix], FILTER_VALUES)
    ]
    answers = side_by_side(lambda request: _describe(client, *request), requests)
    return {
        entry[_READS[prefix][3]]: {
            "name": _name(entry),
            "vpc_id": entry.get("VpcId", ""),
            "subnet_id": entry.get("SubnetId", ""),
        }
        for (prefix, _ids), entries in zip(requests, answers)
        for entry in entries
    }


def _name(entry: Mapping[str, Any]) -> str:
    # DescribeNetworkInterfaces calls its tags TagSet.
    tags = boto3_tag_list_to_ansible_dict(entry.get("Tags") or entry.get("TagSet") or [])
    return str(tags.get("Name") or "").strip()
