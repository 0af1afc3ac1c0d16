# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Asking which account each way leads into, before anything is planned."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import Callable
from typing import Optional

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import account_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.parallel import side_by_side
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import Patience
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import account_timeout
from ansible_collections.netops.flow_logs.plugins.module_utils._core.patience import with_patience
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.ways import Way
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.ways import account_of_role

from .assumed_role import is_of_the_region
from .module_stand_in import InProcessModule
from .module_stand_in import Models
from .module_stand_in import Session

# Way and region -> the connection options of a module. Raises InvalidInput.
Connect = Callable[[Way, Optional[str]], dict[str, Any]]


class Identified:
    """Where ways lead. closed: way -> why it leads nowhere, as a module returns it. homes: way -> the region that answered."""

    def __init__(self, models: Callable[[], Models], connect: Connect) -> None:
        self._models = models
        self._connect = connect
        self.closed: dict[Way, dict[str, Any]] = {}
        self.homes: dict[Way, str | None] = {}

    def __call__(self, ways: Mapping[Way, Sequence[str | None]]) -> dict[Way, Account]:
        """The account of each way, as far as it can be known. That of a role to assume is in its ARN."""
        found: dict[Way, Account] = {}
        if any(way.assume_role_arn is None for way in ways):
            # Once, before threads ask for it.
            self._models()
        for way, (account, error) in zip(ways, side_by_side(self._account, ways.items())):
            if account is not None:
                found[way] = account
            if error is not None:
                self.closed[way] = error
        return found

    def _account(
        self, entry: tuple[Way, Sequence[str | None]]
    ) -> tuple[Account | None, dict[str, Any] | None]:
        way, regions = entry
        try:
            if way.assume_role_arn is not None:
                return account_of_role(way.assume_role_arn), None
            with with_patience(Patience(account_timeout())):
                return self._asked(way, tuple(regions) or (None,))
        except InvalidInput as error:
            return None, {"failed": True, "msg": str(error)}

    def _asked(
        self, way: Way, regions: Sequence[str | None]
    ) -> tuple[Account | None, dict[str, Any] | None]:
        """Regions are asked one after the other while one can't answer: one may not be enabled."""
        told: dict[str, Any] = {}
        for region in regions:
            module = InProcessModule(self._connect(way, region), Session(self._models()), True, False)
            told = module.end(lambda module: answer(module, lambda: _who_is(module)))
            if not told.get("failed"):
                self.homes[way] = region
                return Account(told["account_id"], told["partition"]), None
            if not is_of_the_region(told):
                break
        return None, told


def _who_is(module: InProcessModule) -> dict[str, Any]:
    account = account_of(module)
    return {"account_id": account.account_id, "partition": account.partition}
