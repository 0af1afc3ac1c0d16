# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What belongs to a CloudWatch telemetry rule, by which AWS itself makes flow logs. Pure.

The rule's service-linked role may change and delete what has the tag, and nothing else: whoever takes the tag off takes the thing
from the rule, and whoever sets it gives it to the rule.
"""

from __future__ import annotations

from collections.abc import Mapping

from .errors import InvalidInput

RULE_TAG = "CloudWatchTelemetryRuleManaged"
# The code of what is refused because it is a rule's.
MANAGED = "ManagedByTelemetryRule"


def is_managed(tags: Mapping[str, str]) -> bool:
    """Whether what has the tags is a rule's."""
    return str(tags.get(RULE_TAG) or "").strip().lower() == "true"


def without_rule_tag(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key != RULE_TAG}


def refuse_rule_tag(tags: Mapping[str, object] | None) -> None:
    """Raises InvalidInput where the tag is asked for: the rule's role might then delete what is made."""
    if RULE_TAG in (tags or {}):
        raise InvalidInput(
            f"The tag {RULE_TAG} can't be set: CloudWatch telemetry rules change and delete what has it. Leave it out of tags."
        )
