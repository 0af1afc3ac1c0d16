# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""A log group: the value, what is wished for it, and the steps from one to the other. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Comparison
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import TagWish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable

# PutRetentionPolicy in botocore's model of CloudWatch Logs; the service refuses every other number.
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
NEVER = "never"
DEFAULT_CLASS = "STANDARD"


@dataclass(frozen=True)
class LogGroup:
    """retention_in_days None keeps events for ever; tags None means that they were not read."""

    name: str
    retention_in_days: int | None = None
    kms_key_id: str | None = None
    log_group_class: str = DEFAULT_CLASS
    deletion_protection: bool = False
    tags: Mapping[str, str] | None = None
    # Set when an account-level policy decides on the retention that DescribeLogGroups shows.
    retention_policy_name: str | None = None
    # Facts that AWS adds and nobody can wish for, under the names of the result.
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """names: log group name -> resource ids that asked for it. None in an option leaves the group as it is."""

    names: Mapping[str, tuple[str, ...]]
    retention_in_days: str | None = None
    kms_key_id: str | None = None
    log_group_class: str | None = None
    deletion_protection: bool | None = None
    tags: TagWish = TagWish()


# CloudWatch Logs takes the ARN of a key, no alias (CreateLogGroup in botocore's model), of the group's own region.
_KEY_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):kms:(?P<region>[a-z0-9-]+):[0-9]{12}:(?P<kind>key|alias)/[A-Za-z0-9:/_-]+")


def require_key_arn(key: str, region: str | None = None, partition: str | None = None) -> None:
    """Raises InvalidInput for what is no ARN of a KMS key, or that of a key of another region or partition than these."""
    found = _KEY_ARN.fullmatch(key)
    shown = limited(printable(repr(key)), 300)
    if not found or len(key) > 256:
        raise InvalidInput(
            f"kms_key_id {shown} is no ARN of a KMS key. CloudWatch Logs takes the form"
            " arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
        )
    if found["kind"] == "alias":
        raise InvalidInput(
            f"kms_key_id {shown} is the ARN of an alias, and CloudWatch Logs takes that of the key only: aws kms describe-key"
            " --key-id with the alias shows it."
        )
    if region and found["region"] != region:
        raise InvalidInput(
            f"kms_key_id {shown} is a key of {found['region']}, and the log groups are in {region}: give a key of that region, for"
            " example the replica of a multi-Region key."
        )
    if partition and found["partition"] != partition:
        raise InvalidInput(
            f"kms_key_id {shown} is a key of partition {found['partition']}, and the credentials are of {partition}."
        )


def wish_from_options(options: Mapping[str, Any], names: Mapping[str, tuple[str, ...]], tags: TagWish) -> Wish:
    """The wish from the module's options. Raises InvalidInput on a key that is no ARN."""
    key = options["kms_key_id"]
    if key:
        require_key_arn(key)
    return Wish(
        names=names,
        retention_in_days=options["retention_in_days"],
        kms_key_id=key,
        log_group_class=options["log_group_class"],
        deletion_protection=options["deletion_protection"],
        tags=tags,
    )


def from_aws(group: Mapping[str, Any], tags: Mapping[str, str] | None = None) -> LogGroup:
    """The value of one entry of DescribeLogGroups."""
    facts = {
        "arn": group.get("arn"),
        "log_group_arn": group.get("logGroupArn") or str(group.get("arn", "")).removesuffix(":*"),
        "creation_time": group.get("creationTime"),
        "stored_bytes": group.get("storedBytes"),
    }
    return LogGroup(
        name=group["logGroupName"],
        retention_in_days=group.get("retentionInDays"),
        kms_key_id=group.get("kmsKeyId"),
        log_group_class=group.get("logGroupClass") or DEFAULT_CLASS,
        deletion_protection=bool(group.get("deletionProtectionEnabled")),
        tags=tags,
        retention_policy_name=group.get("retentionPolicyName"),
        facts={key: value for key, value in facts.items() if value is not None},
    )


def to_result(group: LogGroup, action: str, resource_ids: tuple[str, ...]) -> dict[str, Any]:
    """One entry of log_groups; what is not known yet (or was not read) is missing."""
    answer: dict[str, Any] = {
        "log_group_name": group.name,
        "action": action,
        "retention_in_days": group.retention_in_days,
        "kms_key_id": group.kms_key_id,
        "log_group_class": group.log_group_class,
        "deletion_protection_enabled": group.deletion_protection,
        "resource_ids": list(resource_ids),
        **group.facts,
    }
    if group.tags is not None:
        answer["tags"] = dict(group.tags)
    if group.retention_policy_name:
        answer["retention_policy_name"] = group.retention_policy_name
    return answer


def plan_groups(wish: Wish, current: Mapping[str, LogGroup], arns: Mapping[str, str], compare: Comparison) -> Plan:
    """The steps for all names. arns: name -> ARN without ':*'. Raises InvalidInput where a wish can't be met."""
    _refuse_other_class(wish, current)
    steps: list[Step] = []
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    warnings: list[str] = []
    for name, resource_ids in wish.names.items():
        group = current.get(name)
        changes = _create(wish, name, compare) if group is None else _correct(wish, group, arns[name], compare)
        target = _wanted(wish, group or LogGroup(name, tags={}, facts={"log_group_arn": arns[name]}), compare)
        if group is not None:
            before.append(to_result(group, "unchanged", resource_ids))
            warnings += _account_policy_warning(wish, group)
        action = "created" if group is None else "updated" if changes else "unchanged"
        after.append(to_result(target, action, resource_ids))
        steps += changes
    return Plan({"log_groups": before}, {"log_groups": after}, tuple(steps), warnings=tuple(warnings))


def _refuse_other_class(wish: Wish, current: Mapping[str, LogGroup]) -> None:
    wanted = wish.log_group_class
    others = [group for group in current.values() if wanted and group.log_group_class != wanted]
    if others:
        listed = ", ".join(f"{group.name} ({group.log_group_class})" for group in others)
        raise InvalidInput(
            f"log_group_class {wanted} can't be given to log groups that have another class: {listed}. A class is for"
            " life: leave the option out, or choose another log_group_name for a new group."
        )


def _account_policy_warning(wish: Wish, group: LogGroup) -> list[str]:
    if wish.retention_in_days is None or not group.retention_policy_name:
        return []
    return [
        f"The account-level policy {group.retention_policy_name!r} decides on the retention of {group.name}: what the"
        " group itself is set to can't be seen, so retention_in_days was left alone."
    ]


def _days(wish: Wish) -> int | None:
    return None if wish.retention_in_days in (None, NEVER) else int(str(wish.retention_in_days))


def _retention_differs(wish: Wish, group: LogGroup) -> bool:
    if wish.retention_in_days is None or group.retention_policy_name:
        return False
    return _days(wish) != group.retention_in_days


def _wanted(wish: Wish, group: LogGroup, compare: Comparison) -> LogGroup:
    """The group as it is after the steps."""
    changed: dict[str, Any] = {}
    if _retention_differs(wish, group):
        changed["retention_in_days"] = _days(wish)
    if wish.kms_key_id is not None:
        changed["kms_key_id"] = wish.kms_key_id or None
    if wish.log_group_class:
        changed["log_group_class"] = wish.log_group_class
    if wish.deletion_protection is not None:
        changed["deletion_protection"] = wish.deletion_protection
    if group.tags is not None:
        changed["tags"] = wish.tags.merged(group.tags, compare)
    return replace(group, **changed)


def _create(wish: Wish, name: str, compare: Comparison) -> list[Step]:
    """CreateLogGroup takes everything but the retention, and an empty value for none of it."""
    request: dict[str, Any] = {"logGroupName": name}
    if wish.kms_key_id:
        request["kmsKeyId"] = wish.kms_key_id
    if wish.tags.tags:
        request["tags"] = wish.tags.merged({}, compare)
    if wish.log_group_class:
        request["logGroupClass"] = wish.log_group_class
    if wish.deletion_protection:
        request["deletionProtectionEnabled"] = True
    steps = [Step("create_log_group", name, f"create log group {name}", request)]
    if _days(wish) is not None:
        steps.append(_put_retention(name, _days(wish), None))
    return steps


def _correct(wish: Wish, group: LogGroup, arn: str, compare: Comparison) -> list[Step]:
    steps: list[Step] = []
    if _retention_differs(wish, group):
        steps.append(_put_retention(group.name, _days(wish), group.retention_in_days))
    if wish.kms_key_id is not None and wish.kms_key_id != (group.kms_key_id or ""):
        steps.append(_kms(group.name, wish.kms_key_id))
    if wish.deletion_protection is not None and wish.deletion_protection != group.deletion_protection:
        request = {"logGroupIdentifier": group.name, "deletionProtectionEnabled": wish.deletion_protection}
        verb = "protect" if wish.deletion_protection else "stop protecting"
        steps.append(
            Step("put_log_group_deletion_protection", group.name, f"{verb} {group.name} from deletion", request)
        )
    return steps + _retag(wish, group, arn, compare)


def _put_retention(name: str, days: int | None, now: int | None) -> Step:
    if days is None:
        sentence = f"let log group {name} keep its events for ever (now {now} days)"
        return Step("delete_retention_policy", name, sentence, {"logGroupName": name})
    sentence = f"let log group {name} keep its events {days} days (now {'for ever' if now is None else now})"
    return Step("put_retention_policy", name, sentence, {"logGroupName": name, "retentionInDays": days})


def _kms(name: str, key: str) -> Step:
    if not key:
        return Step("disassociate_kms_key", name, f"stop encrypting {name} with its KMS key", {"logGroupName": name})
    sentence = f"encrypt log group {name} with {key}"
    return Step("associate_kms_key", name, sentence, {"logGroupName": name, "kmsKeyId": key})


def _retag(wish: Wish, group: LogGroup, arn: str, compare: Comparison) -> list[Step]:
    to_set, to_unset = wish.tags.changes(group.tags or {}, compare)
    steps: list[Step] = []
    if to_unset:
        sentence = f"remove the tags {', '.join(to_unset)} from log group {group.name}"
        steps.append(Step("untag_resource", group.name, sentence, {"resourceArn": arn, "tagKeys": to_unset}))
    if to_set:
        sentence = f"set the tags {', '.join(sorted(to_set))} on log group {group.name}"
        steps.append(Step("tag_resource", group.name, sentence, {"resourceArn": arn, "tags": to_set}))
    return steps
