# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""EC2 calls that say what a target is called and which VPC it is in. They decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import Ec2Errors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import pages
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import chunks
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side

from .ids import Target

# EC2 takes 200 values in a filter. A filter, unlike a list of ids, does not fail for ids that do not exist.
FILTER_VALUES = 200

# Prefix of the id -> operation, filter, key of the answer, key of an entry's id.
_READS = {
    "vpc": ("describe_vpcs", "vpc-id", "Vpcs", "VpcId"),
    "subnet": ("describe_subnets", "subnet-id", "Subnets", "SubnetId"),
    "eni": ("describe_network_interfaces", "network-interface-id", "NetworkInterfaces", "NetworkInterfaceId"),
}


# The most that EC2 gives at a time. Listings without a limit come out of a smaller token bucket.
_ON_A_PAGE = 1000


@Ec2Errors.common_error_handler("read names and VPCs of the resources")
def _describe(client: Any, prefix: str, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    operation, _filter_name, key, _id_key = _READS[prefix]
    return [entry for page in pages(getattr(client, operation), "NextToken", **request) for entry in page[key]]


def _filtered(name: str, values: Sequence[str]) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(values)}]}


def describe_resources(client: Any, targets: Sequence[Target]) -> dict[str, dict[str, str]]:
    """Those of the targets that exist: resource id -> name (its Name tag), vpc_id, subnet_id (an interface's or a subnet's
    own) and owner_id (the account), each empty where there is none.
    """
    return _read(
        client,
        [
            (prefix, _filtered(_READS[prefix][1], ids))
            for prefix in _READS
            for ids in chunks([target.resource_id for target in targets if target.prefix == prefix], FILTER_VALUES)
        ],
    )


def describe_interfaces_in(client: Any, filter_name: str, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """The network interfaces in VPCs (filter_name is vpc-id) or subnets (subnet-id), as describe_resources has them."""
    return _read(client, [("eni", _filtered(filter_name, part)) for part in chunks(ids, FILTER_VALUES)])


def describe_all(client: Any, prefix: str) -> dict[str, dict[str, str]]:
    """Every VPC, subnet or network interface of the client's region, as describe_resources has them. prefix: of their ids."""
    return _read(client, [(prefix, {"MaxResults": _ON_A_PAGE})])


def owners_in(resource_id: str, entry: Mapping[str, str]) -> tuple[str, ...]:
    """The subnet and the VPC that a resource lies in, as far as they are others. entry: as describe_resources has it."""
    around = (entry["subnet_id"], entry["vpc_id"])
    return tuple(owner for owner in around if owner and owner != resource_id)


def _read(client: Any, requests: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, dict[str, str]]:
    answers = side_by_side(lambda request: _describe(client, *request), requests)
    return {
        entry[_READS[prefix][3]]: {
            "name": _name(entry),
            "vpc_id": entry.get("VpcId", ""),
            "subnet_id": entry.get("SubnetId", ""),
            "owner_id": entry.get("OwnerId", ""),
        }
        for (prefix, _request), entries in zip(requests, answers)
        for entry in entries
    }


def _name(entry: Mapping[str, Any]) -> str:
    # DescribeNetworkInterfaces calls its tags TagSet.
    tags = boto3_tag_list_to_ansible_dict(entry.get("Tags") or entry.get("TagSet") or [])
    return str(tags.get("Name") or "").strip()
