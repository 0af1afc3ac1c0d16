# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What is to be done in one account: modules' options, complete and checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from .outcomes import AccountName
from .outcomes import IamOutcome
from .outcomes import Returned


@dataclass(frozen=True)
class DeliveryPlan:
    """label, hosts and project as the gathering gave them; the others are options of modules, validated."""

    label: str
    hosts: dict[str, str]
    log_group: dict[str, Any]
    flow_log: dict[str, Any]
    remove_log_groups: bool = False
    project: str | None = None
    # Seconds to wait for records; None does not wait.
    verify_timeout: float | None = None
    # Number of the way that leads to its targets.
    way: int = 0
    # Its place among the account's.
    number: int = 0
    # Host -> the ids that it asks for here, also those that another host asks for too.
    asking: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class QueriesPlan:
    """A folder of saved queries, with the options of insights_queries, validated."""

    label: str
    options: dict[str, Any]
    way: int = 0
    number: int = 0
    # The hosts that have their log groups in it.
    asking: Sequence[str] = ()


@dataclass(frozen=True)
class WayPlan:
    """A way into the account, with the options of modules that are an account's and not a delivery's, validated.

    assume_role: options of amazon.aws.sts_assume_role, None to use the credentials as they are. regions: where to ask for what
    has no region, one after the other while one can't answer. account: number and partition, where they are known. error: why the
    way leads nowhere, as a module returns it.
    """

    iam: dict[str, Any]
    iam_info: dict[str, Any]
    assume_role: dict[str, Any] | None = None
    regions: tuple[str | None, ...] = (None,)
    account: tuple[str, str] | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True)
class AccountPlan:
    """One account, however many ways lead into it."""

    label: str
    state: str
    ways: list[WayPlan]
    deliveries: list[DeliveryPlan]
    queries: list[QueriesPlan] = field(default_factory=list)
    remove_iam: bool = False
    # False: IAM is compared with what was asked for, and never written.
    manage_iam: bool = True
    removal_wait: float = 0
    # Operator that flow logs may be given to -> the hosts that name it.
    operators: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def name(self) -> AccountName:
        """By its number, where one of its ways is known to lead there."""
        number = next((way.account[0] for way in self.ways if way.account is not None), None)
        return AccountName(self.label, number)

    @property
    def iam(self) -> dict[str, Any]:
        """Options of flow_log_iam, by the first way."""
        return self.ways[0].iam


def failed_account(plan: AccountPlan, error: Returned) -> IamOutcome:
    return IamOutcome(plan.name, error, skipped=tuple(each.label for each in plan.deliveries))
