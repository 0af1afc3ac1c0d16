# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Regions that an account has not enabled: they take no credentials of the account, and are not listed."""

from __future__ import annotations

from ..behaviours import GoOn
from ..behaviours import around
from ..behaviours import check
from ..errors import Answer
from ..errors import AwsError
from ..request import Request
from ..scenario import RegionsOff
from ..scenario import matches

_TOKEN = "The security token included in the request is invalid."
_NOT_SUBSCRIBED = "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe."


@check("ec2:*", "logs:*", "sts:*", cites="11.1")
def region_takes_no_credentials(request: Request) -> None:
    """Each service answers in its own words, to keys of a user and to those of a role alike."""
    call = request.call
    if call.by_test:
        return
    entry = next((one for one in _off(request) if matches(one.regions, call.region)), None)
    if entry is None:
        return
    if call.service == "logs":
        raise AwsError("UnrecognizedClientException", _TOKEN)
    if call.service == "sts":
        raise AwsError("InvalidClientTokenId", _TOKEN, 403)
    if entry.code == "OptInRequired":
        raise AwsError("OptInRequired", _NOT_SUBSCRIBED, 401)
    raise AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", 401)


@around("ec2:DescribeRegions", cites="11.1")
def regions_that_are_off_are_not_listed(request: Request, go_on: GoOn) -> Answer:
    """Unless all regions are asked for."""
    off = _off(request)
    if not off or str(request.arguments.get("AllRegions")).lower() == "true":
        return go_on()
    listed = request.moto_result()["Regions"]
    return request.answer({"Regions": [each for each in listed if not _is_off(each, off)]})


def _off(request: Request) -> list[RegionsOff]:
    return [entry for entry in request.world.scenario.regions_off if matches(entry.accounts, request.account)]


def _is_off(region: object, off: list[RegionsOff]) -> bool:
    name = region.name if hasattr(region, "name") else str(region["RegionName"]) if isinstance(region, dict) else ""
    return any(matches(entry.regions, str(name)) for entry in off)
