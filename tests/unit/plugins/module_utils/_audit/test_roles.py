# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._audit.roles import FoundPolicy
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.roles import FoundRole
from ansible_collections.netops.flow_logs.plugins.module_utils._audit.roles import audit
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import log_group
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import FlowLog
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.plan import Role
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Unread
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import User
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.usage import Users

ARN = "arn:aws:iam::123456789012"
UNREAD = (Unread("eu-south-1", "OptInRequired", "Not subscribed."),)


def role(name: str = "r", *attached: str) -> FoundRole:
    return FoundRole(Role(name, f"{ARN}:role/{name}", "/", {"Statement": []}, attached=attached), ("by-hand",))


def policy(*attached_to: str, name: str = "p", **more: Any) -> FoundPolicy:
    return FoundPolicy(name, f"{ARN}:policy/{name}", frozenset(attached_to), **more)


def used(name: str, *flow_log_ids: str) -> dict[str, list[User]]:
    arn = f"{ARN}:role/{name}"
    return {
        arn.lower(): [
            User("eu-west-1", FlowLog("vpc-00000001", log_group("/x"), role_arn=arn, flow_log_id=each))
            for each in flow_log_ids
        ]
    }


def told(
    roles: list[FoundRole],
    policies: list[FoundPolicy] | None = None,
    users: dict[str, list[User]] | None = None,
    unread: tuple[Unread, ...] = (),
    ignored: tuple[str, ...] = (),
) -> dict[str, Any]:
    return audit(roles, policies or [], Users(users or {}, unread), frozenset(ignored))


def fate(answer: dict[str, Any]) -> list[bool | None]:
    return [entry["orphaned"] for entry in [*answer["roles"], *answer["policies"]]]


# Roles.


@pytest.mark.parametrize(
    ("users", "unread", "ignored", "orphaned"),
    [
        pytest.param({}, (), (), True, id="nobody uses it"),
        pytest.param(used("r", "fl-1"), (), (), False, id="a flow log uses it"),
        pytest.param(used("r", "fl-1"), (), ("fl-1",), True, id="one that does not count"),
        pytest.param(used("r", "fl-1", "fl-2"), (), ("fl-1",), False, id="another one counts"),
        pytest.param(used("other", "fl-1"), (), (), True, id="a flow log uses another one"),
        pytest.param({}, UNREAD, (), None, id="a region was not read"),
        pytest.param(used("r", "fl-1"), UNREAD, (), False, id="used, whatever is in the region that was not read"),
        pytest.param(used("r", "fl-1"), UNREAD, ("fl-1",), None, id="nothing that counts, and a region not read"),
    ],
)
def test_a_role_is_orphaned_when(
    users: dict[str, list[User]], unread: tuple[Unread, ...], ignored: tuple[str, ...], orphaned: bool | None
) -> None:
    answer = told([role()], users=users, unread=unread, ignored=ignored)

    assert fate(answer) == [orphaned]
    assert answer["orphaned"] == {"roles": ["r"] if orphaned else [], "policies": []}
    assert answer["regions_not_read"] == [region.as_result() for region in unread]


def test_a_role_is_told_with_its_policies_and_users() -> None:
    answer = told([role("r", f"{ARN}:policy/p")], users=used("r", "fl-1"))

    [entry] = answer["roles"]
    assert entry["arn"] == f"{ARN}:role/r"
    assert (entry["attached_policies"], entry["inline_policies"]) == ([f"{ARN}:policy/p"], ["by-hand"])
    assert entry["in_use_by"] == [
        {
            "region": "eu-west-1",
            "flow_log_id": "fl-1",
            "resource_id": "vpc-00000001",
            "log_destination_type": "cloud-watch-logs",
            "log_group_name": "/x",
        }
    ]


# Policies.


@pytest.mark.parametrize(
    ("found", "users", "unread", "orphaned"),
    [
        pytest.param(policy(), {}, (), True, id="nobody has it"),
        pytest.param(policy(), {}, UNREAD, True, id="nobody has it, whatever the regions hold"),
        pytest.param(policy("role/r"), {}, (), True, id="an orphaned role"),
        pytest.param(policy("role/r", "role/s"), {}, (), True, id="two of them"),
        pytest.param(policy("role/r", "role/s"), used("s", "fl-1"), (), False, id="one of them is used"),
        pytest.param(policy("role/r"), {}, UNREAD, None, id="a role of which that is not known"),
        pytest.param(policy("role/r", "user/alice"), {}, UNREAD, False, id="a user has it, too"),
        pytest.param(policy("role/r", "group/ops"), {}, (), False, id="a group has it, too"),
        pytest.param(policy("role/r", "role/web-server"), {}, (), False, id="a role that is none of these"),
        pytest.param(policy("role/r", bounded=frozenset({"user/alice"})), {}, (), False, id="a user's boundary"),
        pytest.param(policy("role/r", bounded=frozenset({"role/r"})), {}, (), True, id="the boundary of its own role"),
        pytest.param(policy("user/alice", serves="r"), {}, (), True, id="operators pass an orphaned role"),
        pytest.param(policy("user/alice", serves="r"), used("r", "fl-1"), (), False, id="operators pass a role in use"),
        pytest.param(policy("user/alice", serves="gone"), {}, (), True, id="operators pass a role that is gone"),
        pytest.param(policy("user/alice", serves="r"), {}, UNREAD, None, id="operators pass a role: not known"),
    ],
)
def test_a_policy_is_orphaned_when_it_belongs_to(
    found: FoundPolicy, users: dict[str, list[User]], unread: tuple[Unread, ...], orphaned: bool | None
) -> None:
    answer = told([role("r"), role("s")], [found], users, unread)

    [entry] = answer["policies"]
    assert entry["orphaned"] is orphaned
    assert answer["orphaned"]["policies"] == (["p"] if orphaned else [])
    assert entry["attached_to"] == sorted(found.attached_to)
    assert entry["permissions_boundary_of"] == sorted(found.bounded)


def test_nothing_there_is_told_as_nothing() -> None:
    assert told([]) == {
        "roles": [],
        "policies": [],
        "orphaned": {"roles": [], "policies": []},
        "regions_not_read": [],
    }
