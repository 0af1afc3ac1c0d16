# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The calls of the inventory plugin: listings of many regions side by side. They decide only what counts as denied."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import NamedTuple

try:
    import boto3
    from botocore.exceptions import BotoCoreError
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError

    # The last one is no kin of the others: what came back is no answer of AWS's.
    SDK_ERRORS: Any = (BotoCoreError, ClientError, ResponseParserError)
except ImportError:
    # amazon.aws says that the SDK is missing.
    SDK_ERRORS = ()

from ansible_collections.amazon.aws.plugins.module_utils.retries import RetryingBotoClientWrapper
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.amazon.aws.plugins.module_utils.transformation import ansible_dict_to_boto3_filter_list
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import RETRY
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import Ec2Errors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import StsErrors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import pages
from ansible_collections.netops.flow_logs.plugins.module_utils._core.bounds import OutOfBounds
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import with_hint
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._core.wire import guarded
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import from_aws

from .rows import Region
from .rows import Resource

FLOW_LOG = "flow_log"

# Kind -> operation, key of the answer, what an error calls it.
_LISTINGS = {
    "vpc": ("describe_vpcs", "Vpcs", "VPCs"),
    "subnet": ("describe_subnets", "Subnets", "subnets"),
    "eni": ("describe_network_interfaces", "NetworkInterfaces", "network interfaces"),
    FLOW_LOG: ("describe_flow_logs", "FlowLogs", "flow logs"),
}
# The most that EC2 gives at a time. Listings without a limit come out of a smaller token bucket.
_ON_A_PAGE = 1000

# The caller lacks the permission, or the account has not enabled the region (AuthFailure, OptInRequired).
_DENIALS = ("UnauthorizedOperation", "AuthFailure", "OptInRequired", "AccessDenied", "AccessDeniedException")

Entry = dict[str, Any]
Filters = Mapping[str, Any]


class Listing(NamedTuple):
    """One listing: vpc, subnet, eni or flow_log, with EC2's filters."""

    kind: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Denied(NamedTuple):
    """Why a region can't be read. lacking: "may not" for a permission, "can't" for anything else."""

    what: str
    code: str
    reason: str
    lacking: str = "may not"

    def __str__(self) -> str:
        return f"{self.lacking} {self.what} ({self.code}: {self.reason})"


@dataclass(frozen=True)
class Reads:
    """What is read of each region: targets, those that are none after all, and what they lie in."""

    targets: tuple[Listing, ...]
    excluded: tuple[Listing, ...]
    parents: tuple[Listing, ...]

    @staticmethod
    def of(kinds: Sequence[str], included: Sequence[Filters], excluded: Sequence[Filters]) -> Reads:
        """included and excluded are alternatives; no included is everything."""
        parents = {kind for kind, inner in (("vpc", ("subnet", "eni")), ("subnet", ("eni",))) if {*inner} & {*kinds}}
        return Reads(
            tuple(_listing(kind, filters) for kind in kinds for filters in included or [{}]),
            tuple(_listing(kind, filters) for kind in kinds for filters in excluded),
            tuple(Listing(kind) for kind in sorted(parents)),
        )

    def listings(self) -> list[Listing]:
        """Each once: targets without filters are read as parents, too."""
        return list(dict.fromkeys([*self.targets, *self.excluded, *self.parents, Listing(FLOW_LOG)]))

    def region(self, name: str, answers: Mapping[Listing, Sequence[Entry]]) -> Region:
        """What a region answered to all listings."""
        excluded = {resource.resource_id for listing in self.excluded for resource in _resources(answers, listing)}
        targets = {each.resource_id: each for listing in self.targets for each in _resources(answers, listing)}
        return Region(
            name,
            [resource for resource_id, resource in targets.items() if resource_id not in excluded],
            {each.resource_id: each for listing in self.parents for each in _resources(answers, listing)},
            [
                from_aws(entry, boto3_tag_list_to_ansible_dict(entry.get("Tags") or []))
                for entry in answers[Listing(FLOW_LOG)]
            ],
        )


def ec2_clients(
    regions: Iterable[str], endpoint_url: str | None, connection: Mapping[str, Any]
) -> dict[str, RetryingBotoClientWrapper]:
    """Region -> client; connection as amazon.aws puts it together.

    One session for all: a session each would look for credentials and read the service's model again each time.
    """
    arguments = dict(connection)
    session = boto3.session.Session(profile_name=arguments.pop("profile_name", None))
    config = arguments.pop("aws_config", None)
    return {
        region: RetryingBotoClientWrapper(
            guarded(session.client("ec2", region_name=region, endpoint_url=endpoint_url, config=config, **arguments)), RETRY
        )
        for region in regions
    }


@Ec2Errors.common_error_handler("list the regions that the account has enabled")
def enabled_regions(ec2: Any) -> list[str]:
    return [str(entry["RegionName"]) for entry in ec2.describe_regions(aws_retry=True)["Regions"]]


def read_regions(clients: Mapping[str, Any], reads: Reads) -> dict[str, Region | Denied]:
    """What each region answered, or why it did not. Raises AwsError for anything but a denial and what does not come from AWS."""
    listings = reads.listings()
    work = [(region, listing) for region in clients for listing in listings]
    answers = dict(zip(work, side_by_side(lambda item: _try(item[0], clients[item[0]], item[1]), work)))
    found: dict[str, Region | Denied] = {}
    for name in clients:
        regional = {listing: answers[name, listing] for listing in listings}
        denied = [answer for answer in regional.values() if isinstance(answer, Denied)]
        entries = {listing: answer for listing, answer in regional.items() if not isinstance(answer, Denied)}
        found[name] = denied[0] if denied else reads.region(name, entries)
    return found


def _listing(kind: str, filters: Filters) -> Listing:
    """filters as a user writes them: name -> value or values."""
    listed = ansible_dict_to_boto3_filter_list(dict(filters))
    return Listing(kind, tuple((str(entry["Name"]), tuple(map(str, entry["Values"]))) for entry in listed))


def _try(region: str, client: Any, listing: Listing) -> list[Entry] | Denied:
    what = f"describe {_LISTINGS[listing.kind][2]}"
    try:
        answer: list[Entry] = Ec2Errors.common_error_handler(what)(_describe)(client, listing)
        return answer
    except AwsError as error:
        if error.code in _DENIALS:
            return Denied(what, error.code, error.told)
        if isinstance(error.exception, OutOfBounds):
            return Denied(what, error.code, with_hint(error.reason, error.hint), "can't")
        raise type(error)(message=f"Failed to {what} in {region}", exception=error.exception) from error


def _describe(client: Any, listing: Listing) -> list[Entry]:
    operation, key, _name = _LISTINGS[listing.kind]
    request: dict[str, Any] = {"MaxResults": _ON_A_PAGE}
    if listing.filters:
        request["Filters"] = [{"Name": name, "Values": list(values)} for name, values in listing.filters]
    return [entry for page in pages(getattr(client, operation), "NextToken", **request) for entry in page[key]]


def _resources(answers: Mapping[Listing, Sequence[Entry]], listing: Listing) -> list[Resource]:
    # DescribeNetworkInterfaces calls its tags TagSet.
    return [
        Resource(listing.kind, entry, boto3_tag_list_to_ansible_dict(entry.get("Tags") or entry.get("TagSet") or []))
        for entry in answers[listing]
    ]


@StsErrors.common_error_handler("find out the account of the credentials")
def caller_account(sts: Any) -> str:
    """Number of the account that the credentials belong to."""
    return str(sts.get_caller_identity(aws_retry=True)["Account"])
