# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Names of regions, checked before AWS is asked: a blank too many is nothing that a network could be blamed for. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from .answers import NOT_FROM_AWS
from .errors import InvalidInput
from .text import limited
from .text import printable

# All regions of all partitions in botocore's endpoints.json, and those to come: us-east-1, us-gov-west-1, eusc-de-east-1.
_OF_AWS = re.compile(r"[a-z]{2,}(-[a-z]+){1,3}-[0-9]{1,2}")
# What the SDK takes (validate_region_name in botocore.utils). An emulator's region may have any such name.
_OF_ANYBODY = re.compile(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)")


def require_region_name(region: object, option: str = "region") -> str:
    """The region. Raises InvalidInput for what can't be the name of one."""
    text = str(region)
    likely = text.strip().lower().replace("_", "-")
    is_of_aws = bool(_OF_AWS.fullmatch(likely))
    if _OF_ANYBODY.fullmatch(text) and (likely == text or not is_of_aws):
        return text
    meant = f" Is {likely} meant?" if is_of_aws else ""
    raise InvalidInput(
        f"{option} {limited(printable(repr(region)), 100)} is not the name of an AWS region, such as eu-west-1.{meant}"
    )


# What STS, EC2 and CloudWatch Logs say to the credentials of an account that has not enabled the region.
_NOT_ENABLED = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "RegionDisabledException",
    "AuthFailure",
    "OptInRequired",
)


def may_be_of_the_region(code: str) -> bool:
    """True for an error, by its code, that another region may not give; an empty code is that of no answer at all."""
    return not code or code in _NOT_ENABLED or code == NOT_FROM_AWS


def similar(region: str, known: Iterable[str]) -> list[str]:
    """The known regions whose names are most like this one, in their order; us-esat-1 is as near to us-east-1 as to us-west-1."""
    return sorted(difflib.get_close_matches(region, sorted(known), n=3, cutoff=0.8))
