# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The safety catch: which account a host has to be in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import parse_account_id
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput

# The user's alone.
EXPECTED_ACCOUNT = "flow_logs_expected_account_id"
# Where the inventory plugin says in which account it found the host.
FOUND_ACCOUNT = "flow_logs_account_id"


def guarded(values: Mapping[str, Any], found: Any) -> dict[str, Any]:
    """The values with the account that the credentials have to belong to, where one is known.

    values: the role's variables of a host, not yet validated. found: FOUND_ACCOUNT of the host, or None. It counts where the
    user says nothing, as work in another account than the inventory's would find nothing and leave a role there.

    Raises InvalidInput for a number that can't be one, also an empty one (a catch that is switched off by accident is none), and
    where the two differ.
    """
    if EXPECTED_ACCOUNT not in values:
        return dict(values) if found is None else {**values, EXPECTED_ACCOUNT: parse_account_id(found, FOUND_ACCOUNT)}
    expected = parse_account_id(values[EXPECTED_ACCOUNT], EXPECTED_ACCOUNT)
    if found is not None and str(found) != expected:
        raise InvalidInput(
            f"the inventory found it in account {found}, but flow_logs_expected_account_id is {expected}. Nothing is done for it: use an"
            " inventory and credentials of the expected account, or correct the number."
        )
    return {**values, EXPECTED_ACCOUNT: expected}
