# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""CloudWatch Logs calls on saved queries. They decide nothing; errors come out as AwsError."""

from __future__ import annotations

import uuid
from collections.abc import Set as AbstractSet
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import LogsErrors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import pages

from .plan import Definition
from .plan import from_aws

# The most that DescribeQueryDefinitions and DescribeLogGroups give at a time (botocore's model).
_PAGE = 1000
_GROUPS_PAGE = 50


@LogsErrors.common_error_handler("list the saved queries")
def find_queries(client: Any, prefix: str) -> list[Definition]:
    """The saved queries whose names begin so, lowest id first."""
    request = {"queryDefinitionNamePrefix": prefix, "maxResults": _PAGE}
    listing = pages(client.describe_query_definitions, "nextToken", **request)
    found = [from_aws(entry) for page in listing for entry in page.get("queryDefinitions") or []]
    return sorted(found, key=lambda definition: definition.definition_id)


@LogsErrors.common_error_handler("save the query")
def put_query(client: Any, **request: Any) -> str:
    """The id of the query. The token is new for every call and the same for its retries, which then can't save it twice."""
    answer = client.put_query_definition(aws_retry=True, clientToken=str(uuid.uuid4()), **request)
    return str(answer.get("queryDefinitionId") or "")


@LogsErrors.deletion_error_handler("delete the query")
def delete_query(client: Any, **request: Any) -> bool:
    """True when AWS answers that it did not; one that is gone already is fine."""
    return client.delete_query_definition(aws_retry=True, **request).get("success") is False


@LogsErrors.common_error_handler("list the log groups")
def has_other_groups(client: Any, beginning: str, names: AbstractSet[str]) -> bool:
    """Whether there is a log group that begins so and is none of these."""
    request = {"limit": _GROUPS_PAGE, **({"logGroupNamePrefix": beginning} if beginning else {})}
    listing = pages(client.describe_log_groups, "nextToken", **request)
    return any(group["logGroupName"] not in names for page in listing for group in page["logGroups"])
