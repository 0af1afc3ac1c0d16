# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which log group each target goes to: the template resolved, with the calls that it needs and no others."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited

from .api import describe_resources
from .ids import Target
from .ids import parse_targets
from .template import OF_THE_RESOURCE
from .template import RULE
from .template import illegal_name
from .template import is_legal
from .template import placeholders
from .template import render

# EC2's codes for ids that do not exist (its list of error codes).
_NOT_FOUND = {
    "vpc": "InvalidVpcID.NotFound",
    "subnet": "InvalidSubnetID.NotFound",
    "eni": "InvalidNetworkInterfaceID.NotFound",
}


@dataclass(frozen=True)
class LogGroupNames:
    """names: resource id -> log group name. missing: targets that do not exist, as far as the template made us look.

    illegal: targets whose own data make no legal name. known: resource id -> what was read of it, see describe_resources.
    """

    names: dict[str, str]
    missing: tuple[Failure, ...] = ()
    illegal: tuple[Failure, ...] = ()
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# resolve, or something that does the same.
Resolve = Callable[[str, Sequence[Target], Account, str, Callable[[], Any]], LogGroupNames]


@dataclass(frozen=True)
class Groups:
    """names: log group name -> the resources that go there, in their order. missing, illegal: as LogGroupNames has them."""

    names: dict[str, tuple[str, ...]]
    missing: tuple[Failure, ...] = ()
    illegal: tuple[Failure, ...] = ()


class GroupTemplate:
    """The log_group module's names: one that speaks of no resource is a group of its own, with resources or without."""

    def __init__(self, template: str, resource_ids: Sequence[object] | None) -> None:
        """Raises InvalidInput."""
        self.template = template
        self.targets = parse_targets(resource_ids or [])
        self.of_resource = bool(placeholders(template) & OF_THE_RESOURCE)
        if self.of_resource and resource_ids is None:
            raise InvalidInput(f"log_group_name {template!r} speaks of the resource: give resource_ids with it.")

    def groups(self, account: Account, region: str, ec2: Callable[[], Any], names: Resolve) -> Groups:
        """Raises what resolve raises; names is resolve, or something that does the same."""
        resolved = names(self.template, self.targets, account, region, ec2)
        if not self.of_resource:
            name = _common_name(self.template, account, region)
            return Groups({name: tuple(resolved.names)}, resolved.missing, resolved.illegal)
        by_name: dict[str, list[str]] = {}
        for resource_id, name in resolved.names.items():
            by_name.setdefault(name, []).append(resource_id)
        return Groups({name: tuple(ids) for name, ids in by_name.items()}, resolved.missing, resolved.illegal)


def resolve(
    template: str, targets: Sequence[Target], account: Account, region: str, ec2: Callable[[], Any]
) -> LogGroupNames:
    """The names, and what is wrong with the targets that have none: one bad target stops no other.

    Raises InvalidInput for a wrong template, AwsError when the resources can't be read.
    """
    needed = placeholders(template)
    constant = {"account_id": account.account_id, "region": region}
    if not needed & OF_THE_RESOURCE:
        _common_name(template, account, region)
    to_read = _to_read(needed, targets)
    known = describe_resources(ec2(), to_read) if to_read else {}
    absent = {target for target in to_read if target.resource_id not in known}
    vpc_names = _vpc_names(ec2, known) if "vpc_name" in needed else {}
    facts = {
        target.resource_id: {**constant, **_facts(target, known.get(target.resource_id, {}), vpc_names)}
        for target in targets
        if target not in absent
    }
    names = {resource_id: render(template, own) for resource_id, own in facts.items()}
    return LogGroupNames(
        {resource_id: name for resource_id, name in names.items() if is_legal(name)},
        tuple(missing(target, account, region) for target in to_read if target in absent),
        tuple(illegal_name(resource_id, name) for resource_id, name in names.items() if not is_legal(name)),
        known,
    )


def _common_name(template: str, account: Account, region: str) -> str:
    """The name of a template that speaks of no resource. Raises InvalidInput: no target of its own is to blame."""
    name = render(template, {"account_id": account.account_id, "region": region})
    if not is_legal(name):
        raise InvalidInput(f"log_group_name {limited(repr(name), 600)} is not a valid log group name. {RULE}")
    return name


def _to_read(needed: frozenset[str], targets: Sequence[Target]) -> list[Target]:
    """A VPC knows its own VPC; everything else about names and VPCs has to be read."""
    if needed & {"resource_name", "vpc_name"}:
        return list(targets)
    if "vpc_id" in needed:
        return [target for target in targets if target.prefix != "vpc"]
    return []


def _vpc_names(ec2: Callable[[], Any], known: dict[str, dict[str, str]]) -> dict[str, str]:
    names = {resource_id: entry["name"] for resource_id, entry in known.items() if resource_id.startswith("vpc-")}
    unread = sorted({entry["vpc_id"] for entry in known.values()} - set(names))
    if unread:
        more = describe_resources(ec2(), [Target(vpc_id, "vpc") for vpc_id in unread])
        names.update({vpc_id: entry["name"] for vpc_id, entry in more.items()})
    return names


def _facts(target: Target, entry: dict[str, str], vpc_names: dict[str, str]) -> dict[str, str]:
    vpc_id = target.resource_id if target.prefix == "vpc" else entry.get("vpc_id", "")
    return {
        "resource_id": target.resource_id,
        "resource_type": target.prefix,
        "resource_name": entry.get("name") or target.resource_id,
        "vpc_id": vpc_id,
        "vpc_name": vpc_names.get(vpc_id) or vpc_id,
    }


def missing(target: Target, account: Account, region: str) -> Failure:
    """Of a target that does not exist."""
    return Failure(
        target.resource_id,
        _NOT_FOUND[target.prefix],
        f"{target.resource_id} does not exist in {region} of account {account.account_id}.",
        "Check the id, and that region and credentials are those of the resource.",
    )


class SharedNames:
    """resolve for several modules in one process: what one of them has read, the others need not read again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[Any, ...], LogGroupNames] = {}

    def __call__(
        self, template: str, targets: Sequence[Target], account: Account, region: str, ec2: Callable[[], Any]
    ) -> LogGroupNames:
        key = (template, account, region, *targets)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = resolve(template, targets, account, region, ec2)
            with self._lock:
                self._known[key] = known
        return known

    def refuse(
        self,
        template: str,
        targets: Sequence[Target],
        account: Account,
        region: str,
        failures: Mapping[str, Failure],
    ) -> None:
        """From now on these targets, of names that have been read, have none. failures: resource id -> why."""
        key = (template, account, region, *targets)
        with self._lock:
            known = self._known[key]
            names = {resource_id: name for resource_id, name in known.names.items() if resource_id not in failures}
            self._known[key] = replace(known, names=names, illegal=(*known.illegal, *failures.values()))
