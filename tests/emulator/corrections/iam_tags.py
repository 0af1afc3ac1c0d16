# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of roles and policies."""

from __future__ import annotations

from ..behaviours import GoOn
from ..behaviours import around
from ..behaviours import check
from ..errors import Answer
from ..errors import AwsError
from ..request import Request
from ..tags import KEY_PATTERN
from ..tags import MOST
from ..tags import VALUE_PATTERN
from ..tags import fits_pattern
from ..tags import is_reserved

_KEY, _VALUE = 128, 256


@check("iam:CreateRole", "iam:TagRole", "iam:CreatePolicy", "iam:TagPolicy", cites="10.1 10.2")
def tags_of_iam_are_valid(request: Request) -> None:
    """Characters, length and number of tags; keys of one call differ in more than their case; aws: is reserved."""
    tags = request.arguments.get("Tags") or []
    if len(tags) > MOST:
        raise _invalid("tags", f"Member must have length less than or equal to {MOST}")
    for number, tag in enumerate(tags, 1):
        _check(f"tags.{number}.member.key", tag["Key"], KEY_PATTERN, _KEY)
        _check(f"tags.{number}.member.value", tag.get("Value", ""), VALUE_PATTERN, _VALUE)
        if is_reserved(tag["Key"]) or is_reserved(tag.get("Value", "")):
            raise AwsError("InvalidInput", "aws: prefixed tag key names are not allowed for external use.")
    if len({tag["Key"].lower() for tag in tags}) < len(tags):
        raise AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")


@around("iam:TagRole", "iam:UntagRole", cites="10.2")
def case_of_keys_is_of_no_matter_on_roles(request: Request, go_on: GoOn) -> Answer:
    """A key takes the place of one in another case, and goes by any of its cases; a role has 50 tags at most."""
    arguments = request.arguments
    keys = [tag["Key"] for tag in arguments.get("Tags") or []] or list(arguments.get("TagKeys") or [])
    folded = {key.lower() for key in keys}
    roles = [role for role in request.iam.roles.values() if role.name == arguments.get("RoleName")]
    for role in roles:
        left = [tag for tag in role.tags if tag["Key"].lower() not in folded]
        if request.call.operation == "TagRole" and len(left) + len(folded) > MOST:
            raise AwsError("LimitExceeded", f"Cannot exceed quota for TagsPerRole: {MOST}", 409)
        role.tags = left
    return go_on()


def _check(member: str, value: str, pattern: str, most: int) -> None:
    if not fits_pattern(value):
        raise _invalid(member, f"Member must satisfy regular expression pattern: {pattern}")
    if len(value) > most:
        raise _invalid(member, f"Member must have length less than or equal to {most}")


def _invalid(member: str, rule: str) -> AwsError:
    return AwsError("ValidationError", f"1 validation error detected: Value at '{member}' failed to satisfy constraint: {rule}")
