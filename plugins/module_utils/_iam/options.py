# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The wish of flow_log_iam out of its options; every rule of IAM that can be checked without asking it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import tag_wish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import IAM
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import fixed_beginning
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import named_placeholders
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import policy_pattern

from .operators import Principal
from .patterns import EVERYTHING
from .plan import Wish
from .policy import PolicyWish

# botocore's IAM model; the path is the policies' rule, which is stricter than the roles'.
_NAME = r"[A-Za-z0-9_+=,.@-]{1,%d}"
_PATH = re.compile(r"(/[A-Za-z0-9.,+@=_-]+)*/")
_PRINCIPAL = re.compile(
    r"arn:[\w-]+:iam::(?P<account>\d{12}):(?P<kind>user|group|role)/(?:[\x21-\x7e]*/)?(?P<name>[A-Za-z0-9_+=,.@-]+)"
)
_PATTERN = re.compile(r"[.\-_/#A-Za-z0-9*?]{1,512}")


def wish_from_options(options: Mapping[str, Any], account: Account) -> Wish:
    """Raises InvalidInput."""
    _check_name("role_name", options["role_name"], 64)
    _check_name("policy_name", options["policy_name"], 128)
    path = options["path"]
    if path is not None and not (_PATH.fullmatch(path) and len(path) <= 512):
        raise InvalidInput(f"path {path!r} is no IAM path: it begins and ends with a slash, for example /netops/.")
    boundary = options["permissions_boundary"]
    if boundary and not re.fullmatch(r"arn:[\w-]+:iam::(\d{12}|aws):policy/.+", boundary):
        raise InvalidInput(f"permissions_boundary {boundary!r} is no ARN of an IAM policy.")
    wish = Wish(
        account=account,
        role_name=options["role_name"],
        policy_name=options["policy_name"],
        path=path,
        permissions_boundary=boundary,
        publishing=PolicyWish(
            names=_patterns("log_group_names", options["log_group_names"], account),
            needed=_patterns("needed_log_group_names", options["needed_log_group_names"], account) or (),
            purge=options["purge_log_group_names"],
            in_use_stays=options["keep_names_in_use"],
            create=options["allow_create_log_group"],
        ),
        restrict_trust=options["restrict_trust"],
        pass_role_to=tuple(_principal(arn, account) for arn in options["pass_role_to"] or []),
        tags=tag_wish(options["tags"], options["purge_tags"], IAM),
    )
    if wish.pass_role_to and wish.policy_name.lower() == wish.pass_role_name.lower():
        raise InvalidInput(
            f"policy_name {wish.policy_name} is the name of the policy that pass_role_to makes, {wish.pass_role_name}:"
            " choose another policy_name."
        )
    return wish


def require_names(option: str, names: Iterable[str] | None, longest: int) -> None:
    """Raises InvalidInput for a name that IAM can't have given; longest is 64 for roles and 128 for policies."""
    for name in names or ():
        _check_name(option, name, longest)


def _check_name(option: str, name: str, longest: int) -> None:
    if not re.fullmatch(_NAME % longest, name):
        raise InvalidInput(
            f"{option} {name!r} is no IAM name: 1 to {longest} of the characters a-z, A-Z, 0-9 and _+=,.@- are allowed."
        )


def _patterns(option: str, names: list[str] | None, account: Account) -> tuple[str, ...] | None:
    if names is None:
        return None
    if not names:
        raise InvalidInput(
            f"{option} is empty, which would let the role write nowhere: leave it out, or say ['*'] for all groups."
        )
    return tuple(dict.fromkeys(_pattern(option, name, account) for name in names))


def _pattern(option: str, name: str, account: Account) -> str:
    named_placeholders(option, name)
    pattern = policy_pattern(name, {"account_id": account.account_id})
    if not _PATTERN.fullmatch(pattern):
        raise InvalidInput(f"{option} has {name!r}, which can't name a log group (patterns may have * and ?).")
    return pattern


def wide_open(wish: Wish) -> str:
    """What to say of patterns that scope nothing, though scope was asked for; empty when all of them do, or all groups are meant."""
    names = wish.publishing.names or ()
    wide = sorted({name for name in names if not fixed_beginning(name)})
    if not wide or names == (EVERYTHING,):
        return ""
    return (
        f"log_group_names has {', '.join(wide)}: a pattern that begins with a wildcard lets the role write to log groups that are"
        " nobody's flow logs. Put a fixed beginning before it, such as /aws/shop/*."
    )


def _principal(arn: str, account: Account) -> Principal:
    match = _PRINCIPAL.fullmatch(arn)
    if not match:
        raise InvalidInput(
            f"pass_role_to has {arn!r}, which is no ARN of an IAM user, group or role, such as"
            f" arn:{account.partition}:iam::{account.account_id}:user/alice."
        )
    if match.group("account") != account.account_id:
        raise InvalidInput(
            f"pass_role_to has {arn}, of account {match.group('account')}: a policy of account {account.account_id}"
            " can only be attached to its own users, groups and roles."
        )
    return Principal(arn, match.group("kind"), match.group("name"))
