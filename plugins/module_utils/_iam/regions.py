# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Every enabled region of an account, read side by side; a region that refuses is told, not taken for empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Callable
from typing import Generic
from typing import TypeVar

try:
    import boto3
    from botocore.session import Session as BotocoreSession
except ImportError:
    # AnsibleAWSModule says that the SDK is missing.
    pass

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.retries import RetryingBotoClientWrapper
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import Ec2Errors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import client
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import retry_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._core.wire import guarded

from .usage import Unread

Answer = TypeVar("Answer")

_ALWAYS_ENABLED = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True)
class AllRegions(Generic[Answer]):
    """answers: region -> what was read there."""

    answers: dict[str, Answer]
    unread: tuple[Unread, ...] = ()


@Ec2Errors.common_error_handler("list the enabled regions")
def _enabled(ec2: Any) -> list[str]:
    return sorted(entry["RegionName"] for entry in ec2.describe_regions(aws_retry=True)["Regions"])


def _home(module: Any, account: Account) -> str:
    """A region to ask for the others: the module's, or one that every account of the partition has."""
    return str(module.region or _ALWAYS_ENABLED.get(account.partition) or _known_regions(account.partition)[0])


def _known_regions(partition: str) -> list[str]:
    known: list[str] = BotocoreSession().get_available_regions("ec2", partition)
    return known


def _clients(module: Any, regions: list[str]) -> dict[str, Any]:
    """Region -> client. One session for all: a session each would read the service model and the credentials each time."""
    _region, endpoint_url, connection = get_aws_connection_info(module)
    session = boto3.session.Session(profile_name=connection.pop("profile_name", None))
    config = connection.pop("aws_config", None)
    return {
        region: RetryingBotoClientWrapper(
            guarded(session.client("ec2", region_name=region, endpoint_url=endpoint_url, config=config, **connection)),
            retry_of(module, region),
        )
        for region in regions
    }


def in_all_regions(module: Any, account: Account, read: Callable[[Any], Answer]) -> AllRegions[Answer]:
    """read(ec2 client) for every enabled region. Raises AwsError when the regions themselves can't be listed."""
    home = _home(module, account)
    ec2 = client(module, "ec2", region=home)
    regions = _enabled(ec2)
    clients = {home: ec2, **_clients(module, [region for region in regions if region != home])}

    def attempt(region: str) -> Any:
        try:
            return read(clients[region])
        except AwsError as error:
            return Unread(region, error.code or "NoAnswer", error.told)

    answers = dict(zip(regions, side_by_side(attempt, regions)))
    return AllRegions(
        {region: answer for region, answer in answers.items() if not isinstance(answer, Unread)},
        tuple(answer for answer in answers.values() if isinstance(answer, Unread)),
    )
