# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""CloudWatch Logs calls on log groups. They decide nothing; errors come out as AwsError."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import LogsErrors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import deed
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import pages
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import common_prefix

# The most that DescribeLogGroups gives at a time (botocore's model).
_PAGE = 50

# A group that was created a moment ago may not be there yet for the next call. Pauses are chosen by chance up to these
# figures, so it takes this many for a few seconds of lag to pass for sure.
_until_visible = AWSRetry.jittered_backoff(
    retries=10, delay=1, max_delay=8, catch_extra_error_codes=["ResourceNotFoundException"]
)


@LogsErrors.common_error_handler("list the log groups")
def _listing(client: Any, prefix: str, wanted: set[str], most_pages: int) -> tuple[dict[str, dict[str, Any]], bool]:
    """Groups of the wanted names below the prefix, and whether there can be no more of them.

    most_pages is where to stop looking; 0 looks to the end.
    """
    found: dict[str, dict[str, Any]] = {}
    last = max(wanted)
    arguments: dict[str, Any] = {"limit": _PAGE, **({"logGroupNamePrefix": prefix} if prefix else {})}
    for number, page in enumerate(pages(client.describe_log_groups, "nextToken", **arguments), start=1):
        found.update({group["logGroupName"]: group for group in page["logGroups"] if group["logGroupName"] in wanted})
        # The listing is in ASCII order (botocore's model): what comes after the last wanted name is of no interest.
        if len(found) == len(wanted) or (page["logGroups"] and page["logGroups"][-1]["logGroupName"] > last):
            break
        if number == most_pages and page.get("nextToken"):
            return found, False
    return found, True


def find_log_groups(client: Any, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Name -> group as DescribeLogGroups gives it, for the names that exist.

    Names of one template share a beginning, so one listing finds them all. Where strangers share it too, the listing
    stops at as many pages as there are names, and the rest is asked for one by one: at most two calls a name.
    """
    wanted = set(names)
    if not wanted:
        return {}
    found, complete = _listing(client, common_prefix(names), wanted, len(wanted) if len(wanted) > 1 else 0)
    return found if complete else {**found, **_one_by_one(client, sorted(wanted - set(found)))}


def _one_by_one(client: Any, names: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for answer, _complete in side_by_side(lambda name: _listing(client, name, {name}, 0), names):
        found.update(answer)
    return found


@LogsErrors.list_error_handler("read the tags of the log group", {})
def list_tags(client: Any, arn: str) -> dict[str, str]:
    """Tags of the group with this ARN (without ':*', botocore's model of ListTagsForResource)."""
    return dict(client.list_tags_for_resource(aws_retry=True, resourceArn=arn).get("tags") or {})


@LogsErrors.deletion_error_handler("delete the log group")
def delete_log_group(client: Any, **request: Any) -> None:
    """Deletes the group with all its records; one that is gone already is fine."""
    client.delete_log_group(aws_retry=True, **request)


# Step kind -> deed. The kinds are the client's method names.
DEEDS = {
    "create_log_group": deed(LogsErrors, "create_log_group", "create the log group"),
    **{
        operation: deed(LogsErrors, operation, what, _until_visible)
        for operation, what in (
            ("put_retention_policy", "set the retention of the log group"),
            ("delete_retention_policy", "remove the retention of the log group"),
            ("associate_kms_key", "set the KMS key of the log group"),
            ("disassociate_kms_key", "remove the KMS key of the log group"),
            ("put_log_group_deletion_protection", "set the deletion protection of the log group"),
            ("tag_resource", "tag the log group"),
            ("untag_resource", "remove tags from the log group"),
        )
    },
}
